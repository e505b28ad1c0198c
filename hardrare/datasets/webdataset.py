"""WebDataset: shards of tar files, as `webdataset` writes them and `img2dataset` downloads them.

Files of a sample follow each other and share a name up to its first dot. Its image is the one with
the ending of an image; its label stands in `.cls` (a number or a text) or in `.json`, as `label`,
`cls` or `class`; captions are no labels. An image is called `00012/000120003.jpg`: its shard, and
its name in it. Shards named or laid by parts (`train-000.tar`, `val/000.tar`) are parts.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath, PurePosixPath

import numpy as np

from hardrare.datasets._formats import SUFFIXES
from hardrare.datasets._labels import numbered
from hardrare.datasets._parts import role_of
from hardrare.datasets._readable import readable
from hardrare.datasets._remote import Place
from hardrare.datasets._source import Source, Split, needed, skip
from hardrare.datasets._tar import Member, contents, members
from hardrare.errors import InputError
from hardrare.tables import Skipped, escaped

CLASS, FACTS = ".cls", ".json"
KEYS = ("label", "cls", "class")


@dataclass(frozen=True)
class _Image:
    """An image in a shard: what it is called, where it is, its label."""

    name: str
    shard: Place
    member: Member
    label: str | None


def webdataset(path: Place | None) -> Source:
    """The images of the shards below a folder, or of one shard; pixels are read when needed.

    Args:
        path: the folder or the shard.

    Raises:
        InputError: no shard there, all damaged or compressed, or none with an image.
    """
    root = needed(path, "webdataset")
    shards = _shards(root)
    if not shards:
        raise InputError(f"{root}: holds no tar file; name a folder that does.")
    base = root.parent if root.is_file() else root
    skipped: list[Skipped] = []
    listed = readable(shards, lambda shard: list(_images(shard, base, skipped)), base, skipped)
    images = [image for some in listed.values() for image in some]
    if not images:
        raise InputError(f"{root}: its tar files hold no image; name others.")
    label, classes = numbered([image.label for image in images])
    parts = [_part(image.shard.relative_to(base)) for image in images]
    if "" in parts or "train" not in parts:
        return Source(_split(images, label), None, classes, skipped)
    made = {
        part: _split([image for image, its in zip(images, parts, strict=True) if its == part],
                     label[[its == part for its in parts]], part)
        for part in sorted(set(parts))
    }  # fmt: skip
    return Source(made.pop("train"), made.pop("test", None), classes, skipped, made)


def holds_webdataset(path: Place) -> bool:
    """Whether a path is a tar file, or a folder with some in it or in folders below."""
    return bool(_shards(path))


def _shards(root: Place) -> list[Place]:
    if root.is_file():
        return [root] if root.suffix.lower() == ".tar" else []
    return sorted(shard for pattern in ("*.tar", "*/*.tar") for shard in root.glob(pattern))


def _images(shard: Place, base: Place, skipped: list[Skipped]) -> Iterator[_Image]:
    """The images of a shard; samples without one, and further images of one, are listed."""
    inside = shard.relative_to(base).with_suffix("").as_posix()
    samples: dict[str, list[Member]] = {}
    for member in members(shard):
        samples.setdefault(_key(member.name), []).append(member)
    for key, files in samples.items():
        images = [file for file in files if file.name.lower().endswith(SUFFIXES)]
        name = _name(inside, images[0].name if images else key)
        if not images:
            skipped.append(skip(name, "no image: a sample without one"))
            continue
        skipped += [skip(_name(inside, image.name), "further image of a sample")
                    for image in images[1:]]  # fmt: skip
        yield _Image(escaped(name), shard, images[0], _label(shard, files))


def _key(name: str) -> str:
    """What the files of a sample share: all up to the first dot of the last part of the name."""
    folder, _, last = name.rpartition("/")
    return f"{folder}/{last.partition('.')[0]}"


def _name(inside: str, name: str) -> str:
    """An image's name: its shard and its name there, without what leads out of a folder."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    return "/".join([inside, *parts])


def _label(shard: Place, files: Sequence[Member]) -> str | None:
    """The label of a sample; one that cannot be read is none."""
    told = next((file for file in files if file.name.lower().endswith(CLASS)), None)
    if told:
        (raw,) = contents([(shard, told)])
        return raw.decode("utf-8", "replace").strip() or None
    facts = next((file for file in files if file.name.lower().endswith(FACTS)), None)
    if facts is None:
        return None
    (raw,) = contents([(shard, facts)])
    try:
        known = json.loads(raw)
        value = next((known[key] for key in KEYS if known.get(key) is not None), None)
    except (ValueError, AttributeError):
        return None
    return str(value) if isinstance(value, (str, int)) else None


def _part(shard: PurePath) -> str:
    """The part that a shard belongs to by its folder or the words of its name; empty = none."""
    words = [shard.parent.name, *shard.stem.replace("-", "_").replace(".", "_").split("_")]
    roles = [(word, role_of(word)) for word in words if word and not word.isdigit()]
    first = next(((word, role) for word, role in roles if role), None)
    if first is None:
        return ""
    return first[0].lower() if first[1] == "other" else first[1]


def _split(images: Sequence[_Image], label: np.ndarray, part: str = "") -> Split:
    return Split(
        label=label,
        file_name=[image.name for image in images],
        read=partial(_read, images),
        colour=True,
        part=[part] * len(images) if part else (),
    )


def _read(images: Sequence[_Image], positions: np.ndarray) -> Iterator[bytes]:
    return contents([(images[at].shard, images[at].member) for at in positions.tolist()])
