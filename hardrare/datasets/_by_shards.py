"""Images decoded by shards: each is a file of what is kept of its images, made here or by Ray.

What becomes black and white of pixels of more than 8 bits is decided by all images together. A
shard that meets the first such image keeps samples of its own ones instead, and is made anew when
all samples are there.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hardrare.datasets._decode import How, Look, Seen, seen, wide_samples
from hardrare.datasets._known import Known
from hardrare.datasets._opening import quiet
from hardrare.datasets._remote import Place, Remote
from hardrare.datasets._source import Part, Split
from hardrare.datasets._wide import Limits, Range, Samples, Unknown, unknown
from hardrare.shards import Cut, Shard, Work, have
from hardrare.tables import Skipped, declare, read, writer

COLUMNS = {
    "image": pa.large_binary(),  # (H, W, C) uint8; null for what was left out
    "picture": pa.large_binary(),
    "told": pa.string(),  # JSON: shape, row, key, note; or name and reason
}
KIND = declare("shard_of_images/1", COLUMNS)
# Metadata, JSON: of images what was black and white, of samples in place of images that they are.
LIMITS, SAMPLES = b"hardrare.limits", b"hardrare.samples"
BATCH = 64  # rows


@dataclass(frozen=True)
class Decoding:
    """All that a process needs to decode shards; see `How`."""

    split: Split
    positions: np.ndarray
    size: int | None
    picture_side: int | None
    look: Look
    known: Known
    given: Limits | None
    limits: dict[str, Limits]

    def __call__(self) -> Work:
        """What makes a shard, in the process that asks."""
        return self._make

    def _make(self, shard: Shard) -> None:
        limits, here = Range(self.given, unknown), self.positions[shard.rows]
        limits.know(self.limits)
        how = How(self.size, self.picture_side, limits, self.look, self.known)
        with quiet():
            try:
                rows = [_row(item) for item in seen(self.split, here, how)]
                told = {LIMITS: json.dumps(limits.known()).encode()}
            except Unknown:
                samples = wide_samples([(self.split, here)])
                rows = [(sample.tobytes(), None, str(sample.dtype)) for sample in samples]
                told = {SAMPLES: b"true"}
        _write(shard.path, rows, told)


def seen_by_shards(
    split: Split,
    positions: np.ndarray,
    how: How,
    title: str,
    cut: Cut,
    path: Place | None,
    rest: Callable[[], Samples],
) -> Iterator[Seen | Skipped]:
    """As `seen`, of images that are decoded by shards.

    Args:
        split: where they come from.
        positions: `(n,)`, ascending.
        how: what is made of each; its range knows what was black and white when all came.
        title: of the lines that say how far it is.
        cut: where the shards lie.
        path: of the source.
        rest: samples of the wide pictures that are in none of the shards.
    """
    make = Decoding(
        split, positions, how.size, how.picture_side, how.look, how.known, how.range.given, {}
    )
    keys = _keys(split, positions, path)
    shards = cut.shards(keys)
    have(title, make, shards)
    if any(map(_of_samples, shards)):
        how.range.find([sample for shard in shards for sample in _samples(shard)] + [*rest()])
        limits = how.range.known()
        known = cut.shards(keys, limits)
        shards = [b if _of_samples(a) else a for a, b in zip(shards, known, strict=True)]
        have(title, replace(make, limits=limits), shards)
    for shard in shards:
        yield from _images(shard, how.range)


def _keys(split: Split, positions: np.ndarray, path: Place | None) -> list[str]:
    """By what each image is known without being read: its name, its file's size and time."""
    names = [split.file_name[at] for at in positions.tolist()]
    first = next(iter(split.read(positions[:1])), None)
    if not isinstance(first.of if isinstance(first, Part) else first, Path):
        source = _stamps(path)
        return [f"{source} {name}" for name in names]
    files = (
        payload.of if isinstance(payload, Part) else payload for payload in split.read(positions)
    )
    return [f"{name} {_stamp(file)}" for name, file in zip(names, files, strict=True)]


def _stamps(path: Place | None) -> str:
    """What is known without reading of all files of a source: sizes and times."""
    if isinstance(path, Remote):
        told = repr(path.listed())
    else:
        files = sorted(path.rglob("*")) if path and path.is_dir() else filter(None, [path])
        told = repr([(str(file), _stamp(file)) for file in files])
    return blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _stamp(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return "gone"
    return f"{status.st_size} {status.st_mtime_ns}"


def _row(item: Seen | Skipped) -> tuple[bytes | None, bytes | None, str]:
    if isinstance(item, Skipped):
        return None, None, json.dumps([item.file_name, item.reason])
    told = [item.image.shape, item.row, item.key, item.note]
    return item.image.tobytes(), item.picture, json.dumps(told, default=_plain)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """A number of NumPy as one of Python, with all its digits."""
    return value.item()


def _write(path: Path, rows: list[tuple], told: dict[bytes, bytes]) -> None:
    columns = zip(*rows, strict=True) if rows else [[]] * len(COLUMNS)
    made = [pa.array(v, t) for v, t in zip(columns, COLUMNS.values(), strict=True)]
    table = pa.table(dict(zip(COLUMNS, made, strict=True)))
    with writer(path, KIND, table.schema, told) as out:
        out.write_table(table, BATCH)


def _of_samples(shard: Shard) -> bool:
    return SAMPLES in read(shard.path, KIND).schema.metadata


def _samples(shard: Shard) -> Iterator[np.ndarray]:
    table = read(shard.path, KIND)
    for values, kind in zip(table.column("image"), table.column("told"), strict=True):
        if SAMPLES in table.schema.metadata:
            yield np.frombuffer(values.as_py(), kind.as_py())


def _images(shard: Shard, limits: Range) -> Iterator[Seen | Skipped]:
    """What a shard holds, one by one."""
    table = read(shard.path, KIND)
    limits.know(json.loads(table.schema.metadata[LIMITS]))
    for image, picture, told in zip(*table.columns, strict=True):
        said = json.loads(told.as_py())
        if not image.is_valid:
            yield Skipped(*said)
            continue
        shape, row, key, note = said
        pixels = np.frombuffer(image.as_py(), np.uint8).reshape(shape)
        yield Seen(pixels, picture.as_py(), row, key, note and (note[0], note[1]))
