"""What a run leaves, appended while it trains: dynamics of every epoch, features at snapshots."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import pyarrow as pa

from hardrare import processes, tables
from hardrare.numerics.rounding import rounded
from hardrare.probes import occasional, registry
from hardrare.training.rate_range import RateRange, packed


class Recorder:
    """A context that writes one record batch per epoch; the files appear when it ends well.

    Attributes:
        ranges: the learning-rate range tests behind the run, kept in the dynamics' metadata;
            added before the first epoch is recorded.
        in_step: columns that the training step tells; noted in the fields' metadata as
            `measured`.
    """

    def __init__(
        self,
        dynamics: Path,
        sample_id: np.ndarray,
        parts: int = 1,
        *,
        features: Path | None = None,
        networks: int = 1,
        part: Literal["phase", "clustering"] = "phase",
        said: Mapping[str, str] | None = None,
        bits: int | None = None,
    ) -> None:
        """Begin nothing yet.

        Args:
            dynamics: the file of the dynamics.
            sample_id: (N,) of all samples.
            parts: how many phases or clusterings the run has; a column tells more than one apart.
            features: the file of the features, None where none are kept.
            networks: how many made the features, each those of its samples.
            part: what the column is called.
            said: what the run is, by its name: words for the readers of the dynamics.
            bits: of the mantissa that the dynamics keep; None = all.
        """
        self.path, self.features, self.networks = dynamics, features, networks
        self.part, self.bits = part if parts > 1 else None, bits
        self.metadata = tables.words(said) if said else {}
        self.sample_id = pa.array(sample_id, tables.ID)
        self.stack, self.out, self.kept, self.epochs = ExitStack(), None, None, 0
        self.ranges: list[RateRange] = []
        self.in_step: set[str] = set()

    def __enter__(self) -> "Recorder":
        """Begin."""
        self.stack.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the files, or leave none behind."""
        self.stack.__exit__(kind, error, trace)

    def record(
        self, part: int, columns: dict[str, np.ndarray], features: np.ndarray | None = None
    ) -> None:
        """Append an epoch; of several processes the first one does.

        Args:
            part: which phase or clustering, from 0.
            columns: (N,) float32 or bool, in the order of sample ids.
            features: (N, D) to keep of this epoch, None to keep none.
        """
        if not processes.first():
            return
        if features is not None and self.features is not None:
            self._keep(features)
        n = len(self.sample_id)
        arrays = {"epoch": pa.array(np.full(n, self.epochs, np.int16)), "sample_id": self.sample_id}
        if self.part:
            arrays[self.part] = pa.array(np.full(n, part, np.int8))
        for name, values in sorted(columns.items()):
            arrays[name] = pa.array(values if values.dtype == bool else self._kept(values))
        schema = pa.schema(
            [pa.field(k, v.type, metadata=self._said_of(k)) for k, v in arrays.items()]
        )
        if self.out is None:
            tested = {tables.RATES: packed(self.ranges)} if self.ranges else {}
            opened = tables.writer(self.path, "dynamics/1", schema, self.metadata | tested)
            self.out = self.stack.enter_context(opened)
        self.out.write_batch(pa.record_batch(list(arrays.values()), schema=schema))
        self.epochs += 1

    def _kept(self, values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32) if self.bits is None else rounded(values, self.bits)

    def _said_of(self, column: str) -> dict[str, str] | None:
        """A column's unit, and how it was measured where that is not after the epoch."""
        how = {"measured": "in_step"} if column in self.in_step else {}
        return (_unit(column) | how) or None

    def _keep(self, features: np.ndarray) -> None:
        """Append the features of this epoch."""
        if self.kept is None:
            opened = tables.features_writer(self.features, features.shape, self.networks)
            self.kept = self.stack.enter_context(opened)
        self.kept(self.epochs, self.sample_id, features)


def _unit(column: str) -> dict[str, str]:
    """The unit of a column and, of an attack, what stands where none succeeded: field metadata."""
    known = registry() | occasional.registry()
    name = column.removeprefix(tables.HELD_OUT)
    name = "loss" if name == "irreducible_loss" else name  # of another model
    if name not in known:
        return {}
    never = getattr(known[name], "never", None)
    return {"unit": known[name].unit} | ({tables.NEVER: str(never)} if never is not None else {})
