"""Stability: how a score repeats over seeds, by hand-computed numbers."""

import numpy as np
import pytest
from scipy import stats
from score_tables import score

from hardrare.agreement.stability import needed_seeds, stabilities, stability


def test_stability_by_hand():
    first = np.arange(20.0)
    second = np.array([*range(18), 19, -1.0])  # the top two are 19 and 18, then 18 and 17
    found = stability(score("o/a", np.stack([first, second])))
    r = stats.spearmanr(first, second).statistic
    assert found.spearman == pytest.approx(r)
    assert found.overlap == 0.5
    assert found.overlap_low == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
    assert (found.family, found.n, found.seeds) == ("other", 20, 2)
    assert found.reliability == pytest.approx(2 * r / (1 + r))
    assert found.needed == np.ceil(0.95 * (1 - r) / (0.05 * r))
    assert stability(score("o/a", -np.stack([first, second]), "low")).overlap == 0.5


def test_stability_of_ties_constants_and_single_seeds():
    assert needed_seeds(0.5, 0.95) == 19
    assert needed_seeds(1.0, 0.95) == 1
    assert needed_seeds(-0.1, 0.95) == np.inf
    half = np.r_[np.zeros(10), np.ones(10)]
    # two places shared by ten tied samples: 10 x 0.2 x 0.2 = 0.4 of 2
    assert stability(score("o/a", [half, half])).overlap == pytest.approx(0.2)
    alone, constant = stabilities([score("o/a", half), score("o/b", np.ones((2, 20)))])
    assert (alone.seeds, constant.seeds) == (1, 2)
    assert np.isnan([alone.spearman, alone.needed, constant.spearman, constant.overlap]).all()
