"""What grids of images share: a picture with its caption, and what the figure takes."""

from typing import Any

import numpy as np

from hardrare.report.read import Study
from hardrare.report.words import listed

Picture = tuple[np.ndarray, str, bool]  # image (H, W, C), caption, whether it was changed


def grid(pictures: list[Picture]) -> dict[str, Any]:
    """What the figure takes."""
    return {
        "images": np.stack([image for image, _, _ in pictures]),
        "captions": [caption for _, caption, _ in pictures],
        "framed": [changed for _, _, changed in pictures],
    }


def picture(study: Study, row: int, before: str) -> Picture:
    """A sample with its id (after `before`), label and artefacts, one a line."""
    sample_id, label = int(study.images.sample_id[row]), int(study.images.label[row])
    made = study.changes_of(sample_id)
    name = label_name(study, label) if label >= 0 else "no label"
    artefacts = listed([study.artefact_name(artefact) for artefact in made])
    return study.images.image[row], f"{before}#{sample_id}\n{name}\n{artefacts}", bool(made)


def label_name(study: Study, label: int) -> str:
    """A label's name."""
    return study.images.classes[label] if label < len(study.images.classes) else str(label)
