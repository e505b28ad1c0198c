"""Variants of a study beside each other: a queued grid, and what tells two of them apart."""

import csv
import json
import time

import pytest
from tiny_study import HAS_DVC, call, copy_of

pytestmark = [
    pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python"),
    pytest.mark.slow,
]
KEPT = "prune.keep_fraction"


@pytest.fixture(scope="module")
def grid(computed, tmp_path_factory):
    """A study with a grid of two, which two workers ran from a queue, and their names."""
    where = copy_of(computed, tmp_path_factory.mktemp("grid") / "hardrare")
    call(where, "dvc", "exp", "run", "--queue", "-S", f"{KEPT}=0.4,0.8")
    call(where, "dvc", "queue", "start", "-j", "2")
    try:
        until_done(where)
    finally:
        call(where, "dvc", "queue", "stop", "--kill")
    return where, {row[KEPT]: name for name, row in shown(where).items() if name}


def until_done(where, limit=560):
    """Wait for the queue."""
    end = time.monotonic() + limit
    while "Running" in (status := call(where, "dvc", "queue", "status")) or "Queued" in status:
        assert time.monotonic() < end, status
        time.sleep(2)
    assert status.count("Success") == 2, status


def shown(where):
    """The rows of `dvc exp show` by the experiment's name, "" for those that are none."""
    rows = csv.DictReader(call(where, "dvc", "exp", "show", "--csv").splitlines())
    return {row["Experiment"]: row for row in rows}


def test_a_queued_grid_stands_side_by_side(grid):
    where, names = grid
    assert {"0.4", "0.8"} <= set(names)
    assert call(where, "git", "status", "--porcelain") == "", "the workspace is as it was"


def test_metrics_diff_tells_two_experiments_apart(grid):
    where, names = grid
    found = json.loads(call(where, "dvc", "metrics", "diff", names["0.4"], names["0.8"], "--json"))
    changes = found["reports/metrics.json"]
    assert "accuracy.random.equal_steps" in changes
    assert all(one["old"] != one["new"] for one in changes.values())


def test_plots_diff_draws_two_experiments_in_one_page(grid, tmp_path):
    where, names = grid
    call(where, "dvc", "plots", "diff", names["0.4"], names["0.8"], "-o", str(tmp_path / "plots"))
    page = (tmp_path / "plots" / "index.html").read_text("utf-8")
    for name in names["0.4"], names["0.8"]:
        assert name in page
    for title in ("AUROC of each score for each artefact", "mean loss of the samples"):
        assert title in page
    images = {p.name.split("_", 1)[-1] for p in (tmp_path / "plots" / "static").iterdir()}
    assert any(name.endswith("correlation.png") for name in images)
