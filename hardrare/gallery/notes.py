"""What tables say of single images, in words and numbers: the ranking, and a look at the files."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata

from hardrare.tables import Score, column

# Columns of the ranking, and what they are called on the page.
SAID = {
    "reason": "reason", "duplicate_kind": "kind", "label": "label", "suggested_label": "suggested",
    "part": "part", "duplicate_of_is": "because", "dropped_by": "proposal",
}  # fmt: skip
TEXTS, NUMBERS = ("format", "mode"), ("bytes", "taken", "frames")


def notes(table: pa.Table) -> dict[str, list[str | None]]:
    """What a ranking says of single samples, of those columns that it has."""
    said: dict[str, list[str | None]] = {}
    for column_name, note in SAID.items():
        if column_name in table.column_names:
            said[note] = [value or None for value in table.column(column_name).to_pylist()]
    similarity = table.column("duplicate_similarity").to_pylist()
    said["similarity"] = [None if value is None else f"{value:.3f}" for value in similarity]
    if {"width", "height"} <= set(table.column_names):
        sizes = zip(*(table.column(name).to_pylist() for name in ("width", "height")), strict=True)
        said["size"] = [f"{w} × {h}" if w and h else None for w, h in sizes]
    return {name: values for name, values in said.items() if any(values)}


def of_files(
    appearance: pa.Table, sample_id: np.ndarray
) -> tuple[dict[str, list[str | None]], dict[str, np.ndarray]]:
    """Texts and numbers of the files of N samples; None and NaN where there is no file.

    Args:
        appearance: "appearance/1".
        sample_id: `(N,)`, in the order of the ranking.

    Returns:
        `format` and `mode`; `bytes`, `taken`, `frames` and `mark`, 32 bits of the hash of the
        file, which tell whether it is the one that was decided on.
    """
    row_of = {sample: at for at, sample in enumerate(column(appearance, "sample_id").tolist())}
    rows = pa.array([row_of.get(sample) for sample in sample_id.tolist()], pa.int64())
    known = appearance.select([*TEXTS, *NUMBERS, "content_hash"]).take(rows)
    texts = {name: known.column(name).to_pylist() for name in TEXTS}
    numbers = {name: known.column(name).cast(pa.float64()).to_numpy() for name in NUMBERS}
    hashes = known.column("content_hash").to_pylist()
    numbers["mark"] = np.array([int(digest[:8], 16) if digest else np.nan for digest in hashes])
    return (
        {name: values for name, values in texts.items() if any(values)},
        {name: values for name, values in numbers.items() if np.isfinite(values).any()},
    )


def partners(table: pa.Table, column_name: str) -> dict[int, int]:
    """Row to the row whose file name stands in a column: `duplicate_of`, `nearest`."""
    if column_name not in table.column_names:
        return {}
    at = {name: row for row, name in enumerate(table.column("file_name").to_pylist())}
    of = table.column(column_name).to_pylist()
    return {row: at[name] for row, name in enumerate(of) if name in at}


def groups(table: pa.Table) -> np.ndarray:
    """The group `(N,)` of samples that show one picture, -1 for one alone."""
    if "group" not in table.column_names:
        return np.full(table.num_rows, -1)
    return table.column("group").fill_null(-1).to_numpy().astype(np.int64)


def leaks(table: pa.Table) -> int:
    """Copies whose group spans parts."""
    if not {"leak", "duplicate_of"} <= set(table.column_names):
        return 0
    leak, of = (table.column(name).to_pylist() for name in ("leak", "duplicate_of"))
    return sum(1 for leaks, name in zip(leak, of, strict=True) if leaks and name is not None)


def placed(scores: Sequence[Score], shown: np.ndarray) -> dict[str, np.ndarray]:
    """Each score of the shown samples as places among all, `(M,)` uint8, 255 = largest value."""
    by_name = {}
    for score in scores:
        values = score.values.mean(axis=0)
        places = (rankdata(values) - 1) / max(len(values) - 1, 1)
        by_name[score.name] = np.rint(255 * places[shown]).astype(np.uint8)
    return by_name
