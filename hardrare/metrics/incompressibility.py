"""Metric `incompressibility`: how little of an image can be told from the rest of it."""

import numpy as np

from hardrare.metrics import metric


@metric(unit="share", harder="high", source="lossless compression bounds the entropy from above")
def incompressibility(packed: np.ndarray) -> np.ndarray:
    """Bytes of the image as PNG over its bytes as they are: what `compressed_size` has, declared.

    s_i = compressed_size_i / (H W C). Noise has no part that follows from another, so it comes
    out as long as it went in, whatever a network was able to learn.

    Args:
        packed: (N,) that share.

    Returns:
        (N,) float64, above 0; noise about 1, or more for the PNG's own 57 bytes.

    Examples:
        >>> incompressibility(np.array([0.25, 1.0]))
        array([0.25, 1.  ])
    """
    return np.asarray(packed, np.float64).copy()
