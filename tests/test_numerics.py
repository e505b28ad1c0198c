"""The floor that every package stands on: documented examples, and what ranks and intervals say."""

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest

from hardrare import numerics
from hardrare.numerics.intervals import rank_interval, wilson
from hardrare.numerics.points import points, unit
from hardrare.numerics.ranks import percentiles, same_orders, share_below

NAMES = sorted(p.stem for p in Path(numerics.__path__[0]).glob("[!_]*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(f"hardrare.numerics.{name}")).failed == 0


def test_percentiles_are_shares_below_with_ties_counted_half():
    values = np.random.default_rng(0).integers(0, 9, (3, 50)).astype(float)
    expected = np.stack([share_below(row, row) for row in values])
    np.testing.assert_array_equal(percentiles(values), expected)
    np.testing.assert_array_equal(percentiles(np.zeros((1, 4))), [[0.5] * 4])


def test_scores_that_order_alike_in_every_seed_are_one():
    values = np.random.default_rng(1).random((2, 400))
    other = values.copy()
    other[1] = other[1, ::-1]
    constant = np.ones((2, 400))
    given = [values, values**2, other, constant, constant, np.float32(values) ** 3, -values]
    assert same_orders(given, ["run"] * 7) == [0, 0, 2, 3, 4, 0, 6]
    assert same_orders(given[:2], ["run", "another run"]) == [0, 1]


def test_intervals_of_nothing_and_of_everything():
    assert np.isnan(wilson(0.0, 0)).all()
    low, high = wilson(1.0, 20)
    assert (round(low, 4), high) == (0.8389, 1.0)
    assert rank_interval(0.5, 3) == (-1.0, 1.0)
    low, high = rank_interval(0.0, 103)  # tanh(-+ 1.959964 / 10)
    np.testing.assert_allclose([low, high], np.tanh([-0.1959964, 0.1959964]), rtol=1e-12)


def test_unit_rows_in_their_own_precision_are_those_of_points_and_zeros_stay():
    rows = np.random.default_rng(0).normal(3, 5, (40, 30)).astype(np.float32)
    rows[7] = 0
    made = unit(rows)
    assert made.dtype == np.float32
    assert not made[7].any()
    np.testing.assert_allclose(made, points(rows, unit=True), rtol=1e-6)
