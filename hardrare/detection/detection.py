"""How well each score finds each injected artefact, beside what one-line pixel statistics find.

Positives are the samples that the manifest names for an artefact, negatives the samples that
it does not name at all. A score with a declared orientation is turned so that its harder end
is high; an `open` one is read as it is. No result ever turns a score.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.agreement import over_seeds, pixel_statistics
from hardrare.detection.auroc import Auroc, analytic, auroc
from hardrare.detection.residual import residuals
from hardrare.detection.stump import accuracies, halves, resampled, stump
from hardrare.errors import InputError
from hardrare.numerics.intervals import interval
from hardrare.numerics.ranks import same_orders
from hardrare.numerics.review import flag_spearman_slope, review, spearman_ceiling
from hardrare.tables import Score

SEEN_BY_PIXELS = "pixels see it better"
NAN = float("nan")
ENDS = ("", "_low", "_high")  # a value and its 95 % interval


@dataclass(frozen=True)
class _Case:
    """One artefact against the clean samples, and what all scores share."""

    artefact: str
    held: np.ndarray  # (n,) positions of the compared samples
    positive: np.ndarray  # (n,) bool
    half: np.ndarray  # (n,) bool, the stump's first half
    area: Auroc  # of the P scores
    left: np.ndarray  # (3, P) AUROC of their residuals, with interval
    counts: dict[str, int]  # of samples that are looked at, by the end of the column's name


@threadpool_limits.wrap(limits=1, user_api="blas")  # so the bits depend on no thread count
def detection(
    sample_id: np.ndarray,
    scores: Sequence[Score],
    artefacts: Mapping[str, np.ndarray],
    *,
    aside: np.ndarray,
    budgets: Sequence[float],
    bootstrap: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Detection of every artefact by every score, as rows of `detection/1`.

    A score over several seeds enters by its mean. An artefact with no sample among the
    scored ones has no row. Residual columns are NaN for the pixel statistics themselves, and
    their interval is not a bootstrap's (`auroc.analytic`); stump columns are NaN where there
    are not two positives and two clean samples to split.

    Args:
        sample_id: `(N,)` of the scored samples.
        scores: P scores, the pixel statistics among them.
        artefacts: the ids of the changed samples, for each artefact.
        aside: ids of samples that count neither as changed nor as clean.
        budgets: shares of the compared samples that a reviewer may look at, in 0..1.
        bootstrap: number of bootstrap samples.
        seed: of the bootstrap and of the stump's halves.

    Returns:
        The table's columns and `precision_at_<percent>`, `recall_at_<percent>` for each
        budget and for as many as were injected (`precision_at_injected`), `spearman` with
        the flag, `stump_accuracy`, `stump_balanced_accuracy`, each with `_low` and `_high`,
        `spearman_ceiling`, `flagged`.

    Raises:
        InputError: a budget outside 0..1, `bootstrap` less than 1, or no clean sample.
    """
    if wrong := [b for b in budgets if not 0 < b <= 1]:
        raise InputError(f"detect.budgets holds {wrong[0]}, expected shares above 0 and up to 1.")
    positive, clean = _compared(sample_id, artefacts, aside)
    if not positive:
        return []
    values, pixels = _turned(scores), pixel_statistics([score.name for score in scores])
    counts = {
        name: _looked_at(len(p) + len(clean), len(p), budgets) for name, p in positive.items()
    }
    areas = auroc(
        values,
        clean,
        positive,
        bootstrap=bootstrap,
        seed=seed,
        counts={name: list(counted.values()) for name, counted in counts.items()},
        review_first=len(values),
    )
    alike = same_orders([score.values for score in scores], [score.run for score in scores])
    rows = []
    for name in sorted(positive):
        case = _case(
            name, sample_id, positive[name], clean, areas[name], counts[name], seed, values, pixels
        )
        for k, first in enumerate(alike):
            rng = np.random.default_rng([seed, 2, k])
            row = _row(case, scores, values, pixels, k, rng, bootstrap)
            rows.append(row | {"same_order_as": "" if first == k else scores[first].name})
    return rows


def _compared(
    sample_id: np.ndarray, artefacts: Mapping[str, np.ndarray], aside: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Positions of each artefact's changed samples that were scored, and of the clean ones."""
    changed = np.concatenate([np.empty(0, np.int32), *artefacts.values()])
    clean = np.flatnonzero(~np.isin(sample_id, np.concatenate([changed, aside])))
    positive = {name: np.flatnonzero(np.isin(sample_id, ids)) for name, ids in artefacts.items()}
    positive = {name: positions for name, positions in positive.items() if len(positions)}
    if positive and not len(clean):
        raise InputError("every scored sample was changed; lower the shares of inject.artefacts.")
    return positive, clean


def _looked_at(size: int, positives: int, budgets: Sequence[float]) -> dict[str, int]:
    """How many samples each budget, and reviewing as many as were injected, looks at."""
    return {f"{100 * b:g}": max(1, round(b * size)) for b in budgets} | {"injected": positives}


def _turned(scores: Sequence[Score]) -> np.ndarray:
    """`(P, N)` with the declared harder end high."""
    signs = np.array([-1.0 if score.harder == "low" else 1.0 for score in scores])
    return over_seeds(scores) * signs[:, None]


def _best_pixel(scores: Sequence[Score], pixels: np.ndarray, area: Auroc) -> tuple[str, np.ndarray]:
    """The pixel statistic whose AUROC is farthest from 0.5 to either side, and that AUROC."""
    if not len(pixels):
        return "", np.full(3, NAN)
    at = pixels[np.argmax(np.abs(area.value[pixels] - 0.5))]
    return scores[at].name, np.array([area.value[at], area.low[at], area.high[at]])


def _case(
    artefact: str,
    sample_id: np.ndarray,
    positive: np.ndarray,
    clean: np.ndarray,
    area: Auroc,
    counts: dict[str, int],
    seed: int,
    values: np.ndarray,
    pixels: np.ndarray,
) -> _Case:
    """Which samples are compared, their halves, and what is left of the scores."""
    held = np.concatenate([positive, clean])
    flag = np.arange(len(held)) < len(positive)
    key = [seed, zlib.crc32(artefact.encode())]  # other artefacts do not move the draws
    half = halves(flag, np.random.default_rng([*key, 1]))
    by_id = np.argsort(np.argsort(sample_id[held]))  # no order of rows deals the folds
    shuffled = np.random.default_rng([*key, 2]).permutation(len(held))[by_id]
    rest = residuals(values[:, held], pixels, shuffled)
    return _Case(artefact, held, flag, half, area, analytic(rest, len(positive)), counts)


def _row(
    case: _Case,
    scores: Sequence[Score],
    values: np.ndarray,
    pixels: np.ndarray,
    k: int,
    rng: np.random.Generator,
    repeats: int,
) -> dict[str, Any]:
    """The row of score k."""
    score, area, baseline = scores[k], case.area, k in pixels
    ends = np.stack([area.value, area.low, area.high])
    row = {"artefact": case.artefact, "score": score.name, "harder": score.harder}
    best, pixel_area = _best_pixel(scores, pixels, area)
    row |= _ends("auroc", ends[:, k]) | {"best_pixel": best}
    row |= _ends("best_pixel_auroc", pixel_area)
    residual = np.full(3, NAN) if baseline else case.left[:, k]
    row |= dict(
        zip(("residual_auroc", "residual_low", "residual_high"), residual.tolist(), strict=True)
    )
    credit = row["auroc"] - 0.5 if score.harder != "open" else abs(row["auroc"] - 0.5)
    seen = not baseline and abs(pixel_area[0] - 0.5) >= credit
    row["flagged"] = SEEN_BY_PIXELS if seen else ""
    row |= _reviewed(case, k)
    slope = flag_spearman_slope(review(values[k, case.held], case.positive))
    row |= _ends("spearman", (ends[:, k] - 0.5) * slope)
    return row | _cut(case, values[k, case.held], score.harder, rng, repeats)


def _ends(name: str, values: np.ndarray) -> dict[str, float]:
    """A value with its interval `(3,)` as columns."""
    return {name + end: float(value) for end, value in zip(ENDS, values, strict=True)}


def _reviewed(case: _Case, k: int) -> dict[str, Any]:
    """The columns that look at samples from the highest score down."""
    size, positives = len(case.held), int(case.positive.sum())
    row: dict[str, Any] = {"n": size, "positives": positives, "base_rate": positives / size}
    row["spearman_ceiling"] = spearman_ceiling(positives / size)
    row |= _ends("auprc", case.area.review[:, k, 0])
    for at, (name, count) in enumerate(case.counts.items(), 1):
        hits = case.area.review[:, k, at]
        row |= _ends(f"precision_at_{name}", hits / count)
        row |= _ends(f"recall_at_{name}", hits / positives)
    return row


def _cut(
    case: _Case, values: np.ndarray, harder: str, rng: np.random.Generator, repeats: int
) -> dict[str, float]:
    """The stump's columns; NaN where there are not two of each kind to split."""
    size, positives = len(case.held), int(case.positive.sum())
    measures = np.full((2, 3), NAN)
    if 2 <= positives <= size - 2:
        rates = stump(values, case.positive, case.half, either=harder == "open")
        again = resampled(rates, (positives, size - positives), repeats, rng)
        shares = accuracies(*again, positives / size)
        measures[:, 0] = accuracies(*rates, positives / size)
        measures[:, 1:] = np.stack(interval(shares.T), axis=1)
    return _ends("stump_accuracy", measures[0]) | _ends("stump_balanced_accuracy", measures[1])
