"""The features of a frozen network, read from its tables as samples to train on."""

from pathlib import Path

import numpy as np
import torch

from hardrare.errors import InputError
from hardrare.tables import read_features, read_views
from hardrare.training.feature_views import FeatureViews


def frozen(
    features: Path,
    views: Path,
    device: torch.device,
    dropout: float = 0.0,
    label: np.ndarray | None = None,
    of: np.ndarray | None = None,
    components: int = 0,
) -> tuple[np.ndarray, FeatureViews]:
    """`sample_id (N,)` and the samples behind the tables of a frozen network.

    Where labels are given, these are the samples that have one.

    Args:
        features: its features of the images as they are.
        views: its features of augmented images; the table may hold no view.
        device: where batches go.
        dropout: share of a random view's features that is set to their mean.
        label: (N,), -1 = unknown; None for a run that reads no label.
        of: (N,) the samples that the tables must hold, where another has been read before.
        components: principal components at most, in place of the features; 0 = the features.

    Raises:
        InputError: the tables hold other samples, a feature is not finite, or no label is known.
    """
    sample_id, rows = read_features(features, of)
    stored = read_views(views, sample_id, rows.shape[1])
    if not np.isfinite(rows).all():
        raise InputError(f"{features}: a feature is not finite; embed the images again.")
    if label is not None and (label < 0).any():
        known = np.flatnonzero(label >= 0)
        if not len(known):
            raise InputError("no image has a label; set supervise.on_features to [].")
        sample_id, rows, label = sample_id[known], rows[known], label[known]
        stored = None if stored is None else stored[known]
    return sample_id, FeatureViews(rows, stored, label, device, dropout, components)
