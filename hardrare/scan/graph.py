"""The graph of the study, as dvc.yaml has it: which stages a page needs, expanded, in order."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from hardrare.studies import shipped

CODE = ("hardrare/", "stages/")


@dataclass(frozen=True)
class Step:
    """One run of a stage.

    Attributes:
        name: as DVC calls it, `pretrain@autoencoder-0`.
        words: its command, without `python -m`.
        deps: the tables that it reads.
        code: the files and folders of this package that it uses, as dvc.yaml lists them.
        outs: the files and folders that it writes.
        params: keys of the parameters that it reads.
    """

    name: str
    words: tuple[str, ...]
    deps: tuple[str, ...]
    code: tuple[str, ...]
    outs: tuple[str, ...]
    params: tuple[str, ...]


def stages_for(targets: Sequence[str], moved: Mapping[str, str]) -> dict[str, dict]:
    """The stages of dvc.yaml that some need; the code among their deps stands apart, as `code`.

    Args:
        targets: names of stages.
        moved: paths of dvc.yaml that are to be others.
    """
    text = shipped("dvc.yaml")
    for path, other in moved.items():
        text = re.sub(rf"(?<![\w./]){re.escape(path)}(?![\w./])", other, text)
    stages = yaml.safe_load(text)["stages"]
    for one in stages.values():
        one["code"] = [dep for dep in one["deps"] if dep.startswith(CODE)]
        one["deps"] = [dep for dep in one["deps"] if not dep.startswith(CODE)]
    needed, todo = set(), list(targets)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            todo += [other for other, one in stages.items() if _feeds(one, stages[name])]
    return {name: one for name, one in stages.items() if name in needed}


def path_of(stage: str, argument: str) -> str:
    """The path that dvc.yaml gives to an argument of a stage, such as `--page` of show."""
    words = yaml.safe_load(shipped("dvc.yaml"))["stages"][stage]["cmd"].split()
    return words[words.index(argument) + 1]


def steps(stages: Mapping[str, dict], params: Mapping[str, Any]) -> list[Step]:
    """Every run of the stages, those that write what others read before them."""
    waiting = {
        one.name: one for name, stage in stages.items() for one in _items(name, stage, params)
    }
    ordered: list[Step] = []
    while waiting:
        ready = [a for a in waiting.values() if not any(feeds(b, a) for b in waiting.values())]
        ordered += ready
        for one in ready:
            del waiting[one.name]
    return ordered


def feeds(one: Step, other: Step) -> bool:
    """Whether a step writes what another reads, itself or into a folder that the other reads."""
    return one is not other and _within(one.outs, other.deps)


def _feeds(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one is not other and _within(one["outs"], other["deps"])


def _within(outs: Sequence[str], deps: Sequence[str]) -> bool:
    """Whether one of the outs is one of the deps, or lies in it, or holds it."""
    pairs = ((f"{out}/", f"{dep}/") for out in outs for dep in deps)
    return any(out.startswith(dep) or dep.startswith(out) for out, dep in pairs)


def _items(name: str, stage: Mapping[str, Any], params: Mapping[str, Any]) -> list[Step]:
    """The runs of one stage: one, or one for each item of its matrix."""
    lists = {key: _value(of, params) for key, of in stage.get("matrix", {}).items()}
    made = []
    for chosen in itertools.product(*lists.values()):
        item = dict(zip(lists, map(str, chosen), strict=True))
        end = f"@{'-'.join(item.values())}" if item else ""
        _, _, *words = _filled(stage["cmd"], item, params).split()
        parts = [
            [_filled(one, item, params) for one in stage.get(kind, [])]
            for kind in ("deps", "code", "outs", "params")
        ]
        made.append(Step(name + end, tuple(words), *map(tuple, parts)))
    return made


def _value(reference: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What `${pretrain.seeds}` or `${pretrain.seeds[0]}` stands for."""
    found: Any = params
    for key, at in re.findall(r"(\w+)(?:\[(\d+)\])?", reference.removeprefix("$")):
        found = found[key][int(at)] if at else found[key]
    return found


def _filled(text: str, item: Mapping[str, str], params: Mapping[str, Any]) -> str:
    """A text with its `${...}` filled in, from a matrix item or from the parameters."""

    def value(found: re.Match) -> str:
        key = found[1]
        return item[key[5:]] if key.startswith("item.") else str(_value(key, params))

    return re.sub(r"\$\{([^}]+)\}", value, text)
