"""Pictures through a frozen network by shards, in this process or by actors of Ray.

Each process loads the network once. What comes out for a picture does not depend on the others,
so on CPUs shards hold the same bytes whoever makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.embedding.embed import embed
from hardrare.embedding.frozen import Frozen, frozen
from hardrare.embedding.settings import How, Settings
from hardrare.pictures import Pictures, open_pictures
from hardrare.shards import Cut, Shard, Work, have
from hardrare.tables import as_lists, declare, of_lists, read, writer

KIND = declare("shard_of_features/1", {"features": None, "views": None})
BATCH = 64  # rows


@dataclass(frozen=True)
class Looking:
    """All that a process needs to look at pictures.

    Attributes:
        name: of the network, for messages.
        settings: of it.
        how: by what it is run.
        pictures: table of them.
        images: table of the samples.
    """

    name: str
    settings: Settings
    how: How
    pictures: Path
    images: Path

    def opened(self) -> tuple[Pictures, Frozen]:
        """The pictures, and the network, loaded."""
        how = self.how.device, self.how.precision, self.how.batch_size
        return open_pictures(self.pictures, self.images), frozen(self.settings, *how)

    def shards(self, rows: np.ndarray) -> Work:
        """What makes a shard of some rows (n,), for the process that asks."""
        return partial(self._make, *self.opened(), rows)

    def _make(self, pictures: Pictures, network: Frozen, rows: np.ndarray, shard: Shard) -> None:
        some = _Some(pictures, rows[shard.rows])
        features = np.empty((len(some), network.width), np.float32)
        views = np.empty((len(some), self.settings.views, network.width), np.float16)
        digests = [pictures.digest(row) for row in some.rows.tolist()]
        embed(some, network, self.settings, self.how.seed, digests, features, views, self.name)
        table = pa.table({"features": as_lists(features), "views": as_lists(views)})
        with writer(shard.path, KIND, table.schema) as out:
            out.write_table(table, BATCH)


@dataclass(frozen=True)
class _Some:
    """Some rows of pictures."""

    pictures: Pictures
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def squares(self, rows: np.ndarray, side: int) -> np.ndarray:
        """As of all pictures, (B, side, side, 3)."""
        return self.pictures.squares(self.rows[rows], side)


def look_at(
    looking: Looking,
    opened: tuple[Pictures, Frozen],
    rows: np.ndarray,
    cut: Cut,
    digests: Sequence[str],
    features: np.ndarray,
    views: np.ndarray,
) -> None:
    """Fill in the features of pictures and of their views, as `embed`, by shards where many.

    Args:
        looking: at what, and how.
        opened: the same as it is open here.
        rows: those that are looked at, ascending.
        cut: where shards lie.
        digests: of all N pictures.
        features: (N, D) float32, written to.
        views: (N, V, D) float16, written to.
    """
    if not cut.wanted(len(rows)):
        how = looking.settings, looking.how.seed, digests
        embed(*opened, *how, features, views, looking.name, rows=rows)
        return
    shards = cut.shards([digests[row] for row in rows.tolist()])
    have(f"embed {looking.name}", partial(looking.shards, rows), shards)
    for shard in shards:
        here, table = rows[shard.rows], read(shard.path, KIND)
        features[here] = of_lists(table.column("features"), features[here].shape)
        views[here] = of_lists(table.column("views"), views[here].shape)
