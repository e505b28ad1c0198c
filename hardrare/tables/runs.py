"""What a run leaves: dynamics, features, scores."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import column, read, write
from hardrare.tables.kinds import ID, NETWORKS


@dataclass(frozen=True)
class Score:
    """One score over a study: `values (S, N)` for S seeds, and what its metric declares."""

    name: str  # objective/metric
    values: np.ndarray
    unit: str
    harder: str
    source: str


def write_features(
    path: Path, sample_id: np.ndarray, features: np.ndarray, networks: int = 1
) -> None:
    """Write `features (N, D)` as float32, and how many networks made them, each of its samples."""
    flat = pa.array(np.ascontiguousarray(features, np.float32).reshape(-1))
    rows = pa.FixedSizeListArray.from_arrays(flat, features.shape[1])
    table = pa.table({"sample_id": pa.array(sample_id, ID), "features": rows})
    write(path, "features/1", table, {NETWORKS: str(networks).encode()})


def read_features(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """`sample_id (N,)` and `features (N, D)` float32."""
    table = read(path, "features/1").combine_chunks()
    width = table.schema.field("features").type.list_size
    flat = table.column("features").combine_chunks().flatten().to_numpy()
    return column(table, "sample_id"), flat.reshape(-1, width)


def one_space(path: Path) -> bool:
    """Whether one network made all features of a table: those of several share no space."""
    return read(path, "features/1").schema.metadata.get(NETWORKS, b"1") == b"1"


def read_dynamics(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Training dynamics as `sample_id (N,)` and one `(N, T)` array for each recorded column.

    Where a `phase` column tells a first split from a second one, a column `c` comes as
    `first_split_c (N, T1)` and `second_split_c (N, T2)`.
    """
    table = read(path, "dynamics/1")
    batches = table.to_batches()
    ids = batches[0].column("sample_id").to_numpy()
    phases = [b.column("phase")[0].as_py() if "phase" in table.schema.names else 0 for b in batches]
    if any(not np.array_equal(b.column("sample_id").to_numpy(), ids) for b in batches):
        raise InputError(f"{path}: epochs hold different samples; run its stage again.")
    arrays = {}
    for name in table.schema.names:
        if name in ("epoch", "sample_id", "phase"):
            continue
        for phase, prefix in ((0, "first_split_"), (1, "second_split_")):
            parts = [
                b.column(name).to_numpy(zero_copy_only=False)
                for b, p in zip(batches, phases, strict=True)
                if p == phase
            ]
            if parts:
                full = prefix + name if "phase" in table.schema.names else name
                arrays[full] = np.stack(parts, axis=1)
    return ids, arrays


def read_scores(
    folder: Path, runs: Mapping[str, Sequence[int | None]]
) -> tuple[np.ndarray, list[Score]]:
    """The scores of many runs, their seeds stacked.

    Args:
        folder: holds `<objective>-<seed>.arrow`, or `<objective>.arrow` for seed None.
        runs: objective to its seeds; never what happens to lie in the folder.

    Returns:
        `sample_id (N,)` and the scores, named `<objective>/<metric>`, in order of `runs`.
    """
    ids, scores = None, []
    for objective, seeds in runs.items():
        names = [objective if s is None else f"{objective}-{s}" for s in seeds]
        tables = [read(folder / f"{name}.arrow", "scores/1") for name in names]
        for name, table in zip(names, tables, strict=True):
            found = column(table, "sample_id")
            ids = found if ids is None else ids
            if not np.array_equal(ids, found):
                raise InputError(f"{folder / name}.arrow: scores other samples; run score again.")
        for one in tables[0].schema if tables else []:
            if one.name == "sample_id":
                continue
            meta = {k.decode(): v.decode() for k, v in (one.metadata or {}).items()}
            values = np.stack([column(t, one.name).astype(np.float64) for t in tables])
            scores.append(Score(f"{objective}/{one.name}", values, **meta))
    if ids is None:
        raise InputError(f"{folder}: no run to read; name at least one objective and seed.")
    return ids, scores


def pick(name: str, scores: Mapping[str, Score], asked_by: str) -> Score:
    """A score by its name.

    Args:
        name: `<objective>/<metric>`.
        scores: what there is, by name.
        asked_by: the parameter that names it, for the message.

    Raises:
        InputError: there is no such score; lists names near to it.
    """
    if name not in scores:
        near = difflib.get_close_matches(name, scores, n=5, cutoff=0.4) or sorted(scores)[:5]
        raise InputError(f"{asked_by}: no score {name}; near ones are {', '.join(near)}.")
    return scores[name]
