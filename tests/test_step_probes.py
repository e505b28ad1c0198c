"""What the training step itself tells, and the quick convolutions of training."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from graph import ROOT
from test_training import CPU, OPTIONS, SETTINGS, images, pixels_for
from torch import nn
from trained import assert_same_weights

from hardrare import networks, objectives, tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.training import Callbacks, Pixels, Probing, Recorder, Settings, memory, single, train
from hardrare.training.convolutions import Quick, quick
from hardrare.training.loop import few_threads
from hardrare.training.plan import label_free
from hardrare.training.trainee import build_trainee

LABEL_FREE = objectives.label_free()


def in_step(folder, name, settings=SETTINGS, when="in_step", **changes):
    """The networks of a run, its dynamics, and how each column was measured."""
    pixels, path = pixels_for(name), folder / f"{name}-{when}.arrow"
    options = replace(OPTIONS[name], **changes)
    with Recorder(path, np.arange(40)) as recorder:
        how = Callbacks(recorder, Probing(measure=when))
        made = train(objectives.objective(name), options, settings, single(40), pixels, 0, how)
    with pa.OSFile(str(path)) as file:
        schema = pa.ipc.open_file(file).schema
    said = {one.name: (one.metadata or {}).get(b"measured") for one in schema}
    return made, tables.read_dynamics(path)[1], said


@pytest.mark.parametrize("name", LABEL_FREE)
def test_watching_the_step_changes_no_weight_and_tells_what_measuring_tells(tmp_path, name):
    watched, dynamics, said = in_step(tmp_path, name)
    measured, other, plain = in_step(tmp_path, name, when="after_epoch")
    assert_same_weights(watched, measured)
    assert dynamics.keys() == other.keys()
    assert set(plain.values()) == {None}
    marked = {column for column, how in said.items() if how == b"in_step"}
    assert "gradient_norm" in marked
    for column, values in dynamics.items():
        if column in marked:  # two batches of 16 of 40: which 8 are left out differs by epoch
            assert np.isnan(values).sum(0).tolist() == [8, 8, 8], column
        else:
            np.testing.assert_array_equal(values, other[column])
    assert len({tuple(np.isnan(v)) for v in dynamics["gradient_norm"].T}) == 3


def test_the_gradient_is_that_of_the_step_in_train_mode(tmp_path):
    settings = replace(SETTINGS, epochs=1, batch_size=40)
    _, dynamics, _ = in_step(tmp_path, "autoencoder", settings, dropout=0.0)
    pixels, options = pixels_for("autoencoder"), replace(OPTIONS["autoencoder"], dropout=0.0)
    module = build_trainee(objectives.objective("autoencoder"), options, pixels, [0, 0]).module
    batch = pixels.batch(np.arange(40)).requires_grad_()
    (gradient,) = torch.autograd.grad((module.network(batch) - batch).abs().mean(), batch)
    expected = 40 * gradient.flatten(1).norm(dim=1).numpy()
    np.testing.assert_allclose(dynamics["gradient_norm"][:, 0], expected, rtol=1e-4)


def test_halves_are_measured_after_the_epoch_for_the_step_tells_nothing_of_them(tmp_path):
    plan, pixels = label_free("second_split", 40, 0), pixels_for("barlow_twins")
    assert not plan.learns_what_it_measures
    assert label_free("single", 40, 0).learns_what_it_measures
    module, options = objectives.objective("barlow_twins"), OPTIONS["barlow_twins"]
    with Recorder(tmp_path / "d.arrow", np.arange(40), 2) as recorder:
        how = Callbacks(recorder, Probing(measure="in_step"))
        with pytest.raises(InputError, match="in_step tells nothing of samples"):
            train(module, options, SETTINGS, plan, pixels, 0, how)


def test_a_classifier_has_nothing_that_the_step_could_tell(tmp_path):
    _, dynamics, said = in_step(tmp_path, "supervised")
    assert set(said.values()) == {None}
    assert np.isfinite(dynamics["loss"]).all()


# Convolutions


@pytest.mark.parametrize(("kernel", "stride", "padding", "side"), [
    (3, 1, 1, 4), (3, 2, 1, 8), ((3, 1), (2, 1), (1, 0), 4), (1, 2, 0, 8), (3, 1, 1, 1),
    (3, 1, 0, 5),
])  # fmt: skip
@pytest.mark.parametrize("bias", [False, True])
def test_gradients_are_those_of_torch(kernel, stride, padding, side, bias):
    torch.manual_seed(0)
    plain = nn.Conv2d(128, 9, kernel, stride, padding, bias=bias)
    own = quick(nn.Sequential(nn.Conv2d(128, 9, kernel, stride, padding, bias=bias)))
    own[0].load_state_dict(plain.state_dict())
    assert type(own[0]) is Quick
    given = torch.randn(6, 128, side, side)
    weigh = torch.randn_like(plain(given))
    found = []
    for one in (plain, own):
        seen = given.clone().requires_grad_()
        (one(seen) * weigh).sum().backward()
        found.append([seen.grad, *(w.grad for w in one.parameters())])
    assert "_Product" in type(own(given.clone().requires_grad_()).grad_fn).__name__
    for expected, got in zip(*found, strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)


def test_only_many_channels_of_small_maps_are_quick_and_only_in_training():
    network = quick(networks.build("resnet18", (3, 32, 32)))
    kinds = [type(one) is Quick for one in network.modules() if isinstance(one, nn.Conv2d)]
    assert 0 < sum(kinds) < len(kinds)
    assert not any(
        isinstance(m, Quick) for m in quick(networks.build("small_cnn", (1, 8, 8))).modules()
    )
    one = quick(nn.Sequential(nn.Conv2d(128, 4, 3, padding=1)))
    name = lambda side: type(one(torch.zeros(2, 128, side, side)).grad_fn).__name__  # noqa: E731
    assert "_Product" in name(4)
    assert "_Product" not in name(5)
    one.eval()
    assert "_Product" not in name(4)


# What training costs beside training


def test_small_batches_are_trained_by_one_thread_and_give_the_same_bytes_with_two(tmp_path):
    before, weights = torch.get_num_threads(), []
    settings = Settings(2, 16, "cosine", "float32", "cpu", 0)
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            with few_threads(pixels_for("supervised"), settings):
                assert torch.get_num_threads() == 1
            with few_threads(Pixels(images(40, 64), None, CPU), settings):
                assert torch.get_num_threads() == threads
            given = OPTIONS["supervised"], settings, single(40), pixels_for("supervised"), 0
            weights.append(train(supervised, *given))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert_same_weights(*weights)


def test_the_c_library_is_told_once_to_keep_memory_and_another_one_is_left_alone(monkeypatch):
    class Another:
        pass

    memory.keep_memory.cache_clear()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Another())  # noqa: ARG005
    assert memory.keep_memory() is False
    told = []
    Another.mallopt = staticmethod(lambda what, value: told.append((what, value)) or 1)
    memory.keep_memory.cache_clear()
    assert memory.keep_memory() is memory.keep_memory() is True
    assert told == [(-3, 1 << 30), (-1, 1 << 30)]
    older = [0, 1, 1]  # which refuses the first value, takes a smaller one, and the other
    Another.mallopt = staticmethod(lambda what, value: told.append((what, value)) or older.pop(0))
    memory.keep_memory.cache_clear()
    assert memory.keep_memory() is True
    assert told[2:] == [(-3, 1 << 30), (-3, 32 << 20), (-1, 1 << 30)]
    memory.keep_memory.cache_clear()


def test_training_imports_neither_libraries_nor_compilers_that_it_does_not_use():
    code = """
import sys
import numpy as np
import torch
import stages.pretrain, stages.pretrain_features, stages.pseudo_label, stages.retrain
import stages.supervise, stages.supervise_features
from hardrare.augmentation import Augmentation
from hardrare.objectives import barlow_twins
from hardrare.training import memory
from hardrare.training import Callbacks, Pixels, Settings, single, train
pixels = Pixels(np.zeros((32, 8, 8, 1), np.uint8), None, torch.device("cpu"))
for optimizer in ("adam", "sgd"):
    views = Augmentation(0.5, 0.0, 10, 0.3, 0.3, 0.0, 0.0, 0.0, 0.0)
    given = barlow_twins.Settings("small_cnn", optimizer, 1e-3, 0.0, 16, 16, 5e-3, views)
    train(barlow_twins, given, Settings(1, 16, "cosine", "auto", "cpu", 0), single(32), pixels, 0)
slow = {"torchvision", "lightly", "timm", "sklearn", "scipy.stats", "torch._dynamo"}
print(sorted(slow & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
