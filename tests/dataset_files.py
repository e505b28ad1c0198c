"""Small datasets on disk for the tests of hardrare.datasets."""

import io
import json
import struct
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from hardrare.appearance import look
from hardrare.datasets import Wanted, load
from hardrare.datasets._decode import How, seen
from hardrare.datasets._opening import quiet
from hardrare.datasets._wide import Range
from hardrare.tables import Skipped

DEFAULTS = {
    "labels": None,
    "splits": "study",
    "picture_side": None,
    "range": "auto",
    "seed": 0,
    "limit": None,
    "test_limit": None,
    "test_share": 0.25,
    "size": None,
    "min_images": 1,
    "crops": False,
}


def loaded(dataset, path=None, keep=None, **settings):
    """All that a dataset gives."""
    given = {k: str(v) if isinstance(v, Path) else v for k, v in (DEFAULTS | settings).items()}
    wanted = Wanted(dataset=dataset, path=None if path is None else str(path), **given)
    return load(wanted, look=look, keep=keep, scratch=Path(tempfile.gettempdir()))


def read_all(dataset, path=None, **settings):
    """Training and test images and what was skipped."""
    found = loaded(dataset, path, **settings)
    return found.train, found.test, found.skipped


def read(dataset, path=None, **settings):
    """Training and test images."""
    return read_all(dataset, path, **settings)[:2]


def pixels(split, size=None, limits=None):
    """All images of a split, stacked."""
    how = How(size, None, Range(limits, list), lambda images: [{} for _ in images])
    with quiet():
        found = list(seen(split, np.arange(len(split.label)), how))
    assert not [one for one in found if isinstance(one, Skipped)]
    return np.stack([one.image for one in found])


def encoded(pixel, kind="PNG", **options):
    stream = io.BytesIO()
    image = pixel if isinstance(pixel, Image.Image) else Image.fromarray(pixel)
    image.save(stream, kind, **options)
    return stream.getvalue()


def flat(level, size=4):
    """An RGB image of one grey level."""
    return np.full((size, size, 3), level, np.uint8)


def write_idx(file, array, opener=open):
    header = struct.pack("BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    with opener(file, "wb") as out:
        out.write(header + array.astype(np.uint8).tobytes())


def write_mnist(where, opener=open, end="", parts=("train", "t10k"), labels=True):
    """Four training and two test images of 2x3, pixel values 0..23 and 0..11."""
    where.mkdir(parents=True, exist_ok=True)
    for part in parts:
        n = 4 if part == "train" else 2
        pixel = np.arange(n * 6).reshape(n, 2, 3)
        write_idx(where / f"{part}-images-idx3-ubyte{end}", pixel, opener)
        if labels:
            write_idx(where / f"{part}-labels-idx1-ubyte{end}", np.arange(n) % 3, opener)
    return where


def write_parquet(file, images, label=None, paths=None, names=None, plain=False, groups=2):
    """Encoded images in Hugging Face's layout, a few rows to a row group."""
    struct_type = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    paths = paths or [None] * len(images)
    rows = [{"bytes": b, "path": p} for b, p in zip(images, paths, strict=True)]
    columns = {"image": pa.array(images, pa.binary()) if plain else pa.array(rows, struct_type)}
    if label is not None:
        columns["label"] = pa.array(label)
    table = pa.table(columns)
    if names:
        features = {"label": {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata(
            {"huggingface": json.dumps({"info": {"features": features}})}
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, row_group_size=groups)
    return file


def write_files(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root
