"""Labels proposed for the rest of a scan's images, from a table of a few: a list for people."""

import csv
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.datasets._labels import numbered, read_labels
from hardrare.datasets._matching import Labels, Names, NoLabels, no_image
from hardrare.errors import InputError
from hardrare.params import load
from hardrare.runner.graph import path_of
from hardrare.scan import layout
from hardrare.scan.asked import resolved, source
from hardrare.scan.label_first import features_of

FILE = "proposed.csv"


def told_labels(labels: str) -> Labels:
    """What the table of the few says, file name to label: read before any work is begun.

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


def propose_labels(out: Path, folder: Path, labels: str, given: Labels) -> Path:
    """Write `proposed.csv` into a scan's folder, the surest first.

    A column of file names, one of labels, as `--labels` takes them; `confidence`, 0..1; and
    `judges`, how many of three ways to name it name this one.

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
    names = ranking.column("file_name").to_pylist()
    code, classes = numbered(_known(names, folder, labels, given))
    told = np.flatnonzero(code >= 0)
    seed = load(out / layout.PARAMS)["pretrain"]["seeds"][0]
    found = propose(features, told, code[told], int(seed))
    table = out / FILE
    with tables.complete(table) as part, part.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["file_name", "label", "confidence", "judges"])
        for at in np.argsort(-found.confidence, kind="stable"):
            sure = f"{found.confidence[at]:.4f}", found.judges[at]
            rows.writerow([names[found.rows[at]], classes[found.label[at]], *sure])
    said = f"{len(found.rows)} of {len(sample_id)} labels proposed from {len(told)}"
    if np.isfinite(found.right):
        said += f"; each of those {len(told)} left out by turns, {found.right:.0%} come out right"
    print(f"{said}: {table}")
    return table


def _known(names: list[str], folder: Path, labels: str, given: Labels) -> list[str | None]:
    """The label of each image, None where the table has none."""
    try:
        matched, _ = Names(names).match(given, source(folder))
    except NoLabels as reason:
        raise InputError(f"--labels {labels}: {reason}; mend the table.") from None
    if not any(matched.values()):
        raise no_image(resolved(labels), names, given)
    return [matched.get(name) for name in names]
