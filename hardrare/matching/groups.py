"""Groups of copies: each ties to one image that stays and shows the same picture itself.

No chains: a copy of a copy is a copy of the image that stays only if these two were confirmed
as one picture, too. Which stays is an order of preference, and its deciding line is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hardrare.errors import InputError
from hardrare.matching.kinds import SAME_FILE, Copy

TESTED = {"test": 0, "testing": 0} | dict.fromkeys(  # what a copy leaks into, in small letters
    ("val", "valid", "validation", "dev", "eval", "holdout"), 1
)
# What each line of the order prefers, largest first, and what is said of the one that stays.
LINES: dict[str, tuple[Callable[["Facts"], float], str]] = {
    "size": (lambda f: f.pixels, "larger"),
    "quality": (lambda f: 0.0 if f.few_colours else f.bytes / max(f.pixels, 1), "less compressed"),
    "age": (lambda f: -f.taken, "older"),
    "path": (lambda f: -len(f.path), "shorter path"),
}


@dataclass(frozen=True)
class Facts:
    """What decides between copies.

    Attributes:
        pixels: of the file.
        bytes: of the file.
        taken: seconds since 1970; infinite where unknown.
        path: below the folder.
        part: train, test, ... or empty.
        frames: of the file; of many only one was looked at.
        few_colours: whether its format holds 256 colours at most (GIF), whatever its bytes.
        sides: width and height of the file; zeros where unknown.
        lossless: whether its format keeps every pixel as it was given.
        screen: whether it looks as a screen full of windows does, at its own resolution.
        clear: whether some of it is transparent, which is looked at on a ground.
    """

    pixels: int
    bytes: int
    taken: float
    path: str
    part: str = ""
    frames: int = 1
    few_colours: bool = False
    sides: tuple[int, int] = (0, 0)
    lossless: bool = False
    screen: bool = False
    clear: bool = False


@dataclass(frozen=True)
class Tie:
    """A sample and the one that stays for it: their rows, how they are one, why that one stays."""

    row: int
    kept: int
    copy: Copy
    because: str


def known(keep: Sequence[str]) -> None:
    """Refuse an order of preference that names something else.

    Raises:
        InputError: an unknown line, or one named twice.
    """
    wrong = [line for line in keep if line not in LINES]
    if wrong or len(set(keep)) < len(keep):
        raise InputError(
            f"match.keep is {list(keep)}; name each of {', '.join(LINES)} at most once, "
            "in the order in which they decide."
        )


def ties(
    facts: Sequence[Facts],
    copies: Mapping[tuple[int, int], Copy],
    keep: Sequence[str],
    confirm: Callable[[int, int], Copy | None],
) -> list[Tie]:
    """Every sample that another one stands for, by row.

    Of copies in several parts the one that is tested on stays, so that a training image that
    leaks goes and the test set is the same for everybody. Then `keep` decides. What shows only
    a part of another picture comes after what does not. A file of several frames goes only for
    one of the same bytes: nobody compared its other frames.

    Args:
        facts: of each sample, by row.
        copies: confirmed pairs `(first, second)`, first < second.
        keep: lines of `LINES` in the order in which they decide; the path's letters, then the
            row decide last.
        confirm: asked once for a member of a group and the one that stays, if nobody compared
            them: None where they are not one picture.
    """
    known(keep)
    partial = {pair[0] for pair, copy in copies.items() if not copy.first_stands}
    partial |= {pair[1] for pair, copy in copies.items() if not copy.second_stands}
    tied = []
    for group in connected(copies):
        leak = len({facts[row].part for row in group}) > 1
        order = sorted(
            group, key=lambda row: (row in partial, *_worth(facts[row], keep, leak), row)
        )
        while order:
            kept, order = order[0], order[1:]
            stay = []
            for row in order:
                pair = (min(row, kept), max(row, kept))
                copy = copies[pair] if pair in copies else confirm(*pair)
                alone = facts[row].frames == 1 or (copy and copy.kind == SAME_FILE)
                if copy and alone and (copy.first_stands if kept < row else copy.second_stands):
                    tied.append(Tie(row, kept, copy, _because(facts[kept], facts[row], keep, leak)))
                else:
                    stay.append(row)
            order = stay
    return sorted(tied, key=lambda tie: tie.row)


def _worth(facts: Facts, keep: Sequence[str], leak: bool) -> tuple:
    """Sorts the preferred one first."""
    tested = TESTED.get(facts.part.lower(), 2) if leak else 0
    return (tested, *(-LINES[line][0](facts) for line in keep), facts.path)


def _because(kept: Facts, gone: Facts, keep: Sequence[str], leak: bool) -> str:
    """The first line that decided."""
    if leak and TESTED.get(kept.part.lower(), 2) < TESTED.get(gone.part.lower(), 2):
        return f"in {kept.part}"
    if kept.clear and not gone.clear:
        return "transparent"
    values = ((LINES[line][0](kept), LINES[line][0](gone), LINES[line][1]) for line in keep)
    reason = next(((k > g, said) for k, g, said in values if k != g), (True, "first by name"))
    return reason[1] if reason[0] else "shows the whole picture"


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
