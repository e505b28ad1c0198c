"""Every pair of scores: pooled, within class, and given the pixel statistics.

One row for each pair, view and method. Spearman is the headline. Intervals are 95 %
percentile intervals over bootstrap samples of the samples, each ranked anew; Kendall's is a
jackknife interval, and above `KENDALL_SAMPLES` samples it is computed on a seeded subsample
of that size, which its row's `n` states.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.agreement import over_seeds, pixel_statistics
from hardrare.agreement.correlation import partial, pearson, spearman, within_class
from hardrare.agreement.kendall import kendall
from hardrare.agreement.summaries import blocks, summaries
from hardrare.numerics.intervals import interval
from hardrare.numerics.ranks import dense_ranks, tie_share
from hardrare.numerics.resample import draws
from hardrare.numerics.rounding import on_grid
from hardrare.tables import Score

KENDALL_SAMPLES = 2000
POOLED, WITHIN, PARTIAL = "pooled", "within_class", "partial"
Key = tuple[str, str]  # view, method


@dataclass(frozen=True)
class _Prepared:
    """What every repeat reads."""

    standard: np.ndarray  # (P, N)
    dense: np.ndarray  # (P, N)
    members: list[np.ndarray]  # (N_k,) positions, for each of the K classes
    inside: list[np.ndarray]  # (P, N_k) dense ranks inside the class
    pixels: np.ndarray  # (Q,)


# One thread: the bits do not depend on how many there are, and hundreds of small products
# gain nothing from more, but wait long for each other where other work shares the cores.
@threadpool_limits.wrap(limits=1, user_api="blas")
def pairs(
    scores: Sequence[Score],
    label: np.ndarray,
    *,
    labelled: Collection[str],
    bootstrap: int,
    seed: int,
    grid: float | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Correlations of every pair of scores, as rows of `agreement/1`, and of `summary/1`.

    A score over several seeds enters by its mean. A constant score gives NaN. Rows of view
    `within_class` are there where labels are, over the labelled samples (`n`); rows of view
    `partial` for pairs without a pixel statistic, where there is one to condition on.

    Args:
        scores: P scores of the same N samples.
        label: `(N,)` class, -1 = unknown.
        labelled: the objectives that read labels, for the summaries.
        bootstrap: number of bootstrap samples.
        seed: of the bootstrap and of Kendall's subsample.
        grid: a power of two to whose multiples the rows are rounded, which takes less room
            compressed; the summaries are made before. None = as they are.

    Raises:
        InputError: `bootstrap` is less than 1.
    """
    values, pixels = over_seeds(scores), pixel_statistics([s.name for s in scores])
    prepared, size = _prepare(values, np.asarray(label), pixels), values.shape[1]
    rng = np.random.default_rng([seed, 0])
    results = {}
    repeats = [_statistics(prepared, w) for w in draws(size, bootstrap, rng)]
    for key, value in _statistics(prepared, np.ones(size)).items():
        n = sum(map(len, prepared.members)) if key[0] == WITHIN else size
        results[key] = (value, *interval(np.stack([repeat[key] for repeat in repeats])), n)
    some = _subsample(size, np.random.default_rng([seed, 1]))
    results[POOLED, "kendall"] = (*kendall(values[:, some]), len(some))
    names, headline = [s.name for s in scores], (POOLED, "spearman")
    again = np.stack([repeat[headline] for repeat in repeats])
    short = summaries(blocks(names, labelled), results[headline][0], again, size)
    if grid is not None:
        results = {
            k: (*(on_grid(value, grid) for value in told), n) for k, (*told, n) in results.items()
        }
    return list(_rows(names, tie_share(prepared.dense), pixels, results)), short


def _prepare(values: np.ndarray, label: np.ndarray, pixels: np.ndarray) -> _Prepared:
    """Standardised values, dense ranks, and the classes' members and ranks.

    Of a score any spread counts, where `standardised` takes a very small one for rounding.
    """
    flat = np.ptp(values, axis=1) == 0
    scale = np.where(flat, 1.0, values.std(axis=1))[:, None]
    centred = np.where(flat[:, None], 0.0, values - values.mean(axis=1, keepdims=True))
    members = [np.flatnonzero(label == k) for k in np.unique(label[label >= 0])]
    inside = [dense_ranks(values[:, member]) for member in members]
    return _Prepared(centred / scale, dense_ranks(values), members, inside, pixels)


def _statistics(prepared: _Prepared, weights: np.ndarray) -> dict[Key, np.ndarray]:
    """Each view's and method's `(P, P)` for one weighting of the samples."""
    ranks = spearman(prepared.dense, weights)
    correlations = {
        (POOLED, "spearman"): ranks,
        (POOLED, "pearson"): pearson(prepared.standard, weights),
    }
    if prepared.members:
        correlations[WITHIN, "spearman"] = within_class(prepared.inside, prepared.members, weights)
    if len(prepared.pixels):
        correlations[PARTIAL, "spearman"] = partial(ranks, prepared.pixels)
    return correlations


def _subsample(size: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of at most `KENDALL_SAMPLES` samples, in order."""
    if size <= KENDALL_SAMPLES:
        return np.arange(size)
    return np.sort(rng.choice(size, KENDALL_SAMPLES, replace=False))


def _rows(
    names: Sequence[str],
    ties: np.ndarray,
    pixels: np.ndarray,
    results: dict[Key, tuple[np.ndarray, np.ndarray, np.ndarray, int]],
) -> Iterator[dict[str, Any]]:
    """One row for each pair a < b, view and method."""
    for a, b in zip(*np.triu_indices(len(names), 1), strict=True):
        for (view, method), (value, low, high, n) in results.items():
            if view == PARTIAL and (a in pixels or b in pixels):
                continue
            yield {
                "score_a": names[a],
                "score_b": names[b],
                "view": view,
                "method": method,
                "value": float(value[a, b]),
                "low": float(low[a, b]),
                "high": float(high[a, b]),
                "n": n,
                "ties_a": float(ties[a]),
                "ties_b": float(ties[b]),
            }
