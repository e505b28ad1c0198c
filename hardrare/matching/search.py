"""All of it on one set: samples of equal pixels first, then proposals, confirmations, groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hardrare.matching.align import FORMS
from hardrare.matching.beside import Beside
from hardrare.matching.confirm import SIDE, Shown
from hardrare.matching.groups import Tie, ties
from hardrare.matching.judge import Judge, Verdict
from hardrare.matching.kinds import SAME_FILE, SAME_PIXELS, Copy, flattened, flipped
from hardrare.matching.known import Known
from hardrare.matching.propose import Pair, Proposals, propose
from hardrare.matching.shades import surfaces
from hardrare.matching.spectra import SIDE as SQUARE
from hardrare.matching.spectra import frequencies
from hardrare.matching.worth import Facts

CACHED = 1024  # pictures of 192 pixels kept at a time, 0.4 MB each with their small versions
READ = 1024  # squares at a time

Longest = Callable[[int, int], np.ndarray]
Squares = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Found:
    """What a set holds.

    Attributes:
        ties: each sample that another one stands for.
        alike: rows of the pairs that follow, of which there is no copy.
        likened: pairs of rows that agree but for a small part, or may mean something else.
        nearest: `(N,)` row of the most alike other sample, -1 where there is none.
        similarity: `(N,)` how alike, -1..1.
        compared: pairs that were compared pixel by pixel, and
        proposed: how many were proposed.
        recall: share of the true nearest samples that were looked at, 1 where all were.
    """

    ties: list[Tie]
    alike: set[int]
    likened: list[tuple[int, int]]
    nearest: np.ndarray
    similarity: np.ndarray
    compared: int
    proposed: int
    recall: float


def search(
    longest: Longest,
    squares: Squares,
    facts: Sequence[Facts],
    content: Sequence[str | None],
    pixels: Sequence[str],
    *,
    features: np.ndarray | None,
    keep: Sequence[str],
    worst_block: float,
    tries: float,
    known: Known | None = None,
) -> Found:
    """Which of N samples show one picture, and which one stays for the others.

    Args:
        longest: a row and a side to its picture `(h, w, C)` uint8, no longer than that.
        squares: rows `(B,)` and a side to `(B, side, side, C)` uint8.
        facts: of each sample.
        content: hash of each file's bytes, None where there is no file.
        pixels: hash of each picture's pixels.
        features: `(N, D)` of a frozen network, or None.
        keep: which of a group stays, as `groups.ties`.
        worst_block: largest residual of a copy.
        tries: pairs that are compared at most, for each sample.
        known: pairs that were compared before; those of now are noted there.
    """
    stands = _stand_ins(pixels)
    unique = np.flatnonzero(stands == np.arange(len(stands)))
    low, shades = _looks(squares, unique)
    proposals = propose(low, None if features is None else features[unique], shades)
    pairs = proposals.pairs[: int(tries * len(unique))]
    alone = judging(longest, facts, worst_block, proposals.uniform)
    judge = (known := known or Known()).before(alone)
    looked = _looked(pairs, unique, known, alone)
    copies = {
        (int(unique[pair.first]), int(unique[pair.second])): verdict.copy
        for pair, verdict in zip(pairs, looked, strict=True)
    }

    def confirm(first: int, second: int) -> Copy | None:
        if stands[first] == stands[second]:
            same = content[first] is not None and content[first] == content[second]
            equal = Copy(SAME_FILE if same else SAME_PIXELS, 0.0, True, True)
            return flattened(equal, facts[first].clear, facts[second].clear)
        low, high = sorted((int(stands[first]), int(stands[second])))
        if (low, high) not in copies:
            copies[low, high] = judge(low, high, FORMS).copy
        known = copies[low, high]
        return flipped(known) if known and int(stands[first]) != low else known

    equal = {
        (int(stands[row]), int(row)): confirm(int(stands[row]), int(row))
        for row in np.flatnonzero(stands != np.arange(len(stands)))
    }
    made = ties(facts, {p: copy for p, copy in copies.items() if copy} | equal, keep, confirm)
    return _told(made, proposals, unique, stands, pairs, looked)


def judging(
    longest: Longest, facts: Sequence[Facts], worst_block: float, uniform: bool,
    cached: int = CACHED,
) -> Judge:  # fmt: skip
    """A judge who keeps the pictures compared last, so many; else arguments as those of `Judge`."""
    shown = lru_cache(cached)(lambda row: Shown(longest(row, SIDE)))
    return Judge(shown, longest, facts, worst_block, uniform)


def _looked(pairs: Sequence[Pair], unique: np.ndarray, known: Known, judge: Judge) -> list[Verdict]:
    """What a comparison says of each pair of distinct pictures, in their order."""
    near = sorted(range(len(pairs)), key=lambda at: (pairs[at].first, pairs[at].second))
    asks = [
        (int(unique[pairs[at].first]), int(unique[pairs[at].second]), pairs[at].forms)
        for at in near
    ]  # pairs of one picture beside each other: it is kept
    title = "" if known.update(judge, asks) else "match"
    each = [Verdict()] * len(pairs)
    made = Beside()(asks, known.before(judge), title)
    for at, verdict in zip(near, made, strict=True):
        each[at] = verdict
    return each


def _told(
    made: list[Tie],
    proposals: Proposals,
    unique: np.ndarray,
    stands: np.ndarray,
    pairs: Sequence[Pair],
    looked: Sequence[Verdict],
) -> Found:
    """The outcome by rows of the whole set; a copy's nearest is the one that stays for it."""
    at = np.searchsorted(unique, stands)  # of each row, its stand-in among the unique ones
    nearest = np.where(proposals.nearest >= 0, unique[proposals.nearest], -1)[at]
    similarity = proposals.similarity[at].astype(np.float64)
    tied = {tie.row for tie in made} | {tie.kept for tie in made}
    for tie in reversed(made):
        nearest[tie.row], nearest[tie.kept] = tie.kept, tie.row
        equal = stands[tie.row] == stands[tie.kept]
        for row in (tie.row, tie.kept):
            similarity[row] = 1.0 if equal else similarity[row]
    likened = [(int(unique[pair.first]), int(unique[pair.second]))
               for pair, verdict in zip(pairs, looked, strict=True) if verdict.like]  # fmt: skip
    alike = {row for pair in likened for row in pair} - tied
    return Found(
        made, alike, likened, nearest, similarity, len(pairs), len(proposals.pairs),
        proposals.recall,
    )  # fmt: skip


def _stand_ins(pixels: Sequence[str]) -> np.ndarray:
    """Of each sample the first one of the same pixels, `(N,)`."""
    first: dict[str, int] = {}
    return np.array(
        [first.setdefault(picture, row) for row, picture in enumerate(pixels)], np.int64
    )


def _looks(squares: Squares, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest frequencies `(n, 8, 8)` and surfaces `(n, 48)` of samples, read block by block."""
    blocks = [rows[start : start + READ] for start in range(0, len(rows), READ)]
    made = [(np.empty((0, 8, 8), np.float32), np.empty((0, 48), np.float32))]
    for block in blocks:
        shown = squares(block, SQUARE)
        made.append((frequencies(shown.astype(np.float32).mean(-1)), surfaces(shown)))
    return np.concatenate([low for low, _ in made]), np.concatenate([flat for _, flat in made])
