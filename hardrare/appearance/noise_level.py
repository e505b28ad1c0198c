"""Statistic `noise_level`: how grainy the smoothest parts are."""

import numpy as np

from hardrare.appearance import statistic

SMOOTHEST = 0.25  # share of the blocks that are taken


@statistic(unit="grey levels", harder="high", source="Immerkaer, CVIU 1996; smoothest blocks")
def noise_level(tiles: np.ndarray) -> np.ndarray:
    """Estimated standard deviation of the noise in the smoothest quarter of the picture.

    The response R of the luminance to [[1, -2, 1], [-2, 4, -2], [1, -2, 1]] does not see edges
    along the axes nor slopes; of Gaussian noise its mean absolute value is 6 sigma sqrt(2 / pi).
    So sigma = sqrt(pi / 2) / 6 * mean |R|, here over those blocks whose mean |R| is smallest:
    texture and text look like noise, and hardly any picture is full of them. Blocks without any
    response (a border, an overexposed sky) are left out. 0 where no block is left. Taking the
    smallest of many means makes it too low by about a tenth.

    A block has a quarter of the shorter side of a tile, 2 to 16 pixels.

    Args:
        tiles: (B, M, h, w) int16, luminance.

    Returns:
        (B,), 0 or more.

    Examples:
        >>> board = np.indices((1, 1, 10, 10)).sum(axis=0) % 2  # 0 and 1 as on a chess board
        >>> noise_level(board.astype(np.int16) * 6).round(3)  # |R| = 8 * 6 everywhere
        array([10.027])
    """
    if min(tiles.shape[2:]) < 4:
        return np.zeros(len(tiles))
    across = tiles[..., :-2] + tiles[..., 2:]
    across -= 2 * tiles[..., 1:-1]
    response = across[..., :-2, :] + across[..., 2:, :]
    response -= 2 * across[..., 1:-1, :]
    np.abs(response, out=response)
    means = np.sort(_block_means(response), axis=1)  # (B, blocks)
    empty = (means == 0).sum(axis=1)
    last = empty + np.maximum(1, np.ceil(SMOOTHEST * (means.shape[1] - empty))).astype(int)
    at = np.arange(means.shape[1])
    taken = (at >= empty[:, None]) & (at < last[:, None])
    sums = (means * taken).sum(axis=1) / np.maximum(taken.sum(axis=1), 1)
    return np.sqrt(np.pi / 2) / 6 * sums


def _block_means(response: np.ndarray) -> np.ndarray:
    """(B, M, h, w) to the means (B, M * blocks) over square blocks; a rest at the rim is left."""
    b, m, h, w = response.shape
    side = int(np.clip(min(h, w) // 4, 2, 16))
    cut = response[..., : h // side * side, : w // side * side]
    rows = cut.reshape(b, m, h // side, side, -1).sum(axis=3, dtype=np.int32)
    sums = rows.reshape(b, m, h // side, w // side, side).sum(axis=4)
    return sums.reshape(b, -1) / side**2
