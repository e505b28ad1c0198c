"""What becomes of every image: each is kept or dropped, and some get another label."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from hardrare.decisions.read import DROP, RELABEL, Decision
from hardrare.tables import picture_of

NEW = ("label", "decision", "decided_on", "note")  # columns that decisions write


@dataclass(frozen=True)
class Outcome:
    """What becomes of a ranking's N images.

    Attributes:
        table: the ranking with `label` as corrected, and `decision`, `decided_on` (the axis) and
            `note`, null for an image that nobody decided or noted.
        kept: N bools.
        decisions: those that count.
        lost: a file name of each group of copies of which none is kept.
    """

    table: pa.Table
    kept: list[bool]
    decisions: Mapping[str, Decision]
    lost: list[str]

    def names(self, kept: bool) -> list[str]:
        """File names of those that are kept, or of those that are not, in the ranking's order."""
        names = self.table.column("file_name").to_pylist()
        return [name for name, stays in zip(names, self.kept, strict=True) if stays == kept]

    def spoken(self) -> str:
        """One sentence or two for whoever called."""
        kinds = [decision.kind for decision in self.decisions.values() if decision.kind]
        relabeled, dropped = kinds.count(RELABEL), kinds.count(DROP)
        said = (
            f"{sum(self.kept):,} images stay, {len(self.kept) - sum(self.kept):,} go; decided were "
            f"{len(kinds):,}: {len(kinds) - relabeled - dropped:,} to keep, {dropped:,} to drop, "
            f"{relabeled:,} to relabel."
        )
        if self.lost:
            more = f" and {len(self.lost) - 1:,} more" if len(self.lost) > 1 else ""
            said += (
                f" No image of a group of copies stays: that of {self.lost[0]}{more}; "
                "keep one of it if you want the picture."
            )
        return said


def outcome(
    ranking: pa.Table, decisions: Mapping[str, Decision], rest: Literal["keep", "proposal"]
) -> Outcome:
    """Decide every image of a ranking.

    Args:
        ranking: "ranking/2", N rows.
        decisions: file name to decision, all of them in the ranking.
        rest: what becomes of an image without a decision: it stays, or goes where the scan
            proposes so (`dropped_by`).
    """
    names = ranking.column("file_name").to_pylist()
    proposed = ranking.column("dropped_by").to_pylist()
    kinds = [decisions[name].kind if name in decisions else "" for name in names]
    kept = [
        kind != DROP if kind else rest == "keep" or axis is None
        for kind, axis in zip(kinds, proposed, strict=True)
    ]
    return Outcome(_written(ranking, names, decisions), kept, decisions, _lost(ranking, kept))


def _written(ranking: pa.Table, names: list[str], decisions: Mapping[str, Decision]) -> pa.Table:
    """The ranking with the columns that decisions write."""
    given = [None] * len(names)
    if "label" in ranking.column_names:
        given = ranking.column("label").to_pylist()
    every = [decisions.get(name) for name in names]
    columns = {
        "label": [decision.label if decision and decision.kind == RELABEL else label
                  for decision, label in zip(every, given, strict=True)],
        "decision": [decision.kind or None if decision else None for decision in every],
        "decided_on": [decision.axis or None if decision else None for decision in every],
        "note": [decision.note or None if decision else None for decision in every],
    }  # fmt: skip
    rest = ranking.select([name for name in ranking.column_names if name not in NEW])
    for name, values in columns.items():
        rest = rest.append_column(name, pa.array(values, pa.string()))
    return rest


def _lost(ranking: pa.Table, kept: list[bool]) -> list[str]:
    """A name of each picture in several files of which none is kept."""
    stays: dict[str, bool] = defaultdict(bool)
    first: dict[str, str] = {}
    names = ranking.column("file_name").to_pylist()
    for name, picture, stayed in zip(names, picture_of(ranking), kept, strict=True):
        if picture is not None:
            stays[picture] |= stayed
            first.setdefault(picture, name)
    return [first[picture] for picture, stayed in stays.items() if not stayed]
