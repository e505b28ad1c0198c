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
from hardrare.agreement.auroc import Auroc, auroc
from hardrare.agreement.residual import residuals
from hardrare.agreement.review import (
    average_precision,
    flag_spearman,
    precision_recall,
    review,
    spearman_ceiling,
)
from hardrare.agreement.stump import halves, stump
from hardrare.errors import InputError
from hardrare.tables import Score

SEEN_BY_PIXELS = "pixels see it better"
NAN = float("nan")


@dataclass(frozen=True)
class _Case:
    """One artefact against the clean samples, and what all scores share."""

    artefact: str
    held: np.ndarray  # (n,) positions of the compared samples
    positive: np.ndarray  # (n,) bool
    half: np.ndarray  # (n,) bool, the stump's first half
    area: Auroc  # of the P scores, then of their P residuals
    best: tuple[str, float]  # pixel statistic and its AUROC


@threadpool_limits.wrap(limits=1, user_api="blas")  # so the bits depend on no thread count
def detection(
    sample_id: np.ndarray,
    scores: Sequence[Score],
    artefacts: Mapping[str, np.ndarray],
    *,
    budgets: Sequence[float],
    bootstrap: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Detection of every artefact by every score, as rows of `detection/1`.

    A score over several seeds enters by its mean. An artefact with no sample among the
    scored ones has no row. Residual columns are NaN for the pixel statistics themselves,
    stump columns where there are not two positives and two clean samples to split.

    Args:
        sample_id: `(N,)` of the scored samples.
        scores: P scores, the pixel statistics among them.
        artefacts: the ids of the changed samples, for each artefact.
        budgets: shares of the compared samples that a reviewer may look at, in 0..1.
        bootstrap: number of bootstrap samples.
        seed: of the bootstrap and of the stump's halves.

    Returns:
        The table's columns and `precision_at_<percent>`, `recall_at_<percent>` for each
        budget and for as many as were injected (`precision_at_injected`), `spearman` with
        the flag, `spearman_ceiling`, `stump_accuracy`, `stump_balanced_accuracy`, `flagged`.

    Raises:
        InputError: a budget outside 0..1, `bootstrap` less than 1, or no clean sample.
    """
    if wrong := [b for b in budgets if not 0 < b <= 1]:
        raise InputError(f"detect.budgets holds {wrong[0]}, expected shares above 0 and up to 1.")
    changed = np.concatenate([np.empty(0, np.int32), *artefacts.values()])
    clean = np.flatnonzero(~np.isin(sample_id, changed))
    positive = {name: np.flatnonzero(np.isin(sample_id, ids)) for name, ids in artefacts.items()}
    positive = {name: positions for name, positions in positive.items() if len(positions)}
    if not positive:
        return []
    if not len(clean):
        raise InputError("every scored sample was changed; lower the shares of inject.artefacts.")
    values, pixels = _turned(scores), pixel_statistics([one.name for one in scores])
    both = np.vstack([values, residuals(values, pixels, clean)])
    areas = auroc(both, clean, positive, bootstrap=bootstrap, seed=seed)
    best = {name: _best_pixel(scores, pixels, area) for name, area in areas.items()}
    cases = [_case(n, positive[n], clean, areas[n], best[n], seed) for n in sorted(positive)]
    return [
        _row(case, scores, values, pixels, k, budgets) for case in cases for k in range(len(values))
    ]


def _turned(scores: Sequence[Score]) -> np.ndarray:
    """`(P, N)` with the declared harder end high."""
    signs = np.array([-1.0 if one.harder == "low" else 1.0 for one in scores])
    return over_seeds(scores) * signs[:, None]


def _best_pixel(scores: Sequence[Score], pixels: np.ndarray, area: Auroc) -> tuple[str, float]:
    """The pixel statistic whose AUROC is farthest from 0.5 to either side, and that AUROC."""
    if not len(pixels):
        return "", NAN
    at = pixels[np.argmax(np.abs(area.value[pixels] - 0.5))]
    return scores[at].name, float(area.value[at])


def _case(
    artefact: str,
    positive: np.ndarray,
    clean: np.ndarray,
    area: Auroc,
    best: tuple[str, float],
    seed: int,
) -> _Case:
    """Which samples are compared, and their halves."""
    held = np.concatenate([positive, clean])
    flag = np.arange(len(held)) < len(positive)
    key = [seed, zlib.crc32(artefact.encode()), 1]  # other artefacts do not move the halves
    return _Case(artefact, held, flag, halves(flag, np.random.default_rng(key)), area, best)


def _row(
    case: _Case,
    scores: Sequence[Score],
    values: np.ndarray,
    pixels: np.ndarray,
    k: int,
    budgets: Sequence[float],
) -> dict[str, Any]:
    """The row of score k."""
    score, area, baseline = scores[k], case.area, k in pixels
    row = {
        "artefact": case.artefact,
        "score": score.name,
        "harder": score.harder,
        "auroc": float(area.value[k]),
        "auroc_low": float(area.low[k]),
        "auroc_high": float(area.high[k]),
        "best_pixel": case.best[0],
        "best_pixel_auroc": case.best[1],
    }
    ends = (area.value, area.low, area.high)
    names = ("residual_auroc", "residual_low", "residual_high")
    for name, end in zip(names, ends, strict=True):
        row[name] = NAN if baseline else float(end[len(scores) + k])
    credit = row["auroc"] - 0.5 if score.harder != "open" else abs(row["auroc"] - 0.5)
    seen = not baseline and abs(case.best[1] - 0.5) >= credit
    row["flagged"] = SEEN_BY_PIXELS if seen else ""
    return row | _reviewed(case, values[k, case.held], score.harder, budgets)


def _reviewed(
    case: _Case, values: np.ndarray, harder: str, budgets: Sequence[float]
) -> dict[str, Any]:
    """The columns that look at samples from the highest score down, and the stump's."""
    size, positives = len(case.held), int(case.positive.sum())
    down, share = review(values, case.positive), positives / size
    row: dict[str, Any] = {"n": size, "positives": positives, "base_rate": share}
    row |= {"auprc": average_precision(down), "spearman": flag_spearman(down)}
    row["spearman_ceiling"] = spearman_ceiling(share)
    counts = {f"{100 * b:g}": max(1, round(b * size)) for b in budgets} | {"injected": positives}
    for name, count in counts.items():
        row[f"precision_at_{name}"], row[f"recall_at_{name}"] = precision_recall(down, count)
    cut = (NAN, NAN)
    if 2 <= positives <= size - 2:
        cut = stump(values, case.positive, case.half, either=harder == "open")
    return row | {"stump_accuracy": cut[0], "stump_balanced_accuracy": cut[1]}
