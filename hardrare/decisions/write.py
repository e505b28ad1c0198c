"""The lists, the corrected labels and the table that come of decisions."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow.compute as pc

from hardrare.decisions.outcome import Outcome
from hardrare.decisions.read import COLUMNS, HASH
from hardrare.export import METADATA, write_metadata
from hardrare.tables import complete

KEEP, DROP, LABELS, DECISIONS = "keep.txt", "drop.txt", "labels.csv", "decisions.csv"


def write_outcome(outcome: Outcome, folder: Path, hashes: Mapping[str, str | None]) -> list[Path]:
    """Write what was decided; equal decisions give equal bytes.

    Args:
        outcome: of a ranking.
        folder: where the files go.
        hashes: file name to the hash of its bytes, kept with each decision.

    Returns:
        `keep.txt` and `drop.txt`, a name a line; `labels.csv`, the labels of what stays, where
        any is known; `metadata.parquet`, all columns of what stays; `decisions.csv`.
    """
    kept = outcome.names(True)
    written = [_lines(folder / KEEP, kept), _lines(folder / DROP, outcome.names(False))]
    labels = outcome.table.filter(pc.is_valid(outcome.table.column("label")))
    known = dict(zip(*(labels.column(k).to_pylist() for k in COLUMNS[:3:2]), strict=True))
    if known:
        rows = [(name, known[name]) for name in kept if name in known]
        written.append(_csv(folder / LABELS, COLUMNS[:3:2], rows))
    else:
        (folder / LABELS).unlink(missing_ok=True)  # of an earlier call
    write_metadata(folder / METADATA, outcome.table, kept)
    decided = [
        (name, decision.kind, decision.label, decision.axis, decision.note, hashes.get(name) or "")
        for name, decision in outcome.decisions.items()
    ]
    written += [folder / METADATA, _csv(folder / DECISIONS, [*COLUMNS, HASH], decided)]
    return written


def _lines(path: Path, lines: Iterable[str]) -> Path:
    with complete(path) as part:
        part.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return path


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with complete(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    return path
