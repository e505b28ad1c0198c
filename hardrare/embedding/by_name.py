"""Features by file name: the rows of a Parquet or CSV table in the order of the images."""

from pathlib import Path

import numpy as np
import polars as pl

from hardrare.embedding.given import KEY, unreadable
from hardrare.errors import InputError


def rows_by_name(path: Path, file_name: list[str]) -> np.ndarray:
    """The rows of a table, in the order of the names."""
    try:
        table = pl.read_csv(path) if path.suffix.lower() == ".csv" else pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    if KEY not in table.columns:
        raise InputError(f"{path}: has no column {KEY}; name the column of the images' names so.")
    names = table[KEY].cast(pl.String)
    _refuse_names(path, names, file_name)
    order = pl.DataFrame({KEY: file_name}).join(
        pl.DataFrame({KEY: names}).with_row_index("row"), on=KEY, how="left", maintain_order="left"
    )
    return _numbers(path, table.drop(KEY))[order["row"].to_numpy()]


def _refuse_names(path: Path, names: pl.Series, file_name: list[str]) -> None:
    """Refuse a name that is there twice, that is missing, or that no image has."""
    if names.is_duplicated().any():
        twice = names.filter(names.is_duplicated())[0]
        raise InputError(f"{path}: has {twice} more than once; leave one row for each image.")
    given, wanted = set(names.to_list()), set(file_name)
    if missing := [name for name in file_name if name not in given]:
        raise InputError(
            f"{path}: lacks {missing[0]} ({len(missing)} of {len(file_name)} images); add them."
        )
    if extra := [str(name) for name in names.to_list() if name not in wanted]:
        raise InputError(
            f"{path}: has {extra[0]}, which is none of the images ({len(extra)} such rows); "
            "delete them."
        )


def _numbers(path: Path, table: pl.DataFrame) -> np.ndarray:
    """The column of lists of a table, or all its columns, as a matrix."""
    lists = [s.name for s in table if isinstance(s.dtype, pl.List | pl.Array)]
    if not lists:
        if other := [s.name for s in table if not s.dtype.is_numeric()]:
            raise InputError(f"{path}: column {other[0]} holds no numbers; leave it out.")
        return table.to_numpy()
    if len(lists) > 1:
        raise InputError(f"{path}: has lists in {', '.join(lists)}; leave one of them.")
    column = table[lists[0]].cast(pl.List(pl.Float64), strict=False)
    sizes = column.list.len().unique().to_list()
    if len(sizes) != 1 or sizes[0] is None:
        raise InputError(f"{path}: lists of {lists[0]} differ in length; save equal ones.")
    flat = column.explode().to_numpy()
    return flat.reshape(len(column), -1)
