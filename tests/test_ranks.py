"""Ranks under bootstrap weights, the draws and their intervals, against known numbers."""

import numpy as np
import pytest
from scipy import stats
from score_tables import tied

from hardrare.agreement.correlation import spearman
from hardrare.errors import InputError
from hardrare.numerics.intervals import interval
from hardrare.numerics.ranks import centred_ranks, dense_ranks, tie_share
from hardrare.numerics.resample import draws


def test_ranks_by_hand():
    dense = dense_ranks(np.array([[3.0, 1.0, 3.0, 2.0], [0.0, -0.0, 0.0, 0.0]]))
    assert dense.tolist() == [[2, 0, 2, 1], [0, 0, 0, 0]]
    # mid-ranks 3.5, 1, 3.5, 2, less their mean 2.5
    assert centred_ranks(dense, np.ones(4)).tolist() == [[1.0, -1.5, 1.0, -0.5], [0.0] * 4]
    assert tie_share(dense).tolist() == [0.5, 1.0]


def test_weighted_ranks_are_those_of_the_drawn_sample():
    rng = np.random.default_rng(0)
    values = tied(rng, 4, 30)
    drawn = rng.integers(0, 30, 30)
    weights = np.bincount(drawn, minlength=30).astype(float)
    centred = centred_ranks(dense_ranks(values), weights)[:, drawn]
    expected = stats.rankdata(values[:, drawn], axis=1) - 15.5
    np.testing.assert_allclose(centred, expected)
    matrix = spearman(dense_ranks(values), weights)
    np.testing.assert_allclose(matrix, stats.spearmanr(values[:, drawn], axis=1).statistic)


def test_draws_are_bootstrap_samples():
    found = np.stack(list(draws(50, 200, np.random.default_rng(1))))
    assert (found.sum(axis=1) == 50).all()
    assert found.mean() == 1
    assert 0.34 < (found == 0).mean() < 0.39  # (1 - 1/50)^50 = 0.364
    with pytest.raises(InputError, match="bootstrap is 0"):
        next(draws(5, 0, np.random.default_rng(0)))


def test_interval_by_hand_and_with_undefined_repeats():
    values = np.stack([np.arange(41.0), np.full(41, np.nan), np.arange(41.0)], axis=1)
    values[21:, 2] = np.nan  # 0..20 remain
    low, high = interval(np.random.default_rng(0).permutation(values))
    np.testing.assert_allclose(low, [1.0, np.nan, 0.5])
    np.testing.assert_allclose(high, [39.0, np.nan, 19.5])
