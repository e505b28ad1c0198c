"""Augmentation: random views of a whole batch, made by tensor operations on its device.

Each sample gets its own crop, flip, rotation and colours. They are drawn on the CPU
(a table of uniform numbers, one row a sample, one column a decision), so the views
are the same on every device up to rounding, and switching one part on or off leaves
the others as they were. A part whose strength is 0 is skipped.

Lightly's transforms of the same strengths work image by image: on one core, with images of
32 x 32, the BYOL pair makes 26 images a second where this makes 1,700
(`benchmarks/augmentation.py`).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from hardrare.augmentation import colour, geometry
from hardrare.errors import InputError

__all__ = ["DRAWS", "Augmentation", "Views", "augment", "draw", "view"]

JITTER = 0.8  # share of samples whose brightness, contrast, saturation and hue change (BYOL)
_DRAWS = ("area", "ratio", "x", "y", "flip", "degrees", "jitter", "brightness", "contrast")
_DRAWS += ("saturation", "hue", "grayscale", "solarise")
DRAWS = len(_DRAWS)  # numbers that decide a view
_RANGES = {
    "flip": 1.0,
    "degrees": 180.0,
    "brightness": 1.0,
    "contrast": 1.0,
    "saturation": 1.0,
    "hue": 0.5,
    "grayscale": 1.0,
    "solarise": 1.0,
}


@dataclass(frozen=True)
class Augmentation:
    """How strong each part is; 0 (for `min_scale` 1) switches it off.

    Attributes:
        min_scale: smallest area share of a crop, which is resized to the full image.
        flip: probability of a flip from left to right.
        degrees: rotation is uniform in -degrees..degrees.
        brightness: factor uniform in 1 - brightness..1 + brightness (as torchvision's
            ColorJitter); this and the next three with probability 0.8, together.
        contrast: the same of contrast.
        saturation: the same of saturation; nothing on grey images.
        hue: shift uniform in -hue..hue turns, at most 0.5; nothing on grey images.
        grayscale: probability of turning grey; nothing on grey images.
        solarise: probability of inverting values of 0.5 and above.
    """

    min_scale: float
    flip: float
    degrees: float
    brightness: float
    contrast: float
    saturation: float
    hue: float
    grayscale: float
    solarise: float

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 0 < self.min_scale <= 1:
            raise InputError(
                f"augmentation.min_scale is {self.min_scale}; give an area share in 0..1, above 0."
            )
        for name, most in _RANGES.items():
            if not 0 <= getattr(self, name) <= most:
                value = getattr(self, name)
                raise InputError(f"augmentation.{name} is {value}; give a number in 0..{most:g}.")


# How views are made: of images, by picking among the stored views of features, or not at all.
Views = Augmentation | Literal["stored"] | None


def augment(images: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """One random view of each image, by numbers drawn here: see `view`.

    Args:
        images: `(B, C, H, W)` float in 0..1; C = 1 (grey) or 3 (red, green, blue).
        augmentation: how strong.
        generator: on the CPU, wherever the images are; each call draws B x 13 numbers.

    Returns:
        `(B, C, H, W)` in 0..1, on the device of the images; the images themselves where
        every part is off.

    Raises:
        InputError: neither 1 nor 3 channels.
    """
    return view(images, augmentation, draw(len(images), generator))


def draw(count: int, generator: torch.Generator) -> Tensor:
    """What decides one view of each of so many images: uniform numbers `(count, 13)`."""
    return torch.rand(count, DRAWS, generator=generator)


def view(
    images: Tensor, augmentation: Augmentation, draws: Tensor, side: int | None = None
) -> Tensor:
    """The view of each image that its draws decide: crop, flip, rotation, colours, solarise.

    Args:
        images: `(B, C, H, W)` float in 0..1; C = 1 or 3.
        augmentation: how strong.
        draws: `(B, 13)` of `draw`.
        side: of the view in pixels, where it is to be a square of another size.

    Returns:
        `(B, C, H, W)`, or `(B, C, side, side)`, in 0..1, on the device of the images.

    Raises:
        InputError: neither 1 nor 3 channels.
    """
    if images.shape[1] not in (1, 3):
        raise InputError(f"images have {images.shape[1]} channels; augmentation takes 1 or 3.")
    draws = draws.to(images.device, non_blocking=True)
    chance = dict(zip(_DRAWS, draws.unbind(1), strict=True))
    moved = _moved(images, augmentation, chance, side)
    made = _recoloured(moved, augmentation, chance)
    if made is not images:
        made = made.clamp_(0, 1)
    if augmentation.solarise > 0:
        made = colour.solarise(made, chance["solarise"] < augmentation.solarise)
    return made


def _moved(
    images: Tensor, strength: Augmentation, chance: dict[str, Tensor], side: int | None
) -> Tensor:
    """Cropped, flipped and rotated."""
    flip = chance["flip"] < strength.flip
    height, width = images.shape[-2:]
    resized = side is not None and (height, width) != (side, side)
    if strength.min_scale < 1 or strength.degrees > 0 or resized:
        uniform = torch.stack([chance[name] for name in ("area", "ratio", "x", "y")], dim=1)
        box = geometry.crop(uniform, strength.min_scale, height, width)
        degrees = strength.degrees * (2 * chance["degrees"] - 1)
        return geometry.warp(images, geometry.affine(box, flip, degrees, height, width), side)
    if strength.flip > 0:
        return torch.where(flip[:, None, None, None], images.flip(-1), images)
    return images


def _recoloured(images: Tensor, strength: Augmentation, chance: dict[str, Tensor]) -> Tensor:
    """Brightness, contrast, saturation, hue and grayscale, not clamped."""
    coloured = images.shape[1] == 3
    chroma = coloured and max(strength.saturation, strength.hue, strength.grayscale) > 0
    if not (strength.brightness > 0 or strength.contrast > 0 or chroma):
        return images
    jitter = (chance["jitter"] < JITTER).to(images.dtype)

    def shift(name: str) -> Tensor:
        """Uniform in -strength..strength, 0 where the sample is not jittered."""
        return jitter * getattr(strength, name) * (2 * chance[name] - 1)  # (B,)

    change = colour.brightness(1 + shift("brightness"), images.shape[1])
    if strength.contrast > 0:
        change = colour.contrast(*change, 1 + shift("contrast"), images.mean(dim=(2, 3)))
    if coloured and strength.saturation > 0:
        change = colour.saturation(*change, 1 + shift("saturation"))
    if coloured and strength.hue > 0:
        change = colour.hue(*change, shift("hue"))
    if coloured and strength.grayscale > 0:
        grey = chance["grayscale"] < strength.grayscale
        change = colour.saturation(*change, 1 - grey.to(images.dtype))
    return colour.recolour(images, *change)
