"""Statistics of every epoch into the dynamics table, appended while training."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa

from hardrare import tables
from hardrare.probes import occasional, registry


class Recorder:
    """A context that writes one record batch per epoch; the file appears when it ends well."""

    def __init__(self, path: Path, sample_id: np.ndarray, phases: int = 1) -> None:
        self.path, self.phases = path, phases
        self.sample_id = pa.array(sample_id, tables.ID)
        self.stack, self.out, self.epochs = ExitStack(), None, 0

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
        """Finish the file, or leave none behind."""
        self.stack.__exit__(kind, error, trace)

    def record(self, phase: int, columns: dict[str, np.ndarray]) -> None:
        """Append an epoch.

        Args:
            phase: 0 or 1, written only where the run has more than one.
            columns: (N,) float32 or bool, in the order of sample ids.
        """
        n = len(self.sample_id)
        arrays = {"epoch": pa.array(np.full(n, self.epochs, np.int16)), "sample_id": self.sample_id}
        if self.phases > 1:
            arrays["phase"] = pa.array(np.full(n, phase, np.int8))
        for name, values in sorted(columns.items()):
            arrays[name] = pa.array(values if values.dtype == bool else values.astype(np.float32))
        probes = registry() | occasional.registry()
        units = {name: {"unit": one.unit} for name, one in probes.items()}
        units["irreducible_loss"] = units["loss"]  # of another model
        schema = pa.schema([pa.field(k, v.type, metadata=units.get(k)) for k, v in arrays.items()])
        if self.out is None:
            self.out = self.stack.enter_context(tables.writer(self.path, "dynamics/1", schema))
        self.out.write_batch(pa.record_batch(list(arrays.values()), schema=schema))
        self.epochs += 1
