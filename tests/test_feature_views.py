"""Heads on the features of a frozen network: what they see, learn, measure and never read."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from graph import ROOT
from test_training import AUGMENTATION, CPU, SETTINGS
from trained import assert_probes_leave_no_trace, columns

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.objectives import (
    autoencoder,
    barlow_twins,
    byol,
    simclr,
    supervised,
    variational_autoencoder,
    vicreg,
)
from hardrare.params import build, load
from hardrare.training import (
    Callbacks,
    FeatureViews,
    Pixels,
    Recorder,
    frozen,
    session,
    single,
    train,
)

N, D, V = 40, 6, 3
HEAD = "feature_projector"
OPTIONS = {
    "barlow_twins": barlow_twins.Settings(HEAD, "adam", 1e-3, 0.0, 0, 0, 5e-3, "stored"),
    "vicreg": vicreg.Settings(HEAD, "adam", 1e-3, 0.0, 0, 0, 25.0, 25.0, 1.0, "stored"),
    "simclr": simclr.Settings(HEAD, "adam", 1e-3, 0.0, 0, 0, 0.5, 0.0, 0.0, "stored"),
    "byol": byol.Settings(HEAD, "adam", 1e-3, 0.0, 0, 0, 0.9, "stored"),
    "autoencoder": autoencoder.Settings(
        "feature_autoencoder", "adam", 1e-3, 0.0, 5, "l2", 0.2, None
    ),
    "variational_autoencoder": variational_autoencoder.Settings(
        "feature_autoencoder", "adam", 1e-3, 0.0, 5, 1.0, None
    ),
    "supervised": supervised.Settings("feature_classifier", "adamw", 1e-3, 0.0, None),
}
STUDY = load(ROOT / "studies/digits.yaml")["pretrain_features"]
OPTIONS |= {  # of any other objective, the default study's
    name: build(objectives.objective(name).Settings, STUDY[name], name, "digits.yaml")
    for name in objectives.label_free()
    if name not in OPTIONS
}


def features(n=N, seed=0):
    return np.random.default_rng(seed).normal(3, 2, (n, D)).astype(np.float32)


def views(n=N, count=V):
    moved = features(n)[:, None] + np.random.default_rng(1).normal(0, 0.5, (n, count, D))
    return moved.astype(np.float16)


def samples(name="barlow_twins", n=N, seen=True, **more):
    label = np.arange(n) % 3 if name == "supervised" else None
    return FeatureViews(features(n), views(n) if seen else None, label, CPU, **more)


def run(folder, name, settings=SETTINGS, given=None, options=None, record=True):
    given, path = given or samples(name), folder / f"{name}.arrow"
    arguments = objectives.objective(name), options or OPTIONS[name], settings
    if not record:
        return train(*arguments, single(len(given)), given, 0), {}
    with Recorder(path, np.arange(len(given)), features=folder / "features") as recorder:
        modules = train(*arguments, single(len(given)), given, 0, Callbacks(recorder))
    return modules, tables.read_dynamics(path)[1]


def test_a_sample_is_its_standardised_features():
    rows, given = np.array([5, 0, 39]), samples()
    expected = (features() - features().mean(0)) / features().std(0)
    batch = given.batch(rows)
    assert batch.shape == (3, D, 1, 1)
    np.testing.assert_allclose(batch[:, :, 0, 0], expected[rows], atol=1e-5)
    flat = views().astype(np.float64)
    scaled = (flat - flat.mean((0, 1))) / flat.std((0, 1))
    first, second = given.views(rows, 2, "stored", torch.Generator().manual_seed(0))
    for i, row in enumerate(rows):
        match = [
            int(np.flatnonzero(np.abs(scaled[row] - one[i, :, 0, 0].numpy()).max(1) < 1e-4)[0])
            for one in (first, second)
        ]
        assert match[0] != match[1]  # two different ones of the sample's own views
    every = list(given.repeats(rows, 20, "stored", torch.Generator()))
    np.testing.assert_allclose(torch.stack(every, 1)[..., 0, 0], scaled[rows], atol=1e-4)


def test_a_constant_feature_is_zero_and_the_data_say_so():
    rows = features()
    rows[:, 2] = 7
    given = FeatureViews(rows, None, None, CPU)
    assert given.batch(np.arange(N))[:, 2].abs().max() == 0
    assert given.data.shape == (D, 1, 1)
    assert given.data.mean == (0.0,) * D
    assert samples("supervised").data.classes == 3


def test_dropout_stands_in_for_views_that_are_not_there():
    given, rows = samples(seen=False, dropout=0.5), np.arange(N)
    one, other = given.views(rows, 2, "stored", torch.Generator().manual_seed(0))
    whole = given.batch(rows)
    for view in (one, other):
        kept = view != 0
        assert 0.3 < kept.float().mean() < 0.7
        torch.testing.assert_close(view[kept], 2 * whole[kept])
    assert not torch.equal(one, other)
    assert len(list(given.repeats(rows, 4, "stored", torch.Generator()))) == 4


def test_what_cannot_be_is_refused():
    generator, rows = torch.Generator(), np.arange(4)
    with pytest.raises(InputError, match="came without views; set feature_dropout above 0"):
        samples(seen=False).views(rows, 2, "stored", generator)
    with pytest.raises(InputError, match="feature_dropout is 1, give a share"):
        samples(dropout=1)
    with pytest.raises(InputError, match="takes augmentation: stored, or null"):
        samples().views(rows, 2, AUGMENTATION, generator)


@pytest.mark.parametrize("name", OPTIONS)
def test_probes_never_change_training(tmp_path, name):
    assert_probes_leave_no_trace(run, tmp_path, name)


@pytest.mark.parametrize("name", OPTIONS)
def test_columns_and_twice_the_same_bytes(tmp_path, name):
    _, found = run(tmp_path, name)
    first = (tmp_path / f"{name}.arrow").read_bytes()
    assert set(found) == columns(name, on_images=False)
    assert all(np.isfinite(values[:, -1]).all() for values in found.values())
    run(tmp_path, name)
    assert (tmp_path / f"{name}.arrow").read_bytes() == first


def test_features_are_the_projections_and_msd_is_theirs(tmp_path):
    run(tmp_path, "barlow_twins", replace(SETTINGS, epochs=1, schedule="constant"))
    first = tables.read_features(tmp_path / "features")[1].copy()
    modules, found = run(tmp_path, "barlow_twins", replace(SETTINGS, epochs=2, schedule="constant"))
    second = tables.read_features(tmp_path / "features")[1]
    assert second.shape == (N, 128)
    expected = np.square(second - first).mean(1)
    np.testing.assert_allclose(found["displacement"][:, 1], expected, rtol=1e-3)
    with torch.no_grad():
        whole = samples().batch(np.arange(N))
        projected = modules[0].eval().project([whole, whole])[0]
    np.testing.assert_allclose(second, projected, atol=1e-4)


def test_without_learning_nothing_moves(tmp_path):
    still = replace(OPTIONS["byol"], learning_rate=1e-30)
    same = np.repeat(features()[:, None], 2, axis=1).astype(np.float16)
    given = FeatureViews(features(), same, None, CPU)
    _, found = run(tmp_path, "byol", replace(SETTINGS, epochs=2), given, still)
    # The running statistics of batch normalisation go on; they alone move the projections.
    np.testing.assert_allclose(found["alignment"], 1, atol=1e-4)
    np.testing.assert_allclose(found["augmentation_variance"][:, -1], 0, atol=1e-10)


def test_the_gradient_is_with_respect_to_the_standardised_features(tmp_path):
    given = samples("autoencoder")
    options = replace(OPTIONS["autoencoder"], dropout=0.0)
    (module,), found = run(tmp_path, "autoencoder", given=given, options=options)
    module.eval()
    for i in (0, 7, 39):
        x = given.batch(np.array([i])).requires_grad_()
        loss = (module.network(x) - x).square().mean()
        (gradient,) = torch.autograd.grad(loss, x)
        assert found["gradient_norm"][i, -1] == pytest.approx(float(gradient.norm()), rel=1e-3)


def test_a_set_smaller_than_a_batch_trains(tmp_path):
    _, found = run(tmp_path, "barlow_twins", replace(SETTINGS, batch_size=256), samples(n=16))
    assert found["norm"].shape == (16, SETTINGS.epochs)


def test_the_tables_of_a_frozen_network_give_the_samples(tmp_path):
    ids, where = np.arange(3, 3 + N), (tmp_path / "f.arrow", tmp_path / "v.arrow")
    tables.write_features(where[0], ids, features())
    tables.write_views(where[1], ids, views())
    found, given = frozen(*where, CPU)
    assert found.tolist() == ids.tolist()
    assert given.label is None
    rows = np.arange(N)
    torch.testing.assert_close(given.batch(rows), samples().batch(rows))
    tables.write_views(where[1], ids, views(count=0))
    assert frozen(*where, CPU)[1].stored is None
    tables.write_views(where[1], ids + 1, views())
    with pytest.raises(InputError, match="views of other samples"):
        frozen(*where, CPU)
    tables.write_views(where[1], ids, views()[:, :, :4])
    assert tables.read_views(where[1], ids, 4).shape == (N, V, 4)
    with pytest.raises(InputError, match="views of another network"):
        tables.read_views(where[1], ids, 5)
    tables.write_features(where[0], ids, np.full((N, D), np.nan))
    tables.write_views(where[1], ids, views())
    with pytest.raises(InputError, match="a feature is not finite"):
        frozen(*where, CPU)


def test_training_can_begin_from_weights_that_somebody_trained(tmp_path):
    timm = pytest.importorskip("timm")
    torch.manual_seed(7)
    own = timm.create_model("test_resnet", num_classes=0)
    torch.save(own.state_dict(), tmp_path / "weights.pt")
    image = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), np.uint8)
    options = supervised.Settings(
        "test_resnet", "sgd", 1e-30, 0.0, None, weights=str(tmp_path / "weights.pt")
    )
    given = Pixels(image, np.arange(8) % 2, CPU)
    (module,) = train(supervised, options, replace(SETTINGS, epochs=1), single(8), given, 0)
    for name, weight in own.named_parameters():
        torch.testing.assert_close(module.backbone[1].state_dict()[name], weight)
    expected = own.pretrained_cfg  # the images are normalised as its own were
    shown = module.backbone[0](torch.full((1, 3, 4, 4), 0.5)).amax((2, 3))[0]
    wanted = [(0.5 - m) / s for m, s in zip(expected["mean"], expected["std"], strict=True)]
    assert shown.tolist() == pytest.approx(wanted, rel=1e-5)
    broken = replace(options, network="test_efficientnet")
    with pytest.raises(InputError, match="test_efficientnet"):
        train(supervised, broken, SETTINGS, single(8), given, 0)


@pytest.mark.parametrize("name", ["barlow_twins", "autoencoder", "supervised"])
def test_a_head_that_was_stopped_ends_with_the_bytes_of_one_that_was_not(tmp_path, name):
    settings = replace(SETTINGS, epochs=4, checkpoint_every=1)

    def go(folder, stop_after=None):
        given = samples(name)
        opened = ("head", settings, [], folder / "scratch", folder / "d", np.arange(N))
        with session(*opened, features=folder / "f") as (recorder, state):
            record, seen = recorder.record, []

            def until(part, columns, rows):
                if len(seen) == stop_after:
                    raise KeyboardInterrupt
                seen.append(part)
                record(part, columns, rows)

            recorder.record = until
            callbacks = Callbacks(recorder, checkpoints=state)
            module = objectives.objective(name)
            train(module, OPTIONS[name], settings, single(N), given, 0, callbacks)

    go(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "stopped", stop_after=2)
    go(tmp_path / "stopped")
    for one in ("d", "f"):
        assert (tmp_path / "stopped" / one).read_bytes() == (tmp_path / "whole" / one).read_bytes()


def test_components_keep_what_parts_samples_most_and_their_mean_variance_is_one():
    rng = np.random.default_rng(3)
    mixed = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 30)) + 0.01 * rng.normal(size=(300, 30))
    features = (5 + mixed).astype(np.float32)
    views = (features[:, None] + rng.normal(size=(300, 2, 30))).astype(np.float16)
    cpu = torch.device("cpu")
    whole = FeatureViews(features, views, None, cpu)
    few = FeatureViews(features, views, None, cpu, components=4)
    rows = np.arange(300)
    assert few.data.shape == (4, 1, 1)
    reduced, plain = (one.batch(rows)[:, :, 0, 0].numpy() for one in (few, whole))
    np.testing.assert_allclose(reduced.var(axis=0).mean(), 1, rtol=1e-4)
    assert (np.diff(reduced.var(axis=0)) < 0).all()  # the most telling first, not whitened
    apart = np.linalg.norm(plain[:50, None] - plain[None, :50], axis=-1)
    kept = np.linalg.norm(reduced[:50, None] - reduced[None, :50], axis=-1)
    np.testing.assert_allclose(kept, apart * np.sqrt(4 / 30), atol=0.01)  # four directions were all
    seen = next(iter(few.repeats(rows, 1, "stored", torch.Generator())))
    assert seen.shape == (300, 4, 1, 1)
    assert FeatureViews(features, views, None, cpu, components=30).data.shape == (30, 1, 1)
    with pytest.raises(InputError, match="components is -1"):
        FeatureViews(features, views, None, cpu, components=-1)
