"""The ranking as one table: `<axis>_score`, `_rank`, `_spread` and `is_<axis>` side by side."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.ranking import duplicates as copies
from hardrare.ranking.axes import Axis, axis, reasons
from hardrare.ranking.drop import Drop, dropped
from hardrare.tables import Score, meanings


def ranking(
    sample_id: np.ndarray,
    file_name: Sequence[str],
    scores: Sequence[Score],
    *,
    axes: Mapping[str, Sequence[str]],
    duplicates: pa.Table,
    share: float,
    drop: Sequence[Drop] = (),
    any_of: Collection[str] = (),
    facts: Mapping[str, pa.Array] = MappingProxyType({}),
    mislabeled: Axis | None = None,
    labels: Mapping[str, Sequence[str | None]] = MappingProxyType({}),
) -> pa.Table:
    """One row for each sample, by sample id, as `ranking/2`.

    Args:
        sample_id: `(N,)`.
        file_name: N relative paths.
        scores: all label-free scores of the study.
        axes: entries of the scores that make each axis, in the order of the columns.
        duplicates: "duplicates/1" of these samples: who shows the same picture as whom.
        share: of the samples, the top that `is_<axis>` marks.
        drop: the steps by which samples are left out.
        any_of: axes on which one score suffices: its largest percentile counts, not the mean.
        facts: columns of what the files are, such as part, width and height.
        mislabeled: the axis of scores that read labels, None = there is none.
        labels: columns `label`, as given, and `suggested_label`.

    Returns:
        Columns sample_id, file_name, the facts, four for each axis, `reason`, the word for what
        hurts a sample (null = nothing does), those of `duplicates.columns`, the labels, and
        `dropped_by`, the axis by which a sample is left out, null for one that stays. A spread
        over one seed is null. The metadata of an axis's score says what a high one means.

    Raises:
        InputError: as `axis`, `repeated` and `dropped`, or `any_of` names no axis of `axes`.
    """
    if unknown := sorted(set(any_of) - set(axes)):
        raise InputError(f"rank.any_of names {unknown[0]}; it takes {', '.join(axes)}.")
    columns: dict[str, pa.Array] = {
        "sample_id": pa.array(sample_id, pa.int32()),
        "file_name": pa.array(file_name, pa.string()),
    }
    columns |= facts
    for name, wanted in axes.items():
        columns |= _columns(
            name, axis(name, wanted, scores, share=share, one_suffices=name in any_of)
        )
    columns |= _columns("mislabeled", mislabeled) if mislabeled else {}
    if "noisy" in axes:
        columns["reason"] = pa.array(reasons("noisy", axes["noisy"], scores), pa.string())
    known = copies.repeated(duplicates, sample_id)
    columns |= _columns("duplicate", copies.repeats(known))
    columns |= copies.columns(known, list(file_name))
    columns |= {name: pa.array(values, pa.string()) for name, values in labels.items()}
    table = pa.table(columns)
    table = table.append_column("dropped_by", pa.array(dropped(table, drop), pa.string()))
    meant = meanings(axes)
    return table.cast(pa.schema([_defined(field, meant) for field in table.schema]))


def _defined(field: pa.Field, meant: Mapping[str, str]) -> pa.Field:
    """The field with the definition of its axis, where it is the score of one."""
    meaning = meant.get(field.name.removesuffix("_score"))
    return field.with_metadata({"definition": meaning}) if meaning else field


def _columns(name: str, of: Axis) -> dict[str, pa.Array]:
    """The four columns of an axis; null for a sample without a place."""
    placed = ~np.isnan(of.score)
    return {
        f"{name}_score": pa.array(of.score, pa.float32(), from_pandas=True),
        f"{name}_rank": pa.array(of.rank, pa.int32(), mask=~placed),
        f"{name}_spread": pa.array(of.spread, pa.float32(), from_pandas=True),
        f"is_{name}": pa.array(of.member, pa.bool_()),
    }
