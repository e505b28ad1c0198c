"""Training dynamics: what was measured of every sample after every epoch of a run."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.tables.files import read
from hardrare.tables.kinds import RATES

NEVER = "never"  # field metadata: the value of samples at which an attack did not succeed


def read_dynamics(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Training dynamics as `sample_id (N,)` and one `(N, T)` array for each recorded column.

    Where a `phase` column tells a first split from a second one, a column `c` comes as
    `first_split_c (N, T1)` and `second_split_c (N, T2)`.
    """
    ids, parts = _read_parts(path, "phase")
    if len(parts) == 1:
        return ids, parts[0]
    named = zip(("first_split_", "second_split_"), parts, strict=True)
    return ids, {prefix + name: v for prefix, part in named for name, v in part.items()}


def read_never(path: Path) -> dict[str, float]:
    """Columns of attacks, and what stands in them for a sample that none changed."""
    schema = read(path, "dynamics/1").schema
    said = {field.name: (field.metadata or {}).get(NEVER.encode()) for field in schema}
    return {name: float(value) for name, value in said.items() if value is not None}


def read_clusterings(path: Path) -> tuple[np.ndarray, list[dict[str, np.ndarray]]]:
    """The dynamics on pseudo-labels: `sample_id (N,)`, and the `(N, T)` of each clustering."""
    return _read_parts(path, "clustering")


def _read_parts(path: Path, part: str) -> tuple[np.ndarray, list[dict[str, np.ndarray]]]:
    """`sample_id (N,)`, and for each value of a column the others as `(N, T)` arrays."""
    table = read(path, "dynamics/1")
    batches = table.to_batches()
    ids = batches[0].column("sample_id").to_numpy()
    if any(not np.array_equal(b.column("sample_id").to_numpy(), ids) for b in batches):
        raise InputError(f"{path}: epochs hold different samples; run its stage again.")
    several = part in table.schema.names
    of = [b.column(part)[0].as_py() if several else 0 for b in batches]
    names = [n for n in table.schema.names if n not in ("epoch", "sample_id", part)]
    return ids, [
        {
            name: np.stack(
                [
                    b.column(name).to_numpy(zero_copy_only=False)
                    for b, p in zip(batches, of, strict=True)
                    if p == value
                ],
                axis=1,
            )
            for name in names
        }
        for value in sorted(set(of))
    ]


def read_ranges(path: Path, kind: str) -> list[dict[str, Any]]:
    """The learning-rate range tests behind a run, none where its rate was given.

    Each has `seed`, `rates (R,)`, `losses (R, S)`, `slopes (R,)` and `chosen`.
    """
    return json.loads(read(path, kind).schema.metadata.get(RATES, b"[]"))
