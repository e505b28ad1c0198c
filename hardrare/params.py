"""Parameters: one stage's section of a YAML file, as a frozen dataclass.

A stage declares what it reads::

    @dataclass(frozen=True)
    class Params:
        seed: int                                             # <section>.seed
        objectives: list[str] = key("pretrain.objectives")    # of another section
        settings: dict = key("pretrain.{objective}")          # of one matrix item

`read` fills it and refuses unknown keys, missing keys and wrong types. `keys`
names what it reads, which a test compares with `params` in dvc.yaml.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml

from hardrare.errors import InputError

T = TypeVar("T")
ANY = "*"


def key(path: str) -> Any:  # noqa: ANN401 - stands for a dataclass field of any type
    """A dataclass field read from `path` (dots between keys, `{item}` for a matrix item)."""
    return field(metadata={"key": path})


def keys(cls: type, section: str) -> dict[str, str]:
    """Which key each field of a stage's dataclass reads.

    Args:
        cls: the stage's dataclass.
        section: the stage's own section.

    Returns:
        Field name to dotted key; matrix items stay as `{objective}`.
    """
    return {f.name: f.metadata.get("key", f"{section}.{f.name}") for f in fields(cls)}


def parsed(text: str) -> Any:  # noqa: ANN401 - YAML
    """As `yaml.safe_load`, by the parser in C where there is one: in a tenth of the time.

    What that one refuses (names of files that are no UTF-8) the other one reads, or tells why not.
    """
    try:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return yaml.safe_load(text)


def load(path: Path) -> dict[str, Any]:
    """The whole parameter file.

    Raises:
        InputError: it cannot be read, is no YAML, or is no mapping of sections.
    """
    try:
        tree = parsed(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such parameter file; name an existing one.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not readable as YAML ({reason}); mend the file.") from None
    if not isinstance(tree, dict) or not all(isinstance(s, dict) for s in tree.values()):
        raise InputError(f"{path}: expected one mapping for each stage; mend the file.")
    return tree


def read(
    cls: type[T],
    path: Path,
    section: str,
    item: Mapping[str, Any] | None = None,
    siblings: typing.Iterable[str] = (),
    tree: Mapping[str, Any] | None = None,
) -> T:
    """One stage's parameters.

    Args:
        cls: the stage's frozen dataclass.
        path: the parameter file.
        section: the stage's own section.
        item: values for `{...}` in keys, for example `{"objective": "autoencoder"}`.
        siblings: keys of the section that other items or the matrix itself read; ANY among
            them stands for every mapping, where items are of anyone's naming.
        tree: the file's content, where it is known; `path` is for messages then.

    Raises:
        InputError: a key is unknown or missing, or a value has the wrong type.
    """
    tree = load(path) if tree is None else tree
    wanted = {name: k.format(**(item or {})) for name, k in keys(cls, section).items()}
    prefix = f"{section}."
    own = {k.removeprefix(prefix).split(".")[0] for k in wanted.values() if k.startswith(prefix)}
    there = tree.get(section, {})
    others = {name for name in there if ANY in siblings and isinstance(there[name], dict)}
    if unknown := sorted(set(there) - own - others - set(siblings)):
        raise InputError(
            f"{path}: unknown key {section}.{unknown[0]}; known are {', '.join(sorted(own))}."
        )
    types_of = typing.get_type_hints(cls)
    values = {f.name: _value(tree, wanted[f.name], types_of[f.name], f, path) for f in fields(cls)}
    return cls(**values)


def build(cls: type[T], mapping: Any, name: str, path: Path | str) -> T:  # noqa: ANN401
    """A nested section as its own frozen dataclass.

    Args:
        cls: the dataclass; its fields are the section's keys.
        mapping: the section as read.
        name: its dotted name, for messages.
        path: the file it came from, for messages.

    Raises:
        InputError: as `read`.
    """
    if not isinstance(mapping, dict):
        raise InputError(f"{path}: {name} is {mapping!r}, expected a mapping of settings.")
    known = {f.name for f in fields(cls)}
    if unknown := sorted(set(mapping) - known):
        raise InputError(
            f"{path}: unknown key {name}.{unknown[0]}; known are {', '.join(sorted(known))}."
        )
    hints = typing.get_type_hints(cls)
    values = {f.name: _value(mapping, f.name, hints[f.name], f, path, name) for f in fields(cls)}
    return cls(**values)


def _value(
    tree: Any,  # noqa: ANN401
    dotted: str,
    kind: Any,  # noqa: ANN401
    spec: Field,
    path: Path | str,
    parent: str = "",
) -> Any:  # noqa: ANN401
    """The value at a dotted key, checked against its type."""
    full = f"{parent}.{dotted}" if parent else dotted
    for part in dotted.split("."):
        if not isinstance(tree, dict) or part not in tree:
            if spec.default is not MISSING:
                return spec.default
            raise InputError(f"{path}: missing key {full}; add it.")
        tree = tree[part]
    if isinstance(tree, dict) and (nested := _dataclass(kind)):
        return build(nested, tree, full, path)
    if isinstance(tree, int) and not isinstance(tree, bool) and _accepts(float(tree), kind):
        tree = tree if _accepts(tree, kind) else float(tree)
    if not _accepts(tree, kind):
        raise InputError(f"{path}: {full} is {tree!r}, expected {_words(kind)}.")
    return tree


def _dataclass(kind: Any) -> type | None:  # noqa: ANN401
    """The dataclass that a type is, or that a union holds."""
    return next((option for option in (kind, *get_args(kind)) if is_dataclass(option)), None)


def _accepts(value: Any, kind: Any) -> bool:  # noqa: ANN401
    """Whether a YAML value is of a type: scalars, None, Literal, unions, list[...], dict."""
    origin = get_origin(kind)
    if kind is Any:
        return True
    if origin in (types.UnionType, typing.Union):
        return any(_accepts(value, option) for option in get_args(kind))
    if origin is Literal:
        return any(value == option and type(value) is type(option) for option in get_args(kind))
    if origin is list:
        return isinstance(value, list) and all(_accepts(v, get_args(kind)[0]) for v in value)
    if origin is dict:
        return isinstance(value, dict)
    if kind is types.NoneType:
        return value is None
    return type(value) is kind


def _words(kind: Any) -> str:  # noqa: ANN401
    """A type in words."""
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    origin = get_origin(kind)
    if kind in names:
        return names[kind]
    if kind is types.NoneType:
        return "null"
    if origin is Literal:
        return "one of " + ", ".join(str(option) for option in get_args(kind))
    if origin is list:
        return f"a list (each {_words(get_args(kind)[0])})"
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_words(option) for option in get_args(kind))
    return "a mapping"
