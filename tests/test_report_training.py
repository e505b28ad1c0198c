"""The page's section on training: ends of runs, and what is forgotten without labels."""

from types import SimpleNamespace

import numpy as np
import pytest
from made_up_study import Tables

from hardrare import tables
from hardrare.numerics.stable_ranking import Replay
from hardrare.report.sections.training.attacks import attacks
from hardrare.report.sections.training.forgotten import forgotten
from hardrare.report.sections.training.rates import endings, ranges, rate_ranges, replays
from hardrare.tables import Score
from hardrare.training.recorder import Recorder


def study(**parts):
    settings = {"halves": [], "seeds": [0, 1], "epochs": 10}
    settings |= parts.pop("settings", {})
    return Tables(settings=SimpleNamespace(**settings), **parts)


def test_an_ended_run_says_what_it_saved_and_a_full_one_how_far_its_ranking_would_be():
    known = [("a", 0, Replay("loss", 6, 10, 0.9876)), ("a", 1, Replay("loss", 6, 6, 1.0))]
    full, ended = endings(study(made={replays: known}))
    assert (full["epochs"], full["saved"], full["agreement"]) == (6, "40 %", "0.988")
    assert (ended["epochs"], ended["saved"], ended["agreement"]) == (6, "40 %", "")
    assert [full["ended"], ended["ended"]] == [False, True]


def test_forgotten_is_counted_among_what_was_learnt():
    learnt = np.array([[1.0, 5.0, 10.0, 11.0], [1.0, 1.0, 1.0, 1.0]])
    lost = np.array([[11.0, 3.0, 11.0, 1.0], [11.0, 11.0, 11.0, 11.0]])
    scores = [
        Score("x_second_split/ssim_first_learned_epoch", learnt, "epoch", "high", "s"),
        Score("x_second_split/ssim_forgotten_epoch", lost, "epoch", "low", "s"),
    ]
    first, second = forgotten(study(scores=scores, settings={"halves": ["x_second_split"]}))
    assert (first["learnt"], first["n"], first["criterion"]) == (3, 4, "high SSIM")
    assert first["share"] == pytest.approx(100 / 3)
    assert second["share"] == 0
    assert second["name"] == "x, seed 1"
    assert forgotten(study(scores=[])) == []


def test_a_range_test_is_a_picture():
    one = {"rates": [0.1, 1.0], "losses": [[2.0, 1.0], [2.0, None]], "slopes": [-1.0, None]}
    (drawing,) = rate_ranges(
        study(made={ranges: [("a, seed 0", {**one, "seed": 0, "chosen": 0.1})]})
    )
    assert drawing.kind == "rate_range"
    assert np.isnan(drawing.values["losses"][1, 1])
    assert np.isnan(drawing.values["slopes"][1])


def test_attacks_say_how_often_they_changed_a_class(tmp_path):
    distance = np.array([0.1, 0.3, 2.0, 0.2], np.float32)
    with Recorder(tmp_path / "supervised-0.arrow", np.arange(4)) as recorder:
        for values in (np.full(4, np.nan, np.float32), distance):
            recorder.record(0, {"carlini_wagner_distance": values, "loss": distance})
    columns = tables.read_never(tmp_path / "supervised-0.arrow")
    assert columns == {"carlini_wagner_distance": 2.0}
    settings = {"labelled_runs": {"supervised": [0]}}
    images = SimpleNamespace(sample_id=np.arange(4))
    known = study(settings=settings, images=images, paths={"dynamics": tmp_path})
    (row,) = attacks(known)
    assert (row["run"], row["column"]) == ("supervised, seed 0", "carlini_wagner_distance")
    assert (row["changed"], row["n"], row["rate"][0]) == (3, 4, 0.75)
    assert row["median"] == pytest.approx(0.2)
    assert "Carlini and Wagner" in row["attack"]
    assert attacks(study(settings={"labelled_runs": {}})) == []
