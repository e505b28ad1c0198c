"""Release: put what dvc.lock names into the DVC remote that lies in this repository.

python -m hardrare.release

A fresh clone then needs nothing but `dvc pull`: no account, no network, no training. Everything
is checked before anything is written. What an earlier release left and dvc.lock no longer names
is removed, from dvc.lock too what stages left that are no more; the commit after it is up to you.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardrare.errors import InputError
from hardrare.runner.locked import current, text_of
from hardrare.tables import complete

if TYPE_CHECKING:
    from dvc.repo import Repo

REMOTE = "released"
MEGABYTES, FILES = 60, 300  # every clone carries them, and `dvc exp run` looks at every file


def release(root: Path) -> str:
    """Push the study to the remote `released`, and only it.

    Returns:
        What was released, in one line.

    Raises:
        InputError: a stage is stale, an output is not what dvc.lock says, or it is too large.
    """
    from dvc.repo import Repo  # slow to import, and only this command needs it

    with Repo(str(root)) as repo:
        _require_current(repo)
        _forget_old_stages(root / "dvc.lock", repo)
        objects = _objects(repo)
        _require_small(objects, len(repo.index.stages))
        odb = repo.cloud.get_remote_odb(REMOTE)
        folder = Path(odb.path).parents[1]  # of files/md5
        repo.push(remote=REMOTE)
        _write_runs(repo, folder / "runs")
        removed = _prune(folder / "files", {Path(odb.oid_to_path(oid)) for oid in objects})
        asked = {"not_in_remote": True, "remote": REMOTE, "remote_refresh": True}
        if missing := repo.data_status(**asked)["not_in_remote"]:
            raise InputError(f"{missing[0]}: is not in the remote {REMOTE}; release again.")
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    where = os.path.relpath(folder, root)
    return f"released {len(files)} files, {size:.1f} MB; {removed} removed. Commit {where}."


def _require_current(repo: "Repo") -> None:
    """Refuse a study of which anything would run, or whose outputs are not those of the lock."""
    if stale := sorted(repo.status()):
        more = f" and {len(stale) - 3} more" if len(stale) > 3 else ""
        raise InputError(f"{', '.join(stale[:3])}{more}: stale; run dvc repro, then release again.")


def _forget_old_stages(lock: Path, repo: "Repo") -> None:
    """Take entries of stages that are no more out of the lock."""
    text = text_of(current(lock, repo))
    if text != lock.read_text("utf-8"):
        with complete(lock) as part:
            part.write_text(text, encoding="utf-8")


def _objects(repo: "Repo") -> dict[str, int]:
    """Every object that the lock names, and its bytes; all of them are in the cache.

    Raises:
        InputError: one is not, or is not what its name says.
    """
    sizes = {}
    for out in repo.index.outs:
        inner = [info.value for _, _, info in out.get_obj()] if out.hash_info.isdir else []
        for oid in [out.hash_info.value, *inner]:
            path = Path(out.cache.oid_to_path(oid))
            if not path.is_file() or _md5(path) != oid.removesuffix(".dir"):
                raise InputError(
                    f"{out.def_path}: DVC's cache does not hold what dvc.lock names; run "
                    f"dvc repro -f {out.stage.addressing}, then release again."
                )
            sizes[oid] = path.stat().st_size
    return sizes


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _require_small(objects: dict[str, int], runs: int) -> None:
    """Refuse what a repository should not carry."""
    files, size = len(objects) + runs, sum(objects.values()) / 1e6
    if size > MEGABYTES or files > FILES:
        raise InputError(
            f"{size:.1f} MB in {files} files is more than a repository should carry "
            f"({MEGABYTES} MB, {FILES} files); push to another remote: docs/remotes.md."
        )


def _write_runs(repo: "Repo", folder: Path) -> None:
    """The run-cache of the lock's own runs; DVC's push would take those of all experiments."""
    from dvc.stage.cache import StageCache

    shutil.rmtree(folder, ignore_errors=True)
    runs: Any = StageCache(repo)
    runs.cache_dir = str(folder)
    for stage in repo.index.stages:
        runs.save(stage)


def _prune(folder: Path, wanted: set[Path]) -> int:
    """Remove all files but some, and the folders that are left empty; returns how many files."""
    old = [path for path in folder.rglob("*") if path.is_file() and path not in wanted]
    for path in old:
        path.unlink()
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    return len(old)


def main() -> None:
    """The command line."""
    try:
        print(release(Path.cwd()))
    except InputError as error:
        print(f"release: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
