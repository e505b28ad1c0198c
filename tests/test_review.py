"""Review budgets and decision stumps, by hand-computed numbers."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score

from hardrare.detection.stump import accuracies, halves, stump
from hardrare.numerics.review import flag_spearman, review, reviewed, spearman_ceiling


def looked(values, positive, counts=(), weight=None):
    """AUPRC and positives found, where each sample is drawn as often as its weight says."""
    weight = np.ones(len(values), int) if weight is None else weight
    negatives, left = values[~positive], weight[~positive]
    down = np.argsort(-values[positive], kind="stable")
    ends = [
        np.array([left[compare(negatives, v)].sum() for v in values[positive][down]])[:, None]
        for compare in (np.less, np.less_equal)
    ]
    drawn = weight[positive][down][:, None]
    return reviewed(values[positive][down], *ends, drawn, left.sum(), counts)[:, 0]


def cut(values, positive, half, either):
    return tuple(accuracies(*stump(values, positive, half, either=either), positive.mean()))


def test_review_by_hand():
    values = np.array([5.0, 4, 4, 4, 1])
    positive = np.array([True, True, False, False, True])
    down = review(values, positive)
    assert (down.seen.tolist(), down.hits.tolist()) == ([1, 4, 5], [1, 2, 3])
    found = looked(values, positive, (1, 3))
    assert found[0] == pytest.approx((1 * 1 + 1 * 2 / 4 + 1 * 3 / 5) / 3)
    assert found[0] == pytest.approx(average_precision_score(positive, values))
    # the second and third place fall among three tied samples, one of them positive
    assert found[1:].tolist() == [1, pytest.approx(1 + 2 / 3)]
    assert flag_spearman(down) == pytest.approx(stats.spearmanr(values, positive).statistic)
    assert np.isnan(flag_spearman(review(np.ones(4), np.arange(4) < 2)))


def test_a_weight_is_a_repeated_sample():
    rng = np.random.default_rng(3)
    for _ in range(20):
        values, positive = rng.integers(0, 6, 30).astype(float), np.arange(30) < 9
        weight = rng.integers(0, 3, 30)
        weight[[0, 29]] = 1
        again = np.repeat(np.arange(30), weight)
        counts = (1, 4, len(again))
        direct = looked(values[again], positive[again], counts)
        assert looked(values, positive, counts, weight) == pytest.approx(direct)
        precision = average_precision_score(positive[again], values[again])
        assert direct[0] == pytest.approx(precision)
        assert direct[-1] == positive[again].sum()


def test_spearman_of_a_perfect_score_is_its_ceiling():
    positive = np.arange(10_000) >= 9_468
    found = flag_spearman(review(np.arange(10_000.0), positive))
    assert found == pytest.approx(spearman_ceiling(0.0532), rel=1e-6)
    assert found == pytest.approx(0.389, abs=0.001)


def test_stump_by_hand():
    values = np.array([1.0, 2, 3, 4, 1, 5, 2, 6])
    positive = np.array([0, 0, 1, 1, 0, 0, 1, 1], bool)
    half = np.arange(8) < 4
    # first half fitted: 2.5 -> flags 5 and 6: one hit of two, one false of two: 0.5.
    # second half fitted: best flags only 6 (threshold 5.5), or all above 1 (1.5); the first
    # found from above wins: 5.5 flags none of the first half: 0.5.
    assert cut(values, positive, half, either=False) == (0.5, 0.5)
    assert cut(values[[0, 1, 2, 3] * 2], positive[[0, 1, 2, 3] * 2], half, either=False) == (
        1.0,
        1.0,
    )


def test_stump_is_only_turned_where_the_score_is_open():
    values = np.r_[np.zeros(50), np.ones(50)] + np.linspace(0, 0.1, 100)
    positive = np.arange(100) < 50
    half = halves(positive, np.random.default_rng(0))
    assert half.sum() == 50
    assert (half & positive).sum() == 25
    assert cut(values, positive, half, either=True) == (1.0, 1.0)
    assert cut(values, positive, half, either=False)[1] == 0.5


def test_stump_on_noise_is_not_flattered():
    rng = np.random.default_rng(13)
    found = []
    for _ in range(100):
        positive = np.arange(60) < 20
        values, half = rng.normal(size=60), halves(positive, rng)
        found.append(cut(values, positive, half, either=True)[1])
    assert 0.47 < np.mean(found) < 0.53
