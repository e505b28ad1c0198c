"""Statistic `colourfulness`: how colourful people find it."""

import numpy as np

from hardrare.appearance import statistic


@statistic(unit="grey levels", harder="open", source="Hasler & Suesstrunk, SPIE 2003")
def colourfulness(colours: np.ndarray) -> np.ndarray:
    """Spread and offset of the opponent colours.

    With a = R - G and b = (R + G) / 2 - B over the pixels:
    sqrt(var a + var b) + 0.3 sqrt(mean(a)^2 + mean(b)^2). 0 for a grey picture; above 60 people
    call a photograph quite colourful.

    Args:
        colours: (B, P, C) int16, C = 1 or 3.

    Returns:
        (B,), 0 or more.

    Examples:
        One red pixel (255, 0, 0): no spread, a = 255, b = 127.5.

        >>> colourfulness(np.array([[[255, 0, 0]]], np.int16)).round(2)
        array([85.53])
    """
    if colours.shape[2] == 1:
        return np.zeros(len(colours))
    red, green, blue = (colours[..., k] for k in range(3))
    first = (red - green).astype(np.float32)
    second = (red + green - 2 * blue).astype(np.float32) / 2
    spread = np.sqrt(first.var(axis=1) + second.var(axis=1))
    offset = np.hypot(first.mean(axis=1), second.mean(axis=1))
    return (spread + 0.3 * offset).astype(np.float64)
