"""Arrays and tables that people give from Python: refused in one sentence where they cannot be."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np
import polars as pl

from hardrare import metrics
from hardrare.errors import InputError
from hardrare.tables import Score

ID = "sample_id"
NUMBERS = "biuf"  # kinds of arrays


def arrays(dynamics: object, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """What was given, as arrays of one length.

    Args:
        dynamics: column to array.
        given: features, image, label and ids, None = not given.

    Raises:
        InputError: none is there but ids, they differ in length, hold no numbers or no rows.
    """
    if not isinstance(dynamics, Mapping):
        raise InputError("score: dynamics is no mapping; give {'loss': (N, T), ...}.")
    every = {k: np.asarray(v) for k, v in (dict(dynamics) | given).items() if v is not None}
    if not every.keys() - {ID}:
        raise InputError("score: nothing is given; give features, dynamics or image.")
    for name, values in every.items():
        _refuse_values(name, values)
    sizes = {name: len(values) for name, values in every.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise InputError(f"score: the arrays differ in length ({told}); give rows of one set.")
    if not next(iter(sizes.values())):
        raise InputError("score: the arrays hold no sample; give some rows.")
    return every


def _refuse_values(name: str, values: np.ndarray) -> None:
    """Refuse an array that is none of what its name says."""
    kinds = "iu" if name == ID else NUMBERS
    if not values.ndim or (name != "label" and values.dtype.kind not in kinds):
        what = "whole numbers" if name == ID else "numbers"
        raise InputError(f"score: {name} is no array of {what}; give one, a row a sample.")
    is_image = values.dtype == np.uint8 and values.ndim == 4
    if (name == "image" and not is_image) or (name == "features" and values.ndim != 2):
        wanted = "uint8 (N, H, W, C)" if name == "image" else "(N, D)"
        raise InputError(f"score: {name} is {values.dtype} {values.shape}; give {wanted}.")
    if name == "features" and not (finite := np.isfinite(values).all(axis=1)).all():
        raise InputError(f"score: features has a value that is no number in row {finite.argmin()} "
                         f"({(~finite).sum():,} such rows); leave these out.")  # fmt: skip


def shapes(columns: Mapping[str, np.ndarray]) -> str:
    """Names and shapes, in words."""
    return ", ".join(f"{name} {values.shape}" for name, values in columns.items())


def refuse_settings(settings: Mapping[str, Any]) -> None:
    """Refuse a setting that no metric takes."""
    known = {name for metric in metrics.registry().values() for name in metric.settings} | {"also"}
    for name in settings:
        if name not in known:
            near = get_close_matches(name, known) or sorted(known)
            raise InputError(f"score: no metric takes {name}; near ones are {', '.join(near)}.")


def refuse_other_tables(scores: object, by: object) -> None:
    """Refuse what is no table of scores, or no list of entries."""
    if not isinstance(scores, pl.DataFrame):
        raise InputError(f"rank: scores is a {type(scores).__name__}; give a polars.DataFrame.")
    if scores.columns and not len(scores):
        raise InputError("rank: scores has no row; give some samples.")
    if isinstance(by, str):
        raise InputError(f"rank: by is a text; give a list of entries, [{by!r}].")


def refuse_holes(scores: Iterable[Score], wanted: Iterable[str]) -> None:
    """Refuse wanted scores with values that are no numbers: they have no place."""
    named = {entry.split()[0] for entry in wanted if entry.split()}
    for score in scores:
        holes = np.flatnonzero(~np.isfinite(score.values).all(axis=0))
        if score.name in named and len(holes):
            raise InputError(f"rank: {score.name} has no number in row {holes[0]} ({len(holes):,} "
                             "such rows); leave these rows or this score out.")  # fmt: skip
