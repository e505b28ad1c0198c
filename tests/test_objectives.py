"""Each label-free objective against a second derivation of its loss, and what is measured of it."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from graph import ROOT
from sklearn.datasets import load_digits
from test_training import AT_THE_END, CPU, OPTIONS, SETTINGS, images, pixels_for, run
from torch import distributions, nn
from trained import OWN

from hardrare import networks, objectives, probes, tables
from hardrare.errors import InputError
from hardrare.metrics import score
from hardrare.metrics._learned import first_learned, forgotten, threshold
from hardrare.objectives._heads import projection
from hardrare.objectives.barlow_twins import CrossCorrelation
from hardrare.objectives.triplet import hardest
from hardrare.params import load, read
from hardrare.runs import LabelFreeRuns
from hardrare.training import Pixels, train
from hardrare.training.measure import measure, measure_views
from hardrare.training.plan import label_free
from hardrare.training.repeats import REPEATS, measure_repeats

LABEL_FREE = objectives.label_free()
ROWS = np.arange(40)


def made(name, seed=0, **changes):
    """An untrained objective in eval mode, and 40 images."""
    options, pixels = replace(OPTIONS[name], **changes), pixels_for(name)
    torch.manual_seed(seed)
    extra = getattr(options, "network_options", {})
    network = networks.build(options.network, pixels.data.shape, **extra)
    return objectives.objective(name).build(options, network, pixels.data).eval(), pixels


def two(pixels):
    """Two different views of the same images, made by no augmentation."""
    batch = pixels.batch(ROWS)
    return [batch, (batch * 0.7 + 0.1).flip(3)]


@pytest.mark.parametrize("name", objectives.names())
def test_an_objective_says_what_it_is(name):
    words = objectives.objective(name).WORDS
    assert 10 < len(words) < 100
    assert words[0].islower()
    assert not words.endswith(".")


@pytest.mark.parametrize("name", LABEL_FREE)
def test_the_loss_falls_on_digits(name, capsys):
    scaled = load_digits().images[:256, :, :, None] * (255 / 16)
    pixels = Pixels(scaled.astype(np.uint8), None, CPU)
    options = replace(OPTIONS[name], learning_rate=3e-3)
    settings = replace(SETTINGS, epochs=6, batch_size=32)
    plan = label_free("single", len(pixels), 0)
    train(objectives.objective(name), options, settings, plan, pixels, 0)
    losses = [float(x) for x in re.findall(r"loss ([-+.\de]+)", capsys.readouterr().out)]
    assert len(losses) == 6
    assert losses[-1] < losses[0] - 0.02 * abs(losses[0])


@pytest.mark.parametrize("name", LABEL_FREE)
def test_per_sample_losses_have_the_batch_loss_as_their_mean(name):
    module, pixels = made(name)
    views = two(pixels)[: module.views]
    outputs = {name: value.detach() for name, value in module.measure_views(views).items()}
    assert torch.equal(outputs["batch_loss"], module.loss(views))
    each = outputs if module.views > 1 else module.measure(views[0], None)
    if name in OWN:
        assert ("sample_loss" in each) == ("loss" in OWN[name])
    if "sample_loss" in each:
        assert each["sample_loss"].shape == (40,)
        assert float(each["sample_loss"].detach().mean()) == pytest.approx(
            float(outputs["batch_loss"])
        )


@pytest.mark.parametrize(("beta", "tau_plus"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.1), (0.0, 0.2)])
def test_simclr_by_loops(beta, tau_plus):
    module, pixels = made("simclr", beta=beta, tau_plus=tau_plus, temperature=0.5)
    outputs = module.measure_views(two(pixels))
    z = nn.functional.normalize(outputs["projections"].flatten(0, 1).double(), dim=1)
    z = z.detach().numpy()  # view 1 of all samples, then view 2
    rows, count = np.empty(80), 78
    for i in range(80):
        partner = (i + 40) % 80
        match = np.exp(z[i] @ z[partner] / 0.5)
        others = [np.exp(z[i] @ z[j] / 0.5) for j in range(80) if j not in (i, partner)]
        weights = [value**beta for value in others]
        weighed = sum(w * v for w, v in zip(weights, others, strict=True)) / np.mean(weights)
        negatives = max((weighed - tau_plus * count * match) / (1 - tau_plus), count * np.exp(-2))
        rows[i] = -np.log(match / (match + negatives))
    found = outputs["sample_loss"].detach().numpy()
    np.testing.assert_allclose(found, (rows[:40] + rows[40:]) / 2, rtol=1e-4)
    if beta == tau_plus == 0:
        from lightly.loss.ntx_ent_loss import NTXentLoss

        plain = NTXentLoss(0.5)(*outputs["projections"]).detach()
        assert float(outputs["batch_loss"].detach()) == pytest.approx(float(plain), rel=1e-5)


@pytest.mark.parametrize(("head", "more"), [
    ("BarlowTwinsProjectionHead", {"layers": 3}), ("BYOLProjectionHead", {}),
    ("VICRegProjectionHead", {"layers": 3}), ("SimCLRProjectionHead", {"normalised": True}),
])  # fmt: skip
def test_projection_heads_are_those_of_lightly(head, more):
    from lightly.models.modules import heads

    torch.manual_seed(0)
    expected = getattr(heads, head)(6, 5, 4)
    torch.manual_seed(0)
    found, given = projection(6, 5, 4, **more), torch.randn(9, 6)
    assert torch.equal(found(given), expected(given))
    assert len(list(found.parameters())) == len(list(expected.parameters()))


def test_the_loss_of_barlow_twins_is_that_of_lightly():
    from lightly.loss.barlow_twins_loss import BarlowTwinsLoss

    torch.manual_seed(0)
    first, second = torch.randn(2, 9, 5, requires_grad=True)
    found, expected = CrossCorrelation(0.01)(first, second), BarlowTwinsLoss(0.01)(first, second)
    torch.testing.assert_close(found, expected)
    for a, b in zip(*(torch.autograd.grad(one, (first, second)) for one in (found, expected)),
                    strict=True):  # fmt: skip
        torch.testing.assert_close(a, b)


def test_false_negatives_are_never_taken_below_their_least():
    module, _ = made("simclr", tau_plus=0.9, temperature=1.0)
    logits = torch.tensor([[1.0, -1.0, -1.0]])  # 2 e^-1 - 0.9 * 2 e < 0, so G = 2 e^-1
    found = float(module.criterion.cross_entropy(logits, torch.tensor([0])))
    assert found == pytest.approx(-np.log(np.e / (np.e + 2 / np.e)))


def test_triplets_by_loops():
    module, pixels = made("triplet", margin=0.4)
    outputs = module.measure_views(two(pixels))
    z = nn.functional.normalize(module.project(two(pixels)).flatten(0, 1).double(), dim=1)
    z = z.detach().numpy()
    far = np.sqrt(np.square(z[:, None] - z).sum(axis=2))
    positive = np.array([far[i, (i + 40) % 80] for i in range(80)])
    negative = np.array([min(far[i, j] for j in range(80) if j % 40 != i % 40) for i in range(80)])
    lost = np.maximum(positive - negative + 0.4, 0)
    for name, each in (
        ("sample_loss", lost),
        ("hardest_positive_distance", positive),
        ("hardest_negative_distance", negative),
    ):
        found = outputs[name].detach().numpy()
        np.testing.assert_allclose(found, (each[:40] + each[40:]) / 2, rtol=1e-3, atol=1e-4)


def test_triplets_go_by_labels_where_there_are_some():
    # Points at 0, 30 (one class), 80 and 100 degrees (another), each twice.
    angle = torch.deg2rad(torch.tensor([0.0, 30.0, 80.0, 100.0]))
    z = torch.stack([angle.cos(), angle.sin()], dim=1).repeat(2, 1)
    positive, negative = hardest(z, torch.tensor([5, 5, 7, 7]).repeat(2))
    assert (positive % 4).tolist() == [1, 0, 3, 2] * 2
    assert (negative % 4).tolist() == [2, 2, 1, 1] * 2
    module, pixels = made("triplet")
    labels = torch.arange(40) % 4
    views = two(pixels)
    assert not torch.equal(module.loss(views, labels), module.loss(views))
    assert module.loss(views, labels * 0).item() == 0  # of one class there is no triplet


def test_masked_reconstruction_counts_what_was_hidden_alone():
    module, pixels = made("masked_autoencoder", hidden=0.5, patch=4)
    for weight in module.network.parameters():  # so that what is hidden matters
        weight.data *= 3
    batch = pixels.batch(ROWS)
    assert module.kept.shape[2:] == batch.shape[2:]
    share = module.kept.float().mean((1, 2, 3))
    torch.testing.assert_close(share, torch.full_like(share, 0.5))
    expected = np.zeros(40)
    for mask in module.kept[:, 0].numpy():
        given = batch.clone()
        given[:, :, mask] = module.mean[0, :, :, 0]
        made_of = module.network(given).detach().numpy()
        error = np.abs(made_of - batch.numpy())[:, :, mask]
        expected += error.mean(axis=(1, 2)) / len(module.kept)
    found = module.measure(batch)["sample_loss"].detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    passes = np.stack([one.detach().numpy() for one in module.reconstructions(batch)])
    found = measure_repeats(module, pixels, ROWS, None, torch.Generator(), due=True)
    uncertain = found["reconstruction_uncertainty"]
    np.testing.assert_allclose(uncertain, passes.var(axis=0).mean(axis=(1, 2, 3)), rtol=1e-3)


def test_masks_are_drawn_anew_in_training_and_hide_some_of_each():
    module, pixels = made("masked_autoencoder", hidden=0.01)
    assert (module.kept.flatten(1).sum(1) == module.patch**2).all()  # one square at least
    batch = [pixels.batch(ROWS)]
    assert torch.equal(module.loss(batch), module.loss(batch))
    module.train()
    assert not torch.equal(module.loss(batch), module.loss(batch))


def test_denoising_by_its_levels():
    module, pixels = made("denoising", levels=[0.1, 1.0])
    batch = pixels.batch(ROWS)
    outputs = module.measure(batch)
    x = module.normalise(batch)
    for at, level in enumerate((0.1, 1.0)):
        errors = []
        for noise in module.noises[2 * at : 2 * at + 2]:
            plane = torch.full_like(x[:, :1], level)
            predicted = module.network(torch.cat([x + level * noise, plane], dim=1))
            errors.append((predicted - noise).square().flatten(1).mean(1).detach())
        torch.testing.assert_close(outputs["level_errors"][:, at], sum(errors) / len(errors))
    found = probes.take(list(probes.registry().values()), outputs)
    assert torch.equal(found["weak_noise_error"], outputs["level_errors"][:, 0])
    assert torch.equal(found["strong_noise_error"], outputs["level_errors"][:, 1])


def test_a_unet_hands_every_map_across():
    network = networks.build("unet", (1, 13, 9), base=8)
    given = torch.rand(2, 2, 13, 9)
    assert network(given).shape == (2, 1, 13, 9)
    assert network.features(given).shape == (2, network.width)
    assert len(network.up) == 1
    deep = networks.build("unet", (3, 64, 64), base=8)
    assert [one[0].in_channels for one in deep.up] == [64 + 32, 32 + 16, 16 + 8]
    row = networks.build("unet", (20, 1, 1), base=8)
    assert row(torch.rand(2, 21, 1, 1)).shape == (2, 20, 1, 1)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("masked_autoencoder", {"hidden": 1.0}, "between 0 and 1"),
        ("masked_autoencoder", {"patch": 0}, "1 or more"),
        ("denoising", {"levels": [0.5, 0.1]}, "ascending"),
        ("denoising", {"base": 6}, "multiple of 4"),
        ("triplet", {"margin": 3.0}, "up to 2"),
    ],
)
def test_settings_of_the_new_objectives_that_cannot_be_are_refused(name, changes, said):
    with pytest.raises(InputError, match=f"{name}.*{said}"):
        replace(OPTIONS[name], **changes)


def test_vicreg_by_its_three_terms():
    module, pixels = made("vicreg", invariance=2.0, variance=3.0, covariance=5.0)
    outputs = module.measure_views(two(pixels))
    first, second = outputs["projections"].detach().double().numpy()
    size = first.shape[1]
    invariance = np.mean((first - second) ** 2)
    deviation, off = 0.0, 0.0
    for z in (first, second):
        covariance = np.cov(z.T)
        deviation += np.maximum(0, 1 - np.sqrt(np.diag(covariance) + 1e-4)).mean() / 2
        off += (np.square(covariance).sum() - np.square(np.diag(covariance)).sum()) / size
    expected = 2 * invariance + 3 * deviation + 5 * off
    assert float(outputs["batch_loss"].detach()) == pytest.approx(expected, rel=1e-4)


def test_byol_predicts_the_targets_projection_of_the_other_view():
    module, pixels = made("byol")
    for parameter in module.target.parameters():
        parameter.data += 0.05  # so that online and target differ
    first, second = two(pixels)
    found = module.measure_views([first, second])["sample_loss"].detach().numpy()
    expected = np.zeros(40)
    for one, other in ((first, second), (second, first)):
        p = module.predictor(module.head(module.backbone(one))).detach().numpy()
        z = module.target(other).numpy()
        cosine = (p * z).sum(1) / np.linalg.norm(p, axis=1) / np.linalg.norm(z, axis=1)
        expected += (2 - 2 * cosine) / 2
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_byols_target_lags_behind():
    module, _ = made("byol", momentum=0.9)
    online = [*module.backbone.parameters(), *module.head.parameters()]
    for parameter in online:
        parameter.data += 1.0
    module.after_step()
    for ours, theirs in zip(online, module.target.parameters(), strict=True):
        torch.testing.assert_close(theirs, ours - 0.9)  # a tenth of the way
        assert not theirs.requires_grad


def test_byols_target_follows_every_step_and_is_never_trained(tmp_path):
    def weights(momentum, epochs):
        options = replace(OPTIONS["byol"], momentum=momentum)
        plan, pixels = label_free("single", 40, 0), pixels_for("byol")
        settings = replace(SETTINGS, epochs=epochs)
        (module,) = train(objectives.objective("byol"), options, settings, plan, pixels, 0)
        online = [*module.backbone.parameters(), *module.head.parameters()]
        return [torch.cat([p.flatten() for p in w]) for w in (online, module.target.parameters())]

    torch.testing.assert_close(*weights(0.0, 2))
    assert torch.equal(weights(1.0, 1)[1], weights(1.0, 2)[1])
    online, target = weights(0.9, 2)
    assert not torch.allclose(online, target, atol=1e-3)
    assert not torch.equal(target, weights(1.0, 1)[1])


def test_byols_features_are_the_online_networks():
    module, pixels = made("byol")
    before = module.measure(pixels.batch(ROWS))["features"]
    for parameter in module.target.parameters():
        parameter.data += 1.0
    assert torch.equal(module.measure(pixels.batch(ROWS))["features"], before)


@pytest.mark.parametrize("loss", ["l1", "l2", "ssim"])
def test_the_autoencoders_losses(loss):
    module, pixels = made("autoencoder", loss=loss)
    outputs = module.measure(pixels.batch(ROWS))
    x, y = (outputs[name].detach().double() for name in ("images", "reconstruction"))
    difference = (x - y).flatten(1).numpy()
    expected = {
        "l1": np.abs(difference).mean(1),
        "l2": np.square(difference).mean(1),
        "ssim": 1 - probes.registry()["ssim"].function(x, y).numpy(),
    }
    np.testing.assert_allclose(outputs["sample_loss"].detach().numpy(), expected[loss], rtol=1e-4)


def test_elbo_and_kl_by_hand():
    module, pixels = made("variational_autoencoder", pixel_deviation=0.3)
    batch = pixels.batch(ROWS)
    terms = module.measure(batch)
    mean, log_variance = module.network.encode(batch).detach().chunk(2, dim=1)
    code = distributions.Normal(mean, (log_variance / 2).exp())
    standard = distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    kl = distributions.kl_divergence(code, standard).sum(1)
    unlikely = torch.zeros(40)
    for noise in module.noises[:, 0]:
        drawn = module.network.decode(code.mean + code.stddev * noise)
        unlikely -= distributions.Normal(drawn, 0.3).log_prob(batch).flatten(1).sum(1).detach()
    unlikely /= len(module.noises)
    torch.testing.assert_close(terms["kl"], kl, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(terms["negative_log_likelihood"], unlikely, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(terms["sample_loss"], kl + unlikely, rtol=1e-4, atol=1e-3)
    assert torch.equal(terms["features"], mean)
    alone = module.measure(batch[7:8])["sample_loss"]
    torch.testing.assert_close(alone, terms["sample_loss"][7:8], rtol=1e-4, atol=1e-3)


def test_training_draws_a_new_code_each_time_and_measuring_does_not():
    module, pixels = made("variational_autoencoder")
    batch = [pixels.batch(ROWS)]
    assert torch.equal(module.loss(batch), module.loss(batch))
    module.train()
    assert not torch.equal(module.loss(batch), module.loss(batch))


def test_vae_scores_are_the_loss_and_the_kl_of_the_last_epoch(tmp_path):
    run(tmp_path, "variational_autoencoder")
    dynamics = tables.read_dynamics(tmp_path / "variational_autoencoder.arrow")[1]
    scores = score(dynamics)
    np.testing.assert_allclose(scores["vae_elbo"], dynamics["loss"][:, -1], rtol=1e-5)
    np.testing.assert_array_equal(scores["vae_kl"], dynamics["kl"][:, -1])


def test_the_loss_of_two_views_is_measured_in_batches_of_views():
    module, pixels = made("simclr")
    found = measure_views(module, pixels, ROWS, 40, None, torch.Generator().manual_seed(0))
    module.eval()
    batch = pixels.batch(ROWS)
    expected = module.measure_views([batch, batch])["sample_loss"].detach().numpy()
    np.testing.assert_allclose(found["loss"], expected, rtol=1e-4)
    assert "loss" not in measure(module, pixels, ROWS, None)[0]


def test_augmentation_variance_by_a_plain_loop():
    module, pixels = made("barlow_twins")
    how = OPTIONS["barlow_twins"].augmentation
    generator = torch.Generator().manual_seed(3)
    found = measure_repeats(module, pixels, ROWS, how, generator, due=True)
    assert set(found) == {"augmentation_variance"}
    from hardrare.augmentation import augment

    module.eval()
    generator = torch.Generator().manual_seed(3)
    features = [
        module.measure(augment(pixels.batch(ROWS), how, generator))["features"].detach().numpy()
        for _ in range(REPEATS)
    ]
    centre = sum(features) / REPEATS
    distance = sum(np.square(f - centre).mean(1) for f in features) / REPEATS
    np.testing.assert_allclose(found["augmentation_variance"], distance, rtol=1e-3)


def test_views_that_are_all_alike_have_no_variance():
    module, pixels = made("barlow_twins")
    nothing = replace(
        OPTIONS["barlow_twins"].augmentation, min_scale=1.0, flip=0.0, degrees=0.0,
        brightness=0.0, contrast=0.0, saturation=0.0, hue=0.0, grayscale=0.0, solarise=0.0,
    )  # fmt: skip
    found = measure_repeats(module, pixels, ROWS, nothing, torch.Generator(), due=True)
    np.testing.assert_allclose(found["augmentation_variance"], 0, atol=1e-12)


def test_reconstruction_uncertainty_over_masks():
    module, pixels = made("autoencoder", dropout=0.5)
    module.train()
    before = torch.get_rng_state()
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 1, 2)]
    found = [
        measure_repeats(module, pixels, ROWS, None, g, due=True)["reconstruction_uncertainty"]
        for g in generators
    ]
    assert torch.equal(before, torch.get_rng_state())
    assert all(m.training for m in module.modules())
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    for m in module.modules():  # only dropout is in train mode while measuring
        m.training = isinstance(m, nn.Dropout)
    with torch.no_grad():
        passes = [module.reconstruct(pixels.batch(ROWS)).numpy() for _ in range(300)]
    expected = np.var(passes, axis=0).mean((1, 2, 3))
    assert found[0].mean() == pytest.approx(expected.mean() * (1 - 1 / REPEATS), rel=0.15)


def test_without_dropout_there_is_no_uncertainty():
    module, pixels = made("autoencoder", dropout=0.0)
    assert not [m for m in module.modules() if isinstance(m, nn.Dropout)]
    assert measure_repeats(module, pixels, ROWS, None, torch.Generator(), due=True) == {}


def test_what_takes_many_passes_is_measured_once():
    module, pixels = made("autoencoder")
    found = measure_repeats(module, pixels, ROWS, None, torch.Generator(), due=False)
    assert np.isnan(found["reconstruction_uncertainty"]).all()


def test_the_halves_without_labels_are_random_and_go_both_ways():
    first, second = label_free("second_split", 21, 0).members
    halves = first.trained_on
    assert sorted(map(len, halves)) == [10, 11]
    assert np.array_equal(np.sort(np.concatenate(halves)), np.arange(21))
    assert np.array_equal(second.trained_on[0], halves[1])
    assert np.array_equal(second.trained_on[1], halves[0])
    assert np.array_equal(first.measures, halves[0])
    assert np.array_equal(second.measures, halves[1])
    assert not np.array_equal(halves[0], label_free("second_split", 21, 1).members[0].measures)


@pytest.mark.parametrize("name", ["autoencoder", "barlow_twins"])
def test_a_second_split_without_labels_feeds_its_metrics(tmp_path, name):
    run(tmp_path, name, plan=label_free("second_split", 40, 0))
    dynamics = tables.read_dynamics(tmp_path / f"{name}.arrow")[1]
    assert all(values.shape == (40, 3) for values in dynamics.values())
    scores = score(dynamics)
    kinds = {"autoencoder": ["", "ssim_"], "barlow_twins": ["alignment_", "cross_correlation_"]}
    for kind in kinds[name]:
        learned = scores[f"{kind}first_learned_epoch"]
        assert (learned == 4).sum() == 4  # the tenth above the threshold in the end
        assert set(scores[f"{kind}forgotten_epoch"]) <= {1, 2, 3, 4}
    for column in AT_THE_END & {c.removeprefix("first_split_") for c in dynamics}:
        for phase in ("first", "second"):
            values = dynamics[f"{phase}_split_{column}"]
            assert np.isnan(values[:, :-1]).all()
            assert np.isfinite(values[:, -1]).all()


def test_learned_and_forgotten_by_hand():
    first = np.array([[3.0, 1.0], [1.0, 2.0], [3.0, 3.0], [1.0, 1.0]])
    assert threshold(first, 0.5) == 1.5
    assert first_learned(first, 0.5).tolist() == [2, 3, 3, 1]
    second = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 1.0], [np.nan, 2.0]])
    assert forgotten(first, second, 0.5).tolist() == [2, 1, 3, 2]


def test_second_split_runs_are_named_after_their_objective():
    named = {"second_split": ["autoencoder"], "on_features": [], "networks": []}
    named |= {"clustered": ["simclr"], "clustered_networks": []}
    runs = LabelFreeRuns(objectives=["simclr", "autoencoder"], seeds=[0, 3], **named)
    assert runs.label_free == {
        "simclr": [0, 3], "autoencoder": [0, 3], "autoencoder_second_split": [0, 3],
        "pseudo_simclr": [0, 3],
    }  # fmt: skip


def test_a_variational_encoder_gives_mean_and_log_variance():
    shape = (1, 8, 8)
    network = networks.build("conv_autoencoder", shape, code_size=5, variational=True)
    assert network.encode(torch.rand(2, *shape)).shape == (2, 10)
    assert network.decode(torch.rand(2, 5)).shape == (2, *shape)


def test_colour_images_of_odd_sizes_train_too():
    pixels = Pixels(images(20, side=13, channels=3), None, CPU)
    for name in LABEL_FREE:
        plan = label_free("single", len(pixels), 0)
        settings = replace(SETTINGS, epochs=1)
        (module,) = train(objectives.objective(name), OPTIONS[name], settings, plan, pixels, 0)
        assert torch.isfinite(module.measure(pixels.batch(np.arange(20)))["features"]).all()


@pytest.mark.parametrize("name", ["supervised", "mc_dropout", "mimo"])
def test_pretraining_refuses_objectives_that_read_labels(name, tmp_path):
    from stages import pretrain

    tree = load(ROOT / "params.yaml")
    tree["pretrain"] |= {"objectives": [name], "second_split": [], "measure": "after_epoch"}
    tree["pretrain"][name] = {}
    siblings = ("on_features", name, *objectives.names())
    params = read(pretrain.Params, "params", "pretrain", {}, siblings, tree)
    paths = dict.fromkeys(("images", "dynamics", "features", "scratch"), tmp_path / "x")
    with pytest.raises(InputError, match=f"pretrain.objectives: {name} reads labels"):
        pretrain.main(params, **paths)
