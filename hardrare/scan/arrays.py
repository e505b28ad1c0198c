"""A scan as arrays, which cleanlab's Datalab and any other tool take: `hardrare export`."""

from pathlib import Path

import numpy as np
import polars as pl
import yaml

from hardrare import tables
from hardrare.runner.graph import path_of
from hardrare.scan import layout
from hardrare.scan.label_first import features_of
from hardrare.tables import complete

FOLDER = "export"
ROWS, FEATURES, PROBABILITIES, CLASSES = (
    "rows.parquet", "features.npy", "pred_probs.npy", "classes.txt"
)  # fmt: skip


def export(out: Path) -> Path:
    """Write `OUT/export`: names and labels, features, and held-out probabilities of the classes.

    With labels only images that have one are exported: tools that judge labels take no others.

    Args:
        out: a finished scan.

    Returns:
        The folder.

    Raises:
        InputError: no scan, or too few labels for held-out probabilities.
    """
    layout.require_finished(out)
    images = tables.read_images(out / path_of("rank", "--images"))
    sample_id, features = features_of(out)
    asked = yaml.safe_load((out / layout.PARAMS).read_text("utf-8"))["supervise"]["on_features"]
    known = images.label >= 0 if asked else np.ones(len(images.label), bool)
    rows = {"file_name": [n for n, there in zip(images.file_name, known, strict=True) if there]}
    folder = out / FOLDER
    if asked:
        rows["label"] = images.label[known]
        from hardrare.export.held_out import held_out  # which takes a second to import

        _save(folder / PROBABILITIES, held_out(features[known], rows["label"], len(images.classes)))
        with complete(folder / CLASSES) as part:
            part.write_text("".join(f"{name}\n" for name in images.classes), encoding="utf-8")
    else:
        for name in (PROBABILITIES, CLASSES):  # of a scan with labels before
            (folder / name).unlink(missing_ok=True)
    _save(folder / FEATURES, features[known])
    with complete(folder / ROWS) as part:
        pl.DataFrame(rows).write_parquet(part)
    written = sorted(path.name for path in folder.iterdir())
    print(f"{known.sum():,} of {len(sample_id):,} images in {folder}: {', '.join(written)}")
    return folder


def _save(path: Path, values: np.ndarray) -> None:
    with complete(path) as part, part.open("wb") as stream:
        np.save(stream, values)
