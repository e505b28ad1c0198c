"""Searches of neighbours by cells, handed out to Ray where it is asked for.

The cells are made and the number of cells looked at is learnt in this process; what is searched in
each of them is mapped. Rows lie in a file of the scratch folder, which each worker maps. Without
Ray the cells are searched by threads of this process, in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa

from hardrare.numerics.blocks import each
from hardrare.numerics.cells import Plan, searched_by
from hardrare.numerics.exact import Searchable
from hardrare.numerics.points import content_key
from hardrare.pieces import code
from hardrare.shards import Cut, Shard, Work, by_ray, have
from hardrare.tables import as_lists, complete, declare, of_lists, read, writer

LISTS = {"row": pa.int64(), "index": None, "distance": None}  # the latter of k numbers each
KIND = declare("shard_of_neighbours/1", LISTS)
CELLS = 8  # of a shard, each of about sqrt(N) rows


@contextmanager
def searches_by_ray(folder: Path) -> Iterator[None]:
    """Have the searches by cells that are made meanwhile handed out, where Ray is asked for.

    Args:
        folder: of scratch; nothing else lies in it, and it is deleted at the end.
    """
    cut = Cut(folder, code("hardrare/by_cells.py"))
    with searched_by(partial(_handed_out, cut)) if by_ray() else nullcontext():
        yield
    cut.forget()


def _handed_out(cut: Cut, plan: Plan, index: np.ndarray, distance: np.ndarray) -> None:
    """Fill in index and distance (N, k) of a plan by shards of cells."""
    key = f"{content_key(plan.given.rows)[1].hex()}-{plan.k}"
    rows, rest = (cut.folder.absolute() / f"{key}.{kind}" for kind in ("npy", "npz"))
    given = plan.given
    known = {"squares": given.squares, "centre": given.centre, "scale": given.scale}
    known |= {"cell": plan.cell, "order": plan.order, "looked": plan.looked, "k": plan.k}
    with complete(rows) as part, part.open("wb") as stream:
        # Not into the file itself: by that way numpy tells a full disk in two numbers alone.
        np.save(SimpleNamespace(write=stream.write), given.rows)
    with complete(rest) as part, part.open("wb") as stream:
        np.savez(stream, **known)
    shards = cut.shards([f"{key} {c}" for c in range(len(plan.order))], each=CELLS)
    have("neighbours", _Searching(rows, rest), shards)
    for shard in shards:
        row, near, apart = read(shard.path, KIND).columns
        own = row.to_numpy()
        index[own], distance[own] = of_lists(near, (-1, plan.k)), of_lists(apart, (-1, plan.k))
    for path in (rows, rest, *(shard.path for shard in shards)):
        path.unlink()


@dataclass(frozen=True)
class _Searching:
    """The files of a plan: its rows, and all else."""

    rows: Path
    rest: Path

    def __call__(self) -> Work:
        """What searches the cells of a shard, in the process that asks."""
        with np.load(self.rest) as known:
            of = {name: known[name] for name in known.files}
        rows = np.asarray(np.load(self.rows, mmap_mode="r"))
        given = Searchable(rows, of["squares"], of["centre"], of["scale"].item(), None)
        counts = of["looked"].item(), of["k"].item()
        return partial(_search, Plan(given, of["cell"], of["order"], *counts))


def _search(plan: Plan, shard: Shard) -> None:
    parts: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    cells = range(shard.rows.start, shard.rows.stop)
    each(lambda c: parts.update({c: plan.of_cell(c)}), cells)
    own, index, distance = (
        np.concatenate(part) for part in zip(*map(parts.get, cells), strict=True)
    )
    made = pa.array(own), as_lists(index), as_lists(distance)
    table = pa.table(dict(zip(LISTS, made, strict=True)))
    with writer(shard.path, KIND, table.schema) as out:
        out.write_table(table)
