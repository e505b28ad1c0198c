"""The samples: pixels, labels, names."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hardrare.errors import InputError
from hardrare.tables.files import column, read, write
from hardrare.tables.kinds import CLASSES, ID, TEXT
from hardrare.tables.names import ESCAPE
from hardrare.tables.rolling import laid

# What a file_name may not be: empty, absolute, with a drive, a part `..`, or a backslash that
# begins no escape (see `names`).
NO_RELATIVE_PATH = r"^$|^/|^[A-Za-z]:|\\|\x00|(^|/)\.\.(/|$)"


@dataclass(frozen=True)
class Images:
    """The samples: `sample_id (N,)`, `image (N, H, W, C)` uint8, `label (N,)` int, -1 = unknown."""

    sample_id: np.ndarray
    image: np.ndarray
    label: np.ndarray
    file_name: list[str]
    classes: list[str]

    def __post_init__(self) -> None:
        """Refuse columns of different length."""
        sizes = {len(self.sample_id), len(self.image), len(self.label), len(self.file_name)}
        if len(sizes) != 1:
            raise InputError(f"images and labels differ in length: {sorted(sizes)}.")

    def labels_of(self, sample_id: np.ndarray) -> np.ndarray:
        """Labels `(M,)` of a run's samples, which are all that have one.

        Raises:
            InputError: the run is of other samples.
        """
        known = self.label >= 0
        if not np.array_equal(self.sample_id[known], sample_id):
            raise InputError(
                f"a run is of {len(sample_id)} samples, not of the {known.sum()} that have a "
                "label; train it again."
            )
        return self.label[known]


def write_images(path: Path, images: Images) -> None:
    """Write samples; label -1 becomes null.

    Raises:
        InputError: a file name is no relative path.
    """
    pixels = np.ascontiguousarray(images.image)
    if len(pixels):
        tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(pixels)
    else:  # which pyarrow refuses
        kind = pa.fixed_shape_tensor(pa.uint8(), pixels.shape[1:])
        tensors = pa.ExtensionArray.from_storage(kind, pa.array([], kind.storage_type))
    table = pa.table(
        {
            "sample_id": pa.array(images.sample_id, ID),
            "image": tensors,
            "label": pa.array(images.label, pa.int32(), mask=np.asarray(images.label) < 0),
            "file_name": pa.array(images.file_name, TEXT),
        }
    )
    _require_relative(path, table.column("file_name"))
    names = json.dumps(images.classes).encode()
    write(path, "images/1", table, {CLASSES: names})


def read_images(path: Path, sample_id: np.ndarray | None = None) -> Images:
    """Read samples; pixels stay memory-mapped and read-only, a null label becomes -1.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold, where another table has been read before.

    Raises:
        InputError: as `read`, or it holds other samples, or a file name that leads elsewhere.
    """
    table = read(path, "images/1")
    _require_relative(path, table.column("file_name"))
    if sample_id is not None and not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(
            f"{path}: holds other samples than the scores; run score and pixels again."
        )
    chunks = table.column("image").chunks
    shape = table.schema.field("image").type.shape
    parts = [chunk.to_numpy_ndarray() for chunk in chunks if len(chunk)]
    pixels = parts[0] if parts else np.empty((0, *shape), np.uint8)
    if len(parts) > 1:
        pixels = laid(parts, np.uint8, (table.num_rows, *shape))
    return Images(
        sample_id=column(table, "sample_id"),
        image=pixels,
        label=table.column("label").fill_null(-1).combine_chunks().to_numpy(),
        file_name=table.column("file_name").to_pylist(),
        classes=json.loads((table.schema.metadata or {}).get(CLASSES, b"[]")),
    )


def _require_relative(path: Path, names: pa.ChunkedArray) -> None:
    """Refuse a file name that could lead out of the folder of the images."""
    plain = pc.replace_substring_regex(names, ESCAPE, "_")
    at = pc.index(pc.match_substring_regex(plain, NO_RELATIVE_PATH), True).as_py()
    if at >= 0:
        raise InputError(
            f"{path}: file_name {names[at].as_py()!r} is no relative path with / between its "
            "parts; rename the image."
        )
