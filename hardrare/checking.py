"""Check a study before it runs: unknown and missing keys, wrong types, names that nothing bears."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from hardrare import objectives
from hardrare.embedding import GIVEN, Given, Settings
from hardrare.errors import InputError
from hardrare.params import build, keys, load, read
from hardrare.protocols.kinds import kind
from hardrare.studies import whole

PARAMS = "params.yaml"
# What a matrix item is called, and the lists that name its values.
# What a run of a section is called, and the lists that name their values.
ITEMS = {
    "embed": ("network", ("embed.networks",)),
    "explain": ("network", ("explain.networks",)),
    "pretrain": ("objective", ("pretrain.objectives", "pretrain.second_split")),
    "pretrain_features": ("objective", ("pretrain.on_features",)),
}
# Runs with labels: the lists that name their kinds; each kind has settings in the section.
KINDS_OF = {"supervise": "supervise.kinds", "supervise_features": "supervise.on_features"}
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
        names = objectives.names() if item == "objective" else ()
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
        for entry in [name for several in lists for name in _at(tree, several)] if item else [""]:
            settings = _settings(item, entry) if item else None
            params = read(module.Params, path, section, {item: entry}, own, tree)
            if settings:
                of_all = keys(module.Params, section)["options"] == section
                options = params.options.get(entry) if of_all else params.options
                build(settings, options, f"{section}.{entry}", path)
    _check_kinds(modules, tree, path)
    _require_networks(tree, path)


def _check_kinds(modules: Mapping[str, ModuleType], tree: dict[str, Any], path: Path) -> None:
    """Refuse unknown kinds of runs with labels, and wrong settings of those that are asked for."""
    for section, asked in KINDS_OF.items():
        params = read(modules[section].Params, path, section, {}, tree.get(section, {}), tree)
        for name in _at(tree, asked):
            build(kind(name), getattr(params, name, None), f"{section}.{name}", path)


def _settings(item: str, name: str) -> type:
    """The dataclass of what a matrix item reads as its own."""
    if item == "network":
        return Given if name == GIVEN else Settings
    return objectives.objective(name).Settings


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
