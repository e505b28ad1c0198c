"""What the ranking says of the files themselves: their part, width and height."""

import numpy as np
import pyarrow as pa

from hardrare.tables import column

NAMES = ("part", "width", "height")


def facts(appearance: pa.Table, sample_id: np.ndarray) -> dict[str, pa.Array]:
    """Columns of facts, null for a sample without a file, such as one that injection added.

    Args:
        appearance: "appearance/1".
        sample_id: `(N,)`, in the order of the ranking.
    """
    row_of = {sample: at for at, sample in enumerate(column(appearance, "sample_id").tolist())}
    rows = pa.array([row_of.get(sample) for sample in sample_id.tolist()], pa.int64())
    return {name: appearance.column(name).combine_chunks().take(rows) for name in NAMES}
