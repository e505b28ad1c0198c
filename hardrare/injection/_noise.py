"""What Gaussian noise should do to an image, for the audit: moments after rounding and clipping.

Nothing here calls the artefact's own function.
"""

from functools import lru_cache

import numpy as np
from scipy.special import ndtr

ERRORS = 6  # standard errors that the moments of noise may lie from what is expected


@lru_cache(maxsize=8)
def noise_moments(strength: float) -> np.ndarray:
    """What noise does to a pixel of each grey level a.

    The change is d = clip(round(a + strength * Z), 0, 255) - a with Z ~ N(0, 1); its
    moments are exact, from the normal distribution over the 256 outcomes.

    Args:
        strength: standard deviation in grey levels, above 0.

    Returns:
        (256, 4): mean and variance of d, mean and variance of d^2, a row for each a.
    """
    level = np.arange(256.0)
    edges = np.concatenate([[-np.inf], level[:-1] + 0.5, [np.inf]])
    chance = np.diff(ndtr((edges - level[:, None]) / strength), axis=1)
    change = level - level[:, None]
    mean, square, fourth = ((chance * change**power).sum(axis=1) for power in (1, 2, 4))
    spread = np.maximum(square - mean**2, 0), np.maximum(fourth - square**2, 0)
    return np.stack([mean, spread[0], square, spread[1]], axis=1)


def noise_deviation(before: np.ndarray, after: np.ndarray, strength: float) -> float:
    """How far noise lies outside what its strength lets expect, in grey levels; 0 inside.

    Expected are the mean change and the root-mean-square change of these very pixels,
    after rounding and clipping, each within `ERRORS` standard errors. The ends of the
    root-mean-square are those of the cube root of the mean square, which is nearly normal
    where pixels are few, too, and so leaves a lower end (Wilson & Hilferty, PNAS 17, 1931).
    Where pixels are few, a small shift or a strength a little off stays inside.

    Args:
        before: any shape, uint8.
        after: the same shape, uint8.
        strength: standard deviation in grey levels, above 0.
    """
    count = np.bincount(before.ravel(), minlength=256)
    mean, spread, square, wide = count @ noise_moments(strength) / before.size
    change = after.astype(np.float64) - before
    shifted = abs(change.mean() - mean) - ERRORS * np.sqrt(spread / before.size)
    middle = np.cbrt(square)
    error = np.sqrt(wide / before.size) / (3 * middle**2) if square > 0 else 0.0
    low, high = np.maximum(middle + np.array([-ERRORS, ERRORS]) * error, 0) ** 1.5
    strong = np.sqrt(np.mean(change**2))
    return float(np.max([0.0, shifted, low - strong, strong - high]))
