"""Image grids: examples of each artefact with what they were before, and the extreme samples."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from hardrare.report.drawing import Drawing
from hardrare.report.study import Study
from hardrare.report.words import artefact_name, listed, number
from hardrare.tables import AXES, COPY

SHOWN = 8  # examples of each artefact at most
RARITY = "long_tail"  # the artefact that leaves the image as it was
Picture = tuple[np.ndarray, str, bool]  # image (H, W, C), caption, whether it was changed


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
        pictures = [one for group in groups if len(group) == wide for one in group]
        columns = 3 if wide == 3 else 4
        caption = f"{artefact_name(artefact).capitalize()} (in red frames)"
        values = _grid(pictures[: 2 * columns]) | {"columns": columns}
        yield Drawing(f"examples-{artefact}", "examples", "image_grid", values, caption)


def grids(study: Study) -> Iterator[Drawing]:
    """The most extreme samples on each axis of the ranking; of duplicates half, with partners."""
    for axis, meaning in AXES.items():
        rows = study.extremes(axis)["row"].to_list()
        if axis == "duplicate" and study.partners:
            rows = rows[: -(-len(rows) // 2)]
        pictures = []
        for rank, row in enumerate(rows, 1):
            pictures.append(_picture(study, row, f"{rank}. "))
            if axis == "duplicate" and row in study.partners:
                other, cosine = study.partners[row]
                pictures.append(_picture(study, other, f"{number(cosine, 3)}: "))
        caption = f"The {len(rows)} most {axis} samples: {meaning}."
        yield Drawing(f"images-{axis}", f"images-{axis}", "image_grid", _grid(pictures), caption)


def _rows(sample_id: np.ndarray) -> dict[int, int]:
    """Sample id to row."""
    return {one: row for row, one in enumerate(sample_id.tolist())}


def _grid(pictures: list[Picture]) -> dict[str, Any]:
    """What the figure takes."""
    return {
        "images": np.stack([image for image, _, _ in pictures]),
        "captions": [caption for _, caption, _ in pictures],
        "framed": [changed for _, _, changed in pictures],
    }


def _made(
    study: Study, row: dict[str, Any], row_of: dict[int, int], original: dict[int, int]
) -> list[Picture]:
    """The originals that differ from a changed sample, then the sample."""
    sample, mixed = row["sample_id"], row["partner_id"] is not None
    image = study.images.image[row_of[sample]]
    roles = {row["base_id"]: "first" if mixed else "before", row["partner_id"]: "second"}
    found: list[Picture] = []
    for one, role in roles.items():
        if one in original:
            source = study.originals.image[original[one]]
            if row["artefact"].startswith(COPY) or not np.array_equal(source, image):
                found.append((source, f"#{one}\n{role}", False))
    after = "after" if found and not mixed else "changed"
    if row["artefact"] == RARITY:
        after = "one of few"
    return [*found, (image, f"#{sample}\n{_change(study, row) or after}", True)]


def _change(study: Study, row: dict[str, Any]) -> str:
    """What happened to a sample's label, empty where it stayed."""
    before, after = row["label_before"], row["label_after"]
    if before is not None and after is not None and before != after:
        return f"{_label(study, before)} → {_label(study, after)}"
    return ""


def _label(study: Study, label: int) -> str:
    """A label's name."""
    return study.images.classes[label] if label < len(study.images.classes) else str(label)


def _picture(study: Study, row: int, before: str) -> Picture:
    """A sample with its id (after `before`), label and artefacts, one a line."""
    one, label = int(study.images.sample_id[row]), int(study.images.label[row])
    made = study.changes_of(one)
    name = _label(study, label) if label >= 0 else "no label"
    artefacts = listed([artefact_name(artefact) for artefact in made])
    return study.images.image[row], f"{before}#{one}\n{name}\n{artefacts}", bool(made)
