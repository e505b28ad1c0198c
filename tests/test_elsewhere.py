"""A study without DVC: order, what is done already, failures, the end of the time, packing."""

import io
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from hardrare import tables
from hardrare.elsewhere.pack import pack
from hardrare.elsewhere.run import Room, run
from hardrare.numerics.rounding import rounded
from hardrare.runner.graph import Step, stages_for, steps
from hardrare.studies import HOME, whole

ZIP = ("zipfile", "-c")  # of the standard library: a stage that reads files and writes one


def step(name, words, deps=(), outs=()):
    return Step(name, tuple(words), tuple(deps), (), tuple(outs), ())


def chain():
    """Two stages after one another, and one that fails with one that would read it."""
    return [
        step("first", [*ZIP, "data/a.zip", "start"], ["start"], ["data/a.zip"]),
        step("second", [*ZIP, "data/b.zip", "data/a.zip"], ["data/a.zip"], ["data/b.zip"]),
        step("broken", ["zipfile", "-e", "nowhere", "data"], [], ["data/c.zip"]),
        step("after", [*ZIP, "data/d.zip", "data/c.zip"], ["data/c.zip"], ["data/d.zip"]),
    ]


def in_time(seconds=60.0):
    return Room(gpu=1, cpu=2, end=time.monotonic() + seconds)


def test_stages_run_after_what_they_read_and_a_failure_stops_only_what_reads_it(tmp_path, capsys):
    (tmp_path / "start").write_text("x")
    outcome, _ = run(chain(), tmp_path, in_time())
    assert set(outcome.ran) == {"first", "second"} == set(outcome.seconds)
    assert set(outcome.failed) == {"broken"}
    assert (tmp_path / "data/b.zip").is_file()
    assert not (tmp_path / "data/d.zip").exists()
    assert "nowhere" in (tmp_path / "logs/study.log").read_text()
    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith("broken FAILED: ") and "nowhere" in line for line in said)


def test_what_is_written_does_not_run_again(tmp_path):
    (tmp_path / "start").write_text("x")
    run(chain()[:2], tmp_path, in_time())
    before = (tmp_path / "data/a.zip").stat().st_mtime_ns
    (tmp_path / "data/b.zip").unlink()
    outcome, there = run(chain()[:2], tmp_path, in_time())
    assert (outcome.ran, there) == (["second"], ["first"])
    assert (tmp_path / "data/a.zip").stat().st_mtime_ns == before
    assert (tmp_path / "data/b.zip").is_file()


def test_at_the_end_of_the_time_what_runs_is_stopped_and_leaves_nothing(tmp_path):
    (tmp_path / "half").write_text("half a table")
    slow = step("slow", ["timeit", "-n", "1", "import time; time.sleep(60)"], [], ["half", "never"])
    outcome, _ = run([slow], tmp_path, in_time(1.0))
    assert (outcome.ran, [one.name for one in outcome.stopped]) == ([], ["slow"])
    assert not (tmp_path / "half").exists()


ARMS = """
import sys, time
from functools import partial
from pathlib import Path
import pyarrow as pa
from hardrare import tables
from hardrare.pieces import Piece, have

def make(name, path):
    if name == "slow" and not Path("go").exists():
        time.sleep(120)
    rows = {"sample_id": pa.array([0], tables.ID), "k2_0": pa.array([1])}
    tables.write(path, "clusterings/1", pa.table(rows))

part = sys.argv[sys.argv.index("--part") + 1] if "--part" in sys.argv else ""
pieces = [Piece(name, partial(make, name), [], 0) for name in ("full", "slow", "random")]
have(pieces, [Path("data/accuracy")], Path("scratch/retrain"), part)
"""


def test_of_a_stopped_stage_the_complete_pieces_are_packed_and_the_rest_is_made_later(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "code" / "stages").mkdir(parents=True)
    (tmp_path / "code" / "retrain.py").write_text(ARMS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"), prepend=os.pathsep)
    words = ("retrain", "--scratch", "scratch")
    arms = Step("retrain", words, (), (), ("data/accuracy",), (), parts=True)
    made, room = tmp_path / "data/accuracy", Room(gpu=2, cpu=1, end=time.monotonic() + 25)
    outcome, _ = run([arms], tmp_path, room)
    assert [one.name for one in outcome.stopped] == ["retrain"]
    assert sorted(p.stem for p in made.iterdir()) == ["full", "random"]
    assert "retrain stopped: the time is over; 2 of its pieces" in capsys.readouterr().out
    with tarfile.open(pack(tmp_path, tmp_path / "out", 1.0)[0]) as tar:
        assert "data/accuracy/full.parquet" in tar.getnames()
    (tmp_path / "go").touch()
    outcome, _ = run([arms], tmp_path, in_time())
    assert outcome.ran == ["retrain"]
    assert sorted(p.stem for p in made.iterdir()) == ["full", "random", "slow"]
    assert run([arms], tmp_path, in_time())[1] == ["retrain"]


def test_gpu_stages_wait_for_room(tmp_path):
    # The second reads, undeclared, what the first writes at its end: beside it it would fail.
    code = "import time, pathlib; time.sleep(1); pathlib.Path('a').write_text('x')"
    first = step("pretrain@a", ["timeit", "-n", "1", "-r", "1", code], outs=["made"])
    second = step("retrain@b", [*ZIP, "b.zip", "a"], outs=["b.zip"])
    run([first, second], tmp_path, in_time())
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        assert packed.namelist() == ["a"]


def test_the_ten_minute_study_has_its_arms_and_trains_no_head_on_features():
    params = yaml.safe_load(whole(HOME / "studies/cifar10-gpu.yaml"))
    names = [one.name for one in steps(stages_for(["retrain", "represent"], {}), params)]
    assert "pretrain" in names
    assert {"full", "drop_low-barlow_twins-lgn_mean"} <= set(params["prune"]["arms"])
    assert params["supervise"]["on_features"] == []
    heads = ("embed", "pretrain_features", "pseudo_label", "cluster")
    assert not [name for name in names if name.startswith(heads)]
    assert names.index("prepare") < names.index("prune") < names.index("retrain")


def made(folder: Path, rows: int = 4000) -> np.ndarray:
    values = np.random.default_rng(0).lognormal(0, 3, rows)
    values[0] = np.nan
    table = pa.table(
        {"sample_id": pa.array(np.arange(rows), pa.int32()), "lgn_mean": pa.array(values)}
    )
    tables.write(folder / "data/scores/barlow_twins-0.arrow", "scores/1", table)
    (folder / "params.yaml").write_text("a: 1\n")
    return values


def test_packed_scores_are_those_of_the_study_but_for_rounding(tmp_path):
    values = made(tmp_path)
    files = pack(tmp_path, tmp_path / "out", 1.0)
    with tarfile.open(files[0]) as tar:
        assert sorted(tar.getnames()) == ["data/scores/barlow_twins-0.parquet", "params.yaml"]
        raw = tar.extractfile("data/scores/barlow_twins-0.parquet").read()
    table = pq.read_table(io.BytesIO(raw))
    assert table["sample_id"].to_pylist() == list(range(4000))
    got = table["lgn_mean"].to_numpy()
    assert np.isnan(got[0])
    assert np.abs(got[1:] / values[1:] - 1).max() <= 2**-11 * 1.01
    assert b"scores/1" in table.schema.metadata.values()


def test_images_stay_behind_and_labels_come(tmp_path):
    image, names = np.zeros((3, 2, 2, 1), np.uint8), ["a.png", "b.png", "c.png"]
    images = tables.Images(np.arange(3), image, np.array([2, 0, 1]), names, ["x", "y", "z"])
    tables.write_images(tmp_path / "data/injected/train.arrow", images)
    (packed, *_) = pack(tmp_path, tmp_path / "out", 1.0)
    with tarfile.open(packed) as tar:
        raw = tar.extractfile("data/injected/train.parquet").read()
    table = pq.read_table(io.BytesIO(raw))
    assert "image" not in table.column_names
    assert table["label"].to_pylist() == [2, 0, 1]


def test_what_ran_is_noted(tmp_path):
    command = [
        sys.executable,
        "-m",
        "hardrare.elsewhere",
        "--work",
        str(tmp_path),
        "--seconds",
        "0",
    ]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True)
    assert "0 stages done, 0 failed" in done.stdout
    noted = yaml.safe_load((tmp_path / "provenance.yaml").read_text())
    assert noted["command"].startswith("python -m hardrare.elsewhere --work")
    assert noted["versions"]["torch"]
    assert noted["seconds"] == {}


def test_what_does_not_fit_is_left_out_and_said(tmp_path, capsys):
    made(tmp_path, 200_000)
    files = pack(tmp_path, tmp_path / "out", 0.1)
    with tarfile.open(files[0]) as tar:
        assert tar.getnames() == ["params.yaml"]
    assert "left out data/scores/barlow_twins-0.arrow" in capsys.readouterr().out
    assert all(path.stat().st_size <= 0.1 * (1 << 20) + 10240 for path in files)


def test_rounding_keeps_order_and_what_is_not_finite():
    values = np.array([np.inf, -np.inf, np.nan, 0.0, -1.5, 65519.3], np.float32)
    got = rounded(values)
    assert got[:2].tolist() == [np.inf, -np.inf]
    assert np.isnan(got[2])
    assert got[3:5].tolist() == [0.0, -1.5]
    many = np.sort(np.random.default_rng(1).standard_normal(1000).astype(np.float32))
    assert (np.diff(rounded(many)) >= 0).all()
