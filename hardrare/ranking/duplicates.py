"""The duplicate axis and its columns: confirmed copies first, then by similarity."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hardrare.errors import InputError
from hardrare.ranking.axes import Axis, by_value
from hardrare.tables import column

SURE = 2.0  # added to what is confirmed, above any cosine


def repeated(table: pa.Table, sample_id: np.ndarray) -> pa.Table:
    """The rows of some samples, in their order.

    Args:
        table: "duplicates/1".
        sample_id: `(N,)`.

    Raises:
        InputError: the table is of other samples.
    """
    if not np.array_equal(np.sort(column(table, "sample_id")), np.sort(sample_id)):
        raise InputError("duplicates and images are of other samples; run match again.")
    at = np.argsort(column(table, "sample_id"))
    return table.take(at[np.searchsorted(column(table, "sample_id")[at], sample_id)])


def repeats(table: pa.Table) -> Axis:
    """The axis: members show the same picture as a sample that is kept, confirmed by pixels.

    Members come first, those with the smallest residual before; all others follow by their
    similarity to the one most like them.

    Args:
        table: "duplicates/1", N rows.
    """
    member = table.column("duplicate_of").is_valid().to_numpy()
    likeness = column(table, "similarity").astype(float)
    residual = pc.fill_null(table.column("residual"), 0.0).to_numpy().astype(float)
    return by_value(np.where(member, SURE + 1 - np.minimum(residual, 1), likeness), member)


def columns(table: pa.Table, file_name: list[str]) -> dict[str, pa.Array]:
    """What the ranking says of copies, in words and names of files.

    Args:
        table: "duplicates/1", N rows.
        file_name: of each sample.

    Returns:
        duplicate_of, the file that is kept in its place; duplicate_kind, how they are one, or
        "similar" for what was compared and is no copy; duplicate_similarity; nearest, the file most
        like it, and nearest_id; group; leak, whether its group spans parts;
        duplicate_of_is, why that file stays and not this one: larger, older, ...
    """
    names = dict(zip(column(table, "sample_id").tolist(), file_name, strict=True))
    nearest = table.column("nearest")
    return {
        "duplicate_of": _named(table.column("duplicate_of"), names),
        "duplicate_kind": table.column("kind").combine_chunks(),
        "duplicate_similarity": table.column("similarity").combine_chunks(),
        "nearest": _named(nearest, names),
        "nearest_id": nearest.combine_chunks(),
        "group": table.column("group").combine_chunks(),
        "leak": table.column("leak").combine_chunks(),
        "duplicate_of_is": table.column("kept_because").combine_chunks(),
    }


def _named(ids: pa.ChunkedArray, names: dict[int, str]) -> pa.Array:
    return pa.array([names.get(sample) for sample in ids.to_pylist()], pa.string())
