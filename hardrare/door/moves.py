"""How far images moved on the axes of two scans, by their places among those that both have."""

import polars as pl

FIRST = 50  # of a list: what people look at
SHARE = 4  # of a small one no more than its quarter, or the list would be all there is
MOVES = {"name": pl.String, "axis": pl.String, "before": pl.Int32, "after": pl.Int32}
AXIS = "_score"  # what the columns of axes end with


def places(both: pl.DataFrame, key: str, score: str) -> pl.DataFrame:
    """The place of each image by a score and by its second, 1 = highest; equal scores share one.

    Args:
        both: a row an image, with `<score>` and `<score> 2`; without either it has no place.
        key: the column of names.
        score: `<axis>_score`.

    Returns:
        `name`, `axis`, `before`, `after`.

    >>> both = pl.DataFrame({"f": ["a", "b"], "hard_score": [0.1, 0.9], "hard_score 2": [0.5, 0.5]})
    >>> places(both, "f", "hard_score").rows()
    [('a', 'hard', 2, 1), ('b', 'hard', 1, 1)]
    """
    pair = both.drop_nulls([score, f"{score} 2"]).drop_nans([score, f"{score} 2"])
    return pair.select(
        pl.col(key).cast(pl.String).alias("name"),
        pl.lit(score.removesuffix(AXIS)).alias("axis"),
        *(
            pl.col(column).rank("min", descending=True).cast(pl.Int32).alias(name)
            for column, name in ((score, "before"), (f"{score} 2", "after"))
        ),
    )


def first_stayed(placed: pl.DataFrame) -> tuple[int, int]:
    """How many images stand first before, and how many of them still do.

    Args:
        placed: of `places`.
    """
    count = min(FIRST, max(1, len(placed) // SHARE))
    before, after = (
        set(placed.sort(column, "name").head(count)["name"]) for column in ("before", "after")
    )
    return count, len(before & after)


def moved(placed: list[pl.DataFrame]) -> pl.DataFrame:
    """The images that changed their place, the farthest of each axis first.

    Args:
        placed: of `places`, an axis each.
    """
    far = (pl.col("after") - pl.col("before")).abs()
    rows = [table.filter(far > 0).sort(-far, "before", "name") for table in placed]
    return pl.concat(rows) if rows else pl.DataFrame(schema=MOVES)


def copies(tables: list[pl.DataFrame], key: str) -> pl.DataFrame:
    """The images that repeat another in one of two scans alone.

    Args:
        tables: of both.
        key: the column of names.

    Returns:
        `name`, `of`, `in` (1 or 2).
    """
    if any("duplicate_of" not in table.columns for table in tables):
        return pl.DataFrame(schema={"name": pl.String, "of": pl.String, "in": pl.Int32})
    repeat = [
        table.filter(pl.col("duplicate_of").is_not_null()).select(
            pl.col(key).alias("name"), pl.col("duplicate_of").alias("of")
        )
        for table in tables
    ]
    alone = [repeat[i].join(repeat[1 - i], on="name", how="anti") for i in range(2)]
    return pl.concat(rows.with_columns(pl.lit(i).alias("in")) for i, rows in enumerate(alone, 1))
