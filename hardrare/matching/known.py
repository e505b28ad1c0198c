"""Pairs that were compared before: of two pictures that are the same, the verdict is the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hardrare.matching.judge import Judge, Verdict
from hardrare.matching.kinds import Copy

Note = tuple[list[Any] | None, bool]  # of a pair: what makes its `Copy`, and whether they are like
Ask = tuple[int, int, Sequence[int]]  # two rows, and forms of the second that are tried
Asked = Callable[[int, int, Sequence[int]], Verdict]
Many = Callable[[Sequence[str], Sequence[Ask], Judge], Sequence[Verdict]]  # none = one by one


@dataclass
class Known:
    """Verdicts by all that decides them: two pictures, facts about their files, the forms tried.

    Attributes:
        digests: of N pictures; equal ones have equal digests. Empty = nothing is known or kept.
        row: key to its place among the notes, from before.
        notes: as they were kept.
        verdicts: of all pairs that were asked for, key to verdict.
        many: gives the verdicts of many pairs at once.
    """

    digests: Sequence[str] = ()
    row: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    many: Many | None = None

    def before(self, judge: Judge) -> Asked:
        """A judge that is asked only for what is not known."""
        if not self.digests:
            return judge

        def ask(first: int, second: int, forms: Sequence[int]) -> Verdict:
            key = self._key(judge, first, second, forms)
            at, judged = self.row.get(key), self.verdicts.get(key)
            if judged is None:
                judged = judge(first, second, forms) if at is None else verdict(*self.notes[at])
            self.verdicts[key] = judged
            return judged

        return ask

    def update(self, judge: Judge, asks: Sequence[Ask]) -> bool:
        """Have the verdicts of what is not known of some pairs made at once, if someone does so."""
        if not self.many or not self.digests:
            return False
        keys = {self._key(judge, *ask): ask for ask in asks}
        new = {key: ask for key, ask in keys.items() if key not in self.row}
        made = self.many(list(new), list(new.values()), judge)
        self.verdicts |= zip(new, made, strict=False)
        return bool(made)

    def _key(self, judge: Judge, first: int, second: int, forms: Sequence[int]) -> str:
        """All that decides a verdict."""

        def mark(row: int) -> str:
            facts = judge.facts[row]
            return (
                f"{self.digests[row]} {facts.lossless} {facts.sides} {facts.screen} {facts.clear}"
            )

        return f"{mark(first)} {mark(second)} {list(forms)} {judge.uniform}"

    def keys(self) -> list[str]:
        """Of all verdicts, for the next time."""
        return list(self.verdicts)

    def told(self) -> list[Note]:
        """Of all verdicts, in the order of the keys."""
        return [told(judged) for judged in self.verdicts.values()]


def told(judged: Verdict) -> Note:
    """A verdict as a note."""
    return None if judged.copy is None else list(vars(judged.copy).values()), judged.like


def verdict(copy: list[Any] | None, like: bool) -> Verdict:
    """A note as the verdict that it tells."""
    return Verdict(None if copy is None else Copy(*copy), like)
