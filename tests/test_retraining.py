"""Pruned retraining is fair: optimizer steps are counted, weights and batches compared."""

import hashlib

import numpy as np
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from hardrare.objectives import supervised
from hardrare.protocols.retraining import Subset, retrain
from hardrare.training import Pixels, Settings

SETTINGS = Settings(3, 8, "constant", "float32", "cpu", 0)
OPTIONS = supervised.Settings("small_cnn", "adamw", 3e-3, 0.0, None)
CPU = torch.device("cpu")


def pixels(n, seed):
    image = np.random.default_rng(seed).integers(0, 256, (n, 8, 8, 1), np.uint8)
    return Pixels(image, np.arange(n) % 3, CPU)


@pytest.fixture
def watched():
    """For each optimizer, in order: its steps, and a digest of the weights before the first."""
    rules, steps, first = [], [], []

    def before(rule, *_):
        if not any(rule is one for one in rules):
            weights = [p.detach().numpy().tobytes() for g in rule.param_groups for p in g["params"]]
            rules.append(rule)
            steps.append(0)
            first.append(hashlib.sha256(b"".join(weights)).hexdigest())
        steps[next(i for i, one in enumerate(rules) if rule is one)] += 1

    handle = register_optimizer_step_pre_hook(before)
    yield steps, first
    handle.remove()


def run(arm, keep, seeds):
    draws = tuple(np.sort(np.random.default_rng(d).permutation(40)[:keep]) for d in range(2))
    subset = Subset(draws if keep < 40 else (np.arange(40),))
    return list(retrain(OPTIONS, SETTINGS, subset, pixels(40, 0), pixels(30, 1), seeds, arm))


def test_equal_steps_and_equal_epochs_by_counting_the_optimizers_steps(watched):
    # 40 images in batches of 8: 5 steps an epoch, 15 in all; of 20 images 2 an epoch, 6 in all.
    rows = run("half", 20, [0, 1])
    steps, _ = watched
    assert steps == [15, 6, 15, 6]
    told = [r["steps"] for r in rows if r["class"] is None]
    assert told == steps
    views = [r["view"] for r in rows if r["class"] is None]
    assert views == ["equal_steps", "equal_epochs"] * 2


def test_one_view_trains_once(watched):
    asked = (OPTIONS, SETTINGS, Subset((np.arange(20),)), pixels(40, 0), pixels(30, 1), [0], "half")
    rows = list(retrain(*asked, views=["equal_epochs"]))
    assert watched[0] == [6]
    assert {row["view"] for row in rows} == {"equal_epochs"}


@pytest.mark.parametrize("keep", [36, 28, 20, 12, 4])
def test_every_share_kept_takes_the_steps_of_all_images(watched, keep):
    run(f"random@{keep / 40}", keep, [0])
    steps, _ = watched
    assert steps[0] == 15
    assert steps[1] == 3 * max(keep // 8, 1)


def test_all_images_are_trained_once_for_both_views(watched):
    run("full", 40, [0, 1])
    assert watched[0] == [15, 15]


def test_arms_are_paired_the_seed_alone_decides_the_first_weights(watched):
    run("full", 40, [0, 1])
    run("half", 20, [0, 1])
    run("third", 12, [1, 0])
    _, first = watched
    full, half, third = first[:2], first[2:6], first[6:]
    zero, one = full
    assert zero != one
    assert half == [zero, zero, one, one]
    assert third == [one, one, zero, zero]
