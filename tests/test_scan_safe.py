"""What may go wrong around a scan: two at once, a full disk, a torn record, files that go."""

import errno
import multiprocessing
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from dataset_files import encoded, flat, write_files
from graph import ROOT
from test_resume import mounts
from test_scan import pictures

from hardrare import shards, tables
from hardrare.datasets import _walk
from hardrare.errors import InputError, sentence
from hardrare.params import parsed
from hardrare.runner.graph import path_of, steps
from hardrare.runner.record import Record
from hardrare.scan import command, layout
from hardrare.scan.alone import alone
from hardrare.scan.options import default
from hardrare.scan.plan import words
from hardrare.scan.summary import summary


def hold(out, there, go):
    """Have a folder until one may go."""
    with alone(out):
        there.set()
        go.wait(20)


def test_a_second_scan_into_the_same_folder_waits_or_goes_elsewhere(tmp_path, capsys):
    out, several = tmp_path / "deep" / "out", multiprocessing.get_context("fork")
    there, go = several.Event(), several.Event()
    other = several.Process(target=hold, args=(out, there, go))
    other.start()
    assert there.wait(20)
    try:
        with pytest.raises(SystemExit):
            command.main(["scan", str(pictures(tmp_path / "in", 4)), "--out", str(out)])
        assert capsys.readouterr().err == (
            f"hardrare scan: another scan is writing to --out {out}; wait for it, or name another "
            "folder.\n"
        )
    finally:
        go.set()
        other.join()
    assert not (tmp_path / "deep").exists()  # nothing was written, so nothing is left


def test_what_lies_in_a_folder_stays_there(tmp_path):
    with alone(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "scan.json").touch()
    with alone(tmp_path / "a"):
        pass
    assert (tmp_path / "a" / "b" / "scan.json").exists()


def test_a_torn_record_is_one_sentence(tmp_path):
    for torn in ("", '{"done": {', "[1]"):
        (tmp_path / "scan.json").write_text(torn)
        with pytest.raises(InputError, match=r"scan\.json: is damaged .*; restore it, or delete"):
            Record(tmp_path / "scan.json")


def test_errors_of_the_system_name_the_remedy():
    full = sentence(OSError(errno.EDQUOT, "Disk quota exceeded", "out/a"))
    assert full.startswith("out/a: no room is left on the disk; free some")
    assert "allow it" in sentence(OSError(errno.EROFS, "Read-only file system"))
    assert sentence(InputError("as it is.")) == "as it is."
    assert sentence(OSError("as it is.")) == "as it is."
    absent = FileNotFoundError(errno.ENOENT, "No such file", "b")
    assert (
        sentence(absent) == "b: the system refuses it (No such file); mend that, or name another."
    )


@pytest.mark.parametrize("code", [errno.ENOENT, errno.ENOTSUP])
def test_a_place_where_no_folder_can_be_is_named(tmp_path, monkeypatch, code):
    def mkdir(*_, **__):
        raise OSError(code, "No such file or directory", "x")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    said = r"--out .*/x cannot be made \(No such file or directory\); name a folder elsewhere"
    with pytest.raises(InputError, match=said), alone(tmp_path / "x"):
        pass


def test_files_that_go_while_a_folder_is_looked_at_are_not_there(tmp_path, monkeypatch):
    write_files(tmp_path, dict.fromkeys(["a.png", "b.png", "c/d.png"], encoded(flat(9))))

    real = os.scandir

    def scandir(path):
        with real(path) as entries:
            listed = list(entries)
        for name in ("a.png", "c/d.png"):
            (tmp_path / name).unlink(missing_ok=True)
        if (tmp_path / "c").exists():
            (tmp_path / "c").rmdir()
        return Listed(listed)

    monkeypatch.setattr(_walk.os, "scandir", scandir)
    found = _walk.walk(tmp_path)
    assert (found.images, found.skipped) == (["b.png"], [])


class Listed(list):
    """Entries as `os.scandir` gives them."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize("how", ["option", "environment"])
def test_no_address_of_ray_is_told_before_any_work(tmp_path, capsys, monkeypatch, how):
    monkeypatch.delenv(shards.ASKED, raising=False)
    words = ["scan", str(pictures(tmp_path / "in", 4)), "--out", str(tmp_path / "out")]
    if how == "option":
        words += ["--ray", "nonsense"]
    else:
        monkeypatch.setenv(shards.ASKED, "nonsense")
    with pytest.raises(SystemExit):
        command.main(words)
    assert capsys.readouterr().err == (
        "hardrare scan: nonsense is no address of Ray; give auto, or host:port of a cluster, or "
        "leave out --ray and HARDRARE_RAY.\n"
    )
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(shards, "find_spec", lambda _: True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and listens to nobody
        with pytest.raises(InputError, match=r"no Ray answers at .*refused"):
            shards.ask_ray(f"127.0.0.1:{free.getsockname()[1]}")
    monkeypatch.setenv(shards.ASKED, "nonsense")
    with pytest.raises(InputError, match="no address of Ray"):
        shards.have("some", lambda: None, shards.Cut(tmp_path, "by").shards(["a"]))


def ranked(out, **more):
    """A ranking of five images, of which one repeats another and two are alike."""
    names = [f"{k}.jpg" for k in range(5)]
    columns = {
        "sample_id": pa.array(range(5), pa.int32()),
        "file_name": names,
        "rare_rank": [3, 1, 2, 4, 5], "is_rare": [False, True, False, False, False],
        "hard_rank": [1, 2, 3, 4, 5], "is_hard": [False] * 5,
        "reason": ["blurred", None, "blurred", "grainy", None],
        "is_duplicate": [False, True, False, False, False],
        "duplicate_of": [None, "0.jpg", None, None, None],
        "dropped_by": [None, "duplicate", None, None, None],
        "group": pa.array([0, 0, 1, 1, None], pa.int32()),
        "leak": [False, True, False, False, False],
    }  # fmt: skip
    tables.write(out / path_of("rank", "--ranking"), "ranking/2", pa.table(columns | more))
    tables.write_skipped(out / "skipped.csv", [tables.Skipped("a.txt", "no image: it is text")])
    return summary(out)


def test_a_scan_says_what_it_found_and_where_it_stands(tmp_path):
    assert ranked(tmp_path) == [
        "duplicate  1 copy of 1 image could go, listed in drop.txt; 1 stands in another part: a "
        "leak; 2 more are only alike and stay",
        "noisy      3 hurt: 2 blurred, 1 grainy",
        "rare       1 to look at first, 1.jpg before the others",
        "hard       none stands out",
        "left out   1, with their reasons in skipped.csv",
        f"Every image with its places and reasons: {tmp_path / 'scores.csv'}",
    ]
    doubted = {
        "mislabeled_rank": [1, 2, None, None, None],
        "is_mislabeled": [True, True, False, False, False],
        "label": ["cat", "dog", None, None, None],
        "suggested_label": ["dog", "cat", "cat", "cat", "cat"],
        "is_duplicate": [False] * 5,
        "duplicate_of": pa.nulls(5, pa.string()),
        "dropped_by": pa.nulls(5, pa.string()),
        "group": pa.nulls(5, pa.int32()),
        "reason": pa.nulls(5, pa.string()),
    }
    said = ranked(tmp_path, **doubted)
    assert said[0] == "mislabeled  2 to look at first, 0.jpg (cat, or dog?) before the others"
    assert said[1:3] == ["duplicate   no image repeats another", "noisy       none is hurt"]


def test_what_is_told_of_steps_is_for_people_and_none_learns_labels_that_are_not_there():
    every = steps(layout.graph(), parsed(default()))
    plain, labelled = ({"asked": {"labels": one}} for one in (None, "folders"))
    silent = {one.name for one in every if not words(one, plain)}
    assert silent == {"inject", "supervise", "supervise_features", "score_supervised"}
    assert {one.name for one in every if not words(one, labelled)} == {"inject", "supervise"}
    assert not [one.name for one in every if one.name in words(one, labelled).split(",")]


@pytest.mark.slow
@pytest.mark.skipif(not mounts(), reason="mounting a file system needs root")
def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(tmp_path):
    rng, out, left = np.random.default_rng(0), tmp_path / "out", tmp_path / "left"
    noise = {f"{k}.jpg": encoded(rng.integers(0, 256, (96, 128, 3), np.uint8), "JPEG")
             for k in range(20)}  # fmt: skip
    scan = ["-m", "hardrare", "scan", write_files(tmp_path / "in", noise), "--out", out]
    out.mkdir()
    script = 'mount -t tmpfs -o size=128k none "$1" || exit 9; into=$2; from=$1; shift 2; "$@"; '
    script += 'ended=$?; cp -a "$from" "$into"; exit $ended'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", out, left, sys.executable, *scan],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    (said,) = done.stderr.splitlines()
    assert "no room is left on the disk; free some, then call the same command again" in said
    files = [p for p in left.rglob("*") if p.is_file()]
    assert not [p for p in files if ".part" in p.name]
    assert all(tables.seal.intact(p) for p in files if p.suffix == ".arrow")
