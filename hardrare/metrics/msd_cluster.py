"""The metric `msd_cluster`: one value per sample."""

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean, std

MOST = 10  # clusters
DRAWS, DRAW_SIZE = 10, 400  # bootstrap draws for the silhouette, and samples in each
DIGITS = 4  # of the z-scores: series that differ by rounding are one
CONSTANT = 1e-6  # relative spread below which a series of float32 is constant


@metric(
    unit="cluster",
    harder="open",
    source="Natifick, Skoltech Machine Learning project, 2024",
    asked=True,
)
def msd_cluster(displacement: np.ndarray) -> np.ndarray:
    """Which group of alike MSD curves the sample belongs to.

    z_t = (MSD_t - mean_t MSD) / std_t MSD of each sample, 0 where undefined or constant;
    score = argmin_c sum_t (z_t - centre_c,t)^2 after k-means with the k of 2..10 that has the
    largest mean silhouette over bootstrap draws. Clusters are numbered 0, 1, ... by their mean
    MSD. The number names a group: a nominal score, whose order is that of mean MSD alone.
    It looks at all samples: score whole runs, not blocks of rows. One shape alone gives 0, two
    shapes are two clusters.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, whole numbers 0..9.

    Example:
        >>> rising, falling = [np.nan, 1.0, 2.0, 3.0], [np.nan, 2.0, 1.0, 0.0]
        >>> msd_cluster(np.array([rising, rising, falling, rising])).tolist()
        [1.0, 1.0, 0.0, 1.0]
    """
    # Distinct shapes come sorted, so neither the draws nor the centres depend on sample order.
    shapes, inverse, weight = _distinct(_z_scored(displacement))
    with threadpool_limits(limits=1):  # k-means adds its threads' sums in the order they end
        clusters = _clusters(shapes, inverse, weight)[inverse]
    size = np.bincount(clusters)
    level = np.bincount(clusters, weights=mean(displacement)) / size
    return np.argsort(np.argsort(level, kind="stable"), kind="stable")[clusters].astype(np.float64)


def _z_scored(displacement: np.ndarray) -> np.ndarray:
    """Each row with mean 0 and standard deviation 1; 0 where undefined or constant. `(N, T)`."""
    centre, spread = mean(displacement)[:, None], std(displacement)[:, None]
    varies = spread > CONSTANT * np.abs(centre)
    z = np.nan_to_num((displacement - centre) / np.where(varies, spread, np.inf))
    return np.round(z, DIGITS) + 0.0  # no negative zero


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct rows `(M, T)`, which of them each row is `(N,)`, how often each occurs `(M,)`."""
    as_bytes = np.ascontiguousarray(rows).view(f"V{rows.shape[1] * rows.itemsize}")[:, 0]
    _, where, inverse, count = np.unique(
        as_bytes, return_index=True, return_inverse=True, return_counts=True
    )
    return rows[where], inverse, count


def _clusters(shapes: np.ndarray, inverse: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The cluster of each distinct shape, `(M,)` int."""
    if len(shapes) <= 2:
        return np.arange(len(shapes))
    from sklearn.cluster import KMeans  # two seconds, and not all who import this ask

    k = _number_of_clusters(shapes, inverse)
    model = KMeans(k, n_init=3, random_state=0)
    return model.fit_predict(shapes, sample_weight=weight)


def _number_of_clusters(shapes: np.ndarray, inverse: np.ndarray) -> int:
    """The k whose silhouette, on average over bootstrap draws of samples, is largest."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(0)
    drawn = np.sort(inverse)
    silhouettes: dict[int, list[float]] = {2: []}
    for _ in range(DRAWS):
        # A sample drawn twice would be its own nearest neighbour: it counts once.
        some = shapes[np.unique(rng.choice(drawn, min(DRAW_SIZE, len(drawn))))]
        for k in range(2, min(MOST, len(some) - 1) + 1):
            labels = KMeans(k, n_init=1, random_state=0).fit_predict(some)
            silhouettes.setdefault(k, []).append(float(silhouette_score(some, labels)))
    return max(silhouettes, key=lambda k: np.mean(silhouettes[k]) if silhouettes[k] else -1.0)
