"""The graph of a study, as dvc.yaml has it: which stages some need, expanded, in order."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

from hardrare.params import parsed
from hardrare.studies import shipped

CODE = ("hardrare/", "stages/")


@dataclass(frozen=True)
class Step:
    """One run of a stage.

    Attributes:
        name: as DVC calls it, `embed@efficientnet_lite0`.
        words: its command, without `python -m`: the module and its arguments.
        deps: the tables that it reads.
        code: the files and folders of this package that it uses, as dvc.yaml lists them.
        outs: the files and folders that it writes.
        params: keys of the parameters that it reads.
        no_label: whether it reads no label, as `meta` in dvc.yaml promises.
        parts: whether several processes can make its pieces side by side, as `meta` says.
        told: what it does, for those who wait for a scan, as `meta` says; may be empty.
    """

    name: str
    words: tuple[str, ...]
    deps: tuple[str, ...]
    code: tuple[str, ...]
    outs: tuple[str, ...]
    params: tuple[str, ...]
    no_label: bool = False
    parts: bool = False
    told: str = ""

    @property
    def stage(self) -> str:
        """Its stage: `embed` of `embed@efficientnet_lite0`."""
        return self.name.partition("@")[0]


def stages_for(targets: Sequence[str], moved: Mapping[str, str]) -> dict[str, dict]:
    """The stages of dvc.yaml that some need; the code among their deps stands apart, as `code`.

    Args:
        targets: names of stages.
        moved: paths of dvc.yaml that are to be others.
    """
    stages = {name: _moved(stage, moved) for name, stage in _shipped_stages().items()}
    needed, todo = set(), list(targets)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            wanted = stages[name]
            todo += [k for k, stage in stages.items() if k != name and feeds(stage, wanted)]
    return {name: stage for name, stage in stages.items() if name in needed}


def path_of(stage: str, argument: str) -> str:
    """The path that dvc.yaml gives to an argument of a stage, such as `--page` of show."""
    words = _shipped_stages()[stage]["cmd"].split()
    return words[words.index(argument) + 1]


def steps(stages: Mapping[str, dict], params: Mapping[str, Any]) -> list[Step]:
    """Every run of the stages, those that write what others read before them."""
    busy = with_runs(stages, params)
    every = [step for name, stage in busy.items() for step in _items(name, stage, params)]
    named = {name: stage.get("meta", {}).get("one_of", {}) for name, stage in busy.items()}
    every = [_narrowed(step, named[step.stage], every, params) for step in every]
    by_name = {step.name: step for step in every}
    return [by_name[name] for name in TopologicalSorter(before(every)).static_order()]


def _narrowed(
    step: Step, named: Mapping[str, str], every: Sequence[Step], params: Mapping[str, Any]
) -> Step:
    """A step that waits for one table of a folder, not for all: the one that a parameter names.

    Args:
        step: any.
        named: folder to the parameter, as `one_of` of `meta` says.
        every: all steps. Where none has that table among its outs, the step reads the folder.
        params: the whole parameter file.
    """
    deps = step.deps
    for folder, key in named.items():
        run = _value(key, params)
        inside = [out for other in every for out in other.outs if within(out, folder)]
        own = [out for out in inside if PurePosixPath(out).name == f"{run}.arrow"]
        if own or run is None:
            deps = (*(dep for dep in deps if not within(dep, folder)), *own)
    return replace(step, deps=deps)


def before(every: Sequence[Step]) -> dict[str, list[str]]:
    """For each step the names of the steps that write what it reads."""
    return {
        step.name: [other.name for other in every if other is not step and feeds(other, step)]
        for step in every
    }


def feeds(writer: Step | Mapping[str, Any], other: Step | Mapping[str, Any]) -> bool:
    """Whether one writes what the other reads, itself or into a folder that the other reads."""
    outs = writer.outs if isinstance(writer, Step) else writer["outs"]
    deps = other.deps if isinstance(other, Step) else other["deps"]
    return any(within(out, dep) or within(dep, out) for out in outs for dep in deps)


def within(path: str, folder: str) -> bool:
    """Whether a path is another, or lies in it."""
    return f"{path}/".startswith(f"{folder}/")


@cache
def _shipped_stages() -> dict[str, dict]:
    return parsed(shipped("dvc.yaml"))["stages"]


def _moved(stage: Mapping[str, Any], moved: Mapping[str, str]) -> dict[str, Any]:
    """A stage with some paths replaced, and its code apart from its tables."""
    deps = [moved.get(dep, dep) for dep in stage["deps"] if not dep.startswith(CODE)]
    return dict(stage) | {
        "cmd": " ".join(moved.get(word, word) for word in stage["cmd"].split()),
        "deps": deps,
        "code": [dep for dep in stage["deps"] if dep.startswith(CODE)],
        "outs": [moved.get(out, out) for out in stage["outs"]],
    }


def has_runs(stage: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Whether a stage makes anything: some stages name the parameters that list their runs."""
    lists = stage.get("meta", {}).get("runs")
    return lists is None or any(_value(key, params) for key in lists)


def unmade(stages: Mapping[str, dict], params: Mapping[str, Any]) -> set[str]:
    """What stages without runs would write."""
    return {
        out for stage in stages.values() if not has_runs(stage, params) for out in stage["outs"]
    }


def with_runs(stages: Mapping[str, dict], params: Mapping[str, Any]) -> dict[str, dict]:
    """The stages that make anything; they do not wait for what others would write."""
    never = unmade(stages, params)
    return {
        name: {**stage, "deps": [dep for dep in stage["deps"] if dep not in never]}
        for name, stage in stages.items()
        if has_runs(stage, params)
    }


def _items(name: str, stage: Mapping[str, Any], params: Mapping[str, Any]) -> list[Step]:
    """The runs of one stage: one, or one for each item of its matrix."""
    lists = {key: _value(of, params) for key, of in stage.get("matrix", {}).items()}
    made = []
    for chosen in itertools.product(*lists.values()):
        item = dict(zip(lists, map(str, chosen), strict=True))
        end = f"@{'-'.join(item.values())}" if item else ""
        _, _, *words = _filled(stage["cmd"], item, params).split()
        parts = [
            [_filled(text, item, params) for text in stage.get(kind, [])]
            for kind in ("deps", "code", "outs", "params")
        ]
        said = stage.get("meta", {})
        marks = said.get("reads_no_label", False), said.get("parts", False), said.get("told", "")
        made.append(Step(name + end, tuple(words), *map(tuple, parts), *marks))
    return made


def _value(reference: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What `${pretrain.seeds}` or `${pretrain.seeds[0]}` stands for."""
    value: Any = params
    for key, at in re.findall(r"(\w+)(?:\[(\d+)\])?", reference.removeprefix("$")):
        value = value[key][int(at)] if at else value[key]
    return value


def _filled(text: str, item: Mapping[str, str], params: Mapping[str, Any]) -> str:
    """A text with its `${...}` filled in, from a matrix item or from the parameters."""

    def value(match: re.Match) -> str:
        key = match[1]
        return item[key[5:]] if key.startswith("item.") else str(_value(key, params))

    return re.sub(r"\$\{([^}]+)\}", value, text)
