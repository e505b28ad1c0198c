"""A place of its own for a study other than the default one: `runs/<name>`.

It is a DVC repository without git: parameters, lock, tables and pages of that study lie there,
while its code and its graph are this repository's, by links, and the cache is shared. So the lock
of the default study stays as it is, and each study can be gone on with at any time.
"""

from pathlib import Path
from typing import Any

import yaml

from hardrare.params import load
from hardrare.studies import whole, with_values
from hardrare.tables import complete

PARAMS, RUNS = "params.yaml", "runs"
LINKS = ("dvc.yaml", "hardrare", "stages")
FILES = ("prepare.path", "prepare.labels")  # parameters that name files, relative to the repository
CONFIG = """[core]
    analytics = false
    check_update = false
    no_scm = true
[cache]
    dir = {}
    type = "reflink,hardlink,copy"
"""


def lay(study: Path, root: Path) -> Path:
    """Have the place of a study, with its parameters as they are now.

    Args:
        study: its file.
        root: of the repository.

    Returns:
        The folder to run it in.
    """
    place = root / RUNS / study.stem
    (place / ".dvc" / "tmp").mkdir(parents=True, exist_ok=True)
    for name in LINKS:
        if not (place / name).is_symlink():
            (place / name).symlink_to(Path("..") / ".." / name)
    for path in sorted((root / "data").glob("**/.gitignore")):
        if "remote" not in path.parts:  # folders that are there in every clone
            (place / path.parent.relative_to(root)).mkdir(parents=True, exist_ok=True)
    cache = Path("..") / ".." / ".." / ".dvc" / "cache"
    _write(place / ".dvc" / "config", CONFIG.format(cache))
    _write(place / ".dvcignore", (root / ".dvcignore").read_text("utf-8"))
    text, tree = whole(study), yaml.safe_load(whole(study))
    changes = {key: _from_there(_at(tree, key), root) for key in FILES if _at(tree, key)}
    _write(place / PARAMS, with_values(text, changes) if changes else text)
    load(place / PARAMS)
    return place


def _at(tree: dict[str, Any], key: str) -> Any:  # noqa: ANN401
    section, name = key.split(".")
    return tree[section][name]


def _from_there(path: str, root: Path) -> str:
    """A path relative to the repository as it is from a study's place."""
    inside = not Path(path).expanduser().is_absolute() and (root / path).exists()
    return str(Path("..") / ".." / path) if inside else path


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text("utf-8") == text:
        return
    with complete(path) as part:
        part.write_text(text, encoding="utf-8")
