"""The loop, its probes and its plans, on cases small enough to check by hand."""

import hashlib
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from trained import OWN, assert_probes_leave_no_trace, columns

from hardrare import networks, objectives, probes, tables
from hardrare.augmentation import Augmentation
from hardrare.errors import InputError
from hardrare.metrics.fslt import fslt
from hardrare.metrics.ssft import ssft
from hardrare.objectives import (
    Objective,
    autoencoder,
    barlow_twins,
    byol,
    simclr,
    supervised,
    variational_autoencoder,
    vicreg,
)
from hardrare.params import build, load
from hardrare.protocols.retraining import Subset, retrain, subset_rows
from hardrare.training import Callbacks, Pixels, Recorder, Settings, second_split, single, train
from hardrare.training.measure import measure, measure_views
from hardrare.training.optimizers import build_optimizer, build_scheduler
from hardrare.training.plan import label_free
from hardrare.training.settings import resolve_device

CPU = torch.device("cpu")
AUGMENTATION = Augmentation(0.6, 0.5, 10.0, 0.3, 0.3, 0.2, 0.1, 0.2, 0.2)
SETTINGS = Settings(3, 16, "cosine", "float32", "cpu", 0)
OPTIONS = {
    "barlow_twins": barlow_twins.Settings(
        "small_cnn", "adam", 1e-3, 0.0, 32, 32, 5e-3, AUGMENTATION
    ),
    "autoencoder": autoencoder.Settings("conv_autoencoder", "adam", 1e-3, 0.0, 5, "l1", 0.2, None),
    "byol": byol.Settings("small_cnn", "adam", 1e-3, 0.0, 32, 16, 0.9, AUGMENTATION),
    "simclr": simclr.Settings("small_cnn", "adam", 1e-3, 0.0, 32, 16, 0.5, 0.0, 0.0, AUGMENTATION),
    "variational_autoencoder": variational_autoencoder.Settings(
        "conv_autoencoder", "adam", 1e-3, 0.0, 5, 0.2, None
    ),
    "vicreg": vicreg.Settings(
        "small_cnn", "adam", 1e-3, 0.0, 32, 32, 25.0, 25.0, 1.0, AUGMENTATION
    ),
    "supervised": supervised.Settings("small_cnn", "adamw", 3e-3, 0.0, None),
}
STUDY = load(Path(__file__).parents[1] / "studies/digits.yaml")["pretrain"]
OPTIONS |= {  # of any other objective, the default study's
    name: build(objectives.objective(name).Settings, STUDY[name], name, "digits.yaml")
    for name in objectives.label_free()
    if name not in OPTIONS
}
AT_THE_END = {"augmentation_variance", "reconstruction_uncertainty"}


def images(n=40, side=8, channels=1, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, side, side, channels), np.uint8)


def labels(n=40):
    return np.arange(n) % 3


def pixels_for(name, n=40):
    return Pixels(images(n), labels(n) if name == "supervised" else None, CPU)


def run(tmp_path, name, settings=SETTINGS, seed=0, record=True, n=40, plan=None, pixels=None):
    pixels = pixels or pixels_for(name, n)
    module, options = objectives.objective(name), OPTIONS[name]
    plan = plan or single(len(pixels))
    if not record:
        return train(module, options, settings, plan, pixels, seed), None
    path, features = tmp_path / f"{name}.arrow", tmp_path / f"{name}.features"
    with Recorder(path, np.arange(len(pixels)), plan.phases, features=features) as recorder:
        modules = train(module, options, settings, plan, pixels, seed, Callbacks(recorder))
    return modules, tables.read_features(features)[1]


@pytest.mark.parametrize("name", OPTIONS)
def test_probes_never_change_training(tmp_path, name):
    assert_probes_leave_no_trace(run, tmp_path, name)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(tmp_path, name):
    sums = []
    for seed in (0, 0, 1):
        run(tmp_path, name, seed=seed)
        sums.append(hashlib.md5((tmp_path / f"{name}.arrow").read_bytes()).hexdigest())
    assert sums[0] == sums[1] != sums[2]


@pytest.mark.parametrize("name", OPTIONS)
def test_every_epoch_has_every_sample_and_displacement_begins_undefined(tmp_path, name):
    _, features = run(tmp_path, name)
    ids, dynamics = tables.read_dynamics(tmp_path / f"{name}.arrow")
    assert np.array_equal(ids, np.arange(40))
    assert all(values.shape == (40, 3) for values in dynamics.values())
    for column, values in dynamics.items():
        first = 1 if "displacement" in column else 2 if column in AT_THE_END else 0
        assert np.isnan(values[:, :first]).all(), column
        assert np.isfinite(values[:, first:]).all(), column
    np.testing.assert_allclose(dynamics["norm"][:, -1], np.square(features).mean(1), rtol=1e-5)


def test_columns_of_each_objective(tmp_path):
    for name in OWN:
        run(tmp_path, name)
        recorded = set(tables.read_dynamics(tmp_path / f"{name}.arrow")[1])
        assert recorded == columns(name, on_images=True)
    taken = set().union(*(columns(name, on_images=True) for name in OWN))
    assert taken == set(probes.registry()), "a probe that no objective feeds"


def test_displacement_is_the_mean_square_between_two_epochs(tmp_path):
    _, first = run(tmp_path, "supervised", replace(SETTINGS, epochs=1, schedule="constant"))
    _, second = run(tmp_path, "supervised", replace(SETTINGS, epochs=2, schedule="constant"))
    dynamics = tables.read_dynamics(tmp_path / "supervised.arrow")[1]
    expected = np.square(second - first).mean(1)
    assert expected.min() > 0
    np.testing.assert_allclose(dynamics["displacement"][:, 1], expected, rtol=1e-4)


def test_gradient_norm_of_an_autoencoder_is_each_samples_own():
    data = pixels_for("autoencoder").data
    network = networks.build("conv_autoencoder", data.shape, code_size=5)
    module = autoencoder.build(OPTIONS["autoencoder"], network, data)
    pixels, rows = pixels_for("autoencoder"), np.arange(40)
    generator = torch.Generator().manual_seed(0)
    found = measure_views(module, pixels, rows, 16, None, generator)["gradient_norm"]
    module.eval()
    for i in (0, 7, 39):
        x = pixels.batch(rows[i : i + 1]).requires_grad_()
        loss = (network(x) - x).abs().mean()
        (gradient,) = torch.autograd.grad(loss, x)
        assert found[i] == pytest.approx(float(gradient.norm()), rel=1e-4)


def test_gradient_norm_and_alignment_of_barlow_twins_by_hand():
    pixels, rows = pixels_for("barlow_twins", 8), np.arange(8)
    module = barlow_twins.build(
        OPTIONS["barlow_twins"], networks.build("small_cnn", pixels.data.shape), pixels.data
    )
    same = measure_views(module, pixels, rows, 8, None, torch.Generator().manual_seed(0))
    np.testing.assert_allclose(same["alignment"], 1, atol=1e-5)  # two equal views
    module.eval()
    views = [pixels.batch(rows).requires_grad_() for _ in range(2)]
    z = [module.head(module.backbone(v)) for v in views]
    gradients = torch.autograd.grad(module.criterion(*z), views)
    expected = 8 * torch.cat([g.flatten(1) for g in gradients], dim=1).norm(dim=1)
    np.testing.assert_allclose(same["gradient_norm"], expected.numpy(), rtol=1e-3)
    scaled = nn.functional.normalize((z[0] - z[0].mean(0)) / z[0].std(0, correction=0), dim=1)
    cosines = (scaled @ scaled.T).detach().numpy()
    off = (np.square(cosines).sum(1) - np.diag(cosines) ** 2) / 7
    np.testing.assert_allclose(same["cross_correlation"], off, rtol=1e-3)


def test_every_sample_has_a_value_when_the_last_batch_is_short():
    pixels, rows = pixels_for("autoencoder"), np.arange(40)
    network = networks.build("conv_autoencoder", pixels.data.shape, code_size=5)
    module = autoencoder.build(OPTIONS["autoencoder"], network, pixels.data)
    every = [
        measure_views(module, pixels, rows, size, None, torch.Generator().manual_seed(1))
        for size in (1, 16, 39, 40, 512)
    ]
    for other in every[1:]:
        np.testing.assert_allclose(other["gradient_norm"], every[0]["gradient_norm"], rtol=1e-3)


def test_probes_by_hand():
    logits = torch.tensor([[0.0, np.log(3.0)], [2.0, -1.0]])
    label, take = torch.tensor([1, 1]), probes.registry()
    assert take["correct"].function(logits, label).tolist() == [True, False]
    assert take["probability"].function(logits, label)[0].item() == pytest.approx(0.75)
    assert take["margin"].function(logits, label).tolist() == pytest.approx([np.log(3), -3])
    assert take["error_norm"].function(logits, label)[0].item() == pytest.approx(0.25 * 2**0.5)
    code = torch.tensor([[0.5, 0.5], [0.0, 0.7], [0.0, 0.0]])
    entropy = take["code_entropy"].function(code).tolist()
    assert entropy == pytest.approx([np.log(2), 0, 0])
    features = torch.tensor([[3.0, 4.0]])
    assert take["norm"].function(features).item() == pytest.approx(12.5)
    assert take["displacement"].function(features, features + 2).item() == pytest.approx(4)
    assert take["cosine_displacement"].function(features, -features).item() == pytest.approx(2)


def test_ssim_of_equal_images_is_one_and_matches_a_plain_loop():
    rng = np.random.default_rng(0)
    x, y = rng.random((2, 1, 9, 9)), rng.random((2, 1, 9, 9))
    function = probes.registry()["ssim"].function
    given = function(torch.tensor(x), torch.tensor(y)).numpy()
    assert function(torch.tensor(x), torch.tensor(x)).numpy() == pytest.approx(1)
    for i in range(2):
        values = []
        for r in range(3):
            for c in range(3):
                a, b = x[i, 0, r : r + 7, c : c + 7].ravel(), y[i, 0, r : r + 7, c : c + 7].ravel()
                cov = np.cov(a, b)
                top = (2 * a.mean() * b.mean() + 1e-4) * (2 * cov[0, 1] + 9e-4)
                low = (a.mean() ** 2 + b.mean() ** 2 + 1e-4) * (cov[0, 0] + cov[1, 1] + 9e-4)
                values.append(top / low)
        assert given[i] == pytest.approx(np.mean(values))


class Memory(Objective):
    """Learns sample i after `need[i]` exposures, forgets it `patience[i]` steps after the last."""

    need: dict[int, int]
    patience: dict[int, int]

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.step, self.seen, self.last = 0, {}, {}

    def loss(self, views, label):  # noqa: ARG002
        self.step += 1
        for i in ids_of(views[0]):
            self.seen[i] = self.seen.get(i, 0) + 1
            self.last[i] = self.step
        return self.weight * 0

    def measure(self, batch, label):
        known = [
            self.seen.get(i, 0) >= self.need[i] and self.step - self.last[i] <= self.patience[i]
            for i in ids_of(batch)
        ]
        truth = nn.functional.one_hot(label, 3).float()
        logits = torch.where(torch.tensor(known)[:, None], truth, 1 - truth)
        return {"features": logits, "logits": logits, "label": label}


def ids_of(batch):
    return (batch[:, 0, 0, 0] * 255).round().int().tolist()


def test_second_split_forgetting_traced_by_hand(tmp_path):
    n, epochs = 8, 4
    image = np.repeat(np.arange(n, dtype=np.uint8), 4).reshape(n, 2, 2, 1)
    label = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    Memory.need = dict(enumerate([1, 2, 3, 4, 5, 1, 1, 1]))
    Memory.patience = dict(enumerate([0, 1, 2, 3, 9, 0, 9, 2]))
    fake = types.SimpleNamespace(build=lambda *_: Memory())
    plan = second_split(label, 0)
    settings = Settings(epochs, 4, "constant", "float32", "cpu", 0)
    path = tmp_path / "d.arrow"
    with Recorder(path, np.arange(n), plan.phases) as recorder:
        pixels = Pixels(image, label, CPU)
        train(fake, OPTIONS["supervised"], settings, plan, pixels, 0, Callbacks(recorder))
    _, dynamics = tables.read_dynamics(path)
    # Learnt in epoch `need` (never = epochs + 1); forgotten `patience + 1` epochs into the
    # second split (never = epochs + 1); what was never learnt is wrong from its first epoch.
    assert fslt(dynamics["first_split_correct"]).tolist() == [1, 2, 3, 4, 5, 1, 1, 1]
    assert ssft(dynamics["second_split_correct"]).tolist() == [1, 2, 3, 4, 1, 1, 5, 3]


def test_the_second_split_halves_every_class_and_goes_both_ways():
    label = np.repeat([0, 1, 2], [6, 10, 4])
    first, second = second_split(label, 3).members
    halves = first.trained_on
    assert not np.intersect1d(*halves).size
    assert np.array_equal(np.sort(np.concatenate(halves)), np.arange(20))
    assert [np.bincount(label[h]).tolist() for h in halves] == [[3, 5, 2], [3, 5, 2]]
    assert np.array_equal(second.trained_on[0], halves[1])
    assert np.array_equal(second.trained_on[1], halves[0])
    assert np.array_equal(first.measures, halves[0])
    assert np.array_equal(second.measures, halves[1])
    assert not np.array_equal(second_split(label, 4).members[0].measures, halves[0])


def test_images_and_labels_are_sliced_together(tmp_path):
    pixels = pixels_for("supervised")
    _, features = run(tmp_path, "supervised", pixels=pixels)
    permuted = Pixels(images(), np.roll(labels(), 1), CPU)
    _, other = run(tmp_path, "supervised", pixels=permuted)
    assert not np.allclose(features, other)
    rows = np.array([5, 1, 30])
    assert np.array_equal(pixels.labels(rows).numpy(), labels()[rows])
    expected = images()[rows].transpose(0, 3, 1, 2) / np.float32(255)
    np.testing.assert_array_equal(pixels.batch(rows).numpy(), expected)


def test_normalisation_uses_the_images_own_statistics():
    data = Pixels(images(50, channels=3), None, CPU).data
    scaled = images(50, channels=3) / 255
    np.testing.assert_allclose(data.mean, scaled.mean((0, 1, 2)))
    np.testing.assert_allclose(data.std, scaled.std((0, 1, 2)))
    assert data.shape == (3, 8, 8)


def test_a_batch_larger_than_the_data_is_all_of_it(tmp_path):
    run(tmp_path, "barlow_twins", replace(SETTINGS, batch_size=512))
    assert tables.read_dynamics(tmp_path / "barlow_twins.arrow")[1]["norm"].shape == (40, 3)


@pytest.mark.parametrize("name", ["cosine", "one_cycle", "triangular", "constant"])
def test_schedules(name):
    weight = nn.Parameter(torch.zeros(1))
    rule = build_optimizer("sgd", [weight], 0.5, 0.0)
    plan, rates = build_scheduler(name, rule, 100), []
    for _ in range(100):
        rates.append(rule.param_groups[0]["lr"])
        rule.step()
        plan.step()
    assert max(rates) == pytest.approx(0.5, rel=0.06)
    peaks = {"cosine": 0, "one_cycle": 30, "triangular": 10, "constant": 0}
    assert int(np.argmax(rates)) == peaks[name]
    assert rates[-1] == 0.5 if name == "constant" else rates[-1] < 0.02


def test_a_loss_that_is_not_a_number_names_run_and_epoch(tmp_path):
    class Broken(Memory):
        def loss(self, views, label):
            return super().loss(views, label) + (np.nan if self.step == 3 else 0)

    fake = types.SimpleNamespace(build=lambda *_: Broken())
    Memory.need, Memory.patience = dict.fromkeys(range(8), 1), dict.fromkeys(range(8), 9)
    image = np.repeat(np.arange(8, dtype=np.uint8), 4).reshape(8, 2, 2, 1)
    path = tmp_path / "d.arrow"
    settings = Settings(4, 8, "constant", "float32", "cpu", 0)
    pixels, plan = Pixels(image, np.zeros(8, int), CPU), single(8)

    def diverge():
        with Recorder(path, np.arange(8)) as recorder:
            train(fake, OPTIONS["supervised"], settings, plan, pixels, 0, Callbacks(recorder))

    with pytest.raises(InputError, match="the loss became nan in epoch 2; lower its learning_rate"):
        diverge()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (lambda: networks.build("vgg", (1, 8, 8)), "unknown network 'vgg'"),
        (lambda: objectives.objective("moco"), "unknown objective 'moco'"),
        (lambda: resolve_device("warp"), "device 'warp' is not there"),
        (lambda: build_optimizer("lion", [], 1.0, 0.0), "unknown optimizer 'lion'"),
        (lambda: build_optimizer("adam", [], -1.0, 0.0), "must be positive"),
        (lambda: build_scheduler("step", None, 1), "unknown schedule 'step'"),
        (lambda: Settings(0, 8, "cosine", "auto", "cpu", 0), "epochs is 0"),
        (lambda: label_free("halves", 8, 0), "unknown protocol 'halves'"),
        (lambda: replace(OPTIONS["autoencoder"], dropout=1.0), "autoencoder.dropout is 1.0"),
        (lambda: replace(OPTIONS["byol"], momentum=1.5), "byol.momentum is 1.5"),
        (lambda: replace(OPTIONS["simclr"], temperature=0.0), "simclr.temperature is 0.0"),
        (lambda: replace(OPTIONS["simclr"], beta=-1.0), "simclr.beta is -1.0"),
        (lambda: replace(OPTIONS["simclr"], tau_plus=1.0), "simclr.tau_plus is 1.0"),
        (
            lambda: replace(OPTIONS["variational_autoencoder"], pixel_deviation=0.0),
            "pixel_deviation is 0.0",
        ),
        (lambda: second_split(np.zeros(3), 0), "at least 4 samples"),
    ],
)
def test_what_is_refused(what, sentence):
    with pytest.raises(InputError, match=sentence):
        what()


@pytest.mark.parametrize(
    ("name", "shape"),
    [("small_cnn", (1, 8, 8)), ("small_cnn", (3, 33, 47)), ("speed_cnn", (3, 32, 32)),
     ("speed_cnn", (1, 8, 8)), ("small_resnet", (1, 28, 28)), ("small_resnet", (3, 32, 32)),
     ("resnet18", (1, 28, 28)), ("resnet18", (3, 64, 64))],
)  # fmt: skip
def test_backbones_give_as_many_features_as_they_say(name, shape):
    network = networks.build(name, shape)
    assert network(torch.rand(2, *shape)).shape == (2, network.width)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 21, 30), (3, 64, 64)])
def test_the_autoencoder_restores_the_image_size(shape):
    network = networks.build("conv_autoencoder", shape, code_size=10)
    assert network(torch.rand(2, *shape)).shape == (2, *shape)
    code = network.encode(torch.rand(2, *shape))
    assert code.shape == (2, 10)
    assert code.min() > 0
    assert code.max() < 1
    if shape == (1, 28, 28):  # the study's own sizes
        assert [m.in_features for m in network.encode if isinstance(m, nn.Linear)] == [288, 128]


def test_retraining_counts_steps_pairs_seeds_and_takes_the_draw_of_each_seed():
    pixels, test = pixels_for("supervised"), Pixels(images(30, seed=5), labels(30), CPU)
    settings = Settings(2, 8, "constant", "float32", "cpu", 0)
    draws = (np.arange(0, 20), np.arange(20, 40))
    rows = list(retrain(OPTIONS["supervised"], settings, Subset(draws), pixels, test, [0, 1], "a"))
    total = {(r["seed"], r["view"]): r for r in rows if r["class"] is None}
    assert {k: r["steps"] for k, r in total.items()} == {
        (0, "equal_steps"): 10, (0, "equal_epochs"): 4,
        (1, "equal_steps"): 10, (1, "equal_epochs"): 4,
    }  # fmt: skip
    assert all(r["kept"] == 20 and r["n"] == 30 for r in total.values())
    for key, r in total.items():
        parts = [q for q in rows if (q["seed"], q["view"]) == key and q["class"] is not None]
        assert sum(q["correct"] for q in parts) == r["correct"]
        assert sum(q["n"] for q in parts) == 30
    full = Subset((np.arange(40),))
    both = list(retrain(OPTIONS["supervised"], settings, full, pixels, test, [0], "full"))
    views = {r["view"]: (r["steps"], r["correct"]) for r in both if r["class"] is None}
    assert views["equal_steps"] == views["equal_epochs"]


def test_subsets_are_found_by_id_not_by_position():
    ids = np.array([2, 3, 5, 8])
    subset = subset_rows(ids, np.array([8, 2, 5]), np.array([0, 0, 1]))
    assert [d.tolist() for d in subset.draws] == [[0, 3], [2]]
    with pytest.raises(InputError, match="samples that are not there"):
        subset_rows(ids, np.array([4]), np.array([0]))
    with pytest.raises(InputError, match="keeps no sample"):
        subset_rows(ids, np.array([], int), np.array([], int))


def test_measuring_leaves_training_mode_and_generators_alone():
    pixels, rows = pixels_for("supervised"), np.arange(40)
    network = networks.build("small_cnn", pixels.data.shape)
    module = supervised.build(OPTIONS["supervised"], network, pixels.data).train()
    before, state = torch.get_rng_state(), [p.clone() for p in module.state_dict().values()]
    measure(module, pixels, rows, None)
    assert module.training
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(state, module.state_dict().values(), strict=True))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_gpu_path_gives_the_same_columns_and_a_like_ranking(tmp_path):
    run(tmp_path, "autoencoder")
    _, on_cpu = tables.read_dynamics(tmp_path / "autoencoder.arrow")
    pixels = Pixels(images(), None, torch.device("cuda"))
    run(tmp_path, "autoencoder", replace(SETTINGS, device="cuda"), pixels=pixels)
    _, on_gpu = tables.read_dynamics(tmp_path / "autoencoder.arrow")
    assert on_cpu.keys() == on_gpu.keys()
    ranks = [np.argsort(np.argsort(d["loss"][:, -1])) for d in (on_cpu, on_gpu)]
    assert np.corrcoef(*ranks)[0, 1] > 0.95
