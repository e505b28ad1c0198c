"""What decides between copies: facts about their files, and the order of preference.

Bytes a pixel tell how much was lost between two lossy files of a picture, and nothing of lossless
ones: a screen as PNG has fewer than its JPEG, and of two PNG the larger may hold the same. A
lossless file comes first,
unless its pixels are those of a JPEG here, turned or not, as only a file made of that JPEG has
them: then nothing is lost where the smaller file stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hardrare.errors import InputError

TESTED = {"test": 0, "testing": 0} | dict.fromkeys(  # what a copy leaks into, in small letters
    ("val", "valid", "validation", "dev", "eval", "holdout"), 1
)
JPEG, FEW = ("JPEG", "MPO"), ("GIF",)  # the latter holds 256 colours at most, whatever its bytes
# Formats that keep each pixel as it was given, so that another pixel is an edit. What was given may
# have lost much before: a PNG made of a JPEG is lossless, too, and a palette is taken for no loss.
LOSSLESS = ("PNG", "TIFF", "PPM", "BMP", "DIB")
BARE = ("BMP", "DIB")  # of these the ones that keep no more than pixels: no depth, no facts
SHARE = 0.1  # of a lossless file's bytes a pixel that a lossy one of fair quality has at least


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
        format: of the file, such as JPEG; empty where unknown.
        levels: hash of how many pixels have each grey level; empty where unknown.
        sides: width and height of the file; zeros where unknown.
        lossless: whether its format is one of `LOSSLESS`.
        screen: whether it looks as a screen full of windows does, at its own resolution.
        clear: whether some of it is transparent, which is looked at on a ground.
    """

    pixels: int
    bytes: int
    taken: float
    path: str
    part: str = ""
    frames: int = 1
    format: str = ""
    levels: str = ""
    sides: tuple[int, int] = (0, 0)
    lossless: bool = False
    screen: bool = False
    clear: bool = False


Value = tuple[float, ...]
Sources = Mapping[str, Facts]  # levels to the JPEG that shows them


def _quality(facts: Facts, sources: Sources) -> Value:
    """How well its format keeps pixels, bytes a pixel of a lossy one, whether these are its own."""
    source = sources.get(facts.levels)
    dense = facts.bytes / max(facts.pixels, 1)
    if facts.format in FEW:
        return 0, 0, 1
    if facts.format not in LOSSLESS:
        return 1, dense, 1
    if source and source.bytes < facts.bytes:
        return 1, source.bytes / max(source.pixels, 1), 0
    return 2, facts.format not in BARE, 1


def _as_good(other: Facts, own: Facts, sources: Sources) -> bool:
    """Whether a file keeps a picture about as well as another one."""
    (kind, dense, _), (of, least, _) = _quality(other, sources), _quality(own, sources)
    if (kind, of) == (1, 2):
        return other.bytes / max(other.pixels, 1) >= SHARE * own.bytes / max(own.pixels, 1)
    return kind > of or (kind == of and (kind == 2 or 2 * dense >= least))


def _quality_said(kept: Value, gone: Value) -> str:
    """Why the first is better."""
    if kept[:2] == gone[:2]:
        return "smaller file"
    if kept[0] == 2:
        return "lossless" if gone[0] < 2 else "no bitmap"
    return "less compressed"


# What each line of the order prefers, largest first, and what is said of the one that stays.
LINES: dict[str, tuple[Callable[[Facts, Sources], Value], Callable[[Value, Value], str]]] = {
    "size": (lambda facts, _: (facts.pixels,), lambda *_: "larger"),
    "quality": (_quality, _quality_said),
    "age": (lambda facts, _: (-facts.taken,), lambda *_: "older"),
    "path": (lambda facts, _: (-len(facts.path),), lambda *_: "shorter path"),
}


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


@dataclass(frozen=True)
class Order:
    """The order of preference among the files of a group.

    Attributes:
        facts: of each sample, by row.
        keep: lines of `LINES` in the order in which they decide.
        leak: whether the group spans parts.
        partial: rows that show only a part of another one.
        framed: rows that show another one in a border, and no more of it, nor better.
        sources: levels to the JPEG of the group that shows them.
    """

    facts: Sequence[Facts]
    keep: Sequence[str]
    leak: bool
    partial: frozenset[int]
    framed: frozenset[int]
    sources: Sources

    @classmethod
    def of(
        cls,
        facts: Sequence[Facts],
        group: Iterable[int],
        keep: Sequence[str],
        partial: frozenset[int],
        framed: frozenset[int],
    ) -> "Order":
        """That of the rows of a group."""
        own = [facts[row] for row in group]
        jpegs = sorted((f for f in own if f.format in JPEG and f.levels), key=lambda f: f.bytes)
        leak, sources = len({f.part for f in own}) > 1, {f.levels: f for f in jpegs}
        plain = [facts[row] for row in group if row not in partial | framed]
        behind = {
            row for row in framed & {*group} if any(_as_good(f, facts[row], sources) for f in plain)
        }
        return cls(facts, keep, leak, partial, frozenset(behind), sources)

    def __call__(self, row: int) -> tuple:
        """Sorts the preferred one first; the path's letters, then the row decide last."""
        lines = (-value for line in self.keep for value in self._value(line, row))
        return (row in self.partial, self._tested(row), row in self.framed, *lines,
                self.facts[row].path, row)  # fmt: skip

    def because(self, kept: int, gone: int) -> str:
        """What decided that one of two stays."""
        if self._tested(kept) < self._tested(gone):
            return f"in {self.facts[kept].part}"
        if self.facts[kept].clear and not self.facts[gone].clear:
            return "transparent"
        if gone in self.framed and kept not in self.framed:
            return "without border"
        for line in self.keep:
            better, worse = self._value(line, kept), self._value(line, gone)
            if better != worse:
                said = LINES[line][1](better, worse)
                return said if better > worse else "shows the whole picture"
        return "first by name"

    def _value(self, line: str, row: int) -> Value:
        return LINES[line][0](self.facts[row], self.sources)

    def _tested(self, row: int) -> int:
        return TESTED.get(self.facts[row].part.lower(), 2) if self.leak else 0
