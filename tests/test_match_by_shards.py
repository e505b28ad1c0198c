"""Pairs compared and cells searched by shards: equal to one process, whoever is killed."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from dataset_files import encoded, write_files
from PIL import ImageOps
from test_by_shards import (
    BOTH,
    NEEDS_RAY,
    SHIPPED,
    ask_two_workers,
    kill_it,
    kill_one,
    prepared,
)
from test_matching import brighter, drawn
from test_neighbours import blobs
from test_resume import mounts

from hardrare import by_cells, shards
from hardrare.errors import sentence
from hardrare.matching import beside, by_shards
from hardrare.matching import nearest as proposals
from hardrare.matching.judge import Verdict
from hardrare.numerics import cells, neighbours
from hardrare.numerics.points import Recent
from hardrare.tables import read
from hardrare.tables.seal import intact
from stages import match


def copied():
    """Twelve drawings and copies of some, as files."""
    made = [drawn(seed) for seed in range(12)]
    made += [made[0], made[1].resize((120, 90)), ImageOps.mirror(made[2]), brighter(made[3], 1.3)]
    return {f"{at:02}.jpg": encoded(one, "JPEG") for at, one in enumerate(made)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """What prepare wrote of them."""
    folder = tmp_path_factory.mktemp("tables")
    prepared(write_files(folder / "files", copied()), folder)
    return folder


@pytest.fixture
def small(monkeypatch):
    """Shards of five pairs, of any number of them."""
    monkeypatch.setattr(shards, "ROWS", 5)
    monkeypatch.setattr(shards, "LARGE", 0)


@pytest.fixture
def by_cell(monkeypatch):
    """Neighbours by cells from 100 rows on, proposals from 10 pictures on."""
    monkeypatch.setattr(neighbours, "_RECENT", Recent(2))
    monkeypatch.setattr(neighbours, "EXACT_BELOW", 10)
    monkeypatch.setattr(proposals, "ALL", 10)


def matched(tables, out):
    """What match writes of them."""
    out.mkdir(exist_ok=True)
    known = {name: SHIPPED["match"][name] for name in ("keep", "worst_block", "tries")}
    paths = {name: tables / f"{name}.arrow" for name in ("pictures", "appearance")}
    match.main(
        match.Params(features=None, **known), images=tables / "train.arrow", **paths,
        features=tables, duplicates=out / "duplicates.arrow", scratch=out / "scratch",
    )  # fmt: skip
    return (out / "duplicates.arrow").read_bytes()


def test_pairs_are_compared_by_shards_as_if_there_were_none(tables, tmp_path, small, capsys):
    made = matched(tables, tmp_path / "shards")
    assert "match  3/3 shards" in capsys.readouterr().out
    assert not list((tmp_path / "shards" / "scratch" / "shards").rglob("*.arrow"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "LARGE", 1000)
        assert matched(tables, tmp_path / "alone") == made
    assert "shards" not in capsys.readouterr().out
    kinds = read(tmp_path / "alone" / "duplicates.arrow", "duplicates/1")["kind"].to_pylist()
    assert {"same file", "mirrored", "recoloured", "resized or recompressed"} <= {*kinds}


@pytest.fixture
def others(monkeypatch):
    """Two processes beside this one, of any number of pairs; the pairs that were handed over."""
    monkeypatch.setattr(by_shards, "MANY", 1)
    monkeypatch.setattr(by_shards, "threads", lambda: 3)
    monkeypatch.setattr(beside, "EACH", 2)
    handed, hand = [], beside.Beside._hand

    def noted(self, todo, at, asks):
        handed.append(todo[0])
        hand(self, todo, at, asks)

    monkeypatch.setattr(beside.Beside, "_hand", noted)
    return handed


def test_pairs_are_compared_by_processes_as_by_one(tables, tmp_path, others, capsys, monkeypatch):
    made = matched(tables, tmp_path / "beside")
    assert "pairs" in capsys.readouterr().out
    assert len(others) >= 4
    monkeypatch.setattr(by_shards, "threads", lambda: 1)
    others.clear()
    assert matched(tables, tmp_path / "alone") == made
    assert not others


def test_shards_are_compared_by_processes_too(tables, tmp_path, small, others, monkeypatch):
    made = matched(tables, tmp_path / "beside")
    assert others
    monkeypatch.setattr(by_shards, "threads", lambda: 1)
    assert matched(tables, tmp_path / "alone") == made


class Dies:
    """What a process cannot open: it ends."""

    def __call__(self):
        os._exit(1)


class Asked:
    """A judge that remembers what it was asked."""

    def __init__(self):
        self.asks = []

    def __call__(self, *ask):
        self.asks.append(ask)
        return Verdict(like=ask[0] % 2 == 0)


def test_where_the_others_die_this_process_compares_all():
    asks, judge = [(row, row + 1, (0,)) for row in range(50)], Asked()
    with beside.Beside(Dies(), 2) as compared:
        assert compared(asks, judge, "match") == [Verdict(like=row % 2 == 0) for row in range(50)]
        assert compared(asks[:3], judge) == [judge(*ask) for ask in asks[:3]]
    assert {*judge.asks} == {*asks}


def test_this_process_alone_compares_all_in_order_and_opens_nothing(monkeypatch, capsys):
    monkeypatch.setattr(beside, "ProcessPoolExecutor", None)
    asks, judge = [(row, row + 1, (0,)) for row in range(50)], Asked()
    assert beside.Beside()(asks, judge, "match") == [Verdict(like=row % 2 == 0) for row, *_ in asks]
    assert judge.asks == asks
    assert "match  50/50 pairs" in capsys.readouterr().out
    assert beside.Beside()([], judge, "match") == []


@pytest.mark.parametrize("what", ["__init__", "submit"])
def test_where_no_process_is_to_be_had_this_one_compares_all(what, monkeypatch):
    def refused(*_, **__):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(beside.ProcessPoolExecutor, what, refused)
    asks, judge = [(row, row + 1, (0,)) for row in range(40)], Asked()
    compared = beside.Beside(Dies(), 2)
    assert compared(asks, judge) == [Verdict(like=row % 2 == 0) for row in range(40)]


class Waits:
    """What a process opens: it notes its number, and never ends."""

    def __init__(self, path):
        self.path = path

    def __call__(self):
        self.path.write_text(str(os.getpid()))
        time.sleep(600)


def test_a_process_ends_with_the_one_that_was_killed(tmp_path):
    path, folder = tmp_path / "process", Path(__file__).parent
    script = "from test_match_by_shards import *; import sys; a, j = [(0, 1, (0,))] * 99, Asked()\n"
    script += "beside.Beside(Waits(Path(sys.argv[1])), 1)(a, j)"
    parent = subprocess.Popen([sys.executable, "-c", script, path], cwd=folder)
    for _ in range(600):
        if path.exists() and path.read_text():
            break
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    number = path.read_text()
    for _ in range(100):
        if not Path(f"/proc/{number}").exists():
            return
        time.sleep(0.1)
    os.kill(int(number), signal.SIGKILL)
    pytest.fail("it outlived its parent")


def test_a_match_that_was_killed_goes_on_with_the_pairs_that_are_there(
    tables, tmp_path, small, monkeypatch, capsys
):
    tell, alone = shards._tell, matched(tables, tmp_path / "alone")

    def killed(title, done, count):
        tell(title, done, count)
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(shards, "_tell", killed)
    with pytest.raises(KeyboardInterrupt):
        matched(tables, tmp_path / "killed")
    monkeypatch.setattr(shards, "_tell", tell)
    capsys.readouterr()
    assert matched(tables, tmp_path / "killed") == alone
    said = capsys.readouterr().out
    assert "match  2/3 shards" not in said
    assert "match  3/3 shards" in said


@pytest.mark.slow
@pytest.mark.parametrize("by", BOTH)
def test_a_process_that_is_killed_leaves_whole_pairs_alone(
    tables, tmp_path, small, monkeypatch, by
):
    alone = matched(tables, tmp_path / "alone")
    if by:
        ask_two_workers(monkeypatch)
    out = tmp_path / "killed"
    call = f"test_match_by_shards.matched(Path({str(tables)!r}), Path({str(out)!r}))"
    kill_it(call, out / "scratch" / "shards" / "match", by, "test_match_by_shards")
    assert matched(tables, out) == alone


@pytest.mark.slow
@NEEDS_RAY
def test_a_process_that_is_killed_leaves_whole_cells_alone(tmp_path, by_cell, monkeypatch):
    near = searched(blobs())
    ask_two_workers(monkeypatch)
    folder = tmp_path / "cells"
    call = f"test_match_by_shards.searched_by_cell(Path({str(folder)!r}))"
    kill_it(call, folder, "auto", "test_match_by_shards")
    assert same(searched(blobs(), folder), near)


def test_what_was_compared_before_is_in_no_shard(tables, tmp_path, small, monkeypatch, capsys):
    made = matched(tables, tmp_path)
    capsys.readouterr()
    assert matched(tables, tmp_path) == made
    assert "shards" not in capsys.readouterr().out


def searched(rows, folder=None):
    """Neighbours of rows; handed out where a folder is given."""
    neighbours._RECENT.forget()
    if folder is None:
        return neighbours.nearest(rows, 30)
    with by_cells.searches_by_ray(folder):
        return neighbours.nearest(rows, 30)


def searched_by_cell(folder):
    """The same in a process whose searches go by cells from few rows on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_RECENT", Recent(2))
        patch.setattr(neighbours, "EXACT_BELOW", 10)
        return searched(blobs(), folder)


def same(first, second):
    """Whether two searches found the same to the bit."""
    return (
        first.index.tobytes() == second.index.tobytes()
        and first.distance.tobytes() == second.distance.tobytes()
        and first.recall == second.recall < 1
    )


def test_cells_that_are_handed_out_find_the_same(by_cell, tmp_path, monkeypatch, capsys):
    alone = searched(blobs())
    assert same(searched(blobs(), tmp_path / "cells"), alone)
    assert not capsys.readouterr().out, "without Ray threads search"
    monkeypatch.setattr(by_cells, "by_ray", lambda: True)
    monkeypatch.setattr(cells, "_in_threads", None)
    assert same(searched(blobs(), tmp_path / "cells"), alone)
    assert "neighbours  7/7 shards" in capsys.readouterr().out  # of 55 cells
    assert not (tmp_path / "cells").exists()
    assert not cells._SEARCHES


def test_proposals_by_cells_are_handed_out_too(tables, by_cell, tmp_path, monkeypatch, capsys):
    alone = matched(tables, tmp_path / "alone")
    monkeypatch.setattr(by_cells, "by_ray", lambda: True)
    assert matched(tables, tmp_path / "cells") == alone
    assert capsys.readouterr().out.count("neighbours  1/1 shards") == 8  # forms of the pictures


@pytest.mark.slow
@NEEDS_RAY
def test_two_workers_of_ray_of_which_one_is_killed_match_as_one_process(
    tables, tmp_path, small, by_cell, monkeypatch
):
    rows = blobs()
    near = searched(rows)
    monkeypatch.setattr(proposals, "ALL", 1000)  # each search of the eight would start Ray
    alone = matched(tables, tmp_path / "alone")
    ask_two_workers(monkeypatch)
    for run, folder in (
        (lambda: matched(tables, tmp_path / "ray") == alone, tmp_path / "ray/scratch/shards/match"),
        (lambda: same(searched(rows, tmp_path / "cells"), near), tmp_path / "cells"),
    ):
        killed = []
        one = threading.Thread(target=kill_one, args=(folder, killed))
        one.start()
        equal = run()
        killed or killed.append(None)
        one.join()
        assert killed[0], "no worker was met"
        assert equal


@contextmanager
def no_file_above(most):
    """Let no file grow beyond so many bytes, as where a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_one_sentence_and_leaves_no_pair_half_written(tables, tmp_path, small):
    alone, out = matched(tables, tmp_path / "alone"), tmp_path / "out"
    with pytest.raises(OSError, match="File too large") as said, no_file_above(300):
        matched(tables, out)
    assert sentence(said.value).count("\n") == 0
    assert not [path for path in out.rglob("*") if path.is_file()]
    assert matched(tables, out) == alone


@pytest.mark.parametrize(("most", "whole"), [(10_000, []), (80_000, [".npy", ".npz"])])
def test_a_full_disk_leaves_nothing_of_a_search_half_written(
    by_cell, tmp_path, monkeypatch, most, whole
):
    alone, folder = searched(blobs()), tmp_path / "cells"
    monkeypatch.setattr(by_cells, "by_ray", lambda: True)
    with pytest.raises(OSError, match="File too large"), no_file_above(most):
        searched(blobs(), folder)
    assert sorted(path.suffix for path in folder.iterdir()) == whole  # no shard, no part of one
    assert same(searched(blobs(), folder), alone)
    assert not folder.exists()


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_match_by_shards as its

its.shards.ROWS, its.shards.LARGE = 5, 0
try:
    its.matched(Path(sys.argv[2]), Path(sys.argv[3]))
except OSError as error:
    sys.exit(its.sentence(error))
"""


@pytest.mark.slow
@pytest.mark.skipif(not mounts(), reason="mounting a file system needs root")
def test_on_a_full_disk_match_keeps_whole_shards_and_goes_on(tables, tmp_path, small, capsys):
    out, left = tmp_path / "out", tmp_path / "left"
    out.mkdir()
    script = 'mount -t tmpfs -o size=8k none "$1" || exit 9; into=$2; from=$1; shift 2; "$@"; '
    script += 'ended=$?; cp -a "$from" "$into"; exit $ended'
    words = [sys.executable, "-c", ON_A_SMALL_DISK, Path(__file__).parent, tables, out]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", out, left, *words],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("no room is left on the disk; free some, then call the same")
    assert done.stderr.count("\n") == 1
    kept = [path for path in left.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(map(intact, kept))
    capsys.readouterr()
    made, said = matched(tables, left), capsys.readouterr().out
    assert "match  2/3 shards" not in said
    assert "match  3/3 shards" in said
    assert made == matched(tables, tmp_path / "alone")
