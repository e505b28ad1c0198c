"""What a scan found, in a few lines for the console: by axis, and in which file it stands."""

from collections import Counter
from pathlib import Path

import polars as pl

from hardrare import tables
from hardrare.runner.graph import path_of
from hardrare.scan import layout

SHORT = 60  # letters of a name


def summary(out: Path) -> list[str]:
    """A line for each axis and one for what was left out.

    Args:
        out: a finished scan.
    """
    ranking = pl.from_arrow(tables.read(out / path_of("rank", "--ranking"), "ranking/2"))
    skipped = len(tables.read_skipped(out / layout.SKIPPED))
    own = {"duplicate": _copies, "noisy": _hurt}
    lines = {
        axis: own[axis](ranking) if axis in own else _first(ranking, axis)
        for axis in tables.LOOKED_AT
        if axis in own or f"is_{axis}" in ranking.columns
    }
    if skipped:
        lines["left out"] = f"{skipped:,}, with their reasons in {layout.SKIPPED}"
    wide = max(map(len, lines))
    return [f"{name:{wide}}  {said}" for name, said in lines.items()] + [
        f"Every image with its places and reasons: {out / layout.SCORES}"
    ]


def _copies(ranking: pl.DataFrame) -> str:
    """How many copies could go, and what they repeat."""
    copies = ranking.filter(pl.col("is_duplicate"))
    gone = copies.filter(pl.col("dropped_by") == "duplicate")
    alike = ranking.filter(pl.col("group").is_not_null()).height - copies.height
    alike -= copies["duplicate_of"].n_unique()
    of = gone["duplicate_of"].n_unique()
    said = f"{_many(gone.height, 'copy', 'copies')} of {_many(of, 'image', 'images')} could go, "
    said = f"{said}listed in {layout.DROP}" if gone.height else "no image repeats another"
    leaks = copies.filter(pl.col("leak")).height
    if leaks:
        said += f"; {leaks:,} stand{'s' * (leaks == 1)} in another part: a leak"
    return said + (f"; {alike:,} more are only alike and stay" if alike > 0 else "")


def _hurt(ranking: pl.DataFrame) -> str:
    """How many are hurt, by what."""
    counts = Counter(ranking["reason"].drop_nulls().to_list())
    if not counts:
        return "none is hurt"
    reasons = ", ".join(f"{n:,} {what}" for what, n in counts.most_common())
    return f"{counts.total():,} hurt: {reasons}"


def _first(ranking: pl.DataFrame, axis: str) -> str:
    """How many are marked, and the first."""
    marked = ranking.filter(pl.col(f"is_{axis}")).sort(f"{axis}_rank", "file_name")
    if not marked.height:
        return "none stands out"
    first = marked.row(0, named=True)
    name = first["file_name"]
    name = name if len(name) <= SHORT else f"...{name[-SHORT:]}"
    if axis == "mislabeled":
        name += f" ({first['label']}, or {first['suggested_label']}?)"
    return f"{marked.height:,} to look at first, {name} before the others"


def _many(count: int, single: str, many: str) -> str:
    return f"{count:,} {single if count == 1 else many}"
