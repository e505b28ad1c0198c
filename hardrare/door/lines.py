"""What moved between two scans or studies, as lines: a summary, then the largest moves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hardrare.door.compare import Comparison

MOST = 10  # lines of a list, where not all are asked for
CHANGED = {  # what is said of an image, and what it is called
    "reason": "reasons", "dropped_by": "proposals to drop", "duplicate_of": "what is repeated",
    "suggested_label": "suggested labels",
}  # fmt: skip


def lines(made: "Comparison", everything: bool) -> Iterator[str]:
    """The lines.

    Args:
        made: the comparison.
        everything: each score, move and name, in place of the first ten of each list.
    """
    yield _images(made)
    least = made.agreement.sort("rho", maintain_order=True)
    shown = made.agreement if everything or len(least) <= MOST else least.head(MOST)
    yield from _agreement(made.agreement, shown)
    if made.scans:
        yield _changes(made)
    left = len(least) - len(shown)
    for title, rows in _lists(made, everything):
        more = 0 if everything else max(0, len(rows) - MOST)
        left += more
        yield from ("", title, *rows[: len(rows) - more])
        if more:
            yield f"... and {more:,} more"
    if left:
        yield "\nAll of them: --all (in Python: told(everything=True))."


def _images(made: "Comparison") -> str:
    """How many images are in both, of how many another file is, and how many in one alone."""
    said = [f"{made.count:,} image{'s' * (made.count != 1)} in both"]
    if len(made.replaced):
        many = f"{len(made.replaced):,} replaced by another file of the same name"
        said.append(f"{many}, such as {made.replaced[0]}")
    for which in (1, 2):
        names = made.only.filter(pl.col("in") == which)["name"]
        said.append(f"{len(names):,} only in {which}")
        said[-1] += f", such as {names[0]}" if len(names) else ""
    return "; ".join(said)


def _agreement(every: pl.DataFrame, shown: pl.DataFrame) -> Iterator[str]:
    """How the rankings agree, a line a score."""
    first = every["first"][0]
    stay = f"; how many stayed among the first {first:,}" if first else ""
    yield f"rank correlation of the images in both, and its 95 % interval{stay}:"
    if len(shown) < len(every):
        low, middle, high = (every["rho"].quantile(q, "nearest") for q in (0, 0.5, 1))
        yield (
            f"{len(every):,} scores from {low:+.3f} to {high:+.3f}, half of them above "
            f"{middle:+.3f}; the {len(shown)} that agree least:"
        )
    wide = shown["score"].str.len_chars().max()
    for row in shown.iter_rows(named=True):
        said = f"  {row['score']:{wide}}  {row['rho']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"
        yield said + (f"  {row['stayed']:,} of {row['first']:,}" if row["first"] else "")


def _changes(made: "Comparison") -> str:
    """How many copies came and went, and of how many images something else is said."""
    came, went = (len(made.copies.filter(pl.col("in") == which)) for which in (2, 1))
    counts = dict(made.moved["what"].value_counts().iter_rows())
    shown = [what for what in CHANGED if what == "reason" or what in counts]
    said = ", ".join(f"{CHANGED[what]} {counts.get(what, 0):,}" for what in shown)
    return f"copies: {came:,} came, {went:,} went; changed of the images in both: {said}"


def _lists(made: "Comparison", everything: bool) -> Iterator[tuple[str, list[str]]]:
    """The moves of each axis, the copies, what else changed, and where asked the rest."""
    for (axis,), rows in made.places.group_by(["axis"], maintain_order=True):
        wide = len(f"{rows.select(pl.max_horizontal('before', 'after').max()).item():,}")
        yield (
            f"largest moves on {axis}, by the place among the images in both:",
            [
                f"  {before:{wide},} -> {after:{wide},}  {name}"
                for name, _, before, after in rows.iter_rows()
            ],
        )
    if len(made.replaced):
        yield "replaced, so that their moves say nothing:", [f"  {name}" for name in made.replaced]
    other = set(made.replaced)
    for which, verb in ((2, "came"), (1, "went")):
        rows = made.copies.filter(pl.col("in") == which)
        if len(rows):
            told = [f"  {name}, of {of}{' (replaced)' * (name in other)}" for name, of, _
                    in rows.iter_rows()]  # fmt: skip
            yield f"copies that {verb}:", told
    for (what,), rows in made.moved.group_by(["what"], maintain_order=True):
        yield (
            f"changed {CHANGED[what]}:",
            [
                f"  {name}: {before or 'none'} -> {after or 'none'}"
                for name, _, before, after in rows.iter_rows()
            ],
        )
    for which in (1, 2) if everything else ():
        names = made.only.filter(pl.col("in") == which)["name"].to_list()
        if names:
            yield f"only in {which}:", [f"  {name}" for name in names]
