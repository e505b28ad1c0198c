"""A study as DVC has it: its graph, what dvc.lock says of each stage, its cache of runs.

Everything that decides is DVC's own: whether a stage changed, whether its cache knows the result,
what stands in dvc.lock. Only the commands run elsewhere, in processes that stay, side by side.
The lock is written after each stage, so that a study that was killed goes on with `dvc repro` too;
it is written as text, an entry at a time: DVC reads and writes it whole for each stage, which
takes as long as many stages themselves.
"""

import io
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardrare.errors import InputError
from hardrare.runner.graph import CODE, Step
from hardrare.tables import complete

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc.stage import PipelineStage

HEAD = "schema: '2.0'\nstages:\n"


class Locked:
    """The stages of a DVC repository, or some of them with what they need."""

    def __init__(self, repo: "Repo", targets: Sequence[str] = ()) -> None:
        """Collect the stages.

        Args:
            repo: whose lock is held.
            targets: stages, with or without their item; none = all.

        Raises:
            InputError: there is no such stage, or its command is no module of Python.
        """
        self.repo, self.root = repo, Path(repo.root_dir)
        graph = repo.index.graph
        # what others ran lies beside the stages, as data without a command
        wanted = {stage for stage in graph if stage.cmd} if not targets else set()
        for target in targets:
            wanted |= _named(graph, target)
        todo = list(wanted)
        while todo:
            more = set(graph.successors(todo.pop())) - wanted
            wanted, todo = wanted | more, [*todo, *more]
        self.stages = {stage.addressing: stage for stage in repo.index.stages if stage in wanted}
        self.steps = [_step(stage) for stage in self.stages.values()]
        self._reads = {
            name: [other.addressing for other in graph.successors(stage)]
            for name, stage in self.stages.items()
        }
        self.entries = current(self.root / "dvc.lock", repo)

    def reads(self) -> Mapping[str, Sequence[str]]:
        """For each step the names of the steps that write what it reads."""
        return self._reads

    def due(self, step: Step) -> str | None:
        """Why a step has to run; None where nothing changed, or the cache of runs has it."""
        from dvc.stage.cache import RunCacheNotFoundError

        stage = self.stages[step.name]
        upstream = [self.stages[name] for name in self._reads[step.name]]
        if not stage.changed(upstream=upstream):
            return None
        stage.remove_outs(ignore_remove=False, force=False)
        try:
            self.repo.stage_cache.restore(stage)
        except RunCacheNotFoundError:
            return "changed"
        self._note(stage)
        return None

    def origins(self, step: Step) -> None:
        """Let DVC hash what the stage reads, as it begins."""
        self.stages[step.name].save_deps()

    def keep(self, step: Step, origins: Any, seconds: float, cpu: float) -> None:  # noqa: ANN401, ARG002
        """Take the outputs into DVC's cache, and write the lock."""
        self._note(self.stages[step.name])

    def close(self) -> None:
        """Stage the lock in git, where DVC is set to do so."""
        if self.repo.config["core"].get("autostage") and (self.root / "dvc.lock").exists():
            self.repo.scm_context.track_file("dvc.lock")
            self.repo.scm_context.track_changed_files()

    def _note(self, stage: "PipelineStage") -> None:
        stage.save()
        stage.commit()
        self.entries[stage.name] = _entry(stage)
        with complete(self.root / "dvc.lock") as part:
            part.write_text(text_of(self.entries), encoding="utf-8")


def _named(graph: Any, target: str) -> set:  # noqa: ANN401 - of networkx
    """The stages of a name, with or without an item."""
    named = {
        stage for stage in graph if target in (stage.addressing, stage.addressing.split("@")[0])
    }
    if not named:
        raise InputError(f"there is no stage {target}; dvc stage list names those that are there.")
    return named


def _step(stage: "PipelineStage") -> Step:
    words = shlex.split(stage.cmd) if isinstance(stage.cmd, str) else []
    if words[:2] != ["python", "-m"]:
        raise InputError(f"{stage.addressing}: its command is no `python -m ...`; use dvc repro.")
    paths = [dep.def_path for dep in stage.deps]
    return Step(
        name=stage.addressing,
        words=tuple(words[2:]),
        deps=tuple(path for path in paths if not path.startswith(CODE)),
        code=tuple(path for path in paths if path.startswith(CODE)),
        outs=tuple(out.def_path for out in stage.outs),
        params=(),
        parts=(stage.meta or {}).get("parts", False),
    )


def current(path: Path, repo: "Repo") -> dict[str, str]:
    """The entries of a dvc.lock whose stages are there.

    DVC keeps those of stages that are no more, and reads them at each call: 50 of 83 once.
    """
    names = {stage.name for stage in repo.index.stages if stage.cmd}
    return {name: text for name, text in entries(path).items() if name in names}


def text_of(known: Mapping[str, str]) -> str:
    """A dvc.lock of these entries."""
    return HEAD + "".join(known.values())


def entries(path: Path) -> dict[str, str]:
    """The entries of a dvc.lock by stage, each as its text."""
    text = path.read_text("utf-8") if path.exists() else ""
    _, _, body = text.partition("stages:\n")
    parts = re.split(r"(?m)^(?=  [^\s-])", body)
    return {part.partition(":\n")[0].strip(): part for part in parts if part.strip()}


def _entry(stage: "PipelineStage") -> str:
    """The entry of a stage, as DVC writes it."""
    from dvc.stage.serialize import to_lockfile
    from dvc.utils.serialize._yaml import _get_yaml

    out = io.StringIO()
    _get_yaml().dump({"stages": to_lockfile(stage)}, out)
    return out.getvalue().partition("\n")[2]
