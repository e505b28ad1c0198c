"""Study files: each lists only what differs from the default study; here they become whole.

`studies/digits.yaml` is complete and commented. It is not `params.yaml`, which is whatever study
is used now: laid over that, a study would keep what another one set. Any other file names the
keys whose values differ; a mapping is merged key by key, everything else is replaced. A key that
the default study does not have is refused, but in sections that name networks of their own.
"""

import importlib.resources
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

import hardrare
from hardrare.errors import InputError
from hardrare.params import load, parsed

DEFAULT = "studies/digits.yaml"
OPEN = ("embed",)  # sections that take keys of a study's own
HOME = Path(hardrare.__file__).parents[1]  # of the repository, or of what is installed


def shipped(name: str) -> str:
    """A file of the repository that the package carries: dvc.yaml, a study."""
    packed = importlib.resources.files("hardrare") / "shipped" / name
    return packed.read_text("utf-8") if packed.is_file() else (HOME / name).read_text("utf-8")


def whole(path: Path) -> str:
    """A study as the complete text of a parameter file, with the default study's comments.

    Args:
        path: a study file; a complete one stays as it is but for comments.

    Raises:
        InputError: it cannot be read, or names a key that the default study does not have.
    """
    load(path)  # its errors name the file
    return filled(path.read_text("utf-8"), str(path))


def filled(text: str, name: str) -> str:
    """As `whole`, of a study's text.

    Args:
        text: YAML; comments before its first key become those of the result.
        name: of the study, for messages.
    """
    base = _round_trip(shipped(DEFAULT))
    _merge(base, parsed(text), name, "")
    head = text[: len(text) - len(_without_head(text))]
    return head + _without_head(_dumped(base))


def with_values(text: str, changes: Mapping[str, Any]) -> str:
    """A parameter file with other values, its comments kept.

    Args:
        text: the file.
        changes: dotted key to value.

    Raises:
        InputError: there is no such key.
    """
    tree = _round_trip(text)
    for dotted, value in changes.items():
        *parents, last = dotted.split(".")
        at = tree
        for part in parents:
            at = at.get(part) if isinstance(at, Mapping) else None
        if not isinstance(at, Mapping) or (last not in at and parents[0] not in OPEN):
            raise InputError(f"there is no parameter {dotted}; name one of params.yaml.")
        at[last] = _styled(value)
    return _dumped(tree)


def _merge(into: CommentedMap, changes: Mapping[str, Any], name: str, above: str) -> None:
    """Lay the values of a study over those of the default one."""
    for key, value in changes.items():
        if key not in into and above.partition(".")[0] not in OPEN:
            known = ", ".join(map(str, into))
            raise InputError(f"{name}: unknown key {above}{key}; known are {known}.")
        if isinstance(value, Mapping) and isinstance(into.get(key), Mapping):
            _merge(into[key], value, name, f"{above}{key}.")
        elif key not in into or into[key] != value:
            into[key] = _styled(value)


def _styled(value: Any) -> Any:  # noqa: ANN401
    """A value as it is written: lists of plain values on one line, mappings in lists, too.

    A text with control characters is quoted: YAML takes some of them for the end of a line.
    """
    if isinstance(value, str) and not value.isprintable():
        return DoubleQuotedScalarString(value)
    if not isinstance(value, list):
        return value
    made = CommentedSeq(CommentedMap(v) if isinstance(v, dict) else v for v in value)
    maps = [v for v in made if isinstance(v, CommentedMap)]
    for mapping in maps or [made]:
        mapping.fa.set_flow_style()
    return made


def _without_head(text: str) -> str:
    """A text from its first line that is no comment and not empty."""
    lines = text.splitlines(keepends=True)
    starts = (i for i, line in enumerate(lines) if line.strip() and not line.startswith("#"))
    return "".join(lines[next(starts, len(lines)) :])


def _yaml() -> YAML:
    """A reader and writer that keeps comments, order and quotes."""
    made = YAML()
    made.width, made.preserve_quotes = 4096, True
    made.indent(mapping=2, sequence=4, offset=2)
    made.representer.add_representer(
        type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return made


def _round_trip(text: str) -> CommentedMap:
    try:
        return _yaml().load(text)
    except YAMLError as error:
        raise InputError(f"not readable as YAML ({' '.join(str(error).split())}).") from None


def _dumped(tree: CommentedMap) -> str:
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()
