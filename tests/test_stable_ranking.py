"""Early end by a stable ranking: the rule, its replay, and runs that it ends."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from test_training import OPTIONS, SETTINGS, pixels_for

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.numerics.stable_ranking import (
    Settings,
    StableRanking,
    correlation,
    replay,
    rule,
    running,
)
from hardrare.training import Callbacks, Probing, Recorder, single, train

RULE = Settings(["loss", "alignment"], gap=2, threshold=0.9, patience=2, reference_seeds=[7])


def naive(series, settings):
    """The rule as its definition reads, epoch by epoch."""
    epochs, stayed = series.shape[1], 0
    means = {}
    defined = 0
    for t in range(epochs):
        if not np.isfinite(series[:, t]).any():
            continue
        means[defined] = np.nanmean(series[:, : t + 1], axis=1)
        if defined >= settings.gap:
            found = spearmanr(means[defined], means[defined - settings.gap]).statistic
            stayed = stayed + 1 if found >= settings.threshold else 0
        if stayed >= settings.patience:
            return t + 1
        defined += 1
    return epochs


@pytest.mark.parametrize("seed", range(6))
def test_the_replay_ends_where_the_definition_says(seed):
    rng = np.random.default_rng(seed)
    noise = np.exp(-np.arange(20) / rng.uniform(1, 6))
    series = rng.random((50, 1)) + rng.normal(0, 1, (50, 20)) * noise
    series[:, : seed % 3] = np.nan
    for threshold in (0.5, 0.9, 0.97, 1.0):
        settings = replace(RULE, threshold=threshold)
        found = replay({"loss": series}, settings)
        assert found.ended == naive(series, settings)
        then = np.nanmean(series[:, : found.ended], axis=1)
        expected = spearmanr(then, np.nanmean(series, axis=1)).statistic
        assert found.agreement == pytest.approx(expected)
        assert (found.column, found.epochs) == ("loss", 20)


def test_a_constant_or_shuffled_ranking_is_never_stable():
    assert correlation(np.ones(5), np.arange(5)) == 0
    constant = replay({"loss": np.ones((10, 12))}, RULE)
    assert constant.ended == 12
    shuffled = np.random.default_rng(0).normal(size=(200, 12))
    assert replay({"loss": shuffled}, replace(RULE, threshold=0.999)).ended == 12
    same = replay({"loss": np.tile(np.arange(10.0)[:, None], 12)}, RULE)
    assert same.ended == RULE.gap + RULE.patience
    assert same.agreement == pytest.approx(1)


def test_the_first_column_that_a_run_records_is_taken():
    assert RULE.column(["alignment", "norm"]) == "alignment"
    assert RULE.column(["alignment", "loss"]) == "loss"
    with pytest.raises(InputError, match="the run records none of loss, alignment; it has norm"):
        StableRanking(RULE)({"norm": np.ones(3)})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"gap": 0}, "stable_ranking.gap is 0"),
        ({"patience": 0}, "stable_ranking.patience is 0"),
        ({"threshold": 1.5}, "stable_ranking.threshold is 1.5"),
    ],
)
def test_numbers_that_cannot_end_anything_are_refused(change, sentence):
    with pytest.raises(InputError, match=sentence):
        replace(RULE, **change)


def test_reference_seeds_and_never_have_no_rule():
    assert rule("never", RULE, 0) is None
    assert rule("stable_ranking", RULE, 7) is None
    assert isinstance(rule("stable_ranking", RULE, 0), StableRanking)


@pytest.mark.parametrize("name", ["autoencoder", "barlow_twins"])
def test_an_ended_run_is_the_beginning_of_the_full_one(tmp_path, name):
    settings, found = replace(SETTINGS, epochs=6, schedule="constant"), {}
    easy = replace(RULE, gap=1, threshold=-1.0, patience=2)
    for kind, stop in (("full", None), ("ended", StableRanking(easy))):
        paths = tmp_path / f"{kind}.arrow", tmp_path / f"{kind}.features"
        pixels = pixels_for(name)
        with Recorder(paths[0], np.arange(40), features=paths[1]) as recorder:
            callbacks = Callbacks(recorder, Probing(snapshot_every=2), stop)
            module = objectives.objective(name)
            train(module, OPTIONS[name], settings, single(40), pixels, 0, callbacks)
        found[kind] = (
            tables.read_dynamics(paths[0])[1],
            list(tables.open_features(paths[1]).snapshots()),
        )
    (full, snapshots), (ended, kept) = found["full"], found["ended"]
    assert ended["norm"].shape == (40, 3)  # gap 1 and patience 2
    assert [epoch for epoch, *_ in snapshots] == [1, 3, 5]
    assert [epoch for epoch, *_ in kept] == [1, 2]  # the last epoch is kept whenever it comes
    at_the_end = {"augmentation_variance", "reconstruction_uncertainty"}
    for column, values in ended.items():
        if column not in at_the_end:
            np.testing.assert_array_equal(values, full[column][:, :3])
        else:  # what belongs to the last epoch is measured in the epoch that ended the run
            assert np.isfinite(values[:, 2]).all()
            assert np.isnan(values[:, :2]).all()
    np.testing.assert_array_equal(kept[0][2], snapshots[0][2])


def test_the_running_score_is_the_mean_of_what_is_defined():
    series = np.array([[np.nan, 1.0, 3.0], [np.nan, np.nan, np.nan], [2.0, 2.0, 5.0]])
    assert running(series).tolist() == [2.0, 0.0, 3.0]
    assert torch.tensor(running(series)).dtype == torch.float64
