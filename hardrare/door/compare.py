"""What moved between two scans of the same images, or two kept studies."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hardrare.door.alike import refuse_other_images
from hardrare.errors import InputError
from hardrare.numerics.intervals import rank_interval
from hardrare.numerics.stable_ranking import correlation

TABLE = "scores.parquet"
LEAST = 3  # rows that a rank correlation takes


@dataclass(frozen=True)
class Comparison:
    """Two tables of scores side by side.

    Attributes:
        agreement: a row a score that both have: `score`, `n`, rank correlation `rho` and its
            95 % interval `low`, `high`.
        only: names (or ids) that one of them has: `name`, `in` (1 or 2).
        moved: a row an image that is dropped, or hurt, or labelled otherwise in one than in the
            other: `name`, `what`, `before`, `after`. Empty for studies.
    """

    agreement: pl.DataFrame
    only: pl.DataFrame
    moved: pl.DataFrame

    def __str__(self) -> str:
        """As the command prints it."""
        lines = [
            f"{row['score']:<40} {row['rho']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"
            for row in self.agreement.iter_rows(named=True)
        ]
        count = self.agreement["n"].max() or 0
        lines.insert(0, f"Rank correlation of {count:,} images that both have, 95 % interval:")
        for which in (1, 2):
            names = self.only.filter(pl.col("in") == which)["name"].cast(pl.String).to_list()
            if names:
                lines.append(f"only in {which}: {len(names):,}, such as {names[0]}")
        for (what,), rows in self.moved.group_by(["what"], maintain_order=True):
            first = rows.row(0, named=True)
            told = f"{first['name']} ({first['before'] or 'none'} to {first['after'] or 'none'})"
            lines.append(f"{what} differs for {len(rows):,}, such as {told}")
        return "\n".join(lines)


def compare(first: str | Path, second: str | Path) -> Comparison:
    """Compare two scans, or two studies that `hardrare.kept` made.

    Args:
        first: the folder of one.
        second: the folder of the other.

    Raises:
        InputError: a folder holds no scores, two studies are of other images, or the two have no
            image or no score in common.
    """
    tables = [_opened(Path(path)) for path in (first, second)]
    key = "file_name" if all("file_name" in table.columns for table in tables) else "sample_id"
    if key == "sample_id":
        refuse_other_images((Path(first), Path(second)))
    both = tables[0].join(tables[1], on=key, how="inner", suffix=" 2")
    if not len(both):
        raise InputError(f"{first} and {second} have no image in common; name two of one set.")
    wanted = [name for name in tables[0].columns if name in tables[1].columns and _ranks(name)]
    agreement = [_agreement(both, name) for name in wanted]
    rows = [row for row in agreement if row]
    if not rows:
        raise InputError(f"{first} and {second} have no score in common; name two alike.")
    only = [
        tables[i].join(tables[1 - i], on=key, how="anti").select(
            pl.col(key).cast(pl.String).alias("name"), pl.lit(i + 1).alias("in")
        )
        for i in range(2)
    ]  # fmt: skip
    return Comparison(pl.DataFrame(rows), pl.concat(only), _moved(both, key))


def _opened(folder: Path) -> pl.DataFrame:
    path = folder / TABLE
    if not path.is_file():
        raise InputError(f"{folder}: holds no {TABLE}; name a finished scan or a kept study.")
    return pl.read_parquet(path)


def _ranks(name: str) -> bool:
    """Whether a column is a score: an axis of a scan, or `<run>/<metric>` of a study."""
    return name.endswith("_score") or "/" in name


def _agreement(both: pl.DataFrame, name: str) -> dict | None:
    """How a score agrees with itself, over the images that have it twice."""
    pair = both.select(name, f"{name} 2").drop_nulls().drop_nans()
    if len(pair) < LEAST:
        return None
    first, second = (column.to_numpy() for column in pair.iter_columns())
    if any(values.min() == values.max() for values in (first, second)):
        return None
    rho = correlation(first, second)
    low, high = rank_interval(rho, len(pair))
    return {"score": name, "n": len(pair), "rho": rho, "low": low, "high": high}


def _moved(both: pl.DataFrame, key: str) -> pl.DataFrame:
    """What is said of an image in one and not in the other."""
    parts = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name} 2"))).select(
            pl.col(key).cast(pl.String).alias("name"),
            pl.lit(name).alias("what"),
            pl.col(name).cast(pl.String).alias("before"),
            pl.col(f"{name} 2").cast(pl.String).alias("after"),
        )
        for name in ("dropped_by", "reason", "duplicate_of", "suggested_label")
        if f"{name} 2" in both.columns
    ]
    text = {"name": pl.String, "what": pl.String, "before": pl.String, "after": pl.String}
    return pl.concat(parts) if parts else pl.DataFrame(schema=text)
