"""Studies as a whole: run one and see where the time went, switch to one, check its parameters.

python -m hardrare.study repro
python -m hardrare.study repro --study fashion-mnist --jobs 2
python -m hardrare.study use studies/cifar10-cpu.yaml
python -m hardrare.study check studies/cifar10-cpu.yaml
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import chdir
from functools import partial
from pathlib import Path

from hardrare.errors import InputError
from hardrare.mending import mend
from hardrare.places import PARAMS, lay
from hardrare.runner.locked import Locked
from hardrare.runner.run import run
from hardrare.studies import whole
from hardrare.tables import complete
from hardrare.told import Told, has_gpu, lanes

LOG = "scratch/study.log"
MOST = 4  # steps at a time, each in a process of about 1 GB


def use(path: Path, root: Path) -> None:
    """Make a study the current one: check it, then write it whole to params.yaml.

    Tables under data/ that the new graph does not write are removed from the workspace
    (DVC's cache keeps them), so that folders hold what the study's runs wrote.
    """
    from hardrare.checking import check  # imports every stage, torch too

    check(path, root)
    with complete(root / PARAMS) as part:
        part.write_text(whole(path), encoding="utf-8")
    from dvc.repo import Repo  # slow to import, and only this command needs it

    with Repo(str(root)) as repo:
        written = {Path(out.fs_path) for out in repo.index.outs}
    for table in (root / "data").rglob("*.arrow"):
        if table not in written and not any(parent in written for parent in table.parents):
            table.unlink()
    print(f"params.yaml is now {path}; run: make study")


def repro(root: Path, targets: Sequence[str] = (), jobs: int = 0) -> int:
    """Bring a study up to date, as `dvc repro` does; returns the exit status.

    What could run side by side does, in processes that stay. DVC decides what is due, keeps the
    results and its lock.

    Args:
        root: of the DVC repository.
        targets: stages to bring up to date, with what they need; none = all.
        jobs: steps at a time; 0 = one for each core, four at most, or one where there is a GPU.

    Raises:
        InputError: something is wrong with the study, or a stage failed.
    """
    from dvc.lock import LockError
    from dvc.repo import Repo

    mend(root)
    gpu, started, told = has_gpu(), time.perf_counter(), Told()
    jobs = jobs or (1 if gpu else min(MOST, os.cpu_count() or 1))
    try:
        # DVC names stages and files as they are seen from where it is called.
        with chdir(root), Repo(str(root)) as repo, repo.lock, repo.scm_context:
            study = Locked(repo, targets)
            made = run(study, root / LOG, told, partial(lanes, jobs, gpu), jobs > 1)
    except LockError:
        raise InputError("another DVC process works here; wait for it or stop it.") from None
    told.table(time.perf_counter() - started, made.cpu)
    page = root / "reports" / "index.html"
    if page.exists():
        print(f"\nThe page: {page}")
    return 0


def study_file(name: str, root: Path) -> Path:
    """The file of a study: a path, or a name in `studies/`.

    Raises:
        InputError: there is none.
    """
    for path in (Path(name), root / "studies" / f"{name}.yaml"):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in (root / "studies").glob("*.yaml")))
    raise InputError(f"there is no study {name}; name a file or one of {known}.")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="hardrare.study", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("use", "switch params.yaml to a study"), ("check", "check a study")):
        commands.add_parser(name, help=what).add_argument("study")
    run_it = commands.add_parser("repro", help="run a study and print where the time went")
    run_it.add_argument("targets", nargs="*", help="stages, all by default")
    run_it.add_argument("--study", help="runs in runs/<its name>; by default params.yaml, here")
    run_it.add_argument("--jobs", type=int, default=0, help="steps at a time")
    given, root = parser.parse_args(), Path.cwd()
    try:
        if given.command == "repro":
            where = lay(study_file(given.study, root), root) if given.study else root
            sys.exit(repro(where, given.targets, given.jobs))
        path = study_file(given.study, root)
        if given.command == "use":
            use(path, root)
        else:
            from hardrare.checking import check

            check(path, root)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
