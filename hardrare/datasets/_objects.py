"""Objects in images: what a table of boxes says of each, as labels of whole images and as crops.

An image's label is the class of most of its objects, of equally many the one that covers most.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hardrare.datasets._labels import numbered, with_labels
from hardrare.datasets._source import Box, Part, Payload, Source, Split, skip
from hardrare.datasets._walk import A_TABLE
from hardrare.errors import InputError
from hardrare.tables import Skipped, escaped

NOT_USED = "labels not used"


@dataclass(frozen=True)
class Object:
    """One object: its class, None where it has none, and where it lies, None where nobody says."""

    label: str | None
    box: Box | None


Objects = Mapping[str, Sequence[Object]]


def with_objects(source: Source, objects: Objects, read: Mapping[str, str | None]) -> Source:
    """A source with the objects of its images, and labels by them; other labels are gone.

    Args:
        source: the images, and what was skipped.
        objects: image, by the name that it has in tables, to its objects.
        read: file that was read for it to why it was not used, None where it was; as on the disk.
    """
    names = [name for split in source.parts().values() for name in split.file_name]
    labels = {name: label_of(objects.get(name, ())) for name in names}
    told = {escaped(name): why for name, why in read.items()}
    there = {row.file_name for row in source.skipped}
    skipped = [_told(row, told) for row in source.skipped]
    missing = sorted({name for name in objects if name not in labels and name not in there})
    skipped += [Skipped(name, "not there: named in a table of boxes") for name in missing]
    made = with_labels(source, labels)
    return replace(made, skipped=skipped, objects=objects)


def _told(row: Skipped, read: Mapping[str, str | None]) -> Skipped:
    """A row of what is no image; a file that was read says so."""
    if row.file_name not in read:
        return row
    why = read[row.file_name]
    return Skipped(row.file_name, f"{NOT_USED}: {why}" if why else A_TABLE)


def label_of(objects: Sequence[Object]) -> str | None:
    """The class of most objects, of equals the one of the largest area, then the first by name."""
    known = [thing for thing in objects if thing.label is not None]
    count = Counter(thing.label for thing in known)
    area: Counter[str] = Counter()
    for thing in known:
        area[thing.label] += thing.box.area if thing.box else 0.0
    order = sorted(count, key=lambda label: (-count[label], -area[label], label))
    return order[0] if order else None


def cropped(source: Source, name: str) -> Source:
    """Every object of a source as an image of its own, `photo.jpg#3` the third of its file.

    Args:
        source: images with objects.
        name: of it, for messages.

    Raises:
        InputError: nobody says where any object lies.
    """
    boxed = {
        image: [(at, thing) for at, thing in enumerate(objects, 1) if thing.box is not None]
        for image, objects in (source.objects or {}).items()
    }
    splits = {part: _cut(split, boxed) for part, split in source.parts().items()}
    if not any(len(split.label) for split in splits.values()):
        raise InputError(
            f"{name}: has no boxes of objects (COCO or YOLO), which --crops needs; leave it out."
        )
    alone = [skip(image, "without an object") for split in source.parts().values()
             for image in split.file_name if not boxed.get(image)]  # fmt: skip
    labels = [_labels(split, boxed) for split in source.parts().values()]
    label, classes = numbered([label for some in labels for label in some])
    ends = np.cumsum([len(some) for some in labels])[:-1]
    made = {
        part: replace(split, label=own)
        for (part, split), own in zip(splits.items(), np.split(label, ends), strict=True)
        if len(own) or part in ("", "train")
    }
    train = made.pop("" if "" in made else "train")
    return Source(train, made.pop("test", None), classes, [*source.skipped, *alone], made)


Boxed = Mapping[str, Sequence[tuple[int, Object]]]


def _labels(split: Split, boxed: Boxed) -> list[str | None]:
    return [thing.label for image in split.file_name for _, thing in boxed.get(image, ())]


def _cut(split: Split, boxed: Boxed) -> Split:
    """The objects of a split's images, in their order."""
    places = [(row, at, thing.box) for row, image in enumerate(split.file_name)
              for at, thing in boxed.get(image, ())]  # fmt: skip

    def read(positions: np.ndarray) -> Iterator[Payload]:
        wanted = [places[at] for at in positions.tolist()]
        rows = np.array(sorted({row for row, *_ in wanted}), np.int64)
        files = zip(rows.tolist(), split.read(rows), strict=True)
        row, payload = -1, b""
        for at, _, box in wanted:
            while row != at:
                row, payload = next(files)
            yield Part(payload, box)

    return Split(
        label=np.full(len(places), -1),
        file_name=[f"{split.file_name[row]}#{at}" for row, at, _ in places],
        read=read,
        colour=split.colour,
        part=[split.part[row] for row, *_ in places] if split.part else (),
    )
