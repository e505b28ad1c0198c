"""What this project writes itself beside the library that could do it: processor time and values.

    python benchmarks/hand_written.py

One thread; the ratio is the library's processor time to this project's, for the same numbers.
Augmentation has `benchmarks/augmentation.py`, the neighbour search `benchmarks/neighbours.py`.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from scipy.ndimage import maximum_filter, minimum_filter
from scipy.stats import bootstrap, rankdata, spearmanr
from skimage.metrics import structural_similarity
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from threadpoolctl import threadpool_limits

from hardrare.detection.residual import FOLDS, curves, residuals
from hardrare.numerics.ranks import centred_ranks, dense_ranks, percentiles
from hardrare.numerics.resample import draws
from hardrare.numerics.spans import span
from hardrare.probes.ssim import WINDOW, ssim

SAMPLES, SCORES, REPEATS = 1600, 40, 50
TIMES = 3  # the fastest of so many counts


def fastest(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Seconds of processor, and what came out."""
    spent = []
    for _ in range(TIMES):
        started = time.process_time()
        values = work()
        spent.append(time.process_time() - started)
    return min(spent), np.asarray(values)


def similarity() -> tuple[Callable, Callable]:
    """SSIM of 512 colour images of 32 x 32, one call against one for each image."""
    x = torch.rand(512, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    y = (x + 0.1 * torch.rand(x.shape, generator=torch.Generator().manual_seed(1))).clamp(0, 1)
    pairs = list(zip(x.double().numpy(), y.double().numpy(), strict=True))

    def library() -> np.ndarray:
        words = {"channel_axis": 0, "data_range": 1.0, "win_size": WINDOW}
        return np.array([structural_similarity(a, b, **words) for a, b in pairs])

    return lambda: ssim(x, y), library


def ranks() -> tuple[Callable, Callable]:
    """Mid-ranks of every score in every bootstrap sample: one sort in all, or one for each."""
    values = np.random.default_rng(0).normal(size=(SCORES, SAMPLES)).round(1)
    weights = list(draws(SAMPLES, REPEATS, np.random.default_rng(1)))

    def own() -> np.ndarray:
        dense = dense_ranks(values)
        parts = [centred_ranks(dense, one) * (one > 0) for one in weights]
        return np.array([part.sum(axis=1) for part in parts])

    def library() -> np.ndarray:
        made = []
        for one in weights:
            drawn = np.repeat(np.arange(SAMPLES), one.astype(int))
            mid = rankdata(values[:, drawn], axis=1) - (len(drawn) + 1) / 2
            first = np.flatnonzero(np.diff(drawn, prepend=-1))
            made.append(mid[:, first].sum(axis=1))
        return np.array(made)

    return own, library


def resampling() -> tuple[Callable, Callable]:
    """Bootstrap of Spearman's correlation of all scores with one: weights, or resampled rows."""
    values = np.random.default_rng(0).normal(size=(SCORES, SAMPLES))
    values += values[0]

    def own() -> np.ndarray:
        dense, correlations = dense_ranks(values), []
        for weight in draws(SAMPLES, REPEATS, np.random.default_rng(1)):
            mid = centred_ranks(dense, weight)
            size = np.sqrt(np.square(mid) @ weight)
            correlations.append((mid * weight) @ mid[0] / (size * size[0]))
        return np.array(correlations)

    def library() -> np.ndarray:
        def correlation(*columns: np.ndarray) -> np.ndarray:
            return spearmanr(np.stack(columns, axis=1)).statistic[0]

        words = {"n_resamples": REPEATS, "vectorized": False, "paired": True}
        rng = np.random.default_rng(1)  # which makes the same draws
        drawn = bootstrap(tuple(values), correlation, method="percentile", rng=rng, **words)
        return drawn.bootstrap_distribution.T

    return own, library


def residual() -> tuple[Callable, Callable]:
    """Residuals of every score from pixel statistics, fold by fold."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(SCORES, SAMPLES))
    order, pixels = rng.permutation(SAMPLES), np.arange(8)

    def library() -> np.ndarray:
        shares = percentiles(values)
        design, split = curves(shares[pixels]).T, PredefinedSplit(order % FOLDS)
        model = LinearRegression(fit_intercept=False)
        return (shares - cross_val_predict(model, design, shares.T, cv=split).T).round(6)

    return lambda: residuals(values, pixels, order), library


def spread() -> tuple[Callable, Callable]:
    """Largest less smallest of 3 x 3 pixels, of 48 pictures of 320 x 240."""
    levels = np.random.default_rng(0).integers(0, 256, (48, 240, 320), dtype=np.uint8)

    def library() -> np.ndarray:
        square = {"size": (1, 3, 3), "mode": "reflect"}
        return maximum_filter(levels, **square) - minimum_filter(levels, **square)

    return lambda: span(levels, 3), library


def main() -> None:
    """Time each pair."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for make in (similarity, ranks, resampling, residual, spread):
            own, library = (fastest(work) for work in make())
            apart = np.abs(own[1].astype(float) - library[1]).max()
            ratio = library[0] / own[0]
            name = (make.__doc__ or "").partition("\n")[0]
            print(f"{name}\n  here {own[0]:.3f} s, library {library[0]:.3f} s: {ratio:.1f} times; "
                  f"largest difference {apart:.1e}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
