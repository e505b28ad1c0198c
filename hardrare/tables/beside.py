"""What stands beside a duplicate: the image that is kept in its place, or the one most like it."""

import numpy as np
import pyarrow as pa

from hardrare.tables.files import column


def beside(table: pa.Table, rows: np.ndarray) -> dict[int, tuple[int, float]]:
    """For some rows of a ranking the row that decided, and how alike they are.

    Args:
        table: the ranking, N rows.
        rows: positions `(n,)`.

    Returns:
        Row to row and similarity, -1..1; none for a sample that is alone.
    """
    row_of = {sample: at for at, sample in enumerate(column(table, "sample_id").tolist())}
    nearest = table.column("nearest_id").to_pylist()
    similarity = column(table, "duplicate_similarity")
    return {
        row: (row_of[nearest[row]], float(similarity[row]))
        for row in np.asarray(rows).tolist()
        if nearest[row] is not None
    }
