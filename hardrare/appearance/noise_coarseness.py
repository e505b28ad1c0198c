"""Statistic `noise_coarseness`: whether what looks like noise is gone at half the size."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance.noise_level import noise_level


@statistic(unit="ratio", harder="open", source="Immerkaer, CVIU 1996; at two sizes")
def noise_coarseness(tiles: np.ndarray) -> np.ndarray:
    """Noise level of the picture at half its size over its own.

    Means over 2 x 2 pixels halve the noise of independent pixels; texture, such as grass, keeps
    or gains. Of noise that was added to photographs 0.5 to 0.64, of photographs of grass and
    gravel 1.2 to 2. 0 where there is no noise.

    Args:
        tiles: (B, M, h, w) int16, luminance.

    Returns:
        (B,), 0 or more.

    Examples:
        >>> rng = np.random.default_rng(0)
        >>> noise = rng.normal(120, 20, (1, 1, 256, 256)).astype(np.int16)
        >>> blocks = noise[..., :128, :128].repeat(2, axis=2).repeat(2, axis=3)
        >>> noise_coarseness(noise).round(1), bool(noise_coarseness(blocks)[0] > 1)
        (array([0.5]), True)
    """
    height, width = (n // 2 * 2 for n in tiles.shape[2:])
    whole = tiles[..., :height, :width]
    rows = whole[..., ::2, :] + whole[..., 1::2, :]
    fine, coarse = noise_level(tiles), noise_level(rows[..., ::2] + rows[..., 1::2]) / 4
    return np.divide(coarse, fine, out=np.zeros(len(tiles)), where=fine > 0)
