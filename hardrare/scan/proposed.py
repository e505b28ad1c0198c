"""Labels proposed for the rest of a scan's images, from a table of a few: a list for people."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.datasets import Labels, Names, NoLabels, no_image, numbered, read_labels
from hardrare.decisions.read import HASH
from hardrare.errors import InputError
from hardrare.params import load
from hardrare.runner.graph import path_of
from hardrare.scan import layout
from hardrare.scan.apply import hashes_of
from hardrare.scan.asked import resolved, source
from hardrare.scan.label_first import features_of

FILE = "proposed.csv"
COLUMNS = ("file_name", "label", "confidence", "judges", HASH)
MOST = 0.9999  # confidence that is written: no rounding makes a label certain


def told_labels(labels: str) -> Labels:
    """What the table of the few says, file name to label.

    Args:
        labels: the table, as it was given.

    Raises:
        InputError: no file, not to be read, or without a column of labels.
    """
    file = resolved(labels)
    if not file.is_file():
        raise InputError(f"--labels {labels} is no file; name the table of the labels you have.")
    try:
        given, rows = read_labels(file)
    except NoLabels as reason:
        raise InputError(f"--labels {labels}: {reason}; mend the table.") from None
    if not rows.has_label:
        raise InputError(f"--labels {labels}: {rows.header} names no column label; add it.")
    return given


def require_few(names: Sequence[str], folder: Path, labels: str, given: Labels) -> None:
    """Refuse a table of the few from which nothing could be proposed.

    Args:
        names: of all images of what is scanned.
        folder: that.
        labels: the table, as it was given.
        given: what it says.

    Raises:
        InputError: it has no label of an image, or labels of all images or of one class.
    """
    known = _known(names, folder, labels, given)
    if None not in known:
        raise InputError(f"--labels {labels}: every image has a label already; there is nothing to "
                         "propose.")  # fmt: skip
    if len({*known} - {None}) < 2:
        raise InputError(f"--labels {labels}: gives labels of one class; give two or more.")


def propose_labels(out: Path, folder: Path, labels: str, given: Labels) -> Path:
    """Write `proposed.csv` into a scan's folder, the most probable first.

    A column of file names, one of labels, as `--labels` takes them; `confidence`, the mean
    probability that three ways to name it give this one, never 1; `judges`, how many of them name
    it; and a hash of the file that was looked at.

    Args:
        out: a finished scan.
        folder: what was scanned.
        labels: the table of the few that are known.
        given: what it says.

    Returns:
        The CSV.

    Raises:
        InputError: the table names no image, or nothing can be proposed from it.
    """
    from hardrare.labelling.proposed import propose  # and with it scikit-learn

    sample_id, features = features_of(out)
    ranking = tables.read(out / path_of("show", "--ranking"), "ranking/2")
    names, hashes = ranking.column("file_name").to_pylist(), hashes_of(out)
    code, classes = numbered(_known(names, folder, labels, given))
    told = np.flatnonzero(code >= 0)
    seed = load(out / layout.PARAMS)["pretrain"]["seeds"][0]
    made = propose(features, told, code[told], int(seed))
    table = out / FILE
    with tables.complete(table) as part, part.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(COLUMNS)
        for at in np.argsort(-made.confidence, kind="stable"):
            name, sure = names[made.rows[at]], f"{min(made.confidence[at], MOST):.4f}"
            label = classes[made.label[at]]
            rows.writerow([name, label, sure, made.judges[at], hashes.get(name) or ""])
    said = f"{len(made.rows)} of {len(sample_id)} labels proposed from {len(told)}"
    if np.isfinite(made.right):
        right = round(made.right * len(told))
        said += f"; of those {len(told)}, left out by turns, {right} come out right"
    print(f"{said}: {table}, and on the page")
    return table


def proposed(out: Path) -> dict[str, list]:
    """What `proposed.csv` says of the files as they are now: name to label, confidence, judges."""
    try:
        with (out / FILE).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError:
        return {}
    hashes = hashes_of(out)
    return {
        row["file_name"]: [row["label"], float(row["confidence"]), int(row["judges"])]
        for row in rows
        if row["file_name"] in hashes and row.get(HASH) == (hashes[row["file_name"]] or "")
    }


def _known(names: list[str], folder: Path, labels: str, given: Labels) -> list[str | None]:
    """The label of each image, None where the table has none."""
    try:
        matched, _ = Names(names).match(given, source(folder))
    except NoLabels as reason:
        raise InputError(f"--labels {labels}: {reason}; mend the table.") from None
    if not any(matched.values()):
        raise no_image(f"--labels {labels}", names, given, str(folder))
    return [matched.get(name) for name in names]
