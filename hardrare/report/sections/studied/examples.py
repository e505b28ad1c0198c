"""Examples of each artefact, each after the originals that it was made of."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from hardrare.report.drawing import Drawing
from hardrare.report.pictures import Picture, grid, label_name
from hardrare.report.read import Study
from hardrare.tables import COPY

SHOWN = 8  # examples of each artefact at most


def examples(study: Study) -> Iterator[Drawing]:
    """First samples of each artefact, each after the originals that it was made of."""
    row_of = _rows(study.images.sample_id)
    original = _rows(study.originals.sample_id)
    for artefact in study.artefacts:
        rows = study.manifest.filter(pl.col("artefact") == artefact).sort("sample_id")
        groups = [
            _made(study, row, row_of, original) for row in rows.head(SHOWN).iter_rows(named=True)
        ]
        wide = len(groups[0])
        pictures = [picture for group in groups if len(group) == wide for picture in group]
        columns = 3 if wide == 3 else 4
        caption = f"{study.artefact_name(artefact).capitalize()} (in red frames)"
        values = grid(pictures[: 2 * columns]) | {"columns": columns}
        yield Drawing(f"examples-{artefact}", "examples", "image_grid", values, caption)


def _rows(sample_id: np.ndarray) -> dict[int, int]:
    """Sample id to row."""
    return {sample: row for row, sample in enumerate(sample_id.tolist())}


def _made(
    study: Study, row: dict[str, Any], row_of: dict[int, int], original: dict[int, int]
) -> list[Picture]:
    """The originals that differ from a changed sample, then the sample."""
    sample, mixed = row["sample_id"], row["partner_id"] is not None
    image = study.images.image[row_of[sample]]
    roles = {row["base_id"]: "first" if mixed else "before", row["partner_id"]: "second"}
    pictures: list[Picture] = []
    for base, role in roles.items():
        if base in original:
            source = study.originals.image[original[base]]
            if row["artefact"].startswith(COPY) or not np.array_equal(source, image):
                pictures.append((source, f"#{base}\n{role}", False))
    after = "after" if pictures and not mixed else "changed"
    if study.artefact_words.get(row["artefact"], {}).get("thins"):
        after = "one of few"
    return [*pictures, (image, f"#{sample}\n{_change(study, row) or after}", True)]


def _change(study: Study, row: dict[str, Any]) -> str:
    """What happened to a sample's label, empty where it stayed."""
    before, after = row["label_before"], row["label_after"]
    if before is not None and after is not None and before != after:
        return f"{label_name(study, before)} → {label_name(study, after)}"
    return ""
