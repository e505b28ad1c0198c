"""The most extreme samples on each axis of the ranking, as grids of images."""

from collections.abc import Iterator

from hardrare.report.drawing import Drawing
from hardrare.report.pictures import grid, picture
from hardrare.report.read import Study
from hardrare.report.sections.images.rows import partners_of
from hardrare.report.words import number
from hardrare.tables import AXES


def grids(study: Study) -> Iterator[Drawing]:
    """The most extreme samples on each axis of the ranking; of duplicates half, with partners."""
    partners = study.once(partners_of)
    for axis, meaning in AXES.items():
        rows = study.extremes(axis)["row"].to_list()
        if axis == "duplicate" and partners:
            rows = rows[: -(-len(rows) // 2)]
        pictures = []
        for rank, row in enumerate(rows, 1):
            pictures.append(picture(study, row, f"{rank}. "))
            if axis == "duplicate" and row in partners:
                other, cosine = partners[row]
                pictures.append(picture(study, other, f"{number(cosine, 3)}: "))
        caption = f"The {len(rows)} most {axis} samples: {meaning}."
        yield Drawing(f"images-{axis}", f"images-{axis}", "image_grid", grid(pictures), caption)
