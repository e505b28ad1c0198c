"""Pieces of a stage: what is as before is taken again, what changed is made anew, nothing else."""

import ast
import shutil
from pathlib import Path

import graph
import numpy as np
import pyarrow as pa
import pytest
from graph import ROOT

from hardrare import dependencies, pieces, tables
from hardrare.errors import InputError
from hardrare.pieces import Piece, have


class Stage:
    """A stage of two runs that remembers which it made."""

    def __init__(self, where: Path):
        self.where, self.made = where, []
        (where / "input").write_text("one")

    def piece(self, name, settings=0):
        def make(*paths):
            self.made.append(name)
            for path in paths:
                rows = {"sample_id": pa.array([0, 1], tables.ID), "k2_0": pa.array([settings, 1])}
                tables.write(path, "clusterings/1", pa.table(rows))

        return Piece(name, make, [self.where / "input"], settings)

    def run(self, *asked, part=""):
        """What was made anew."""
        self.made = []
        have(asked, [self.where / "a", self.where / "b"], self.where / "scratch" / "score", part)
        return self.made

    def files(self):
        return sorted(p.relative_to(self.where).as_posix() for p in self.where.glob("[ab]/*"))


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


def test_a_run_more_is_the_only_one_that_is_made(stage, capsys):
    assert stage.run(stage.piece("x-0")) == ["x-0"]
    assert stage.run(stage.piece("x-0"), stage.piece("x-1")) == ["x-1"]
    assert "score x-0: as before" in capsys.readouterr().out
    assert stage.files() == ["a/x-0.arrow", "a/x-1.arrow", "b/x-0.arrow", "b/x-1.arrow"]
    assert stage.run(stage.piece("x-1")) == []
    assert stage.files() == ["a/x-1.arrow", "b/x-1.arrow"]


def test_what_decides_a_piece_decides_whether_it_is_made_again(stage, monkeypatch):
    stage.run(stage.piece("x"), stage.piece("y"))
    assert stage.run(stage.piece("x", 2), stage.piece("y")) == ["x"]
    assert tables.read(stage.where / "a" / "x.arrow", "clusterings/1")["k2_0"][0].as_py() == 2
    assert stage.run(stage.piece("x"), stage.piece("y")) == ["x"]  # the last one alone is kept
    (stage.where / "input").write_text("two")
    assert stage.run(stage.piece("x"), stage.piece("y")) == ["x", "y"]
    monkeypatch.setattr(pieces, "code", lambda *_: "other code")
    assert stage.run(stage.piece("x"), stage.piece("y")) == ["x", "y"]


def test_a_table_that_is_not_there_is_named(stage):
    (stage.where / "input").unlink()
    with pytest.raises(InputError, match=r"input: no such table; run the stage that writes it\."):
        stage.run(stage.piece("x"))
    assert stage.made == []


@pytest.fixture
def forgotten():
    """Forgets what is known of files, now and again after a test that put others in their place."""

    def forget():
        names = "_read", "file_of"
        for known in (pieces.code, *(getattr(dependencies, name) for name in names)):
            known.cache_clear()

    forget()
    yield forget
    forget()


def test_the_code_of_a_piece_is_what_its_stage_imports(monkeypatch, tmp_path, forgotten):
    for folder in ("hardrare", "stages"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for module in (pieces, dependencies):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    asked = ("score", "retrain"), ("hardrare/objectives/vicreg.py", "hardrare/objectives/byol.py")

    def digests():
        forgotten()
        scripts = [f"stages/{name}.py" for name in asked[0]]
        named = [("stages/pretrain.py", name) for name in asked[1]]
        return [pieces.code(name) for name in scripts] + [pieces.code(*pair) for pair in named]

    before = digests()
    assert len(set(before)) == 4
    changed = {
        "hardrare/gallery/page.py": [],
        "hardrare/report/page.py": [],
        "stages/show.py": [],
        "hardrare/metrics/aum.py": [0],
        "hardrare/scoring/run.py": [0],
        "stages/retrain.py": [1],
        "hardrare/objectives/vicreg.py": [2],
        "hardrare/training/loop.py": [1, 2, 3],
        "hardrare/tables/parts.py": [0, 1, 2, 3],
    }
    for name, expected in changed.items():
        text = (tmp_path / name).read_text("utf-8")
        (tmp_path / name).write_text(f"{text}# changed\n", "utf-8")
        found = digests()
        (tmp_path / name).write_text(text, "utf-8")
        assert [i for i in range(4) if found[i] != before[i]] == expected, name
    assert digests() == before


def test_the_code_of_a_piece_is_what_dvc_yaml_names():
    for name, stage in graph.stages().items():
        if stage.get("meta", {}).get("parts"):
            script = ROOT / "stages" / f"{graph.script(stage)}.py"
            declared = {p for p in graph.declared(stage) if p.suffix == ".py"}
            assert dependencies.closure(script) <= declared, name


def test_the_folders_of_a_stage_of_pieces_are_its_outs_in_order():
    stages = {n: s for n, s in graph.stages().items() if s.get("meta", {}).get("parts")}
    assert len(stages) == 11
    for name, stage in stages.items():
        script = ROOT / "stages" / f"{graph.script(stage)}.py"
        calls = [
            n for n in ast.walk(ast.parse(script.read_text("utf-8"))) if isinstance(n, ast.Call)
        ]
        (have_all,) = [n for n in calls if getattr(n.func, "id", "") == "have"]
        words = stage["cmd"].split()
        options = [f"--{folder.id.replace('_', '-')}" for folder in have_all.args[1].elts]
        given = [words[words.index(option) + 1] for option in options]
        assert given == stage["outs"], name
        assert ast.unparse(have_all.args[2]) == f"scratch / '{name}'"


def test_what_is_complete_of_a_stopped_stage_is_gathered(stage):
    scratch = stage.where / "scratch" / "score"
    folders = [stage.where / "a", stage.where / "b"]
    assert pieces.gather(folders, scratch) == 0

    def stops(*_):
        raise RuntimeError

    stage.run(stage.piece("old"))
    with pytest.raises(RuntimeError):
        stage.run(stage.piece("x"), Piece("y", stops, [], 0), stage.piece("z"))
    assert pieces.is_whole(scratch)
    assert pieces.gather(folders, scratch) == 1
    assert not pieces.is_whole(scratch)
    assert stage.files() == ["a/x.arrow", "b/x.arrow"], "what an earlier study made is not among it"
    assert stage.run(stage.piece("x"), stage.piece("y")) == ["y"]
    assert pieces.is_whole(scratch)


def test_a_damaged_piece_is_made_again(stage):
    stage.run(stage.piece("x"))
    [kept, _] = sorted((stage.where / "scratch" / "score" / "x").iterdir())
    before = (stage.where / "a" / "x.arrow").read_bytes()
    kept.unlink()
    kept.write_bytes(before[:-9])
    assert stage.run(stage.piece("x")) == ["x"]
    assert (stage.where / "a" / "x.arrow").read_bytes() == before


def test_parts_make_all_pieces_and_leave_the_folders_alone(stage):
    asked = [stage.piece(name) for name in "pqr"]
    assert stage.run(*asked, part="0/2") == ["p", "r"]
    assert stage.run(*asked, part="1/2") == ["q"]
    assert stage.files() == []
    assert stage.run(*asked) == []
    assert len(stage.files()) == 6


def test_a_stage_that_stops_leaves_what_was_there(stage):
    stage.run(stage.piece("x"))

    def stops(*_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        stage.run(stage.piece("y"), Piece("z", stops, [], 0))
    assert stage.files() == ["a/x.arrow", "b/x.arrow"]
    assert stage.run(stage.piece("y")) == []


def test_where_a_disk_knows_no_second_names_files_are_copied(stage, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(pieces.os, "link", refuse)
    stage.run(stage.piece("x"))
    assert stage.files() == ["a/x.arrow", "b/x.arrow"]
    assert stage.run(stage.piece("x")) == []


def test_a_package_that_is_not_there_has_no_version():
    assert pieces.versions(["numpy", "no-such-package"]) == [np.__version__, None]
