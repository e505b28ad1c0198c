"""What a stage's script imports, directly or not, and the `deps` of dvc.yaml that follow from it.

DVC does not follow imports, so dvc.yaml names the code that each stage can run: a folder where
all of it is used, single files otherwise. `python -m hardrare.dependencies` (or `make graph`)
writes these lines anew; tables among the deps, comments and all else stay as they are. A file of
words alone (the `__init__.py` of a plain folder) decides nothing and is not named.

A folder whose files are found by name at run time counts as used as a whole. The objectives are
the exception: only stages that train objectives of any name use them all. Each of their pieces
goes by the file of its own (`hardrare.pieces`).
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # fields that hold statements
CODE = ("hardrare/", "stages/")
SUFFIXES = {".py", ".html", ".css", ".js"}
OBJECTIVES = "hardrare/objectives"
# In two, or this file would seem to do what they do.
FINDS = "plugins." + "names(", "plugins." + "import_all("  # the files of its folder, by name
PICKS = "objectives." + "objective("  # imports one by its name in the parameters


@cache
def file_of(module: str) -> Path | None:
    """The file of a module of this repository, None for any other module."""
    base = ROOT / module.replace(".", "/")
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def imported(path: Path) -> set[str]:
    """Every module that a file imports anywhere in it, submodules named by `from` included."""
    return _read(path)[0]


def has_code(path: Path) -> bool:
    """Whether a file holds more than words about itself."""
    return _read(path)[1]


@cache
def _read(path: Path) -> tuple[set[str], bool]:
    """What a file imports, and whether it holds code."""
    modules, tree = set(), ast.parse(path.read_text("utf-8"))
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}: write absolute imports")
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules, any(not isinstance(line, ast.Expr) for line in tree.body)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement of a file: imports are statements, and most of a tree is expressions."""
    for name in BLOCKS:
        for inner in getattr(tree, name, ()):
            yield inner
            yield from _statements(inner)


def closure(*starts: Path) -> set[Path]:
    """All code of the library that some files import, directly or not, themselves included."""
    seen: set[Path] = set()
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        modules = {parent for name in imported(path) for parent in _with_parents(name)}
        todo += [file for m in modules if m.startswith("hardrare") and (file := file_of(m))]
        if path.parent != ROOT / OBJECTIVES and finds_plugins(path):
            todo += list(path.parent.glob("*.py"))
            todo += list(path.parent.glob("*/__init__.py"))
    return set(filter(has_code, seen))


def finds_plugins(path: Path) -> bool:
    """Whether a file finds the other files of its folder by name at run time."""
    text = path.read_text("utf-8")
    return any(call in text for call in FINDS)


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


@cache
def stages() -> dict[str, dict]:
    """The stages of dvc.yaml, unexpanded."""
    return yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]


def script(stage: dict) -> str:
    """The name of the script that a stage runs: the word after `python -m`, without `stages.`."""
    return stage["cmd"].split()[2].removeprefix("stages.")


def picks_objectives(script: str) -> bool:
    """Whether a stage trains objectives of any name that the parameters give."""
    files = closure(ROOT / "stages" / f"{script}.py")
    return any(PICKS in path.read_text("utf-8") for path in files)


def used(stage: dict) -> set[Path]:
    """The files that a stage's run can import, its own script included."""
    start = ROOT / "stages" / f"{script(stage)}.py"
    named = (ROOT / OBJECTIVES).glob("*.py") if picks_objectives(script(stage)) else ()
    return closure(start, *named)


def code_deps(stage: dict) -> list[str]:
    """The code among the deps of a stage, as dvc.yaml is to have it."""
    files = used(stage)
    names = set()
    for path in files:
        folder = _largest_whole(path, files)
        names.add((folder or path).relative_to(ROOT).as_posix())
        if folder is None:
            beside = [p for p in path.parent.iterdir() if p.suffix in SUFFIXES - {".py"}]
            names |= {p.relative_to(ROOT).as_posix() for p in beside}
    own = f"stages/{script(stage)}.py"
    return [own, *sorted(names - {own})]


def _largest_whole(path: Path, files: set[Path]) -> Path | None:
    """The largest package below hardrare/ that holds a file and is used as a whole."""
    for folder in reversed(path.relative_to(ROOT).parents[:-2]):
        if set(filter(has_code, (ROOT / folder).rglob("*.py"))) <= files:
            return ROOT / folder
    return None


def written(text: str) -> str:
    """A dvc.yaml with the code of every stage's deps as its imports make it."""
    parts = re.split(r"(?m)^(?=  \w+:)", text)  # what is before the first stage, then each stage
    known = yaml.safe_load(text)["stages"]
    for i, part in enumerate(parts):
        name = part.partition(":")[0].strip()
        if name in known:
            code = "".join(f"      - {dep}\n" for dep in code_deps(known[name]))
            rest = re.sub(rf"(?m)^      - (?:{'|'.join(CODE)}).*\n", "", part)
            parts[i] = re.sub(r"(?m)^    deps:\n", lambda m, code=code: m[0] + code, rest, count=1)
    return "".join(parts)


def main() -> None:
    """Write dvc.yaml."""
    path = ROOT / "dvc.yaml"
    before = path.read_text("utf-8")
    after = written(before)
    path.write_text(after, "utf-8")
    print(
        "dvc.yaml: " + ("the deps are as the imports make them" if after == before else "written")
    )


if __name__ == "__main__":
    main()
