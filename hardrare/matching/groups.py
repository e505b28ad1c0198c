"""Groups of copies: each ties to one image that stays and shows the same picture itself.

No chains: a copy of a copy is a copy of the image that stays only if these two were confirmed
as one picture, too. Which stays is an order of preference, and its deciding line is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hardrare.matching.kinds import SAME_FILE, SAME_PIXELS, Copy
from hardrare.matching.worth import Facts, Order, known


@dataclass(frozen=True)
class Tie:
    """A sample and the one that stays for it: their rows, how they are one, why that one stays."""

    row: int
    kept: int
    copy: Copy
    because: str


def ties(
    facts: Sequence[Facts],
    copies: Mapping[tuple[int, int], Copy],
    keep: Sequence[str],
    confirm: Callable[[int, int], Copy | None],
) -> list[Tie]:
    """Every sample that another one stands for, by row.

    Of copies in several parts the one that is tested on stays, so that a training image that
    leaks goes and the test set is the same for everybody. What shows another one in a border comes
    after it: a border is no content. Then `keep` decides. What shows only a part of another
    picture comes after what does not. A file of several frames goes only for one of the same
    bytes: nobody compared its other frames.

    Args:
        facts: of each sample, by row.
        copies: confirmed pairs `(first, second)`, first < second.
        keep: lines of `worth.LINES` in the order in which they decide.
        confirm: asked once for a member of a group and the one that stays, if nobody compared
            them: None where they are not one picture.
    """
    known(keep)
    partial = {pair[0] for pair, copy in copies.items() if not copy.first_stands}
    partial |= {pair[1] for pair, copy in copies.items() if not copy.second_stands}
    framed = {pair[copy.framed] for pair, copy in copies.items() if copy.framed is not None}
    behind = _with_equals(partial, copies), _with_equals(framed, copies)
    tied = []
    for group in connected(copies):
        preferred = Order.of(facts, group, keep, *behind)
        order = sorted(group, key=preferred)
        while order:
            kept, order = order[0], order[1:]
            stay = []
            for row in order:
                pair = (min(row, kept), max(row, kept))
                copy = copies[pair] if pair in copies else confirm(*pair)
                alone = facts[row].frames == 1 or (copy and copy.kind == SAME_FILE)
                if copy and alone and (copy.first_stands if kept < row else copy.second_stands):
                    tied.append(Tie(row, kept, copy, preferred.because(kept, row)))
                else:
                    stay.append(row)
            order = stay
    return sorted(tied, key=lambda tie: tie.row)


def _with_equals(rows: set[int], copies: Mapping[tuple[int, int], Copy]) -> frozenset[int]:
    """Some rows, and those of the same pixels: of these only the first one was compared."""
    same = (pair for pair, copy in copies.items() if copy.kind in (SAME_FILE, SAME_PIXELS))
    return frozenset(rows).union(*(pair for pair in same if rows & {*pair}))


def connected(copies: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Rows that pairs tie together, by their smallest row."""
    root: dict[int, int] = {}

    def top(row: int) -> int:
        while root.setdefault(row, row) != row:
            row = root[row]
        return row

    for first, second in copies:
        low, high = sorted((top(first), top(second)))
        root[high] = low
    groups: dict[int, list[int]] = {}
    for row in sorted(root):
        groups.setdefault(top(row), []).append(row)
    return [groups[key] for key in sorted(groups)]
