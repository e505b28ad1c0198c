"""Statistic `sharpness`: how much neighbouring pixels differ."""

import numpy as np

from hardrare.appearance import statistic


@statistic(unit="squared grey levels", harder="low", source="Pech-Pacheco et al., ICPR 2000; LAP4")
def sharpness(tiles: np.ndarray) -> np.ndarray:
    """Variance of the Laplacian of the luminance, at the picture's own resolution.

    s = var_yx(L(y-1, x) + L(y+1, x) + L(y, x-1) + L(y, x+1) - 4 L(y, x)), over pixels with four
    neighbours; 0 where there is none. It is low for blurred, flat and dark pictures alike, and
    the more pixels show the same thing, the lower it is.

    Args:
        tiles: (B, M, h, w) int16, luminance.

    Returns:
        (B,), 0 or more.

    Examples:
        One white pixel on black: the nine responses are -4, four times 1 and four times 0 (of
        255); their mean is 0 and the mean of their squares 20 / 9.

        >>> spot = np.zeros((1, 1, 5, 5), np.int16)
        >>> spot[0, 0, 2, 2] = 3
        >>> sharpness(spot)
        array([20.])
    """
    if min(tiles.shape[2:]) < 3:
        return np.zeros(len(tiles))
    around = tiles[..., :-2, 1:-1] + tiles[..., 2:, 1:-1]
    around += tiles[..., 1:-1, :-2] + tiles[..., 1:-1, 2:]
    around -= 4 * tiles[..., 1:-1, 1:-1]
    flat = around.reshape(len(tiles), -1).astype(np.float64)  # whole numbers: sums are exact
    mean = flat.sum(axis=1) / flat.shape[1]
    return np.einsum("bp,bp->b", flat, flat) / flat.shape[1] - mean**2
