"""The import graph of the library and the graph of dvc.yaml, as tests compare them."""

import ast
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
SELECTED = "hardrare.objectives"  # of this plug-in folder an item's own file is used, not all


def file_of(module: str) -> Path | None:
    """The file of a module of this repository, None for any other module."""
    base = ROOT / module.replace(".", "/")
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


@cache
def imported(path: Path) -> set[str]:
    """Every module that a file imports anywhere in it, submodules named by `from` included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write absolute imports"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def finds_plugins(path: Path) -> bool:
    """Whether a file imports the other files of its folder by name at run time."""
    return "pkgutil.iter_modules(" in path.read_text("utf-8")


def picks_objective(script: str) -> bool:
    """Whether a stage's script imports the objective that its item names."""
    return "objectives.objective(" in (ROOT / "stages" / f"{script}.py").read_text("utf-8")


@cache
def closure(*starts: Path) -> set[Path]:
    """All files of the library that some files import, directly or not."""
    seen, todo = set(), list(starts)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        modules = {m for name in imported(path) for m in _with_parents(name)}
        todo += [f for m in modules if (f := file_of(m)) and m.startswith("hardrare")]
        package = ".".join(path.parent.relative_to(ROOT).parts)
        if finds_plugins(path) and package != SELECTED:
            todo += [*path.parent.glob("*.py"), *path.parent.glob("*/__init__.py")]
    return seen


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


@cache
def stages() -> dict[str, dict]:
    """The stages of dvc.yaml, unexpanded."""
    return yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]


def script(stage: dict) -> str:
    """The name of the script that a stage runs."""
    words = stage["cmd"].split()
    assert words[:2] == ["python", "-m"], stage["cmd"]
    return words[2].removeprefix("stages.")


def used(name: str, objective: str | None = None) -> set[Path]:
    """The files that a stage's run can import, its own script included."""
    starts = [ROOT / "stages" / f"{name}.py"]
    if objective:
        starts.append(objective_file(objective))
    return closure(*starts)


def objective_file(name: str) -> Path:
    """Where an objective is written."""
    return ROOT.joinpath(*SELECTED.split("."), f"{name}.py")


def declared(stage: dict, objective: str | None = None) -> set[Path]:
    """The source files among a stage's deps, folders expanded."""
    files = set()
    for dep in stage["deps"]:
        path = ROOT / dep.replace("${item.objective}", objective or "")
        if dep.startswith(("stages/", "hardrare/")):
            assert path.exists(), f"{dep} is not there"
            files |= set(path.rglob("*")) if path.is_dir() else {path}
    return {f for f in files if f.suffix in {".py", ".html", ".css", ".js"}}
