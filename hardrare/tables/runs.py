"""What a run leaves: dynamics, features, scores."""

import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import column, read, writer
from hardrare.tables.kinds import AXES, EPOCH, FLOAT, ID, NETWORKS, RATES

Append = Callable[[int, np.ndarray, np.ndarray], None]


# These stand for a run in names of scores:
APPEARANCE = "appearance"  # of what images look like
RANKING = "ranking"  # of the axes of the ranking


@dataclass(frozen=True)
class Score:
    """One score over a study: `values (S, N)` for S seeds, and what its metric declares."""

    name: str  # objective/metric
    values: np.ndarray
    unit: str
    harder: str
    source: str


@contextmanager
def features_writer(path: Path, width: int, networks: int = 1) -> Iterator[Append]:
    """A context that appends snapshots of `features (N, D)` as float32, one record batch each.

    Args:
        path: the file to write.
        width: D.
        networks: how many made the features, each those of its samples. Those of several share
            no space and are of no use to anyone: only those of one are written. 0 = the run is
            there for other statistics.

    Yields:
        A function of the epoch, `sample_id (N,)` and the features.
    """
    kind = pa.list_(FLOAT, width)
    schema = pa.schema([("epoch", EPOCH), ("sample_id", ID), ("features", kind)])
    metadata = {NETWORKS: str(networks).encode()}
    with writer(path, "features/2", schema, metadata) as out:

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
    with features_writer(path, features.shape[1], networks) as append:
        append(0, sample_id, features)


def read_snapshots(path: Path) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Snapshots in their order, the last epoch's last: epoch, `sample_id (N,)`, features (N, D).

    Float32 views of the memory-mapped file: nothing is copied.
    """
    for batch in read(path, "features/2").to_batches():
        rows = batch.column("features")
        flat = rows.flatten().to_numpy()
        ids = batch.column("sample_id").to_numpy()
        yield batch.column("epoch")[0].as_py(), ids, flat.reshape(-1, rows.type.list_size)


def read_features(path: Path, sample_id: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """`sample_id (N,)` and `features (N, D)` float32 of the last epoch.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold, where another table has been read before.

    Raises:
        InputError: as `read`, or it holds other samples, or the run kept none.
    """
    if not one_space(path):
        raise InputError(f"{path}: this kind of run keeps no features; name another.")
    *_, (_, ids, features) = read_snapshots(path)
    if sample_id is not None and not np.array_equal(ids, sample_id):
        raise InputError(f"{path}: holds features of other samples; train it again.")
    return ids, features


def one_space(path: Path) -> bool:
    """Whether one network made all features of a table: those of several share no space."""
    return read(path, "features/2").schema.metadata.get(NETWORKS, b"1") == b"1"


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
                    if p == one
                ],
                axis=1,
            )
            for name in names
        }
        for one in sorted(set(of))
    ]


def read_ranges(path: Path, kind: str) -> list[dict[str, Any]]:
    """The learning-rate range tests behind a run, none where its rate was given.

    Each has `seed`, `rates (R,)`, `losses (R, S)`, `slopes (R,)` and `chosen`.
    """
    return json.loads(read(path, kind).schema.metadata.get(RATES, b"[]"))


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


def read_axes(path: Path, sample_id: np.ndarray) -> list[Score]:
    """The axes of a ranking as scores `ranking/<axis>`, a percentile each: high = more so.

    Args:
        path: the ranking.
        sample_id: `(N,)` ids that it must hold.

    Raises:
        InputError: as `read`, or it holds other samples.
    """
    table = read(path, "ranking/1")
    if not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: ranks other samples than were scored; run rank again.")
    return [
        Score(
            f"{RANKING}/{axis}",
            column(table, f"{axis}_score").astype(np.float64)[None],
            unit="percentile", harder="high", source=meaning,
        )
        for axis, meaning in AXES.items()
    ]  # fmt: skip


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
