"""What DVC leaves half-written where it was killed, mended before it is called again."""

import json
import re
from pathlib import Path

import yaml
from filelock import FileLock, Timeout

from hardrare.errors import InputError
from hardrare.tables import complete


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
        files = [file for e in entries for file in (*e.get("deps", ()), *e["outs"])]
        return all("cmd" in e for e in entries) and all(
            re.fullmatch(r"[0-9a-f]{32}(\.dir)?", file["md5"]) and file["path"] and "size" in file
            for file in files
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return False
