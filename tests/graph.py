"""The graph of dvc.yaml beside the import graph, as tests compare them."""

from pathlib import Path

from hardrare.dependencies import (
    OBJECTIVES,
    ROOT,
    closure,
    file_of,
    finds_plugins,
    has_code,
    imported,
    picks_objectives,
    script,
    stages,
)

__all__ = [
    "ROOT",
    "closure",
    "declared",
    "file_of",
    "finds_plugins",
    "imported",
    "picks_objectives",
    "script",
    "stages",
    "used",
]


def used(script: str) -> set[Path]:
    """The files that a stage's run can import, its own script included."""
    named = (ROOT / OBJECTIVES).glob("*.py") if picks_objectives(script) else ()
    return closure(ROOT / "stages" / f"{script}.py", *named)


def objective_file(name: str) -> Path:
    """Where an objective is written."""
    return ROOT / OBJECTIVES / f"{name}.py"


def declared(stage: dict) -> set[Path]:
    """The source files among a stage's deps, folders expanded."""
    files = set()
    for dep in stage["deps"]:
        path = ROOT / dep
        if dep.startswith(("stages/", "hardrare/")):
            assert path.exists(), f"{dep} is not there"
            files |= set(path.rglob("*")) if path.is_dir() else {path}
    return {f for f in files if f.suffix in {".html", ".css", ".js"} or _is_code(f)}


def _is_code(path: Path) -> bool:
    """Whether a file is one of Python that holds more than words."""
    return path.suffix == ".py" and has_code(path)
