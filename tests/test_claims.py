"""What the tables of claims are made of, traced by hand."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import claims


def test_inside_a_class_what_classes_differ_in_does_not_count():
    # Over all samples b rises with a; inside each of two classes it falls.
    a, b = np.array([1.0, 2, 3, 11, 12, 13]), np.array([3.0, 2, 1, 13, 12, 11])
    assert claims.spearman(a, b) > 0.5
    assert claims.within(a, b, np.array([0, 0, 0, 1, 1, 1])) == pytest.approx(-1)


def test_what_a_third_score_explains_is_taken_out():
    rng = np.random.default_rng(0)
    known, own = rng.normal(size=(2, 4000))
    # Both follow `known` alone, and beyond it have nothing in common.
    a, b = known + 0.5 * own, known + 0.5 * rng.normal(size=4000)
    assert claims.spearman(a, b) > 0.7
    assert abs(claims.beyond(a, b, known)) < 0.06
    assert claims.beyond(a, b + own, known) > 0.3


def test_difficulty_turns_each_score_to_its_harder_end():
    table = {"aum": [3.0, 2.0, 1.0], "el2n": [0.1, 0.2, 0.3], "forgetting_events": [0.0, 1.0, 2.0]}
    scores = pl.DataFrame({f"supervised-0/{name}": values for name, values in table.items()})
    (places,) = claims.difficulty(scores)
    assert places.argsort().tolist() == [0, 1, 2]


def test_the_best_threshold_is_found_from_either_end(capsys):
    names = ["barlow_twins-0/lgn_mean", "barlow_twins-0/msd_mean", "autoencoder-0/loss_last"]
    values = {key: [1.0, 2.0, 3.0, 4.0] for key in [*names, "pixels/contrast"]}
    values["pixels/contrast"] = [1.0, 3.0, 2.0, 4.0]
    samples = pl.DataFrame({"artefact": ["average", "", "", ""]})
    claims.print_threshold(pl.DataFrame(values), samples)
    said = capsys.readouterr().out
    assert "right for 0.750" in said
    assert said.count("| 1.000 |") == 4  # the lowest one is the mix
    claims.print_threshold(pl.DataFrame(values), samples.reverse())
    assert capsys.readouterr().out.count("| 1.000 |") == 4  # now the highest one
