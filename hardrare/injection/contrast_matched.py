"""Two images averaged, the loss of contrast made good."""

import numpy as np

from hardrare.injection._formula import ROUNDING, Row, formula, weighted
from hardrare.injection._registry import artefact

FLAT = 1e-6  # grey levels: below this spread there is no contrast to stretch


def _exact(a: np.ndarray, b: np.ndarray, row: Row) -> np.ndarray:
    mixed = weighted(a, b, row)
    spread = np.sqrt(np.mean((mixed - np.mean(mixed)) ** 2))
    target = weighted(np.std(a), np.std(b), row)
    gain = 1.0 if spread <= 1e-6 else target / spread
    return np.clip(gain * mixed + (1 - gain) * np.mean(mixed), 0, 255)


@artefact(
    "matched pair",
    "two images blended, then brightness and contrast set to their parents' mean",
    formula(_exact, ROUNDING),
    strength="weight w of the image, 1 - w of its partner",
    unit="weight",
    high=1.0,
)
def contrast_matched(image: np.ndarray, partner: np.ndarray, strength: float) -> np.ndarray:
    """round(clip(m + (x - m) s / std(x))) with x = w a + (1 - w) b.

    m = w mean(a) + (1 - w) mean(b), which is mean(x), and s = w std(a) + (1 - w) std(b),
    over all pixels and channels together: at w = 0.5 the mean of the parents' means and
    of their standard deviations. Where x has no contrast (std < 1e-6) it stays as it is.

    Clipping to 0..255 takes back what stretching pushed out, so contrast is matched
    nearly, not exactly. On 1,000 mixes of CIFAR-10 (JPEG re-encoded, w = 0.5) the standard
    deviation ends at 0.989 of s on average and 0.87 at worst, the mean moves by 0.2 grey
    levels on average and 5 at worst, and 0.6 % more of the pixels lie at 0 or 255.

    Args:
        image: `(H, W, C)` uint8, a.
        partner: `(H, W, C)` uint8, b.
        strength: w, 0..1.

    Returns:
        `(H, W, C)` uint8, within half a grey level of the clipped formula.

    >>> a, b = np.array([[[60], [140]]], np.uint8), np.array([[[110], [90]]], np.uint8)
    >>> contrast_matched(a, b, 0.5).ravel().tolist()  # x = 85, 115; std 15 -> (40 + 10) / 2
    [75, 125]
    """
    mixed = strength * image.astype(np.float64) + (1 - strength) * partner
    target = strength * image.std(dtype=np.float64) + (1 - strength) * partner.std(dtype=np.float64)
    spread, centre = mixed.std(), mixed.mean()
    stretch = target / spread if spread > FLAT else 1.0
    return np.rint((centre + (mixed - centre) * stretch).clip(0, 255)).astype(np.uint8)
