"""Augmentation: colours against torchvision with forced strength, identity, independence."""

import math
from dataclasses import asdict, replace

import pytest
import torch
import torchvision.transforms.functional as reference
from matplotlib.colors import rgb_to_hsv
from scipy.stats import kstest

from hardrare.augmentation import Augmentation, augment, colour
from hardrare.errors import InputError
from hardrare.params import build

OFF = Augmentation(1.0, *[0.0] * 8)
ALL = Augmentation(
    min_scale=0.3,
    flip=0.5,
    degrees=20.0,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.1,
    grayscale=0.2,
    solarise=0.2,
)
PARTS = list(asdict(ALL).items())


def pictures(count=4, channels=3, height=12, width=12, low=0.0, high=1.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return low + (high - low) * torch.rand(count, channels, height, width, generator=generator)


def view(images, strength, seed=0):
    return augment(images, strength, torch.Generator().manual_seed(seed))


def full(count, value):
    return torch.full((count,), float(value))


def start(images, factor=1.0):
    return colour.brightness(full(len(images), factor), images.shape[1])


def test_everything_off_is_the_identity_to_the_bit() -> None:
    images = pictures()
    assert view(images, OFF) is images


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("part", "strength"), PARTS)
def test_two_equal_images_get_different_views_in_range(part, strength, channels) -> None:
    images = pictures(1, channels).expand(64, -1, -1, -1)
    views = view(images, replace(OFF, **{part: strength}))
    assert views.shape == images.shape
    assert (views.min() >= 0, views.max() <= 1) == (True, True)
    different = (views != views[:1]).flatten(1).any(1).sum()
    if channels == 1 and part in ("saturation", "hue", "grayscale"):
        assert views is images  # means nothing on grey images
    else:
        assert different >= 5


def test_a_seed_gives_the_same_views_and_the_next_call_others() -> None:
    images, generator = pictures(8), torch.Generator().manual_seed(3)
    one, two = augment(images, ALL, generator), augment(images, ALL, generator)
    assert torch.equal(one, view(images, ALL, seed=3))
    assert not torch.equal(one, two)
    assert not torch.equal(one, view(images, ALL, seed=4))


def test_a_view_depends_on_its_row_only() -> None:
    images = pictures(8)
    other = images.clone()
    other[3] = 0.5
    same = (view(images, ALL) == view(other, ALL)).flatten(1).all(1)
    assert same.tolist() == [i != 3 for i in range(8)]


def test_switching_a_part_on_leaves_the_others_as_they_were() -> None:
    images = pictures(32, low=0.3, high=0.6)
    crop, both = replace(OFF, min_scale=0.5), replace(OFF, min_scale=0.5, solarise=0.5)
    plain, solarised = view(images, crop), view(images, both)
    kept = (plain == solarised).flatten(1).all(1)
    assert 5 < kept.sum() < 27
    assert torch.allclose(solarised[~kept], colour.solarise(plain, full(32, 1) > 0)[~kept])


def test_images_are_not_written_to() -> None:
    images = pictures(8)
    copy = images.clone()
    for part, strength in PARTS:
        view(images, replace(OFF, **{part: strength}))
    view(images, ALL)
    assert torch.equal(images, copy)


def test_brightness_as_torchvision() -> None:
    images = pictures(high=0.7)
    mine = colour.recolour(images, *start(images, 1.3))
    assert torch.allclose(mine, reference.adjust_brightness(images, 1.3), atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("factor", [0.0, 0.6, 1.4])
def test_contrast_as_torchvision(factor, channels) -> None:
    images = pictures(channels=channels, low=0.2, high=0.8)
    change = colour.contrast(*start(images), full(4, factor), images.mean(dim=(2, 3)))
    mine = colour.recolour(images, *change)
    assert torch.allclose(mine, reference.adjust_contrast(images, factor), atol=1e-5)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.3])
def test_saturation_as_torchvision(factor) -> None:
    images = pictures(low=0.3, high=0.7)
    mine = colour.recolour(images, *colour.saturation(*start(images), full(4, factor)))
    assert torch.allclose(mine, reference.adjust_saturation(images, factor), atol=1e-5)


def test_grayscale_as_torchvision() -> None:
    images = pictures()
    mine = view(images, replace(OFF, grayscale=1.0))
    assert torch.allclose(mine, reference.rgb_to_grayscale(images, 3), atol=1e-5)


def test_solarise_as_torchvision() -> None:
    images = pictures()
    images[0, 0, 0, 0] = 0.5
    mine = view(images, replace(OFF, solarise=1.0))
    assert torch.equal(mine, reference.solarize(images, 0.5))


def test_composition_is_the_sequence_where_nothing_is_clamped() -> None:
    images = pictures(low=0.35, high=0.65)
    change = colour.contrast(*start(images, 1.2), full(4, 0.8), images.mean(dim=(2, 3)))
    mine = colour.recolour(images, *colour.saturation(*change, full(4, 1.2)))
    theirs = reference.adjust_contrast(reference.adjust_brightness(images, 1.2), 0.8)
    assert torch.allclose(mine, reference.adjust_saturation(theirs, 1.2), atol=1e-5)


def test_hue_turns_chroma_and_keeps_luma() -> None:
    images, turns = pictures(), 0.15
    yiq = torch.tensor(colour.YIQ)
    mine = colour.recolour(images, *colour.hue(*start(images), full(4, turns)))
    before, after = (torch.einsum("ij,bjhw->bihw", yiq, x) for x in (images, mine))
    assert torch.allclose(before[:, 0], after[:, 0], atol=1e-5)
    turned = torch.complex(before[:, 1], before[:, 2])
    turned = turned * torch.exp(torch.tensor(-2j * math.pi * turns))
    assert torch.allclose(turned, torch.complex(after[:, 1], after[:, 2]), atol=1e-5)
    grey = pictures(channels=1).expand(-1, 3, -1, -1)
    kept = colour.recolour(grey, *colour.hue(*start(grey), full(4, turns)))
    assert torch.allclose(kept, grey, atol=1e-5)


@pytest.mark.parametrize("shift", [-0.05, 0.02, 0.1])
def test_hue_shifts_the_hue_of_hsv_about_as_far_as_asked(shift) -> None:
    images = pictures(height=64, width=64, low=0.2, high=0.8)
    mine = colour.recolour(images, *colour.hue(*start(images), full(4, shift))).clamp(0, 1)
    old, new = (rgb_to_hsv(x.movedim(1, -1).numpy())[..., 0] for x in (images, mine))
    moved_by = (new - old + 0.5) % 1 - 0.5
    assert moved_by.mean() == pytest.approx(shift, rel=0.12)  # measured: 1.06 to 1.09 of it
    assert moved_by.std() < 0.35 * abs(shift)


def test_shares_and_strengths_are_as_declared() -> None:
    images = torch.full((4000, 1, 2, 2), 0.4)
    factor = view(images, replace(OFF, brightness=0.5))[:, 0, 0, 0] / 0.4
    changed = (factor - 1).abs() > 1e-6
    assert changed.float().mean() == pytest.approx(0.8, abs=0.03)
    assert kstest(factor[changed].numpy(), "uniform", args=(0.5, 1.0)).pvalue > 0.01
    inverted = view(images + 0.3, replace(OFF, solarise=0.3))[:, 0, 0, 0] < 0.5
    assert inverted.float().mean() == pytest.approx(0.3, abs=0.03)


def test_strong_parts_together_stay_in_range() -> None:
    strength = replace(ALL, brightness=1.0, contrast=1.0, saturation=1.0, hue=0.5, degrees=180.0)
    views = view(pictures(256), strength)
    assert views.isfinite().all()
    assert (views.min() >= 0, views.max() <= 1) == (True, True)


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("min_scale", 0.0, "min_scale is 0.0; give an area share"),
        ("min_scale", 1.5, "min_scale is 1.5"),
        ("flip", -0.1, r"flip is -0.1; give a number in 0\.\.1"),
        ("degrees", 200.0, r"degrees is 200.0; give a number in 0\.\.180"),
        ("hue", 0.6, r"hue is 0.6; give a number in 0\.\.0\.5"),
        ("solarise", float("nan"), "solarise is nan"),
    ],
)
def test_strengths_out_of_range_are_refused(part, value, words) -> None:
    with pytest.raises(InputError, match=words):
        replace(OFF, **{part: value})


def test_channels_other_than_one_or_three_are_refused() -> None:
    with pytest.raises(InputError, match="4 channels"):
        view(pictures(channels=4), ALL)


def test_parameters_build_it() -> None:
    assert build(Augmentation, asdict(ALL), "pretrain.augmentation", "params.yaml") == ALL
    with pytest.raises(InputError, match=r"unknown key a\.blur"):
        build(Augmentation, {**asdict(ALL), "blur": 1}, "a", "params.yaml")
