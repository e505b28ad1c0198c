"""Metric `patch_anomaly`: whether some part of an image is like no part of the others."""

import numpy as np

from hardrare.metrics import metric


@metric(
    unit="patch feature",
    harder="high",
    source="PatchCore, Roth et al., CVPR 2022, arXiv:2106.08265",
    signal="whether some part of it is like no part of other images",
)
def patch_anomaly(patch_distance: np.ndarray) -> np.ndarray:
    """The largest distance of one of an image's patches to the nearest patch of other images.

    a_i = max_p min_(m not of i) norm(z_ip - z_m), z_ip the features of patch p in the middle of a
    frozen network (`dissection.patches`). Their weighing of the largest by the density around it
    is left out. One small odd thing in an ordinary scene suffices.

    Args:
        patch_distance: (N, P) distance of each patch to the nearest of other images.

    Returns:
        (N,) float64, 0 upwards.

    Examples:
        >>> patch_anomaly(np.array([[0.5, 3.0], [1.0, 1.0]]))
        array([3., 1.])
    """
    return patch_distance.max(axis=1).astype(np.float64)
