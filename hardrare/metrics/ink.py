"""Metric `ink`: how much of the image is not background."""

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import metric
from hardrare.metrics._pixels import border, per_image


@metric(unit="share", harder="open", source="pixel baseline; foreground share")
def ink(image: np.ndarray, *, ink_tolerance: int = 25) -> np.ndarray:
    """Share of pixels off the median of the image's border.

    k_i = mean_hw [max_c abs(x_ihwc - median_border x_ic) > tolerance]; the border is the
    outermost ring of pixels, its median taken for each channel, the tolerance 25 grey
    levels (a tenth of the range). An image of one value has 0.

    Args:
        image: (N, H, W, C) uint8.
        ink_tolerance: grey levels that still count as background, 0..255.

    Returns:
        (N,) float64, a share, 0..1.

    Raises:
        InputError: the tolerance is outside 0..255.

    Examples:
        A border of 100 around one pixel of 126: one of nine is 26 away.

        >>> image = np.full((1, 3, 3, 1), 100, np.uint8)
        >>> image[0, 1, 1, 0] = 126
        >>> ink(image).round(4)
        array([0.1111])
    """
    if not 0 <= ink_tolerance <= 255:
        raise InputError(f"ink_tolerance is {ink_tolerance}, expected 0..255.")

    def share(x: np.ndarray) -> np.ndarray:
        ring = x[:, border(*x.shape[1:3])]  # (B, P, C)
        paper = np.median(ring, axis=1)[:, None, None]  # (B, 1, 1, C)
        return (np.abs(x - paper).max(axis=3) > ink_tolerance).mean(axis=(1, 2))

    return per_image(image, share)
