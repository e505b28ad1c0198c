"""Occasional probes: by hand, and against gradients taken sample by sample."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from hardrare import networks
from hardrare.errors import InputError
from hardrare.metrics.vog import vog
from hardrare.objectives import mc_dropout, mimo, supervised
from hardrare.probes import occasional
from hardrare.training import Callbacks, Pixels, Settings, single, train
from hardrare.training.probing import Moment, Probing, measure_occasional

CPU = torch.device("cpu")
N, K = 24, 3
SETTINGS = Settings(4, 8, "cosine", "float32", "cpu", 0)
OPTIONS = supervised.Settings("small_cnn", "adamw", 3e-3, 0.0, None)
DROPOUT = mc_dropout.Settings("small_cnn", "adamw", 3e-3, 0.0, None, rate=0.3, passes=20)
MIMO = mimo.Settings("small_cnn", "adamw", 3e-3, 0.0, None, inputs=3, repetitions=2)
PROBES = occasional.registry()
CLASSIFIER = (
    "grand", "grand_last_layer", "gradient_deviation", "predictive_entropy", "least_confidence",
    "final_margin", "gradnorm", "odin", "adversarial_distance", "carlini_wagner_distance",
)  # fmt: skip


def pixels(channels=3):
    image = np.random.default_rng(0).integers(0, 256, (N, 8, 8, channels), np.uint8)
    return Pixels(image, np.arange(N) % K, CPU)


def taken(name, **given):
    return PROBES[name].function(**given)


@pytest.fixture(scope="module")
def trained():
    """A classifier in eval mode after a few steps, its images, labels, and last outputs."""
    data = pixels()
    (module,) = train(supervised, OPTIONS, SETTINGS, single(N), data, 0)
    rows = np.arange(N)
    images, label = data.batch(rows), data.labels(rows)
    return module.eval(), images, label


class Linear(nn.Module):
    """Logits (w x, 0) of a one-pixel image x: every gradient can be written down."""

    def __init__(self, weight, bias=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(float(weight)))
        self.bias = nn.Parameter(torch.tensor(float(bias)))

    def forward(self, images):
        z = self.weight * images.flatten(1)[:, 0] + self.bias
        return torch.stack([z, torch.zeros_like(z)], dim=1)


ONE_PIXEL = torch.tensor([0.25, 1.0]).view(2, 1, 1, 1)
LABEL = torch.tensor([0, 1])


def test_grand_by_hand():
    # p = sigmoid(2 x); dL/dw = (p - [y = 0]) x and dL/db = p - [y = 0].
    p = torch.sigmoid(torch.tensor([0.5, 2.0])).numpy()
    expected = np.abs(p - [1, 0]) * np.sqrt(np.square([0.25, 1.0]) + 1)
    found = taken("grand", module=Linear(2), images=ONE_PIXEL, label=LABEL)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_grand_is_the_norm_of_each_samples_own_gradient(trained, monkeypatch):
    module, images, label = trained
    found = taken("grand", module=module, images=images, label=label)
    outputs = module.measure(images, label)
    layer = PROBES["grand_last_layer"].function(outputs["features"], outputs["logits"], label)
    for i in range(N):
        module.zero_grad()
        F.cross_entropy(module(images[i : i + 1]), label[i : i + 1]).backward()
        gradients = [w.grad for w in module.parameters()]
        whole = torch.cat([g.flatten() for g in gradients]).norm()
        last = torch.cat([w.grad.flatten() for w in module.classifier.parameters()]).norm()
        assert found[i].item() == pytest.approx(whole.item(), rel=1e-4)
        assert layer[i].item() == pytest.approx(last.item(), rel=1e-4)
    module.zero_grad()
    monkeypatch.setattr("hardrare.probes.occasional.grand.HELD", 1)  # one sample at a time
    alone = taken("grand", module=module, images=images, label=label)
    torch.testing.assert_close(alone, found, rtol=1e-4, atol=1e-6)


def test_gradnorm_by_hand_and_by_autograd(trained):
    found = taken(
        "gradnorm",
        features=torch.tensor([[1.0, -2.0]]),
        logits=torch.tensor([[math.log(3.0), 0.0]]),
    )
    assert found.item() == pytest.approx(3 * (0.25 + 0.25))
    module, images, _ = trained
    features, logits = module.backbone(images).detach(), module(images).detach()
    found = taken("gradnorm", features=features, logits=logits)
    for i in range(N):
        module.zero_grad()
        log_p = module.classifier(features[i]).log_softmax(0)
        uniform = torch.full_like(log_p, 1 / K)
        F.kl_div(log_p, uniform, reduction="sum").backward()
        expected = module.classifier.weight.grad.abs().sum().item()
        assert found[i].item() == pytest.approx(expected, rel=1e-4)
    module.zero_grad()


def test_odin_by_hand():
    # At x = 0.25 class 0 leads with z = 2 x: x moves up by 0.0014; the other way at z < 0.
    up = taken("odin", module=Linear(2), images=ONE_PIXEL[:1])
    assert up.item() == pytest.approx(1 / (1 + math.exp(-2 * 0.2514 / 1000)), abs=1e-7)
    down = taken("odin", module=Linear(2, -1), images=ONE_PIXEL[:1])
    assert down.item() == pytest.approx(1 / (1 + math.exp((2 * 0.2486 - 1) / 1000)), abs=1e-7)


def test_odin_is_what_one_by_one_autograd_gives(trained):
    module, images, _ = trained
    found = taken("odin", module=module, images=images)
    for i in range(N):
        x = images[i : i + 1].clone().requires_grad_()
        (-(module(x) / 1000).softmax(1).max().log()).backward()
        moved = x.detach() - 0.0014 * torch.sign(x.grad)
        assert found[i].item() == pytest.approx((module(moved) / 1000).softmax(1).max().item())
    assert len(found.unique()) == N  # float32 still tells them apart at T = 1000


def test_adversarial_distance_by_hand():
    # Class 0 where x > 0.5: the distance is that to 0.5, found to 1 / 256 of its rung.
    images = torch.tensor([0.51, 0.6, 0.95, 0.2, 0.5004]).view(-1, 1, 1, 1)
    found = taken("adversarial_distance", module=Linear(2, -1), images=images)
    for value, exact in zip(found.tolist(), [0.01, 0.1, 0.45, 0.3, 0.0004], strict=True):
        assert exact <= value <= exact * (1 + 1 / 128) + 1e-5
    never = taken("adversarial_distance", module=Linear(2, 5), images=images)
    assert never.tolist() == [2.0] * 5


def test_adversarial_distance_is_the_first_step_of_a_fine_grid(trained):
    module, images, _ = trained
    found = taken("adversarial_distance", module=module, images=images)
    assert (found <= 1).sum() > 0
    x = images.clone().requires_grad_()
    said = module(x).argmax(1)
    F.cross_entropy(module(x), said, reduction="sum").backward()
    with torch.no_grad():
        for i in (found <= 1).nonzero()[:6, 0].tolist():
            step = found[i] * torch.tensor([0.98, 1.0])
            moved = (images[i] + step.view(-1, 1, 1, 1) * x.grad[i].sign()).clamp(0, 1)
            assert (module(moved).argmax(1) != said[i]).tolist() == [False, True]


def test_uncertainty_of_the_final_classifier_by_hand():
    logits = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0]])
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert taken("predictive_entropy", logits=logits).tolist() == pytest.approx(
        [entropy, math.log(2)]
    )
    assert taken("least_confidence", logits=logits).tolist() == pytest.approx([0.25, 0.5])
    assert taken("final_margin", logits=logits).tolist() == pytest.approx([0.5, 0.0])


def test_bald_and_entropy_by_hand():
    sure = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]]).log()  # two passes that contradict
    assert taken("bald", log_probabilities=sure).item() == pytest.approx(math.log(2))
    assert taken("mc_dropout_entropy", log_probabilities=sure).item() == pytest.approx(math.log(2))
    same = torch.tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()  # two passes that agree on nothing
    assert taken("bald", log_probabilities=same).item() == pytest.approx(0, abs=1e-7)
    assert taken("mimo_entropy", log_probabilities=same).item() == pytest.approx(math.log(2))


def test_bald_is_mutual_information_and_never_negative():
    rng = np.random.default_rng(0)
    logits = torch.tensor(rng.normal(0, 4, (20, 200, 5)), dtype=torch.float32)
    log_p = logits.log_softmax(2)
    found = taken("bald", log_probabilities=log_p).numpy()
    p = np.exp(log_p.double().numpy())
    joint = p / len(p)  # p(mask, class)
    apart = joint.sum(2, keepdims=True) * joint.sum(0, keepdims=True)
    np.testing.assert_allclose(found, (joint * np.log(joint / apart)).sum((0, 2)), atol=1e-5)
    close = (logits[:1] + 1e-4 * logits).log_softmax(2)
    assert taken("bald", log_probabilities=close).min() >= 0
    assert found.max() <= math.log(5)


def test_mimo_disagreement_and_kl_by_hand():
    p = torch.tensor([[[0.8, 0.2]], [[0.6, 0.4]], [[0.3, 0.7]]]).log()
    assert taken("mimo_disagreement", log_probabilities=p).item() == pytest.approx(2 / 3)
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    kl = [(p[a].exp() * (p[a] - p[b])).sum().item() for a, b in pairs]
    assert taken("mimo_kl", log_probabilities=p).item() == pytest.approx(np.mean(kl), rel=1e-5)


def test_gradient_of_the_logit_by_hand_is_meaned_over_channels():
    class Weighted(nn.Module):
        def forward(self, images):
            z = (images * torch.tensor([1.0, 3.0]).view(1, 2, 1, 1)).sum((1, 2, 3))
            return torch.stack([z, -z], dim=1)

    images = torch.rand(2, 2, 1, 1)
    found = taken("gradient_deviation", module=Weighted(), images=images, label=LABEL)
    assert found.flatten().tolist() == [2.0, -2.0]


def test_vog_is_the_deviation_of_stored_gradients(monkeypatch):
    monkeypatch.setattr("hardrare.training.measure.CACHED", 5 * 64)
    data, rows, stored, running = pixels(), np.arange(N), [], {}
    probing = Probing((), ("gradient_deviation",), checkpoints=3)
    for epoch in range(6):  # another network every epoch; 2, 4 and 6 are checkpoints
        torch.manual_seed(epoch)
        module = supervised.build(OPTIONS, networks.build("small_cnn", data.data.shape), data.data)
        moment = Moment(0, 0, epoch, 6)
        column = measure_occasional(module, data, rows, probing, moment, running)
        column = column["gradient_deviation"]
        assert np.isnan(column).all() == (epoch < 5)
        if epoch in (1, 3, 5):
            stored.append([gradient(module.eval(), data, i) for i in rows])
    expected = np.std(stored, axis=0).mean(axis=(1, 2))
    np.testing.assert_allclose(column, expected, rtol=1e-4)
    label, z = data.label.numpy(), vog(column[:, None], data.label.numpy())
    for one in range(K):
        own = expected[label == one]
        np.testing.assert_allclose(z[label == one], (own - own.mean()) / own.std(), atol=1e-3)


def gradient(module, data, i):
    x = data.batch(np.array([i])).requires_grad_()
    module(x)[0, data.label[i]].backward()
    return x.grad[0].mean(0).numpy()


def test_when_probes_are_taken():
    assert occasional.epochs("early", 20, 5) == {1}
    assert occasional.epochs("early", 5, 5) == {0}
    assert occasional.epochs("last", 7, 5) == {6}
    assert occasional.epochs("checkpoints", 20, 5) == {3, 7, 11, 15, 19}
    assert occasional.epochs("checkpoints", 3, 5) == {0, 1, 2}


@pytest.mark.parametrize(
    ("objective", "options", "names"),
    [
        (supervised, OPTIONS, CLASSIFIER),
        (mc_dropout, DROPOUT, ("mc_dropout_entropy", "bald")),
        (mimo, MIMO, ("mimo_entropy", "mimo_disagreement", "mimo_kl")),
    ],
)
def test_occasional_probes_never_change_training_and_stand_in_their_epoch(
    objective, options, names
):
    class Kept:
        def __init__(self):
            self.epochs = []

        def record(self, part, columns, features):  # noqa: ARG002
            self.epochs.append(columns)

    states, kept = [], []
    for probing in (Probing(), Probing((), names, 2), Probing((), names, 2)):
        kept.append(Kept())
        callbacks = Callbacks(kept[-1], probing)
        modules = train(objective, options, SETTINGS, single(N), pixels(), 0, callbacks)
        states.append(modules[0].state_dict())
    for one in states[1:]:
        assert all(torch.equal(one[key], value) for key, value in states[0].items())
    for name in names:
        series = np.stack([epoch[name] for epoch in kept[1].epochs], axis=1)
        assert series.dtype == np.float32
        assert not np.isinf(series).any()
        due = 0 if PROBES[name].when == "early" else 3
        assert np.isfinite(series).all(axis=0).tolist() == [t == due for t in range(4)]
        again = np.stack([epoch[name] for epoch in kept[2].epochs], axis=1)
        np.testing.assert_array_equal(series, again)


def test_every_occasional_probe_is_of_some_run():
    taken_by_runs = {*CLASSIFIER, "mc_dropout_entropy", "bald"}
    taken_by_runs |= {"mimo_entropy", "mimo_disagreement", "mimo_kl"}
    assert taken_by_runs == set(PROBES)


def test_an_unknown_probe_is_refused():
    with pytest.raises(InputError, match="unknown occasional probe 'grant'; known are"):
        Probing(occasional=("grant",)).due(Moment(0, 0, 0, 1))


def test_dropout_passes_leave_normalisation_and_generators_alone():
    data, rows = pixels(), np.arange(N)
    torch.manual_seed(0)
    module = mc_dropout.build(DROPOUT, networks.build("small_cnn", data.data.shape), data.data)
    drops = [m for m in module.modules() if isinstance(m, nn.Dropout)]
    assert len(drops) == 4  # after each of three normalisations, and before the linear layer
    buffers = {name: b.clone() for name, b in module.named_buffers()}
    before, probing = torch.get_rng_state(), Probing((), ("bald",))
    found = measure_occasional(module, data, rows, probing, Moment(0, 0, 0, 1), {})["bald"]
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(buffers[name], b) for name, b in module.named_buffers())
    assert module.training
    assert found.min() >= 0
    assert found.max() > 0
    module.eval()
    passes = module.log_probabilities(data.batch(rows))
    assert passes.shape == (20, N, K)
    assert not any(m.training for m in module.modules())
    assert not torch.equal(passes[0], passes[1])
    for one in drops:
        one.p = 0.0
    still = module.log_probabilities(data.batch(rows))
    torch.testing.assert_close(still[0], module(data.batch(rows)).log_softmax(1))


class Dense(nn.Sequential):
    """A small dense network: its features show every slot."""

    width = 32

    def __init__(self, inputs):
        super().__init__(nn.Flatten(), nn.Linear(inputs, 32), nn.ReLU())


def test_mimo_heads_answer_for_their_own_slot_and_learn_its_label():
    torch.manual_seed(0)
    image = np.repeat(np.arange(90, dtype=np.uint8) % 3 * 100, 4).reshape(90, 2, 2, 1)
    data = Pixels(image, np.arange(90) % 3, CPU)
    module, rows = mimo.build(MIMO, Dense(12), data.data), np.arange(90)
    step = torch.optim.Adam(module.parameters(), 0.02)
    for _ in range(150):
        step.zero_grad()
        module.loss([data.batch(rows)], data.labels(rows)).backward()
        step.step()
    module.eval()
    x = data.batch(np.arange(3))  # one image of each class
    with torch.no_grad():
        for slots in ([0, 1, 2], [2, 0, 1], [1, 1, 0]):
            said = module.heads(module.features([x[s : s + 1] for s in slots])).argmax(2)[:, 0]
            assert said.tolist() == slots
        together = module.log_probabilities(x)
        assert together.argmax(2).tolist() == [[0, 1, 2]] * 3
        turned = module.log_probabilities(x.flip(0)).flip(1)  # the order of the batch is no matter
        torch.testing.assert_close(turned, together)
        alone = torch.cat([module.log_probabilities(x[i : i + 1]) for i in range(3)], dim=1)
        torch.testing.assert_close(alone, together)
        same = module.heads(module.features([x, x, x])).log_softmax(2)
        torch.testing.assert_close(same, together)
        mean = together.double().exp().mean(0).log().float()
        torch.testing.assert_close(module(x), mean)


def test_mimo_repeats_each_sample_in_a_batch_and_in_every_slot():
    seen = []

    class Spy(Dense):
        def forward(self, stacked):
            seen.append(stacked[:, :, 0, 0])
            return super().forward(stacked)

    torch.manual_seed(0)
    image = np.repeat(np.arange(6, dtype=np.uint8), 4).reshape(6, 2, 2, 1)
    data = Pixels(image, np.arange(6) % 3, CPU)
    module, rows = mimo.build(MIMO, Spy(12), data.data), np.arange(6)
    module.loss([data.batch(rows)], data.labels(rows))
    slots = seen[0].T
    assert slots.shape == (3, 12)
    assert all(len(one.unique()) == 6 for one in slots)
    assert all((one == value).sum() == 2 for one in slots for value in one.unique())
    assert not torch.equal(slots[0], slots[1])


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (lambda: mc_dropout.Settings("x", "adam", 0.1, 0.0, None, 0.0, 20), "rate is 0.0"),
        (lambda: mc_dropout.Settings("x", "adam", 0.1, 0.0, None, 0.1, 1), "passes is 1"),
        (lambda: mimo.Settings("x", "adam", 0.1, 0.0, None, 1, 1), "inputs is 1"),
        (lambda: mimo.Settings("x", "adam", 0.1, 0.0, None, 3, 0), "repetitions is 0"),
    ],
)
def test_what_is_refused(what, sentence):
    with pytest.raises(InputError, match=sentence):
        what()


def test_the_optimised_attack_finds_the_boundary_of_a_line():
    # z = 2 x - 1 against 0: the boundary is at x = 1/2, from 0.25 and 0.9 at 0.25 and 0.4.
    images = torch.tensor([0.25, 0.9]).view(2, 1, 1, 1)
    found = taken("carlini_wagner_distance", module=Linear(2, -1), images=images)
    np.testing.assert_allclose(found, [0.25, 0.4], atol=0.01)
    never = taken("carlini_wagner_distance", module=Linear(0, 1), images=images)
    assert never.tolist() == [2.0, 2.0]


def test_the_optimised_attack_is_no_larger_than_the_signed_step(trained):
    module, images, _ = trained
    small = taken("carlini_wagner_distance", module=module, images=images)
    signed = taken("adversarial_distance", module=module, images=images)
    reached = signed < 1
    assert (small[reached] <= signed[reached] * 1.05).all()
    assert small[reached].mean() < 0.9 * signed[reached].mean()
    alone = taken("carlini_wagner_distance", module=module, images=images[:1])
    torch.testing.assert_close(alone, small[:1], rtol=1e-2, atol=1e-4)


def test_an_attack_says_how_often_it_succeeded(capsys):
    probing = Probing((), ("adversarial_distance",))
    data = pixels()
    (module,) = train(supervised, OPTIONS, SETTINGS, single(N), data, 0)
    columns = measure_occasional(module, data, np.arange(N), probing, Moment(0, 0, 3, 4), {})
    rate = (columns["adversarial_distance"] < 2).mean()
    said = f"adversarial_distance: the class of {rate:.1%} of {N} images changed"
    assert said in capsys.readouterr().out
