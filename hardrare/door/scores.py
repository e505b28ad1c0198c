"""Scores and places of arrays and tables of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from hardrare import metrics
from hardrare.door.given import arrays, refuse_holes, refuse_other_tables, refuse_settings, shapes
from hardrare.errors import InputError
from hardrare.ranking.axes import axis
from hardrare.tables import Score

ID = "sample_id"


def score(
    *,
    features: np.ndarray | None = None,
    dynamics: Mapping[str, np.ndarray] | None = None,
    image: np.ndarray | None = None,
    label: np.ndarray | None = None,
    sample_id: np.ndarray | None = None,
    **settings: Any,  # noqa: ANN401
) -> pl.DataFrame:
    """Every metric whose columns are given, a column each.

    Args:
        features: `(N, D)` of the last epoch, or of a frozen network.
        dynamics: column to `(N, T)`, as probes name them: `loss`, `displacement`, `correct`,
            `margin`, `probability`, `gradient_norm`, ...
        image: `(N, H, W, C)` uint8.
        label: `(N,)` int.
        sample_id: `(N,)` int, 0, 1, ... by default.
        settings: of metrics, such as `neighbours=20`.

    Returns:
        `sample_id` and one float column a metric.

    Raises:
        InputError: nothing is given, arrays differ in length, or no metric reads them.
    """
    given = {"features": features, "image": image, "label": label, ID: sample_id}
    columns = arrays({} if dynamics is None else dynamics, given)
    refuse_settings(settings)
    ids = columns.pop(ID, np.arange(len(next(iter(columns.values())))))
    try:
        scored = metrics.score(columns | {ID: ids}, settings)
    except IndexError:  # of a metric that goes over epochs
        raise InputError(
            f"score: the columns of dynamics are of the shapes {shapes(columns)}; give (N, T) "
            "each, a column an epoch."
        ) from None
    if not set(scored) - {"random"}:  # which reads sample_id alone
        raise InputError(f"score: no metric reads {', '.join(columns)} alone; add dynamics.")
    return pl.DataFrame({ID: ids} | scored)


def rank(
    scores: pl.DataFrame,
    by: Sequence[str] | None = None,
    *,
    share: float = 0.05,
    one_suffices: bool = False,
) -> pl.DataFrame:
    """One place for each sample from several scores of any unit.

    Each score is turned by its declared harder end and replaced by percentiles, so that all
    weigh the same; their mean decides.

    Args:
        scores: as `score` gives, a column a metric, or of a study, a column a run and metric
            (`barlow_twins-0/lgn_mean`); columns that are no numbers take no part.
        by: entries that name columns, with `low` or `high` behind the name where the metric
            leaves the end open: `["knn_distance", "msd_mean low"]`. By default all columns with
            a declared end.
        share: of the samples that are called so, above 0 and up to 1.
        one_suffices: the largest percentile counts, not the mean.

    Returns:
        `sample_id`, `score` (0..1, high = more so), `rank` (1 = most) and `member`, by rank.

    Raises:
        InputError: an unknown column, or one whose end is open.
    """
    refuse_other_tables(scores, by)
    known, names = metrics.registry(), [name for name in scores.columns if name != ID]
    names = [name for name in names if scores[name].dtype.is_numeric()]
    of = {name: known.get(name.rpartition("/")[2]) for name in names}  # in a study: run/metric
    made = [_score(name, scores[name].to_numpy(), of[name]) for name in names]
    wanted = by or [score.name for score in made if score.harder != "open"]
    refuse_holes(made, wanted)
    ranked = axis("by", wanted, made, share=share, one_suffices=one_suffices)
    ids = scores[ID] if ID in scores.columns else pl.Series(ID, np.arange(len(scores)))
    columns = {ID: ids, "score": ranked.score, "rank": ranked.rank, "member": ranked.member}
    return pl.DataFrame(columns).sort("rank", ID)


def _score(name: str, values: np.ndarray, metric: metrics.Metric | None) -> Score:
    """A column as a score; one that is no metric has an open end."""
    declared = (metric.unit, metric.harder, metric.source) if metric else ("", "open", "")
    return Score(name, np.asarray(values, np.float64)[None], *declared)
