"""Where samples lie on a map: by their loss over the epochs, and by what a network made of them."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

DIMENSIONS = 30  # of the features that t-SNE reads
LEAST = 8  # samples below which t-SNE has nothing to arrange


def over_epochs(by_seed: list[np.ndarray]) -> np.ndarray:
    """Variability and mean over the epochs, each a mean over the seeds.

    Args:
        by_seed: one column of the dynamics `(N, T)` for each seed; NaN is left out.

    Returns:
        `(N, 2)`.
    """
    known = [one[:, np.isfinite(one).any(axis=0)] for one in by_seed]
    parts = [[np.nanstd(one, axis=1), np.nanmean(one, axis=1)] for one in known]
    return np.mean(parts, axis=0).T


def of_features(features: np.ndarray) -> np.ndarray:
    """t-SNE of the L2-normalised features: near ones stay near, other distances say little.

    One thread, one seed and a start at the principal components: the same numbers each time.

    Args:
        features: `(M, D)`.

    Returns:
        `(M, 2)`.
    """
    size = np.linalg.norm(features, axis=1, keepdims=True)
    rows = (features / np.where(size > 0, size, 1)).astype(np.float64)
    if not np.ptp(rows, axis=0).any():
        return np.zeros((len(rows), 2))
    with threadpool_limits(1):
        width = min(DIMENSIONS, *rows.shape)
        reduced = PCA(width, svd_solver="full").fit_transform(rows)
        if len(rows) < LEAST or width < 2 or not reduced.std(axis=0)[:2].all():
            return np.pad(reduced, ((0, 0), (0, 2)))[:, :2]
        near = min(30.0, (len(rows) - 1) / 4)
        arranged = TSNE(2, perplexity=near, init="pca", random_state=0, n_jobs=1)
        return arranged.fit_transform(reduced).astype(np.float64)
