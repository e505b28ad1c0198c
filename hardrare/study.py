"""Studies as a whole: switch to one, check its parameters, run it and see where the time went.

python -m hardrare.study use studies/cifar10-cpu.yaml
python -m hardrare.study check studies/cifar10-cpu.yaml
python -m hardrare.study repro
"""

import argparse
import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from filelock import FileLock, Timeout

from hardrare import objectives
from hardrare.embedding import GIVEN, Given, Settings
from hardrare.errors import InputError
from hardrare.params import build, keys, load, read
from hardrare.protocols.kinds import KINDS, kind
from hardrare.studies import whole
from hardrare.tables import complete

PARAMS = "params.yaml"
# What a matrix item is called, and the lists that name its values.
ITEMS = {
    "embed": ("network", ("embed.networks",)),
    "explain": ("network", ("explain.networks",)),
    "pretrain": ("objective", ("pretrain.objectives", "pretrain.second_split")),
    "pretrain_features": ("objective", ("pretrain.on_features",)),
    "supervise": ("kind", ("supervise.kinds",)),
    "supervise_features": ("kind", ("supervise.on_features",)),
}
# Which frozen network heads are trained on, and the list that must be empty without it.
OF = {
    "pretrain_features.of": "pretrain.on_features",
    "supervise_features.of": "supervise.on_features",
}


def stages(root: Path) -> dict[str, ModuleType]:
    """Every stage's script as a module, by name."""
    names = sorted(p.stem for p in (root / "stages").glob("*.py"))
    return {name: importlib.import_module(f"stages.{name}") for name in names}


def check(path: Path, root: Path) -> None:
    """Refuse a study with unknown or missing keys, wrong types or unknown objectives.

    Args:
        path: a study file, or a `params.yaml`, which must be complete by itself.
        root: of the repository.

    Raises:
        InputError: names the key.
    """
    tree = load(path) if path.name == PARAMS else yaml.safe_load(whole(path))
    modules = stages(root)
    known = {k for name, m in modules.items() for k in keys(m.Params, name).values()}
    for section, (item, _) in ITEMS.items():
        names = {"objective": objectives.names(), "kind": KINDS}.get(item, ())
        known |= {f"{section}.{name}" for name in names}
    known |= set(OF)
    known |= {f"embed.{name}" for name in tree.get("embed", {})}  # networks of anyone's naming
    for section, values in tree.items():
        for name in values:
            if f"{section}.{name}" not in known:
                raise InputError(f"{path}: unknown key {section}.{name}; delete it.")
    for section, module in modules.items():
        own = tree.get(section, {})
        item, lists = ITEMS.get(section, ("", ()))
        for one in [name for several in lists for name in _at(tree, several)] if item else [""]:
            settings = _settings(item, one) if item else None
            params = read(module.Params, path, section, {item: one}, own, tree)
            if settings:
                options = params.own if item == "kind" else params.options
                build(settings, options, f"{section}.{one}", path)
    _require_networks(tree, path)


def _settings(item: str, name: str) -> type:
    """The dataclass of what a matrix item reads as its own."""
    if item == "network":
        return Given if name == GIVEN else Settings
    return kind(name) if item == "kind" else objectives.objective(name).Settings


def _at(tree: dict[str, Any], key: str) -> Any:  # noqa: ANN401
    """The value at a dotted key, an empty list where there is none."""
    section, name = key.split(".")
    return tree.get(section, {}).get(name, [])


def _require_networks(tree: dict[str, Any], path: Path) -> None:
    """Refuse heads on the features of a network that is not embedded."""
    known = _at(tree, "embed.networks")
    asked = {key: [_at(tree, key)] for key, heads in OF.items() if _at(tree, heads)}
    asked |= {key: _at(tree, key) for key in ("cluster.networks", "explain.networks")}
    for key, names in asked.items():
        for name in names:
            if name not in known and (key, name) != ("explain.networks", GIVEN):
                raise InputError(f"{path}: {key} names {name}; add it to embed.networks.")


def use(path: Path, root: Path) -> None:
    """Make a study the current one: check it, then write it whole to params.yaml.

    Tables under data/ that the new graph does not write are removed from the workspace
    (DVC's cache keeps them), so that folders hold what the study's runs wrote.
    """
    check(path, root)
    with complete(root / PARAMS) as part:
        part.write_text(whole(path), encoding="utf-8")
    from dvc.repo import Repo  # slow to import, and only this command needs it

    with Repo(str(root)) as repo:
        written = {Path(out.fs_path) for out in repo.index.outs}
    for table in (root / "data").rglob("*.arrow"):
        if table not in written and not any(parent in written for parent in table.parents):
            table.unlink()
    print(f"params.yaml is now {path}; run: dvc repro")


def mend(root: Path) -> None:
    """Undo what DVC leaves half-written where it was killed.

    Of `dvc.lock` the entries before the cut stand; the tables of the others come back from
    DVC's cache. `.dvc/tmp/rwlock`, which says what processes are at, goes.

    Raises:
        InputError: another DVC process works here.
    """
    temporary = root / ".dvc" / "tmp"
    if not temporary.is_dir():
        return
    try:
        # The very locks that DVC takes to write the two.
        with FileLock(temporary / "lock", timeout=5), FileLock(temporary / "rwlock.lock", 5):
            busy, lock = temporary / "rwlock", root / "dvc.lock"
            if busy.exists() and not _is_json(busy.read_text("utf-8")):
                busy.unlink()
            if lock.exists() and not _whole(lock.read_text("utf-8")):
                _cut(lock)
    except Timeout:
        raise InputError("another DVC process works here; wait for it or stop it.") from None


def _cut(lock: Path) -> None:
    """Take entries from the end of a dvc.lock until what is left is whole."""
    lines = lock.read_text("utf-8").splitlines(keepends=True)
    if any(line.startswith("<<<<<<<") for line in lines):
        raise InputError(f"{lock.name} holds a merge conflict; run: git checkout {lock.name}")
    while lines and not _whole("".join(lines)):
        starts = [i for i, line in enumerate(lines) if re.match(r" {0,2}\S", line)]
        del lines[starts[-1] if starts else 0 :]
    with complete(lock) as part:
        part.write_text("".join(lines), "utf-8")
    if not lines:
        lock.unlink()
    print(f"{lock.name} was half-written; the entries before the cut stand.", flush=True)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _whole(text: str) -> bool:
    """Whether a dvc.lock has a command, dependencies and outputs with their md5 for each stage."""
    try:
        entries = yaml.safe_load(text)["stages"].values()
        files = [one for e in entries for one in (*e.get("deps", ()), *e["outs"])]
        return all("cmd" in e for e in entries) and all(
            re.fullmatch(r"[0-9a-f]{32}(\.dir)?", one["md5"]) and one["path"] and "size" in one
            for one in files
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return False


def repro(root: Path, targets: Sequence[str] = ()) -> int:
    """`dvc repro`, then the seconds of each stage; returns DVC's exit status.

    Args:
        root: of the repository.
        targets: stages to bring up to date, with what they need; none = all.
    """
    mend(root)
    process = subprocess.Popen(
        ["dvc", "repro", *targets], cwd=root, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    started, spans = time.perf_counter(), []
    for line in process.stdout or []:
        sys.stdout.write(line)
        sys.stdout.flush()
        if found := re.match(r"Running stage '(.+)'", line):
            spans.append((found[1], time.perf_counter()))
    status, end = process.wait(), time.perf_counter()
    marks = [t for _, t in spans] + [end]
    times = {name: after - t for (name, t), after in zip(spans, marks[1:], strict=True)}
    print("\nWhere the time went (seconds, with DVC's own work):")
    for name, seconds in sorted(times.items(), key=lambda pair: -pair[1]):
        print(f"  {seconds:7.1f}  {name}")
    print(f"  {end - started:7.1f}  in all, {len(times)} stages ran")
    if status == 0:
        print(f"\nThe page: {root / 'reports' / 'index.html'}")
    return status


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="hardrare.study", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("use", "switch params.yaml to a study"), ("check", "check a study")):
        commands.add_parser(name, help=what).add_argument("file", type=Path)
    whole = commands.add_parser("repro", help="run the study and print where the time went")
    whole.add_argument("targets", nargs="*", help="stages, all by default")
    given, root = parser.parse_args(), Path.cwd()
    try:
        if given.command == "repro":
            sys.exit(repro(root, given.targets))
        {"use": use, "check": check}[given.command](given.file, root)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
