"""Caching that cannot lie: whatever changes, exactly the stages that read it are stale."""

import json
import subprocess
import sys
from pathlib import Path

import mutations
import pytest

DVC = Path(sys.executable).with_name("dvc")
pytestmark = pytest.mark.skipif(not DVC.exists(), reason="needs dvc beside python")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    with mutations.ask(tmp_path_factory.mktemp("mutated")) as asked:
        yield asked


def test_nothing_is_stale_at_first_nor_in_the_end(asked):
    assert asked.stale() == set()


@pytest.mark.slow
def test_exactly_what_reads_a_change_is_stale(asked, tmp_path, record_property):
    kinds = (
        mutations.file_rows, mutations.plugin_rows,
        mutations.parameter_rows, mutations.command_rows,
    )  # fmt: skip
    rows = [row for kind in kinds for row in kind(asked)]
    mutations.write(rows, tmp_path / "mutations.csv")
    told = f"{mutations.summary(rows)}; the table: {tmp_path / 'mutations.csv'}"
    record_property("told", told)
    missing = {row.what: row.expected - row.observed for row in rows if row.expected - row.observed}
    extra = {row.what: row.observed - row.expected for row in rows if row.observed - row.expected}
    assert not missing, "changed, but DVC would not run what reads it"
    assert not extra, "changed, and DVC would run what does not read it"
    unread = {row.what.split("/")[1] for row in rows if row.kind == "file" and not row.observed}
    # Commands of people, no stage; and ranking/candidates.py, which benchmarks/axes.py reads.
    commands = {"__main__.py", "dependencies.py", "release.py", "studies.py", "study.py"}
    assert unread == commands | {"export", "ranking", "runner", "scan"}
    assert not [row.what for row in rows if row.kind == "parameter" and not row.observed]
    assert asked.stale() == set()


@pytest.mark.parametrize(
    ("file", "key"),
    [("hardrare/probes/vectors.py", None), ("hardrare/objectives/byol.py", None), (None, "score")],
)
def test_the_command_says_what_this_process_says(asked, file, key):
    """What is remembered between questions changes no answer."""
    if file:
        with asked.edited(asked.root / file, "\n# changed\n"):
            here, there = asked.stale(), status(asked.root)
    else:
        tree = asked.params()
        tree[key] = {name: mutations.changed(value) for name, value in tree[key].items()}
        with asked.rewritten("params.yaml", tree, False):
            here, there = asked.stale(), status(asked.root)
    assert here == there != set()
    assert status(asked.root) == set()


def status(root):
    """The stages that `dvc status` names."""
    words = [DVC, "status", "--json"]
    return set(json.loads(subprocess.check_output(words, cwd=root, text=True)))


def test_what_no_stage_reads_makes_none_stale(asked):
    """Documents, tests, other studies, and what Python compiles beside a file."""
    outside = [p for p in asked.root.rglob("*") if p.is_file() and p.parent.name != ".dvc"]
    outside = [p.relative_to(asked.root) for p in outside if ".dvc" not in p.parts]
    others = [p for p in outside if p.parts[0] not in {"hardrare", "stages", "data", "reports"}]
    others = [p for p in others if p.name not in {"dvc.yaml", "dvc.lock", "params.yaml"}]
    assert {"README.md", "tests", "studies"} <= {p.parts[0] for p in others}
    for path in others:
        with (asked.root / path).open("a") as file:
            file.write("\n")
    for folder in {p.parent for p in outside if p.parts[0] in {"hardrare", "stages"}}:
        compiled = asked.root / folder / "__pycache__" / "a.cpython-313.pyc"
        compiled.parent.mkdir(exist_ok=True)
        compiled.write_bytes(b"compiled")
    asked.hashes.clear()
    assert asked.stale() == set()
