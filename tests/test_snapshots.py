"""Features at snapshots of training: kept, read one by one, and made series for metrics."""

from dataclasses import replace

import numpy as np
import pytest
from graph import ROOT
from test_training import OPTIONS, SETTINGS, pixels_for, run

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.metrics import registry
from hardrare.params import load, read
from hardrare.scoring.snapshots import snapshot_series
from hardrare.training import Callbacks, Probing, Recorder, second_split, single, train
from stages import pretrain


def snapshots(folder, name="autoencoder", every=2, epochs=5, plan=None):
    """The snapshots of a run, and its dynamics."""
    paths, pixels = (folder / "d.arrow", folder / "f.arrow"), pixels_for(name)
    plan = plan or single(40)
    given = {"parts": plan.phases, "features": paths[1], "networks": len(plan.members)}
    with Recorder(paths[0], np.arange(40), **given) as recorder:
        callbacks = Callbacks(recorder, Probing(snapshot_every=every))
        settings = replace(SETTINGS, epochs=epochs)
        train(objectives.objective(name), OPTIONS[name], settings, plan, pixels, 0, callbacks)
    return list(tables.open_features(paths[1]).snapshots()), tables.read_dynamics(paths[0])[1]


@pytest.mark.parametrize(("every", "kept"), [(0, [4]), (1, [0, 1, 2, 3, 4]), (2, [1, 3, 4])])
def test_snapshots_are_the_features_of_their_epoch(tmp_path, every, kept):
    found, dynamics = snapshots(tmp_path, every=every)
    assert [epoch for epoch, *_ in found] == kept
    for epoch, ids, features in found:
        assert ids.tolist() == list(range(40))
        assert features.dtype == np.float32
        norm = np.square(features.astype(np.float64)).mean(axis=1)
        np.testing.assert_allclose(norm, dynamics["norm"][:, epoch], rtol=1e-5)
    last = tables.read_features(tmp_path / "f.arrow")[1]
    np.testing.assert_array_equal(last, found[-1][2])


def test_snapshots_do_not_change_training(tmp_path):
    _, with_them = snapshots(tmp_path, every=1)
    _, without = snapshots(tmp_path, every=0)
    for name, values in with_them.items():
        np.testing.assert_array_equal(values, without[name])


def test_of_several_networks_no_features_are_kept(tmp_path):
    plan = second_split(np.zeros(40, int), 0)
    found, _ = snapshots(tmp_path, every=1, epochs=2, plan=plan)
    assert found == []
    assert not tables.open_features(tmp_path / "f.arrow").of_one_network
    with pytest.raises(InputError, match="this kind of run keeps no features"):
        tables.read_features(tmp_path / "f.arrow")


@pytest.mark.parametrize(
    ("when", "measured"), [("after_epoch", [0, 1, 2, 3, 4]), ("every_2", [1, 3, 4])]
)
def test_views_and_gradients_are_measured_every_few_epochs(tmp_path, when, measured):
    pixels, path = pixels_for("barlow_twins"), tmp_path / "d.arrow"
    with Recorder(path, np.arange(40)) as recorder:
        callbacks = Callbacks(recorder, Probing(measure=when))
        settings = replace(SETTINGS, epochs=5)
        module, options = objectives.objective("barlow_twins"), OPTIONS["barlow_twins"]
        train(module, options, settings, single(40), pixels, 0, callbacks)
    dynamics = tables.read_dynamics(path)[1]
    for name in ("gradient_norm", "alignment", "cross_correlation"):
        there = np.isfinite(dynamics[name])
        assert np.flatnonzero(there.all(0)).tolist() == measured
        assert np.flatnonzero(there.any(0)).tolist() == measured
    assert np.isfinite(dynamics["norm"]).all()


@pytest.mark.parametrize("when", ["every_0", "every_k", "sometimes", ""])
def test_a_time_to_measure_that_is_none_is_refused(when):
    with pytest.raises(InputError, match=f"measure is {when}; give after_epoch, in_step, or every"):
        Probing(measure=when)


def test_a_stage_refuses_a_time_to_measure_before_it_trains():
    tree = load(ROOT / "params.yaml")
    tree["pretrain"]["measure"] = "in_steps"
    siblings = ("on_features", *objectives.names())
    with pytest.raises(InputError, match="measure is in_steps; give after_epoch"):
        read(pretrain.Params, "params", "pretrain", {}, siblings, tree)


def test_a_negative_number_of_epochs_is_refused():
    with pytest.raises(InputError, match="snapshot_every is -1"):
        Probing(snapshot_every=-1)


def test_series_are_the_metric_at_each_snapshot_and_only_what_is_read():
    rng = np.random.default_rng(0)
    taken = [rng.normal(size=(60, 4)) * scale for scale in (1, 2, 3)]
    series = snapshot_series(iter(taken))
    known = registry()
    wanted = {c for one in known.values() for c in one.columns if c.startswith("snapshot_")}
    assert set(series) == wanted == {
        "snapshot_lid_tle", "snapshot_lid_mle", "snapshot_silhouette_last",
    }  # fmt: skip
    for name, values in series.items():
        one = known[name.removeprefix("snapshot_")]
        expected = np.stack([one.function(rows) for rows in taken], axis=1)
        np.testing.assert_array_equal(values, expected)
    expected = series["snapshot_lid_mle"].mean(axis=1)
    np.testing.assert_allclose(known["lid_mle_mean"].function(series["snapshot_lid_mle"]), expected)
    assert snapshot_series([]) == {}


def test_settings_reach_the_metrics_of_snapshots():
    rows = np.random.default_rng(0).normal(size=(60, 4))
    few = snapshot_series([rows], {"tle_neighbours": 5})["snapshot_lid_tle"]
    assert not np.array_equal(few, snapshot_series([rows])["snapshot_lid_tle"])


def test_one_search_serves_every_series(monkeypatch):
    made = []
    from hardrare.numerics import neighbours

    search = neighbours._search
    monkeypatch.setattr(neighbours, "_search", lambda rows, k: made.append(k) or search(rows, k))
    neighbours._RECENT.forget()
    rng = np.random.default_rng(0)
    snapshot_series([rng.normal(size=(60, 4)) for _ in range(3)])
    assert len(made) == 3


def test_a_run_without_snapshots_is_as_before(tmp_path):
    _, features = run(tmp_path, "autoencoder")
    (only,) = tables.open_features(tmp_path / "autoencoder.features").snapshots()
    np.testing.assert_array_equal(only[2], features)
