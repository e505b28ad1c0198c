"""Arrays of several axes as a column of lists of one length, and back."""

from math import prod

import numpy as np
import pyarrow as pa


def as_lists(values: np.ndarray) -> pa.Array:
    """Rows (n, ...) as lists of one length; as nulls where a row holds no value."""
    width = prod(values.shape[1:])
    if not width:
        return pa.nulls(len(values))
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), width)


def of_lists(column: pa.ChunkedArray, shape: tuple[int, ...]) -> np.ndarray:
    """What `as_lists` made of rows of that shape, whose first axis may be -1.

    >>> of_lists(pa.chunked_array([as_lists(np.arange(6).reshape(3, 2))]), (-1, 2)).tolist()
    [[0, 1], [2, 3], [4, 5]]
    """
    if pa.types.is_null(column.type):
        return np.empty((len(column), *shape[1:]), np.float16)
    none = np.empty(0, column.type.value_type.to_pandas_dtype())
    return np.concatenate([none, *(c.flatten().to_numpy() for c in column.chunks)]).reshape(shape)
