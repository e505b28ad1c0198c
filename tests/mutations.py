"""What goes stale when one file or one parameter changes: as predicted, and as DVC says.

The prediction knows nothing of `deps` and `params` in dvc.yaml. A stage is stale after a change of
a file that its script imports, directly or not, and after a change of a parameter under a key
that its `Params` names.

    python tests/mutations.py table.csv    # every file and every parameter, as a table

The slow test takes of the files of a folder, and of the parameters of a section, that the same
stages should read the first and the last, so that it ends within two minutes.
"""

import copy
import csv
import importlib
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import graph
import yaml
from graph import ROOT

from hardrare.dependencies import has_code
from hardrare.params import keys
from hardrare.protocols.kinds import KINDS

sys.path.insert(0, str(ROOT))  # for the stages' scripts


@dataclass(frozen=True)
class Row:
    """One mutation: what was changed, and which stages are stale by prediction and by DVC."""

    kind: str  # file, parameter, plug-in, command
    what: str
    expected: set[str]
    observed: set[str]


# The study: every objective and every kind of run once, so that each item's own deps count.


def wide(tree: dict) -> dict:
    """The parameters with one seed of everything that the matrices can hold."""
    objectives = [n for n in tree["pretrain"] if graph.objective_file(n).exists()]
    kinds, heads = ([n for n in tree[s] if n in KINDS] for s in ("supervise", "supervise_features"))
    networks = [n for n, v in tree["embed"].items() if isinstance(v, dict)]
    on_features = [n for n in tree["pretrain_features"] if graph.objective_file(n).exists()]
    tree["pretrain"] |= {"objectives": objectives, "second_split": objectives[:2], "seeds": [0]}
    tree["pretrain"] |= {"on_features": on_features}
    tree["supervise"] |= {"kinds": kinds, "on_features": heads, "seeds": [0]}
    tree["embed"] |= {"networks": networks}
    tree["cluster"] |= {"networks": networks[:1]}
    tree["prune"] |= {"arms": tree["prune"]["arms"][:3]}
    return tree


def lay(where: Path) -> None:
    """The working tree's files in a DVC repository without data, and a lock as if it had run."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True
    )
    skipped = ("dvc.lock", "data/remote/", "docs/")
    for name in (n for n in listed.splitlines() if not n.startswith(skipped)):
        if (ROOT / name).is_file():
            (where / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, where / name)
    (where / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n", "utf-8")
    params = where / "params.yaml"
    params.write_text(dump(wide(yaml.safe_load(params.read_text("utf-8")))), "utf-8")


def commit(repo: Any) -> None:
    """Stand-ins for all tables and pages, and the lock that accepts them."""
    for one in [*repo.index.outs, *repo.index.deps]:
        path = Path(one.fs_path)
        if path.exists():
            continue
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a stand-in", "utf-8")
        else:
            path.mkdir(parents=True, exist_ok=True)
            (path / "one").write_text("a stand-in", "utf-8")
    repo.commit(force=True)


# The prediction.


def expanded(tree: dict) -> dict[str, tuple[str, dict[str, Any]]]:
    """The name of each stage of a study: its script, and its values of the matrix."""
    found = {}
    for name, stage in graph.stages().items():
        matrix = {k: at(tree, v.strip("${}")) for k, v in stage.get("matrix", {}).items()}
        for values in itertools.product(*matrix.values()):
            full = "-".join(map(str, values))
            item = dict(zip(matrix, values, strict=True))
            found[f"{name}@{full}" if matrix else name] = (graph.script(stage), item)
    return found


def imports(script: str) -> set[Path]:
    """The library's files that a run of a stage loads, pages and styles included."""
    code = graph.used(script)
    folders = {path.parent for path in code}
    below = {one for folder in folders for one in folder.iterdir() if one.is_dir()}
    folders |= {one for one in below if not any(one.rglob("*.py"))}  # such as a page's scripts
    others = (p for folder in folders for p in folder.iterdir() if p.is_file())
    typing = {".pyi", ".typed"}  # of people's editors alone
    return code | {p for p in others if p.suffix not in {".py", ".pyc"} | typing}


def reads(script: str, item: dict[str, Any]) -> set[str]:
    """The keys that a run of a stage reads."""
    cls = importlib.import_module(f"stages.{script}").Params
    return {k.format(**item) for k in keys(cls, script).values()}


def named(name: str) -> set[str]:
    """The keys that the command of a stage names, but for its matrix."""
    found = re.findall(r"\$\{([\w.]+)\}", graph.stages()[name.partition("@")[0]]["cmd"])
    return {key for key in found if not key.startswith("item.")}


def under(leaf: str, key: str) -> bool:
    """Whether a leaf is a key or lies below it."""
    return leaf == key or leaf.startswith(f"{key}.")


# The parameters' leaves.


def leaves(tree: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value; a list of plain values is one value, as is anything empty."""
    nested = [tree] if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    if not tree or not any(isinstance(one, dict | list) for one in nested):
        yield path
        return
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from leaves(value, (*path, key))


def at(tree: Any, dotted: str) -> Any:
    """The value under a dotted key."""
    for part in dotted.split("."):
        tree = tree[part]
    return tree


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case list():
            return value[:-1] if len(value) > 1 else [*value, *map(changed, value or [1])]
        case dict():
            return {"added": 1}
    return "no longer null"


def mutate(tree: dict, path: tuple) -> dict:
    """A copy of the parameters with the value at one path changed."""
    inner = whole = copy.deepcopy(tree)
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = changed(inner[path[-1]])
    return whole


def dump(tree: dict) -> str:
    return yaml.safe_dump(tree, sort_keys=False)


# DVC's answer.


class Asked:
    """A DVC repository in this process that is asked what is stale, many times.

    `dvc status` reads dvc.yaml, dvc.lock and the parameters anew for every stage, and hashes a
    folder again for every stage that depends on it. Here equal texts are read once, and a path is
    hashed once between two changes of files. All comparisons are DVC's own.
    """

    def __init__(self, root: Path) -> None:
        from dvc.repo import Repo

        self.root, self.repo, self.hashes = root, Repo(str(root)), {}

    def stale(self) -> set[str]:
        """The stages whose command, code, parameters or inputs differ from the lock."""
        return {
            stage.addressing
            for stage in self.repo.index.stages
            if stage.changed_stage() or any(dep.status() for dep in stage.deps)
        }

    def params(self) -> dict:
        """The parameters."""
        return yaml.safe_load((self.root / "params.yaml").read_text("utf-8"))

    @contextmanager
    def rewritten(self, name: str, tree: dict, new_graph: bool) -> Iterator[None]:
        """A YAML file with other content, and then as it was; the graph made anew if it may be."""
        path = self.root / name
        before = path.read_text("utf-8")
        for text in (dump(tree), before):
            path.write_text(text, "utf-8")
            if new_graph:
                self.repo._reset()
            if text != before:
                yield

    @contextmanager
    def edited(self, path: Path, more: str) -> Iterator[None]:
        """A file with more text at its end, and then as it was."""
        before = path.read_bytes() if path.exists() else None
        path.write_bytes((before or b"") + more.encode())
        self.hashes.clear()
        try:
            yield
        finally:
            path.unlink() if before is None else path.write_bytes(before)
            self.hashes.clear()

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Read equal texts once; hash a path once until a file is edited."""
        from dvc.dependency import param
        from dvc.output import Output
        from dvc.utils import strictyaml
        from dvc.utils.serialize import _yaml

        hashed, parse, pick = Output._get_hash_meta, _yaml.parse_yaml, param.read_param_file
        parsed, picked = {}, {}

        def hash_once(out: Output) -> tuple:
            if out.fs_path not in self.hashes:
                self.hashes[out.fs_path] = hashed(out)
            return self.hashes[out.fs_path]

        def parse_once(text: str, path: str, typ: str = "safe") -> Any:
            if (text, typ) not in parsed:
                parsed[text, typ] = parse(text, path, typ)
            return parsed[text, typ]

        def pick_once(fs: Any, path: str, key_paths: list[str], flatten: bool) -> Any:
            asked = (Path(path).read_text("utf-8"), tuple(key_paths or ()), flatten)
            if asked not in picked:
                picked[asked] = pick(fs, path, key_paths, flatten=flatten)
            return picked[asked]

        with (
            mock.patch.object(Output, "_get_hash_meta", hash_once),
            mock.patch.object(_yaml, "parse_yaml", parse_once),
            mock.patch.object(strictyaml, "parse_yaml", parse_once),
            mock.patch.object(param, "read_param_file", pick_once),
        ):
            yield


@contextmanager
def ask(where: Path) -> Iterator[Asked]:
    """The working tree's files in an empty folder, with a lock, ready to be changed."""
    lay(where)
    with chdir(where):
        asked = Asked(where)
        with asked.remembering():
            commit(asked.repo)
            asked.hashes.clear()
            yield asked


# The mutations.


def library() -> list[Path]:
    """Every file of the library and of the stages."""
    files = [p for d in ("hardrare", "stages") for p in (ROOT / d).rglob("*") if p.is_file()]
    return sorted(p for p in files if "__pycache__" not in p.parts)


def ends(found: Iterable[tuple[Any, set[str]]], of: Callable[[Any], Any]) -> list[tuple]:
    """Of changes and the stages that should read them, the first and the last of each group."""
    groups: dict[tuple, list[tuple]] = {}
    for change, expected in found:
        groups.setdefault((of(change), frozenset(expected)), []).append((change, expected))
    return [one for group in groups.values() for one in group[:1] + group[1:][-1:]]


def read_by(path: Path, loaded: dict[str, set[Path]]) -> set[str]:
    """The stages that a change of a file makes stale.

    A file of words alone decides nothing; it counts with its folder where all of that is used.
    """
    files = {path}
    if words_alone(path):
        files = {other for other in path.parent.rglob("*.py") if has_code(other)}
    return {name for name, loads in loaded.items() if files and files <= loads}


def words_alone(path: Path) -> bool:
    """Whether a file of the library decides nothing: a docstring of a folder."""
    return path.suffix == ".py" and not has_code(path)


def file_rows(asked: Asked, *, every: bool = True) -> Iterator[Row]:
    """A comment more in every file."""
    stages = expanded(asked.params())
    loaded = {name: imports(stage[0]) for name, stage in stages.items()}
    found = [(path, read_by(path, loaded)) for path in library()]
    top = ROOT / "hardrare"  # whose files are each another thing
    for path, expected in (
        found if every else ends(found, lambda path: path if path.parent == top else path.parent)
    ):
        with asked.edited(asked.root / path.relative_to(ROOT), "\n# changed\n"):
            yield Row("file", path.relative_to(ROOT).as_posix(), expected, asked.stale())


def plugin_rows(asked: Asked) -> Iterator[Row]:
    """A file more in every folder whose files are found by name at run time."""
    stages = expanded(asked.params())
    loaded = {name: graph.used(stage[0]) for name, stage in stages.items()}
    several = {name for name, (script, _) in stages.items() if graph.picks_objectives(script)}
    for finder in (p for p in library() if p.suffix == ".py" and graph.finds_plugins(p)):
        new = asked.root / finder.parent.relative_to(ROOT) / "a_new_one.py"
        whole = finder.parent != graph.objective_file("x").parent  # which few stages import
        wanted = set(stages) if whole else several
        expected = {name for name, files in loaded.items() if name in wanted and finder in files}
        with asked.edited(new, '"""New."""\n'):
            yield Row("plug-in", new.relative_to(asked.root).as_posix(), expected, asked.stale())


def parameter_rows(asked: Asked, *, every: bool = True) -> Iterator[Row]:
    """Another value for every leaf."""
    tree = asked.params()
    in_graph = re.findall(r"\$\{([\w.]+)\}", (asked.root / "dvc.yaml").read_text("utf-8"))
    found = [(path, reading(tree, path)) for path in leaves(tree)]
    for path, expected in found if every else ends(found, lambda path: path[0]):
        leaf = dotted(path)
        new_graph = any(under(key, leaf) or under(leaf, key) for key in in_graph)
        with asked.rewritten("params.yaml", mutate(tree, path), new_graph):
            yield Row("parameter", leaf, expected, asked.stale())


def dotted(path: tuple) -> str:
    """A leaf's path as DVC writes it."""
    return ".".join(map(str, path))


def reading(tree: dict, path: tuple) -> set[str]:
    """The stages that should read another value of a leaf, and those that it adds."""
    stages, leaf = expanded(mutate(tree, path)), dotted(path)
    read = {n: reads(*stage) | named(n) for n, stage in stages.items()}
    found = {n for n, keys in read.items() if any(under(leaf, key) for key in keys)}
    return found | (set(stages) - set(expanded(tree)))


def command_rows(asked: Asked) -> Iterator[Row]:
    """Another word in every command."""
    stages = expanded(asked.params())
    for name, stage in graph.stages().items():
        other = yaml.safe_load((asked.root / "dvc.yaml").read_text("utf-8"))
        other["stages"][name]["cmd"] = f"{stage['cmd']} --more"
        expected = {one for one in stages if one.split("@")[0] == name}
        with asked.rewritten("dvc.yaml", other, True):
            yield Row("command", name, expected, asked.stale())


def write(rows: list[Row], path: Path) -> None:
    """The table, one row a mutation."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["kind", "changed", "expected", "observed", "stages"])
        for row in rows:
            table.writerow([row.kind, row.what, len(row.expected), len(row.observed),
                            " ".join(sorted(row.observed))])  # fmt: skip


def summary(rows: list[Row]) -> str:
    """One line: how many of what were tried, and how many came out otherwise than predicted."""
    counts = {
        kind: sum(r.kind == kind for r in rows) for kind in dict.fromkeys(r.kind for r in rows)
    }
    tried = ", ".join(f"{n} x {kind}" for kind, n in counts.items())
    missing = sum(len(r.expected - r.observed) for r in rows)
    extra = sum(len(r.observed - r.expected) for r in rows)
    stale = sum(len(r.observed) for r in rows)
    return f"{tried}; {stale} stages stale in all, {missing} missing, {extra} extra"


def main() -> None:
    """The whole table."""
    out = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder, ask(Path(folder)) as asked:
        kinds = (file_rows, plugin_rows, parameter_rows, command_rows)
        rows = [row for kind in kinds for row in kind(asked)]
    write(rows, out)
    print(summary(rows))


if __name__ == "__main__":
    main()
