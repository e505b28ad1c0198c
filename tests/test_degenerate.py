"""Every metric of the registry on data that no study should have."""

import warnings

import numpy as np
import pytest
from synthetic import N, synthetic

from hardrare.metrics import registry

COLUMNS, _ = synthetic(3)
METRICS = registry()
# Of equal samples one is drawn, or kept, before others.
PLACE = {"random", "duplicate_similarity", "earlier_similarity"}
# Columns that are no series over epochs.
STILL = {"features", "plain_features", "statistics", "patch_distance"}
DRAWN = {"aflite_predictability"}  # copies are left out in different random rounds
SETTINGS = {"neighbours": 500, "tle_neighbours": 500, "lid_to": 500, "clusters": 500}


def series(change):
    """All columns, those over epochs changed."""
    return {c: change(v) if v.ndim == 2 and c not in STILL else v for c, v in COLUMNS.items()}


def undefined(where):
    """A change that makes epochs of a series of numbers NaN; flags know no NaN."""
    return lambda v: v if v.dtype == bool else np.where(where(v.shape), np.nan, v)


def some_epochs(shape):
    return np.random.default_rng(0).random(shape) < 0.4


def features(change):
    return {**COLUMNS, "features": change(COLUMNS["features"])}


def equal(columns):
    """The first sample, N times."""
    return {c: v if c == "sample_id" else np.repeat(v[:1], N, axis=0) for c, v in columns.items()}


def twice(columns):
    half = {c: np.concatenate([v[: N // 2]] * 2) for c, v in columns.items()}
    return {**half, "sample_id": columns["sample_id"]}


CASES = {
    "constant features": features(np.ones_like),
    "features of zeros": features(np.zeros_like),
    "one cluster": features(lambda v: 1 + 1e-3 * np.random.default_rng(1).random(v.shape)),
    "every sample twice": twice(COLUMNS),
    "all samples alike": equal(COLUMNS),
    "k larger than N": {c: v[:7] for c, v in COLUMNS.items()},
    "one sample": {c: v[:1] for c, v in COLUMNS.items()},
    "no epoch defined": series(undefined(lambda shape: np.ones(shape, bool))),
    "some epochs undefined": series(undefined(some_epochs)),
    "a single epoch": series(lambda v: v[:, -1:]),
    "two epochs": series(lambda v: v[:, -2:]),
    "constant over epochs": series(lambda v: np.repeat(v[:, -1:], v.shape[1], axis=1)),
}


def scored(name, columns):
    one = METRICS[name]
    given = {s: SETTINGS[s] for s in one.settings if s in SETTINGS}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return one.function(*(columns[c] for c in one.columns), **given)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", METRICS)
def test_every_metric_survives(name, case):
    columns = CASES[case]
    values = scored(name, columns)
    assert values.shape == (len(columns["sample_id"]),)
    assert values.dtype == np.float64
    assert np.isfinite(values).all()
    if name not in PLACE and case == "all samples alike":
        np.testing.assert_array_equal(values, values[0])
    if name in DRAWN and case == "every sample twice":
        assert np.abs(values[: N // 2] - values[N // 2 :]).mean() < 0.1
    elif name not in PLACE and case == "every sample twice":
        np.testing.assert_allclose(values[: N // 2], values[N // 2 :], rtol=1e-9, atol=1e-12)


def test_k_larger_than_n_is_all_the_others():
    few = {c: v[:7] for c, v in COLUMNS.items()}
    for name in ("knn_distance", "density"):
        expected = METRICS[name].function(few["features"], neighbours=6)
        np.testing.assert_array_equal(scored(name, few), expected)
