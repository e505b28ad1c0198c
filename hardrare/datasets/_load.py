"""A dataset as somebody wants it: split, drawn from, each image decoded once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.datasets._by_shards import seen_by_shards
from hardrare.datasets._decode import How, Look, Seen, seen, wide_samples
from hardrare.datasets._known import NOTHING, Known, Note
from hardrare.datasets._opening import quiet
from hardrare.datasets._progress import counted
from hardrare.datasets._remote import place
from hardrare.datasets._sampling import held_out, limited
from hardrare.datasets._source import Source, Split, whole
from hardrare.datasets._wanted import Wanted, limits_of, source_of
from hardrare.datasets._wide import Range
from hardrare.errors import InputError
from hardrare.shards import Cut
from hardrare.tables import GrowingImages, Images, Skipped, counts_by_kind

Picture = Callable[[bytes], None]


@dataclass
class Loaded:
    """A dataset as it was wanted.

    Attributes:
        train: `sample_id` 0..n-1 in the order of the source, file names of the origin, label -1
            where unknown, and `image (n, H, W, C)` uint8 of one size, memory-mapped.
        test: the same, of the same H, W and C.
        rows: of each training image its part, the facts about its file, its statistics.
        skipped: what was left out, sorted by name.
        undrawn: images that a limit left out.
        wide: what became black and white of pixels of more than 8 bits, in words.
        keys: of each training image, by which it is known another time; None where it is not.
        notes: of each of them, for that time.
        by_folders: as in `Source`.
    """

    train: Images
    test: Images
    rows: list[dict[str, Any]]
    skipped: list[Skipped]
    undrawn: int
    wide: str
    keys: list[str | None]
    notes: list[Note | None]
    by_folders: bool = False


@dataclass
class _Filling:
    """One split on its way: images as they grow, rows, and what fell out."""

    images: GrowingImages
    rows: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    notes: list[Note | None] = field(default_factory=list)


def load(
    wanted: Wanted,
    *,
    look: Look,
    keep: Picture | None,
    scratch: Path,
    known: Known = NOTHING,
    cut: Cut | None = None,
) -> Loaded:
    """Open, split, draw and decode a dataset; each image is decoded once.

    Args:
        wanted: what is wanted.
        look: what one look at pictures of one size tells, a row for each.
        keep: takes the encoded picture of each training image, in their order; None where
            `wanted.picture_side` is.
        scratch: a folder for the pixels until they are written (a file without a name).
        known: what was made of images before, of the same sizes and by the same look.
        cut: where shards lie, if many training images are to be decoded by shards.

    Raises:
        InputError: unknown dataset, missing or empty path, a damaged container, labels that do
            not fit, sizes that differ, an impossible limit, too few usable images.
    """
    source = source_of(wanted)
    (train, train_at), (test, test_at) = _drawn(source, wanted)
    count = len(train.label) + (0 if test is train else len(test.label))
    _require(len(train_at), wanted.min_images, source.skipped, "training")
    limits = Range(
        limits_of(wanted.range),
        lambda: wide_samples([(train, train_at), (test, test_at)]),
        len(train_at) + len(test_at),
    )
    how = How(wanted.size, wanted.picture_side, limits, look, known)
    unseen = replace(how, picture_side=None, look=_nothing, known=NOTHING)
    with GrowingImages(scratch) as training, GrowingImages(scratch) as testing, quiet():
        fill, hold = _Filling(training), _Filling(testing)
        images = _images((train, train_at), (test, test_at), how, wanted, cut)
        _fill(fill, train, train_at, images, keep)
        skipped = [*source.skipped, *fill.skipped]
        _require(len(training), wanted.min_images, skipped, "training")
        images = counted(seen(test, test_at, unseen), len(test_at), "prepare test images")
        _fill(hold, test, test_at, images, like=training)
        skipped = sorted([*skipped, *hold.skipped])
        _require(len(testing), int(len(test_at) > 0), skipped, "test")
        shape = training.shape
        return Loaded(
            training.images(source.classes, shape), testing.images(source.classes, shape),
            fill.rows, skipped, count - len(train_at) - len(test_at), limits.told(),
            fill.keys, fill.notes, source.by_folders,
        )  # fmt: skip


Drawn = tuple[Split, np.ndarray]  # a split, and the positions that are kept of it


def _images(
    train: Drawn, test: Drawn, how: How, wanted: Wanted, cut: Cut | None
) -> Iterable[Seen | Skipped]:
    """The training images, decoded at once, or by shards where that is wanted."""
    count = len(train[1])
    if cut is None or not cut.wanted(count):
        return counted(seen(*train, how), count, "prepare training images")
    where = place(wanted.path) if wanted.path else None
    return seen_by_shards(*train, how, "prepare", cut, where, lambda: wide_samples([test]))


def _drawn(source: Source, wanted: Wanted) -> tuple[Drawn, Drawn]:
    """The training and the test images; what is neither joins the source's `skipped`."""
    train, test = source.train, source.test
    if wanted.splits == "parts":
        train, test = whole(source), None
    else:
        others = source.others
        why = "in a part that is neither training nor test"
        apart = [Skipped(n, f"{why}: {p}") for p, split in others.items() for n in split.file_name]
        source.skipped.extend(apart)
    train_at, test_at = np.arange(len(train.label)), np.arange(len((test or train).label))
    if test is None:
        test = train
        rng = np.random.default_rng([wanted.seed, 0])
        train_at, test_at = held_out(train.label, wanted.test_share, rng)
    names = "prepare.limit (training images)", "prepare.test_limit (test images)"
    rngs = (np.random.default_rng([wanted.seed, k]) for k in (1, 2))
    at, limits = (train_at, test_at), (wanted.limit, wanted.test_limit)
    kept = [
        here[limited(split.label[here], limit, rng, name)]
        for split, here, limit, rng, name in zip(
            (train, test), at, limits, rngs, names, strict=True
        )
    ]
    return (train, kept[0]), (test, kept[1])


def _nothing(image: np.ndarray) -> list[dict[str, Any]]:
    """No look at all."""
    return [{} for _ in image]


def _fill(
    into: _Filling,
    split: Split,
    positions: np.ndarray,
    images: Iterable[Seen | Skipped],
    keep: Picture | None = None,
    like: GrowingImages | None = None,
) -> None:
    """Take in the images at some positions; what does not decode joins what fell out.

    With `like`, both end with one number of channels.
    """
    first = None if like is None or not len(like) else (like.shape, like.file_name[0])
    for position, picture in zip(positions.tolist(), images, strict=True):
        if isinstance(picture, Skipped):
            into.skipped.append(picture)
            continue
        name = split.file_name[position]
        first = first or (picture.image.shape, name)
        _require_one_size(picture.image.shape, first[0], name, first[1])
        into.images.add(picture.image, int(split.label[position]), name)
        into.rows.append({"part": split.part[position] if split.part else "", **picture.row})
        into.keys.append(picture.key)
        into.notes.append(picture.note)
        if keep is not None and picture.picture is not None:
            keep(picture.picture)
    shape = into.images.shape
    if like is not None and shape is not None and shape[2] != like.shape[2]:
        into.images.to_colour()
        like.to_colour()


def _require_one_size(
    size: tuple[int, ...], first: tuple[int, ...], name: str, first_name: str
) -> None:
    """Refuse an image of another height or width than the first one."""
    if size[:2] != first[:2]:
        here, there = ("x".join(map(str, shape[:2])) for shape in (size, first))
        raise InputError(
            f"{name} is {here} pixels, but {first_name} is {there} (height x width); "
            "set prepare.size to bring all images to one size."
        )


def _require(usable: int, needed: int, skipped: list[Skipped], split: str) -> None:
    """Refuse too few images, and say what became of the others."""
    if usable < needed:
        kinds = [f"{n} {kind}" for kind, n in counts_by_kind(skipped).items()]
        left_out = f" (left out: {', '.join(kinds)})" if kinds else ""
        raise InputError(
            f"only {usable} usable {split} images, at least {needed} are needed{left_out}; "
            "add images or mend those left out (prepare.min_images says how many)."
        )
