"""The learning-rate range test: its line, its choice, and that it leaves training alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from test_training import OPTIONS, SETTINGS, images, labels, pixels_for

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.protocols.retraining import Subset, retrain
from hardrare.training import (
    Callbacks,
    Pixels,
    Recorder,
    rate_range,
    single,
    train,
    with_learning_rate,
)
from hardrare.training.rate_range import CANDIDATES, STEPS, slope

NAMES = ["autoencoder", "barlow_twins", "supervised"]


def auto(name):
    return replace(OPTIONS[name], learning_rate="auto")


def line(row):
    """The slope of the best line through the first loss, by a search."""
    step = np.arange(len(row))
    return minimize_scalar(lambda a: np.square(row - row[0] - a * step).sum()).x


def test_slopes_are_those_of_least_squares_lines_from_the_first_loss():
    rows = np.random.default_rng(0).normal(size=(4, 7))
    rows[2, 3] = np.nan
    rows[3, 0] = np.inf
    found = slope(rows)
    for i in (0, 1):
        assert found[i] == pytest.approx(line(rows[i]), rel=1e-6)
    assert np.isnan(found[2:]).all()
    assert slope(np.array([[3.0, 1.0, -1.0]])).tolist() == [-2.0]
    assert slope(np.array([[3.0]])).tolist() == [0.0]


def test_neither_an_early_spike_nor_a_late_fall_wins():
    batch = np.arange(STEPS)
    fast, late = 10 * np.exp(-batch / 3), 10 - 0.3 * batch
    spike = np.where(batch == 0, 10, 40 * np.exp(-batch / 6))
    assert slope(np.stack([late, fast, spike])).argmin() == 1
    free = [np.polyfit(batch, row, 1)[0] for row in (late, fast, spike)]
    assert int(np.argmin(free)) == 2  # what a line with a free intercept would choose


@pytest.mark.parametrize("name", NAMES)
def test_the_steepest_candidate_is_chosen_and_all_start_alike(name):
    module, pixels = objectives.objective(name), pixels_for(name)
    options, (found,) = with_learning_rate(module, auto(name), SETTINGS, pixels, 0)
    losses = np.array(found.losses, float)
    assert found.rates == list(CANDIDATES)
    assert losses.shape == (len(CANDIDATES), STEPS)
    np.testing.assert_allclose(losses[:, 0], losses[0, 0], rtol=1e-5)  # same weights, same batch
    expected = [line(row) for row in losses]
    assert found.chosen == options.learning_rate == CANDIDATES[int(np.nanargmin(expected))]
    np.testing.assert_allclose(found.slopes, expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_training_with_the_found_rate_is_training_with_that_rate(name):
    module, plan = objectives.objective(name), single(40)
    options, (found,) = with_learning_rate(module, auto(name), SETTINGS, pixels_for(name), 3)
    given = replace(OPTIONS[name], learning_rate=found.chosen)
    torch.manual_seed(99)
    first = train(module, options, SETTINGS, plan, pixels_for(name), 3)[0].state_dict()
    again = train(module, given, SETTINGS, plan, pixels_for(name), 3)[0].state_dict()
    assert all(torch.equal(value, again[key]) for key, value in first.items())


def test_a_given_rate_is_left_as_it_is():
    options, found = with_learning_rate(supervised, OPTIONS["supervised"], SETTINGS, None, 0)
    assert options is OPTIONS["supervised"]
    assert found == []


def test_a_candidate_that_diverges_is_out(monkeypatch):
    pixels = pixels_for("supervised")
    monkeypatch.setattr(rate_range, "CANDIDATES", (1e-3, 1e30))
    options = replace(auto("supervised"), optimizer="sgd")
    chosen, (found,) = with_learning_rate(supervised, options, SETTINGS, pixels, 0)
    assert chosen.learning_rate == 1e-3
    assert found.slopes[1] is None
    assert None in found.losses[1]
    monkeypatch.setattr(rate_range, "CANDIDATES", (1e30,))
    with pytest.raises(InputError, match="learning_rate: auto finds no rate that learns"):
        with_learning_rate(supervised, options, SETTINGS, pixels, 0)


def test_the_test_is_kept_with_the_dynamics_and_read_back(tmp_path):
    pixels, path = pixels_for("autoencoder"), tmp_path / "dynamics.arrow"
    module = objectives.objective("autoencoder")
    options, found = with_learning_rate(module, auto("autoencoder"), SETTINGS, pixels, 0)
    with Recorder(path, np.arange(40)) as recorder:
        recorder.ranges += found
        train(module, options, SETTINGS, single(40), pixels, 0, Callbacks(recorder))
    (read,) = tables.read_ranges(path, "dynamics/1")
    assert read["chosen"] == found[0].chosen
    assert np.array(read["losses"], float).shape == (len(CANDIDATES), STEPS)
    with Recorder(path, np.arange(40)) as recorder:
        train(module, options, SETTINGS, single(40), pixels, 0, Callbacks(recorder))
    assert tables.read_ranges(path, "dynamics/1") == []


@pytest.mark.slow
def test_every_arm_of_a_retraining_has_the_rate_of_its_seed():
    pixels, test = Pixels(images(), labels(), torch.device("cpu")), pixels_for("supervised")
    settings, rates = replace(SETTINGS, epochs=1), {}
    for arm, rows in {"full": np.arange(40), "half": np.arange(20)}.items():
        ranges = []
        subset = Subset((rows,))
        list(
            retrain(auto("supervised"), settings, subset, pixels, test, [0, 1], arm, ranges=ranges)
        )
        rates[arm] = [(one.seed, one.chosen, one.losses) for one in ranges]
    assert rates["full"] == rates["half"]
    assert [seed for seed, *_ in rates["full"]] == [0, 1]
