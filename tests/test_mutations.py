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
    rows = [
        *mutations.file_rows(asked, every=False), *mutations.plugin_rows(asked),
        *mutations.parameter_rows(asked, every=False), *mutations.command_rows(asked),
    ]  # fmt: skip
    mutations.write(rows, tmp_path / "mutations.csv")
    told = f"{mutations.summary(rows)}; the table: {tmp_path / 'mutations.csv'}"
    record_property("told", told)
    missing = {row.what: row.expected - row.observed for row in rows if row.expected - row.observed}
    extra = {row.what: row.observed - row.expected for row in rows if row.observed - row.expected}
    assert not missing, "changed, but DVC would not run what reads it"
    assert not extra, "changed, and DVC would run what does not read it"
    files = (row.what for row in rows if row.kind == "file" and not row.observed)
    unread = {
        name.split("/")[1] for name in files if not mutations.words_alone(mutations.ROOT / name)
    }
    # Types, commands of people, no stage; ranking/candidates.py, which benchmarks/axes.py reads.
    commands = {
        "__init__.pyi", "py.typed", "__main__.py", "checking.py", "manual.py",
        "mending.py", "places.py", "release.py", "studies.py", "study.py", "told.py",
    }  # fmt: skip
    folders = {"decisions", "door", "elsewhere", "export", "kept", "ranking", "runner", "scan"}
    assert unread == commands | folders
    assert not [row.what for row in rows if row.kind == "parameter" and not row.observed]
    assert asked.stale() == set()


# DVC's command reads the parameters anew for each stage that it is asked about: some seconds for
# these, half a minute for all.
SOME = ("prepare", "pretrain", "pretrain_features", "score", "rank", "match")


@pytest.mark.parametrize("targets", [SOME, pytest.param((), marks=pytest.mark.slow)])
def test_the_command_says_what_this_process_says(asked, targets):
    """What is remembered between questions changes no answer."""
    library, tree = asked.root / "hardrare", asked.params()
    tree["rank"] = {name: mutations.changed(value) for name, value in tree["rank"].items()}
    with (
        asked.edited(library / "objectives" / "byol.py", "\n# changed\n"),
        asked.edited(library / "metrics" / "forgetting.py", "\n# changed\n"),
        asked.rewritten("params.yaml", tree, False),
    ):
        here, there = asked.stale(), status(asked.root, *targets)
    assert here >= {"pretrain", "pretrain_features", "score", "rank"}
    assert not here & {"prepare", "match", "supervise"}
    assert there == (here & set(targets) if targets else here)


def status(root, *targets):
    """The stages that `dvc status` names."""
    words = [DVC, "status", "--json", *targets]
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
