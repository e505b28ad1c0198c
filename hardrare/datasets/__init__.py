"""Datasets: whatever holds images becomes two tables of uint8 pixels.

A kind of dataset is one file with one function, named alike, that takes
`prepare.path` (null allowed) and returns a `Source`::

    def digits(path: Path | None) -> Source: ...

To add one, add its file: nothing else names it. Files that start with an
underscore hold what several kinds share. A source hands over labels and names
at once and pixels only for the samples that are kept, so that a `limit` never
decodes what it drops. What cannot be used is left out and listed with its reason.
torch is imported for a download by torchvision only.
"""

import importlib
import pkgutil
from pathlib import Path

import numpy as np

from hardrare.datasets._decode import decoded, quiet
from hardrare.datasets._labels import relabelled
from hardrare.datasets._progress import counted
from hardrare.datasets._sampling import held_out, limited
from hardrare.datasets._source import Source, Split
from hardrare.errors import InputError
from hardrare.tables import GrowingImages, Images, Skipped, counts_by_kind


def known() -> list[str]:
    """The names of all kinds of dataset, sorted; imports none of them."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(
    dataset: str,
    path: Path | None,
    *,
    labels: Path | None,
    seed: int,
    limit: int | None,
    test_limit: int | None,
    test_share: float,
    size: int | None,
    min_images: int,
    scratch: Path,
) -> tuple[Images, Images, list[Skipped]]:
    """The training and the test images of a dataset, and what was left out of them.

    Args:
        dataset: one of `known()`.
        path: where its files lie; None = bundled, or torchvision's download.
        labels: a table of `file_name` and `label` that replaces the labels of the source.
        seed: of the hold-out and the subsets, 0 or more; each draws from a stream of its own.
        limit: size of a stratified subset of the training images; None = all. One of them
            that turns out unusable is not replaced.
        test_limit: the same for the test images.
        test_share: share held out (stratified) where the source has no test split, 0..1.
        size: resize to size x size (bicubic with antialiasing); None = as they are.
        min_images: fewer usable training images are an error.
        scratch: a folder for the pixels until they are written (a file without a name).

    Returns:
        Both with `sample_id` 0..n-1 in the order of the source, file names of the origin,
        label -1 where unknown, and `image (n, H, W, C)` uint8 of the same H, W and C,
        memory-mapped; and what was left out, sorted by name.

    Raises:
        InputError: unknown dataset, missing or empty path, a damaged container, labels that do
            not fit, sizes that differ, an impossible limit, too few usable images.
    """
    source = _open(dataset, path, labels, seed=seed, size=size)
    train, test = source.train, source.test
    train_at, test_at = np.arange(len(train.label)), np.arange(len((test or train).label))
    if test is None:
        test = train
        train_at, test_at = held_out(train.label, test_share, np.random.default_rng([seed, 0]))
    rngs = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    limit_name, test_name = "prepare.limit (training images)", "prepare.test_limit (test images)"
    train_at = train_at[limited(train.label[train_at], limit, rngs[0], limit_name)]
    test_at = test_at[limited(test.label[test_at], test_limit, rngs[1], test_name)]
    skipped = list(source.skipped)
    with GrowingImages(scratch) as training, GrowingImages(scratch) as testing, quiet():
        _fill(training, train, train_at, size, skipped, "training images")
        _require(len(training), min_images, skipped, "training")
        _fill(testing, test, test_at, size, skipped, "test images", training)
        _require(len(testing), int(len(test_at) > 0), skipped, "test")
        shape = training.shape
        return (
            training.images(source.classes, shape),
            testing.images(source.classes, shape),
            sorted(skipped),
        )


def _open(
    dataset: str, path: Path | None, labels: Path | None, *, seed: int, size: int | None
) -> Source:
    """Find the source and check what can be checked without a pixel."""
    if dataset not in known():
        raise InputError(f"prepare.dataset is {dataset!r}; known are {', '.join(known())}.")
    if seed < 0:
        raise InputError(f"prepare.seed is {seed}; choose 0 or more.")
    if size is not None and size < 1:
        raise InputError(f"prepare.size is {size}; choose 1 or more, or null.")
    for name, given in (("path", path), ("labels", labels)):
        if given is not None and not given.exists():
            raise InputError(
                f"prepare.{name} {given} does not exist; name an existing file or folder."
            )
    module = importlib.import_module(f"{__name__}.{dataset}")
    source = getattr(module, dataset)(path)
    for split in (source.train, source.test):
        if split is not None:
            _check_labels(split, dataset, len(source.classes))
    return source if labels is None else relabelled(source, labels)


def _check_labels(split: Split, dataset: str, classes: int) -> None:
    """Refuse an empty split and labels outside -1..K-1."""
    if not len(split.label):
        raise InputError(f"{dataset}: a split holds no image; set prepare.path to one that does.")
    low, high = split.label.min(), split.label.max()
    if low < -1 or high >= classes:
        at = int(np.argmax((split.label < -1) | (split.label >= classes)))
        raise InputError(
            f"{dataset}: {split.file_name[at]} has label {split.label[at]}, expected -1 "
            f"(unknown) to {classes - 1}; mend the labels."
        )


def _fill(
    into: GrowingImages,
    split: Split,
    positions: np.ndarray,
    size: int | None,
    skipped: list[Skipped],
    title: str,
    like: GrowingImages | None = None,
) -> None:
    """Decode the images at some positions; what does not decode joins `skipped`.

    With `like`, both end with one number of channels.
    """
    images = counted(decoded(split, positions, size), len(positions), f"prepare {title}")
    first = None if like is None else (like.shape, like.file_name[0])
    for position, one in zip(positions.tolist(), images, strict=True):
        if isinstance(one, Skipped):
            skipped.append(one)
            continue
        name = split.file_name[position]
        first = first or (one.shape, name)
        _require_one_size(one.shape, first[0], name, first[1])
        into.add(one, int(split.label[position]), name)
    if like is not None and into.shape is not None and into.shape[2] != like.shape[2]:
        into.to_colour()
        like.to_colour()


def _require_one_size(
    one: tuple[int, ...], first: tuple[int, ...], name: str, first_name: str
) -> None:
    """Refuse an image of another height or width than the first one."""
    if one[:2] != first[:2]:
        here, there = ("x".join(map(str, shape[:2])) for shape in (one, first))
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
