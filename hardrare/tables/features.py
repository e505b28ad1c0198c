"""The features of a run: one row for each sample and snapshot, the last epoch's snapshot last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import read, writer
from hardrare.tables.kinds import EPOCH, FLOAT, ID, NETWORKS
from hardrare.tables.rolling import laid

Append = Callable[[int, np.ndarray, np.ndarray], None]


@contextmanager
def features_writer(path: Path, shape: tuple[int, int], networks: int = 1) -> Iterator[Append]:
    """A context that appends snapshots of `features (N, D)` as float32, one record batch each.

    Args:
        path: the file to write.
        shape: (N, D).
        networks: how many made the features, each those of its samples. Those of several share
            no space and are of no use to anyone: only those of one are written. 0 = the run is
            there for other statistics.

    Yields:
        A function of the epoch, `sample_id (N,)` and the features.
    """
    kind = pa.list_(FLOAT, shape[1])
    schema = pa.schema([("epoch", EPOCH), ("sample_id", ID), ("features", kind)])
    metadata = {NETWORKS: str(networks).encode()}
    with writer(path, "features/2", schema, metadata, 4 * shape[0] * shape[1]) as out:

        def append(epoch: int, sample_id: np.ndarray, features: np.ndarray) -> None:
            if networks != 1:
                return
            flat = pa.array(np.ascontiguousarray(features, np.float32).reshape(-1))
            rows = pa.FixedSizeListArray.from_arrays(flat, type=kind)
            epochs = pa.array(np.full(len(features), epoch, np.int16))
            ids = pa.array(sample_id, ID)
            out.write_batch(pa.record_batch([epochs, ids, rows], schema=schema))

        yield append


def write_features(
    path: Path, sample_id: np.ndarray, features: np.ndarray, networks: int = 1
) -> None:
    """Write `features (N, D)` of one epoch, and how many networks made them."""
    with features_writer(path, features.shape, networks) as append:
        append(0, sample_id, features)


@dataclass(frozen=True)
class Features:
    """A table of features, opened and checked once.

    Attributes:
        path: the table.
        table: what it holds, memory-mapped.
    """

    path: Path
    table: pa.Table

    @property
    def of_one_network(self) -> bool:
        """Whether one network made all of them: those of several share no space."""
        return self.table.schema.metadata.get(NETWORKS, b"1") == b"1"

    def snapshots(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """In their order, the last epoch's last: epoch, `sample_id (N,)`, features (N, D).

        Float32 views of the memory-mapped file: nothing is copied in memory.
        """
        width = self.table.schema.field("features").type.list_size
        for batches in self._batches():
            ids = [batch.column("sample_id").to_numpy() for batch in batches]
            parts = [batch.column("features").flatten().to_numpy() for batch in batches]
            parts = [part.reshape(-1, width) for part in parts]
            rows, epoch = sum(map(len, parts)), batches[0].column("epoch")[0].as_py()
            matrix = parts[0] if len(parts) == 1 else laid(parts, np.float32, (rows, width))
            yield epoch, np.concatenate(ids) if len(ids) > 1 else ids[0], matrix

    def _batches(self) -> list[list[pa.RecordBatch]]:
        """The batches of each snapshot: one, and of a table in several files those that follow."""
        snapshots: list[list[pa.RecordBatch]] = []
        batches = self.table.to_batches()
        for batch in batches:
            if batch.column("sample_id")[0] == batches[0].column("sample_id")[0]:
                snapshots.append([])
            snapshots[-1].append(batch)
        return snapshots

    def last(self, sample_id: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """`sample_id (N,)` and `features (N, D)` float32 of the last epoch.

        Args:
            sample_id: `(N,)` ids that it must hold, where another table has been read before.

        Raises:
            InputError: it holds other samples, or the run kept none.
        """
        if not self.of_one_network:
            raise InputError(f"{self.path}: this kind of run keeps no features; name another.")
        *_, (_, ids, features) = self.snapshots()
        if sample_id is not None and not np.array_equal(ids, sample_id):
            raise InputError(f"{self.path}: holds features of other samples; train it again.")
        return ids, features


def open_features(path: Path) -> Features:
    """A table of features, checked; InputError as `read`."""
    return Features(path, read(path, "features/2"))


def read_features(path: Path, sample_id: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """`Features.last` of a table."""
    return open_features(path).last(sample_id)
