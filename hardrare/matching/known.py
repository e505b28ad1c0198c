"""Pairs that were compared before: of two pictures that are the same, the verdict is the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hardrare.matching.judge import Judge, Verdict
from hardrare.matching.kinds import Copy

Note = tuple[list[Any] | None, bool]  # of a pair: what makes its `Copy`, and whether they are like
Asked = Callable[[int, int, Sequence[int]], Verdict]


@dataclass
class Known:
    """Verdicts by all that decides them: two pictures, facts about their files, the forms tried.

    Attributes:
        digests: of N pictures; equal ones have equal digests. Empty = nothing is known or kept.
        row: key to its place among the notes, from before.
        notes: as they were kept.
        verdicts: of all pairs that were asked for, key to verdict.
    """

    digests: Sequence[str] = ()
    row: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def before(self, judge: Judge) -> Asked:
        """A judge that is asked only for what is not known."""
        if not self.digests:
            return judge

        def mark(row: int) -> str:
            facts = judge.facts[row]
            return f"{self.digests[row]} {facts.lossless} {facts.sides}"

        def ask(first: int, second: int, forms: Sequence[int]) -> Verdict:
            key = f"{mark(first)} {mark(second)} {list(forms)} {judge.uniform}"
            at = self.row.get(key)
            found = judge(first, second, forms) if at is None else _verdict(*self.notes[at])
            self.verdicts[key] = found
            return found

        return ask

    def keys(self) -> list[str]:
        """Of all verdicts, for the next time."""
        return list(self.verdicts)

    def told(self) -> list[Note]:
        """Of all verdicts, in the order of the keys."""
        return [
            (None if one.copy is None else list(vars(one.copy).values()), one.like)
            for one in self.verdicts.values()
        ]


def _verdict(copy: list[Any] | None, like: bool) -> Verdict:
    return Verdict(None if copy is None else Copy(*copy), like)
