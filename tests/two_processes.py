"""Two processes that train together, and what they do: `python tests/two_processes.py WORK FOLDER`.

Each of the functions below runs in both of them at once and writes to FOLDER; called in a test
itself it is one process alone.
"""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from test_feature_views import OPTIONS as HEADS
from test_kinds import OWN
from test_training import AUGMENTATION, OPTIONS
from torch import distributed as dist
from torch import nn

from hardrare import objectives, processes
from hardrare.objectives import supervised
from hardrare.params import build
from hardrare.protocols.kinds import KINDS, Work, kind
from hardrare.training import (
    Callbacks,
    FeatureViews,
    Pixels,
    Probing,
    Recorder,
    Settings,
    single,
    train,
)
from hardrare.training.synced import synced

ROOT = Path(__file__).parents[1]
LABEL_FREE = tuple(objectives.label_free())
IN_STEP = "barlow_twins in step"  # the same, told by the training step
ON_FEATURES = " on features"
EVERY = (
    *LABEL_FREE, IN_STEP, *KINDS,
    *(f"{name}{ON_FEATURES}" for name in ("barlow_twins", "autoencoder", "supervised")),
)  # fmt: skip
SIZES = (64, 33)  # rows of a batch: halves, and shares of 16 and 17 rows
COUNT, FOURTH = 49, 11  # images, and those of a batch of which an epoch has four


def together(work, folder, count=2):
    """Run a function of this file in so many processes; returns what they printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder.mkdir(exist_ok=True)
    env = os.environ | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": "1"}
    env |= {"WORLD_SIZE": str(count), "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    words = [sys.executable, __file__, work, folder]
    started = [
        subprocess.Popen(
            words, env=env | {"RANK": str(number)}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        )
        for number in range(count)
    ]  # fmt: skip
    said = [one.communicate(timeout=1800)[0] for one in started]
    assert not any(one.returncode for one in started), "\n".join(said)
    return said


class Net(nn.Module):
    """Every kind of layer that looks at the whole batch."""

    def __init__(self):
        super().__init__()
        self.convolution, self.drop = nn.Conv2d(3, 8, 3, bias=False), nn.Dropout(0.3)
        self.norm, self.last = nn.BatchNorm2d(8), nn.BatchNorm1d(8, momentum=None)

    def forward(self, images):
        hidden = self.drop(self.norm(self.convolution(images))).relu()
        return self.last(hidden.mean(dim=(2, 3)))


def pieces(folder):
    """A batch through a network and a loss that puts all samples in relation."""
    torch.manual_seed(0)
    found = {}
    for size in SIZES:
        net, images = synced(Net().double()), torch.rand(size, 3, 6, 6).double()
        net, images = (one.to(memory_format=torch.channels_last) for one in (net, images))
        torch.manual_seed(size)
        with processes.batch(size) as own:
            pixels = images[own].clone().requires_grad_()
            both = torch.cat([pixels, pixels.square()])  # two views as one batch
            views = torch.stack(net(both).chunk(2))
            first, second = processes.gathered(views, 1)
            loss = (first @ second.T).logsumexp(1).mean() + first.std(0).sum()
        loss.backward()
        processes.add_gradients(net)
        gradient = processes.whole(pixels.grad)
        weights = {f"gradient {k}": one.grad for k, one in net.named_parameters()}
        net.eval()
        found[size] = {"loss": loss.detach(), "pixels": gradient, "out": net(images).detach()}
        found[size] |= weights | net.state_dict()
    found["exchanged"] = exchanged()
    if processes.first():
        torch.save(found, folder / "pieces.pt")


def exchanged():
    """What goes from process to process outside of a batch: as one process has it."""
    columns, rows = {"a": np.zeros(31, bool), "b": np.full(31, np.nan, np.float32)}, np.arange(31)
    own = processes.places(31, 10)  # in blocks of 10, 10, 10 and 1, which both have
    columns["a"][own], columns["b"][own] = own % 3 == 0, own / 7
    processes.filled(columns, own)
    share, few = processes.share(31), processes.share(1)
    made = processes.on_first(torch.from_numpy(rows[share] * 1.0))
    assert np.array_equal(np.unique(processes.whole(torch.from_numpy(own)).numpy()), rows)
    assert few == slice(0, 1)
    assert processes.agreed(processes.number() + 5) == 5
    assert processes.agreed(processes.first()) is True
    assert processes.agreed(rows * (1 - processes.number())).sum() == rows.sum()
    return {"columns": {k: torch.from_numpy(v) for k, v in columns.items()}, "made": made}


def runs(folder):
    """Every kind of training after a step of all 49 samples, in float32."""
    for name in EVERY:
        run(folder, name, COUNT)


def steps(folder):
    """Every kind of training after four steps, in double precision."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "float", torch.Tensor.double)
        torch.set_default_dtype(torch.float64)
        try:
            for name in EVERY:
                run(folder, name, FOURTH)
        finally:
            torch.set_default_dtype(torch.float32)


def samples(name):
    """Images or features at random, with labels where they are learnt."""
    rng, cpu = np.random.default_rng(0), torch.device("cpu")
    label = np.arange(COUNT) % 3 if name.partition(" ")[0] in KINDS else None
    if not name.endswith(ON_FEATURES):
        return Pixels(rng.integers(0, 256, (COUNT, 8, 8, 3), np.uint8), label, cpu)
    features, views = (rng.normal(3, 2, (COUNT, *some, 24)) for some in ((), (3,)))
    kinds = features.astype(np.float32), views.astype(np.float16)
    return FeatureViews(*kinds, label, cpu, dropout=0.3, components=16)


def run(folder, name, size):
    """An epoch of an objective or kind of run; columns, features, weights.

    Gradients are followed as they are: Adam would raise what is rounding alone.
    """
    path, settings = folder / f"{name}.arrow", Settings(1, size, "constant", "float32", "cpu", 0)
    given, rows, of_features = samples(name), np.arange(COUNT), name.endswith(ON_FEATURES)
    kind_of, rate = name.partition(" ")[0], 1e-5 if name == "variational_autoencoder" else 0.05
    with trainees() as modules:
        if kind_of in KINDS:
            one = build(kind(kind_of), OWN[kind_of], kind_of, "test")
            how = ("feature_classifier", "stored") if of_features else ("small_cnn", AUGMENTATION)
            classifier = supervised.Settings(how[0], "sgd", rate, 0.0, how[1])
            with Recorder(path, rows, parts=one.phases, networks=one.networks) as out:
                one.run(Work(classifier, settings, given, 0, out, name))
        else:
            known = (HEADS if of_features else OPTIONS)[kind_of]
            options = replace(known, optimizer="sgd", learning_rate=rate)
            when = "in_step" if name == IN_STEP else "after_epoch"
            with Recorder(path, rows, features=folder / f"{name}.features") as out:
                told = Callbacks(out, Probing(snapshot_every=1, measure=when))
                how = options, settings, single(COUNT), given, 0, told
                train(objectives.objective(kind_of), *how)
    if processes.first():
        torch.save([one.state_dict() for one in modules], folder / f"{name}.pt")


@contextmanager
def trainees():
    """The networks that are built meanwhile, of the precision that is torch's own."""
    build_trainee, modules = train.__globals__["build_trainee"], []

    def spied(*words):
        made = build_trainee(*words)
        modules.append(made.module.to(torch.get_default_dtype()))
        return made

    train.__globals__["build_trainee"] = spied
    try:
        yield modules
    finally:
        train.__globals__["build_trainee"] = build_trainee


if __name__ == "__main__":
    dist.init_process_group("gloo")
    globals()[sys.argv[1]](Path(sys.argv[2]))
    dist.destroy_process_group()
