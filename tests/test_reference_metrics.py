"""Reference metrics with labels, from logits through probe and metric, as they are defined."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from hardrare.metrics import registry
from hardrare.probes import registry as probes

METRICS, PROBES = registry(), probes()
T, N, K = 20, 60, 4


def value(name, *columns, **settings):
    """A metric of columns, as a list."""
    return METRICS[name].function(*map(np.array, columns), **settings).tolist()


def series(name, logits, label):
    """A probe of logits (T, N, K) as a dynamics column (N, T)."""
    label = torch.tensor(label)
    outputs = {"logits": torch.tensor(logits), "label": label}
    each = [
        PROBES[name].function(**outputs | {"logits": one})
        for one in outputs["logits"].unbind()  # epoch by epoch
    ]
    return torch.stack(each, dim=1).numpy()


@pytest.fixture(scope="module")
def run():
    """Logits (T, N, K) that drift towards the label, with noise, and labels (N,)."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, K, N)
    pull = np.linspace(-1, 2, T)[:, None] * rng.uniform(0, 2, N)
    logits = rng.normal(0, 1, (T, N, K))
    logits[:, np.arange(N), label] += pull
    return logits, label


def softmax(z):
    e = [math.exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def plain(logits, label):
    """Every metric for one sample, epoch by epoch, as its authors define it."""
    p = [softmax(z) for z in logits]
    right = [max(range(K), key=lambda c, z=z: z[c]) == label for z in logits]
    own = [q[label] for q in p]
    mean = sum(own) / T
    margins = [z[label] - max(v for c, v in enumerate(z) if c != label) for z in logits]
    errors = [math.dist(q, [float(c == label) for c in range(K)]) for q in p]
    turns = sum(1 for a, b in pairwise(right) if a and not b)
    wrong = [not r for r in right]
    return {
        "confidence": mean,
        "variability": math.sqrt(sum((v - mean) ** 2 for v in own) / T),
        "correctness": sum(right) / T,
        "aum": sum(margins) / T,
        "el2n": errors[1],  # epoch 2 of 20
        "el2n_early_sum": sum(errors[:10]),
        "forgetting": turns if any(right) else T,
        "forgetting_events": turns,
        "learning_time": next((t for t in range(T + 1) if all(right[t:])), T) + 1,
        "fslt": next((t for t in range(T + 1) if all(right[t:])), T) + 1,
        "ssft": next((t for t in range(T + 1) if all(wrong[t:])), T) + 1,
    }


COLUMN = {
    "confidence": "probability", "variability": "probability", "correctness": "correct",
    "aum": "margin", "el2n": "error_norm", "el2n_early_sum": "error_norm",
    "forgetting": "correct", "forgetting_events": "correct", "learning_time": "correct",
    "fslt": "correct", "ssft": "correct",
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMN)
def test_from_logits_as_the_authors_define_it(run, name):
    logits, label = run
    found = value(name, series(COLUMN[name], *run))
    expected = [plain(logits[:, i].tolist(), label[i])[name] for i in range(N)]
    assert found == pytest.approx(expected, rel=1e-5)
    assert np.ptp(expected) > 0


def test_second_split_metrics_read_each_its_own_half():
    assert METRICS["fslt"].columns == ("first_split_correct",)
    assert METRICS["ssft"].columns == ("second_split_correct",)
    assert value("fslt", [[0, 1, 1], [1, 1, 0], [1, 1, 1]]) == [2, 4, 1]
    assert value("ssft", [[1, 0, 0], [0, 0, 1], [0, 0, 0]]) == [2, 4, 1]


def test_never_learnt_is_the_hardest_by_the_authors_rule_and_not_counted_by_the_other():
    right = [[0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]]
    assert value("forgetting", right) == [4, 2, 0]
    assert value("forgetting_events", right) == [0, 2, 0]


def test_cartography_aum_el2n_by_hand():
    logits = np.array([[[0.0, math.log(3), 0.0]], [[0.0, math.log(8), 0.0]]])
    label = [1]  # p = 3/5, then 8/10
    assert value("confidence", series("probability", logits, label)) == pytest.approx([0.7])
    assert value("variability", series("probability", logits, label)) == pytest.approx([0.1])
    assert value("correctness", series("correct", logits, label)) == [1]
    expected = (math.log(3) + math.log(8)) / 2
    assert value("aum", series("margin", logits, label)) == pytest.approx([expected])
    first = math.sqrt(0.4**2 + 2 * 0.2**2)
    assert value("el2n", series("error_norm", logits, label)) == pytest.approx([first])


def test_rho_by_hand():
    loss, other = [[3.0, 1.0], [1.0, 1.0]], [[0.5, 0.5], [2.5, 2.5]]
    assert value("rho", loss, other) == [1.5, -1.5]  # learnable and not yet learnt; noise
    assert METRICS["rho"].harder == "open"


def test_vog_is_scored_within_the_class():
    deviation = np.full((6, 3), np.nan)
    deviation[:, 2] = [1, 2, 3, 10, 20, 30]
    label = [0, 0, 0, 1, 1, 1]
    z = math.sqrt(1.5)
    assert value("vog", deviation, label) == pytest.approx([-z, 0, z, -z, 0, z])
    shifted = value("vog", deviation * 7, label)
    assert shifted == pytest.approx(value("vog", deviation, label))
    assert value("vog", deviation, np.arange(6)) == [0] * 6  # a class of one has no spread


def test_grand_reads_its_one_epoch():
    one = np.full((2, 20), np.nan)
    one[:, 1] = [0.5, 4.0]
    assert value("grand", one) == [0.5, 4.0]
    assert value("grand_last_layer", one) == [0.5, 4.0]


def test_aflite_is_what_ridge_regressions_without_the_sample_say():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 3, 40)
    features = np.eye(3)[label] + rng.normal(0, 0.4, (40, 3))
    found = np.array(value("aflite_predictability", features, label, aflite_rounds=200))
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    right, seen = np.zeros(40), np.zeros(40)
    for _ in range(200):  # other subsets, so the shares agree within their noise
        taken = rng.permutation(40) < 20
        ridge = 1e-3 * 20 * unit.var()
        model = Ridge(ridge).fit(unit[taken], np.eye(3)[label[taken]])
        right[~taken] += model.predict(unit[~taken]).argmax(1) == label[~taken]
        seen[~taken] += 1
    assert np.abs(found - right / seen).max() < 0.25
    assert np.corrcoef(found, right / seen)[0, 1] > 0.97
    wrong = label.copy()
    wrong[0] = (wrong[0] + 1) % 3
    assert value("aflite_predictability", features, wrong, aflite_rounds=200)[0] < found[0] - 0.5


def test_aflite_survives_few_samples_one_class_and_equal_rows():
    assert value("aflite_predictability", np.ones((1, 2)), [0]) == [0]
    assert value("aflite_predictability", np.ones((5, 2)), [3] * 5) == [1] * 5
    two = value("aflite_predictability", np.zeros((4, 2)), [0, 1, 0, 1])
    assert np.isfinite(two).all()
