"""Crop, flip and rotation against torchvision with forced places, and their distributions."""

from dataclasses import replace

import pytest
import torch
import torchvision.transforms.functional as reference
from scipy.stats import kstest
from test_augmentation import OFF, full, pictures, view

from hardrare.augmentation import geometry


def whole(count):
    return torch.tensor([[1.0, 1.0, 0.0, 0.0]]).expand(count, 4)


def moved(images, *, box=None, flip=False, degrees=0.0):
    count, _, height, width = images.shape
    box = whole(count) if box is None else box
    maps = geometry.affine(box, torch.full((count,), flip), full(count, degrees), height, width)
    return geometry.warp(images, maps)


def test_the_whole_image_as_crop_is_the_identity() -> None:
    images = pictures(height=9, width=14)
    assert torch.allclose(moved(images), images, atol=1e-5)


def test_flip_is_exact() -> None:
    images = pictures(height=9, width=14)
    assert torch.equal(view(images, replace(OFF, flip=1.0)), images.flip(-1))
    assert torch.allclose(moved(images, flip=True), images.flip(-1), atol=1e-5)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_rotation_by_right_angles(quarter) -> None:
    images = pictures()
    mine = moved(images, degrees=90.0 * quarter)
    assert torch.allclose(mine, torch.rot90(images, quarter, (2, 3)), atol=1e-5)


def test_rotation_as_torchvision_on_wide_images() -> None:
    images = pictures(height=20, width=30)
    mine = moved(images, degrees=25.0)[:, :, 6:14, 11:19]
    theirs = reference.rotate(images, 25.0, reference.InterpolationMode.BILINEAR)
    assert torch.allclose(mine, theirs[:, :, 6:14, 11:19], atol=1e-4)


def test_crop_as_torchvision() -> None:
    images = pictures(height=16, width=20)
    box = torch.tensor([[8 / 20, 12 / 16, 2 * (3 + 4) / 20 - 1, 2 * (2 + 6) / 16 - 1]])
    mine = moved(images, box=box.expand(4, 4))  # left 3, top 2, width 8, height 12
    theirs = reference.resized_crop(images, 2, 3, 12, 8, [16, 20], antialias=False)
    inner = (slice(None), slice(None), slice(1, -1), slice(2, -2))
    # At the crop's own edge torchvision repeats pixels; here the image beyond is seen.
    assert torch.allclose(mine[inner], theirs[inner], atol=1e-5)


def test_crop_areas_are_uniform_and_boxes_stay_inside() -> None:
    chance = torch.rand(20000, 4, generator=torch.Generator().manual_seed(0))
    box = geometry.crop(chance, 0.2, 24, 32)
    area = box[:, 0] * box[:, 1]
    assert kstest(area.numpy(), "uniform", args=(0.2, 0.8)).pvalue > 0.01
    assert (box[:, 2:].abs() + box[:, :2] <= 1 + 1e-6).all()
    ratio = box[:, 0] * 32 / (box[:, 1] * 24)
    assert (ratio.min() >= 0.75 - 1e-4, ratio.max() <= 4 / 3 + 1e-4) == (True, True)
    small = area < 0.5
    assert kstest(ratio[small].log().numpy(), "uniform", args=(-0.2877, 0.5754)).pvalue > 0.01
