"""Metrics over training dynamics: numbers computed by hand, and plain loops beside them."""

from itertools import pairwise

import numpy as np
import pytest

from hardrare.metrics import registry
from hardrare.metrics._ends import ends, running_mean
from hardrare.numerics.epochs import first, from_thirtieth, from_twelfth, last, mean, variance
from hardrare.numerics.suffix import suffix_start

METRICS = registry()
NAN = np.nan


def value(name: str, *columns, **settings) -> list[float]:
    """What a metric returns for columns given as nested lists."""
    return METRICS[name].function(*(np.array(c) for c in columns), **settings).tolist()


def test_reductions_leave_undefined_epochs_out():
    series = np.array([[NAN, 2.0, 4.0], [5.0, NAN, 1.0], [7.0, 3.0, NAN], [NAN] * 3])
    assert mean(series).tolist() == [3.0, 3.0, 5.0, 0.0]
    assert variance(series).tolist() == [1.0, 4.0, 4.0, 0.0]
    assert first(series).tolist() == [2.0, 5.0, 7.0, 0.0]
    assert last(series).tolist() == [4.0, 1.0, 3.0, 0.0]


def test_reductions_work_in_double_precision():
    large = np.full((1, 4), 2.0**24, np.float32)
    large[0, 1:] += [2, 4, 6]  # float32 could not hold their sum
    assert mean(large).tolist() == [2.0**24 + 3]
    assert variance(large).tolist() == [5.0]


@pytest.mark.parametrize(
    ("epochs", "thirtieth", "twelfth"),
    [(600, 20, 50), (75, 2, 6), (40, 1, 3), (29, 0, 2), (12, 0, 1), (11, 0, 0), (1, 0, 0)],
)
def test_fractions_of_training(epochs, thirtieth, twelfth):
    series = np.arange(epochs)[None]
    assert from_thirtieth(series)[0, 0] == thirtieth
    assert from_twelfth(series)[0, 0] == twelfth


@pytest.mark.parametrize("defined", range(15))
@pytest.mark.parametrize("leading", [0, 1, 3])
def test_ends_of_training_against_a_slice(defined, leading):
    values = np.random.default_rng(defined).random(defined)
    series = np.r_[[NAN] * leading, values, NAN][None]
    k = min(5, max(defined // 2, 1))
    expected = (values[:k].mean(), values[-k:].mean()) if defined else (0.0, 0.0)
    np.testing.assert_allclose([one[0] for one in ends(series)], expected, rtol=1e-12)


def test_discrepancy_has_five_epochs_at_each_end():
    msd = [[NAN, *range(20, 8, -1)]]  # 20 .. 9: first five 20..16, last five 13..9
    assert value("msd_discrepancy", msd) == [18.0 - 11.0]
    assert value("lgn_discrepancy", [msd[0][1:]]) == [7.0]
    assert value("msd_ratio", msd) == [18.0 / 11.0]


def test_slope_against_a_convolution():
    msd = np.random.default_rng(0).random((6, 30))
    smooth = np.array([np.convolve(row, np.ones(3) / 3, mode="valid") for row in msd])
    expected = smooth[:, :5].mean(axis=1) - smooth[:, -5:].mean(axis=1)
    series = np.hstack([np.full((6, 1), NAN), msd])
    np.testing.assert_allclose(value("msd_slope", series), expected, rtol=1e-12)


def test_a_hole_costs_the_running_mean_no_window():
    series = np.array([[NAN, 3.0, NAN, 6.0, 9.0, 0.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    np.testing.assert_array_equal(running_mean(series), [[6, 5, NAN, NAN], [2, 3, 4, 5]])
    assert running_mean(series[:, :2]).shape == (2, 0)


@pytest.mark.parametrize(
    ("event", "start"),
    [
        ("0000", 5),
        ("1111", 1),
        ("0001", 4),
        ("1110", 5),
        ("1011", 3),  # the first change into the event does not count: it lapsed
        ("0110", 5),
        ("1", 1),
        ("0", 2),
    ],
)
def test_suffix_start(event, start):
    assert suffix_start(np.array([[c == "1" for c in event]])).tolist() == [start]


def brute_suffix(row) -> int:
    length = len(row)
    return min([t + 1 for t in range(length) if all(row[t:])], default=length + 1)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_learning_and_forgetting_against_plain_loops(share):
    correct = np.random.default_rng(3).random((300, 8)) < share
    learnt = [brute_suffix(row) for row in correct]
    assert value("fslt", correct) == value("learning_time", correct) == learnt
    assert value("ssft", correct) == [brute_suffix(row) for row in ~correct]
    events = [
        sum(a and not b for a, b in pairwise(row)) if any(row) else len(row)
        for row in correct.tolist()
    ]
    assert value("forgetting", correct) == events


def test_never_events_lie_above_every_event():
    correct = [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0], [1, 0, 1, 0, 1]]
    assert value("ssft", correct) == [6, 5, 1, 6]
    assert value("learning_time", correct) == [1, 6, 6, 5]
    assert value("forgetting", correct) == [0, 1, 5, 2]


def test_second_split_without_labels():
    before = [[0.9, 0.1], [0.9, 0.2], [0.2, 0.3], [0.9, 0.9]]  # last epoch: median 0.25
    after = [[0.1, 0.1, 0.1], [0.1, 0.4, 0.4], [0.4, 0.1, 0.4], [0.9, 0.9, NAN]]
    assert value("first_learned_epoch", before, learned_quantile=0.5) == [2, 2, 3, 3]
    assert value("forgotten_epoch", before, after, learned_quantile=0.5) == [4, 2, 3, 4]
    assert value("first_learned_epoch", before, learned_quantile=1.0) == [1, 1, 1, 1]


def logits_and_labels() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.normal(0, 2, (20, 7, 4)), rng.integers(0, 4, 20)  # (N, T, K), (N,)


def test_cartography_aum_and_el2n_from_logits():
    logits, label = logits_and_labels()
    n, epochs, classes = logits.shape
    p = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    own = p[np.arange(n), :, label]
    margin, error = np.empty((n, epochs)), np.empty((n, epochs))
    for i in range(n):
        for t in range(epochs):
            others = [logits[i, t, c] for c in range(classes) if c != label[i]]
            margin[i, t] = logits[i, t, label[i]] - max(others)
            error[i, t] = np.linalg.norm(p[i, t] - np.eye(classes)[label[i]])
    right = logits.argmax(axis=2) == label[:, None]
    np.testing.assert_allclose(value("confidence", own), own.sum(axis=1) / 7)
    np.testing.assert_allclose(value("variability", own), own.std(axis=1, ddof=0))
    np.testing.assert_allclose(value("threshold_closeness", own), own.mean(1) * (1 - own.mean(1)))
    np.testing.assert_allclose(value("correctness", right), right.sum(axis=1) / 7)
    np.testing.assert_allclose(value("aum", margin), margin.sum(axis=1) / 7)
    assert ((np.array(margin) > 0) == right).all()
    np.testing.assert_allclose(value("el2n", error), error[:, 0])
    np.testing.assert_allclose(value("el2n_early_sum", error), error.sum(axis=1))


@pytest.mark.parametrize(
    ("epochs", "index"), [(1, 0), (10, 0), (11, 1), (20, 1), (75, 7), (200, 19)]
)
def test_el2n_takes_the_epoch_a_tenth_in(epochs, index):
    assert value("el2n", [list(range(epochs))]) == [index]


def test_el2n_early_sum_ends_after_ten_epochs():
    assert value("el2n_early_sum", [[1.0] * 10 + [100.0]]) == [10.0]


def test_non_monotonicity_against_a_plain_loop():
    rng = np.random.default_rng(6)
    p, correct = rng.random((9, 12)), rng.random((9, 12)) < 0.5
    accuracy = correct.mean(axis=0)
    steps = [t for t in range(1, 12) if accuracy[t] > accuracy[t - 1]]
    expected = [sum(row[t] < row[t - 1] for t in steps) / len(steps) for row in p]
    assert 0 < len(steps) < 11
    np.testing.assert_allclose(value("non_monotonicity", p, correct), expected)
    assert value("non_monotonicity", p, np.ones((9, 12), bool)) == [0.0] * 9


def test_relative_movement_does_not_change_with_the_scale_of_the_features():
    h = np.random.default_rng(7).standard_normal((5, 9, 16))  # (N, T, D)

    def columns(features):
        moved = np.full((5, 9), NAN)
        moved[:, 1:] = ((features[:, 1:] - features[:, :-1]) ** 2).mean(axis=2)
        return moved, (features**2).mean(axis=2)

    plain = value("relative_msd_mean", *columns(h))
    np.testing.assert_allclose(value("relative_msd_mean", *columns(10 * h)), plain)
    np.testing.assert_allclose(
        value("msd_mean", columns(10 * h)[0]), 100 * np.array(value("msd_mean", columns(h)[0]))
    )


def shaped_series(groups: int, per_group: int) -> tuple[np.ndarray, np.ndarray]:
    """Series of `groups` distinct courses, each at its own level, and the group of each."""
    rng = np.random.default_rng(groups)
    t = np.linspace(0, 1, 40)
    group = rng.permutation(np.repeat(np.arange(groups), per_group))
    bumps = np.exp(-((t - (np.arange(groups)[:, None] + 0.5) / groups) ** 2) * groups**2 * 4)
    series = bumps[group] * (1 + group[:, None]) + group[:, None]
    series += 0.02 * rng.standard_normal(series.shape)
    series[:, 0] = NAN
    return series.astype(np.float32), group


@pytest.mark.parametrize("groups", [2, 3, 5, 8])
def test_clusters_find_a_known_number_of_groups(groups):
    series, group = shaped_series(groups, per_group=60)
    assert value("msd_cluster", series) == group.tolist()  # numbered by their level


def test_clusters_look_at_shape_not_at_size():
    t = np.arange(10.0)
    rising, falling = t + 1, 10 - t
    series = np.array([rising, falling, 7 * rising, 7 * falling, rising + 100, np.ones(10)])
    series[:, 0] = NAN
    found = value("msd_cluster", series)
    assert found[0] == found[2] == found[4]
    assert found[1] == found[3]
    assert len({found[0], found[1], found[5]}) >= 2


def test_clusters_of_series_without_shape():
    assert value("msd_cluster", np.full((6, 5), 0.1)) == [0.0] * 6
    assert value("msd_cluster", [[NAN, 0.1, 0.1 + 1e-12]] * 3 + [[NAN, 5.0, 5.0]]) == [0.0] * 4


def test_loss_family_by_hand():
    loss = [[8.0, 4.0, 2.0, 2.0]]
    assert value("loss_last", loss) == [2.0]
    assert value("loss_mean", loss) == [4.0]
    assert value("loss_sum", loss) == [16.0]
    assert value("loss_var", loss) == [6.0]
    assert value("loss_std", loss) == [6.0**0.5]
    assert value("loss_diff", loss) == [-6.0]


@pytest.mark.parametrize(("part", "start"), [("thirtieth", 2), ("twelfth", 5)])
def test_loss_family_past_the_start(part, start):
    loss = np.random.default_rng(8).random((4, 60))
    late = loss[:, start:]
    np.testing.assert_allclose(value(f"loss_mean_from_{part}", loss), late.mean(axis=1))
    np.testing.assert_allclose(value(f"loss_std_from_{part}", loss), late.std(axis=1))
    np.testing.assert_allclose(value(f"loss_var_from_{part}", loss), late.var(axis=1))
    np.testing.assert_allclose(value(f"loss_diff_from_{part}", loss), late[:, -1] - late[:, 0])
    np.testing.assert_allclose(value(f"code_entropy_mean_from_{part}", loss), late.mean(axis=1))
