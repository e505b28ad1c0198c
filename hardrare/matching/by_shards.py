"""Many pairs compared by several processes, very many by shards, or by actors of Ray.

A verdict is decided by two pictures and facts about them alone, so it is the same whoever makes it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.matching.beside import MANY, Beside
from hardrare.matching.judge import Judge, Verdict
from hardrare.matching.known import Ask, told, verdict
from hardrare.matching.search import CACHED, judging
from hardrare.matching.worth import Facts
from hardrare.pictures import open_pictures
from hardrare.shards import Cut, Shard, Work, have, threads
from hardrare.tables import declare, read, writer

LEAST = 64  # pictures that a process keeps at least: those of the pairs that it was handed last
KIND = declare("shard_of_pairs/1", {"told": pa.string()})  # JSON, as `known.told`


@dataclass(frozen=True)
class ByShards:
    """Compares pairs of the pictures of a study where they are many.

    Attributes:
        pictures: table of them.
        images: table of the samples.
        worst_block: largest residual of a copy.
        cut: where shards lie.
    """

    pictures: Path
    images: Path
    worst_block: float
    cut: Cut

    def __call__(self, keys: Sequence[str], asks: Sequence[Ask], judge: Judge) -> list[Verdict]:
        """The verdicts of some pairs in their order, or none where they are too few for that.

        Args:
            keys: of each pair all that decides its verdict.
            asks: the pairs.
            judge: whose facts and set they are of.
        """
        tables = self.pictures.absolute(), self.images.absolute()
        opened = _Opened(*tables, self.worst_block, judge.uniform, _Seen.of(judge.facts))
        if not self.cut.wanted(len(asks)):
            if not (others := _others(asks)):
                return []
            with opened.beside(others) as compared:
                return compared(asks, judge, "match")
        shards = self.cut.shards(keys)
        have("match", _Comparing(opened, asks), shards)
        notes = (read(shard.path, KIND).column("told") for shard in shards)
        return [verdict(*json.loads(note)) for column in notes for note in column.to_pylist()]


def _others(asks: Sequence[Ask]) -> int:
    """How many processes are worth starting beside this one."""
    return min(threads() - 1, len(asks) // MANY)


@dataclass(frozen=True)
class _Opened:
    """All that a process needs to judge pairs of a set; called, it opens the pictures."""

    pictures: Path
    images: Path
    worst_block: float
    uniform: bool
    facts: "_Seen"
    cached: int = CACHED

    def __call__(self) -> Judge:
        """A judge of any pair."""
        longest = open_pictures(self.pictures, self.images).longest
        return judging(longest, self.facts, self.worst_block, self.uniform, self.cached)

    def beside(self, processes: int) -> Beside:
        """So many processes that judge; all of them together keep as many pictures as one."""
        kept = max(LEAST, CACHED // max(processes, 1))
        return Beside(replace(self, cached=kept), processes)


@dataclass(frozen=True)
class _Comparing:
    """All that a process needs to compare the pairs of all shards."""

    opened: _Opened
    asks: Sequence[Ask]

    def __call__(self) -> Work:
        """What compares the pairs of a shard, in the process that asks and those beside it."""
        return partial(self._make, self.opened(), self.opened.beside(_others(self.asks)))

    def _make(self, judge: Judge, compared: Beside, shard: Shard) -> None:
        made = compared(self.asks[shard.rows], judge)
        table = pa.table({"told": [json.dumps(told(verdict)) for verdict in made]})
        with writer(shard.path, KIND, table.schema) as out:
            out.write_table(table)


@dataclass(frozen=True)
class _Seen(Sequence):
    """Of the facts what a judge reads, 19 bytes a sample.

    Attributes:
        sides: `(N, 2)` int64.
        kind: `(N, 3)` bool, whether its file is lossless, looks as a screen, is partly clear.
    """

    sides: np.ndarray
    kind: np.ndarray

    @classmethod
    def of(cls, facts: Sequence[Facts]) -> "_Seen":
        """What is read of these."""
        sides = np.array([fact.sides for fact in facts], np.int64).reshape(-1, 2)
        return cls(sides, np.array([(f.lossless, f.screen, f.clear) for f in facts], bool))

    def __len__(self) -> int:
        return len(self.sides)

    def __getitem__(self, row: int) -> Facts:
        known = dict(zip(("lossless", "screen", "clear"), self.kind[row].tolist(), strict=True))
        known["sides"] = tuple(self.sides[row].tolist())
        return Facts(pixels=0, bytes=0, taken=0.0, path="", **known)
