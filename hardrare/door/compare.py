"""What moved between two scans of the same images, or two kept studies."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hardrare.door.alike import opened, refuse_other_images
from hardrare.door.lines import lines
from hardrare.door.moves import copies, first_stayed, moved, places
from hardrare.door.replaced import other_files
from hardrare.errors import InputError
from hardrare.numerics.intervals import rank_interval
from hardrare.numerics.stable_ranking import correlation

TABLE = "scores.parquet"
LEAST = 3  # rows that a rank correlation takes


@dataclass(frozen=True)
class Comparison:
    """Two tables of scores side by side.

    Attributes:
        count: images that both have, the same file in both as far as its hash is known.
        scans: whether they are scans; of two studies only `agreement` and `only` say anything.
        agreement: a row a score that both have: `score`, `n`, rank correlation `rho` and its
            95 % interval `low`, `high`; of an axis how many images stand first before, and how
            many of them still do: `first`, `stayed`.
        only: names (or ids) that one of them has: `name`, `in` (1 or 2).
        replaced: names of scans that both have, for another file each: they are told of here, and
            in `agreement`, `places` and `moved` not.
        places: a row an image that stands elsewhere on an axis, among those that both have, the
            farthest moved first: `name`, `axis`, `before`, `after`.
        copies: a row an image that repeats another in one of them alone: `name`, `of`, `in`.
        moved: a row an image in both that is dropped, or hurt, or labelled otherwise in one than
            in the other: `name`, `what`, `before`, `after`.
    """

    count: int
    scans: bool
    agreement: pl.DataFrame
    only: pl.DataFrame
    places: pl.DataFrame
    copies: pl.DataFrame
    moved: pl.DataFrame
    replaced: pl.Series

    def told(self, everything: bool = False) -> str:
        """As the command prints it: a summary, and the first ten lines of each list, or all."""
        return "\n".join(lines(self, everything))

    def __str__(self) -> str:
        """`told`."""
        return self.told()


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
    for path, table in zip((first, second), tables, strict=True):
        if key not in table.columns:
            raise InputError(f"{path}: {TABLE} has no column {key}; name two scans or two studies.")
    both, replaced = _both((Path(first), Path(second)), tables, key)
    wanted = [name for name in tables[0].columns if name in tables[1].columns and _ranks(name)]
    scans = key == "file_name"
    placed = {name: places(both, key, name) for name in wanted if scans}
    rows = [row for name in wanted if (row := _agreement(both, name, placed.get(name)))]
    if not rows:
        raise InputError(
            f"{first} and {second} have no score in common that ranks {LEAST} images; name two "
            "alike."
        )
    only = [
        tables[i].join(tables[1 - i], on=key, how="anti").select(
            pl.col(key).cast(pl.String).alias("name"), pl.lit(i + 1).alias("in")
        )
        for i in range(2)
    ]  # fmt: skip
    agreement, far = pl.DataFrame(rows, infer_schema_length=None), moved(list(placed.values()))
    copied, said = copies(tables, key), _moved(both, key)
    return Comparison(len(both), scans, agreement, pl.concat(only), far, copied, said, replaced)


def _both(
    folders: tuple[Path, Path], tables: list[pl.DataFrame], key: str
) -> tuple[pl.DataFrame, pl.Series]:
    """The rows of the images that both have side by side, and the names of replaced ones."""
    first, second = folders
    named = tables[0].join(tables[1], on=key, how="inner", suffix=" 2")
    replaced = other_files(folders, named[key]) if key == "file_name" else pl.Series("name", [])
    both = named.filter(~pl.col(key).is_in(replaced.implode())) if len(replaced) else named
    if not len(both):
        of = f" (all {len(named):,} of one name are other files)" if len(named) else ""
        raise InputError(f"{first} and {second} have no image in common{of}; name two of one set.")
    return both, replaced


def _opened(folder: Path) -> pl.DataFrame:
    path = folder / TABLE
    if not path.is_file():
        raise InputError(f"{folder}: holds no {TABLE}; name a finished scan or a kept study.")
    return opened(path)


def _ranks(name: str) -> bool:
    """Whether a column is a score: an axis of a scan, or `<run>/<metric>` of a study."""
    return name.endswith("_score") or "/" in name


def _agreement(both: pl.DataFrame, name: str, placed: pl.DataFrame | None) -> dict | None:
    """How a score agrees with itself, over the images that have it twice; places of an axis."""
    pair = both.select(name, f"{name} 2").drop_nulls().drop_nans()
    if len(pair) < LEAST:
        return None
    first, second = (column.to_numpy() for column in pair.iter_columns())
    if any(values.min() == values.max() for values in (first, second)):
        return None
    rho = correlation(first, second)
    low, high = rank_interval(rho, len(pair))
    count, stayed = (None, None) if placed is None else first_stayed(placed)
    row = {"score": name, "n": len(pair), "rho": rho, "low": low, "high": high}
    return row | {"first": count, "stayed": stayed}


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
