"""Gaussian noise on every pixel and channel."""

import numpy as np

from hardrare.injection._formula import Formula
from hardrare.injection._noise import noise_deviation
from hardrare.injection._registry import artefact


@artefact(
    "pixel noise",
    "Gaussian noise added to every pixel",
    Formula(lambda a, _, after, row: noise_deviation(a.astype(np.uint8), after, row["strength"])),
    strength="standard deviation in grey levels",
    unit="grey levels",
)
def gaussian_noise(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """round(clip(x + e)), e ~ N(0, strength), independent for each pixel and channel.

    Clipping to 0..255 shrinks the noise at black and white: on a black ground half of
    it is lost.

    Args:
        image: `(H, W, C)` uint8, x.
        strength: standard deviation in grey levels, above 0.
        rng: the source of chance.

    Returns:
        `(H, W, C)` uint8.
    """
    noisy = image + rng.normal(0.0, strength, image.shape)
    return np.rint(noisy.clip(0, 255)).astype(np.uint8)
