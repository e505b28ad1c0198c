"""Datasets: whatever holds images becomes two tables of uint8 pixels.

A kind of dataset is one file with one function, named alike, that takes
`prepare.path` (null allowed) and returns a `Source`::

    def digits(path: Path | None) -> Source: ...

To add one, add its file: nothing else names it. Files that start with an
underscore hold what several kinds share. A source hands over labels and names
at once and pixels only for the samples that are kept, so that a `limit` never
decodes what it drops. torch is imported for a download by torchvision only.
"""

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from hardrare.datasets._decode import pixels, require_one_size
from hardrare.datasets._sampling import held_out, limited
from hardrare.datasets._source import Source, Split
from hardrare.errors import InputError
from hardrare.tables import Images


def known() -> list[str]:
    """The names of all kinds of dataset, sorted; imports none of them."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(
    dataset: str,
    path: Path | None,
    *,
    seed: int,
    limit: int | None,
    test_limit: int | None,
    test_share: float,
    size: int | None,
) -> tuple[Images, Images]:
    """The training and the test images of a dataset.

    Args:
        dataset: one of `known()`.
        path: where its files lie; None = bundled, or torchvision's download.
        seed: of the hold-out and the subsets, 0 or more; each draws from a stream of its own.
        limit: size of a stratified subset of the training images; None = all.
        test_limit: the same for the test images.
        test_share: share held out (stratified) where the source has no test split, 0..1.
        size: resize to size x size (bicubic with antialiasing); None = as they are.

    Returns:
        Both with `sample_id` 0..n-1 in the order of the source, file names of the origin,
        label -1 where unknown, and `image (n, H, W, C)` uint8 of the same H, W and C.

    Raises:
        InputError: unknown dataset, missing or empty path, unreadable files, labels that do
            not fit, an image that does not decode, sizes that differ, an impossible limit.
    """
    source = _open(dataset, path, seed=seed, size=size)
    train, test = source.train, source.test
    train_at, test_at = np.arange(len(train.label)), np.arange(len((test or train).label))
    if test is None:
        test = train
        train_at, test_at = held_out(train.label, test_share, np.random.default_rng([seed, 0]))
    rngs = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    limit_name, test_name = "prepare.limit (training images)", "prepare.test_limit (test images)"
    train_at = train_at[limited(train.label[train_at], limit, rngs[0], limit_name)]
    test_at = test_at[limited(test.label[test_at], test_limit, rngs[1], test_name)]
    training = _images(train, train_at, source.classes, size)
    if not len(test_at):
        return training, _none_of(training)
    return _alike(training, _images(test, test_at, source.classes, size))


def _open(dataset: str, path: Path | None, *, seed: int, size: int | None) -> Source:
    """Find the source and check what can be checked without a pixel."""
    if dataset not in known():
        raise InputError(f"prepare.dataset is {dataset!r}; known are {', '.join(known())}.")
    if seed < 0:
        raise InputError(f"prepare.seed is {seed}; choose 0 or more.")
    if size is not None and size < 1:
        raise InputError(f"prepare.size is {size}; choose 1 or more, or null.")
    if path is not None and not path.exists():
        raise InputError(f"prepare.path {path} does not exist; name an existing file or folder.")
    module = importlib.import_module(f"{__name__}.{dataset}")
    source = getattr(module, dataset)(path)
    for split in (source.train, source.test):
        if split is not None:
            _check_labels(split, dataset, len(source.classes))
    return source


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


def _images(split: Split, positions: np.ndarray, classes: list[str], size: int | None) -> Images:
    return Images(
        sample_id=np.arange(len(positions), dtype=np.int32),
        image=pixels(split, positions, size),
        label=split.label[positions].astype(np.int32),
        file_name=[split.file_name[i] for i in positions],
        classes=list(classes),
    )


def _none_of(images: Images) -> Images:
    """No image, of the size and classes of others."""
    empty = {"sample_id": images.sample_id[:0], "image": images.image[:0]}
    return replace(images, **empty, label=images.label[:0], file_name=[])


def _alike(train: Images, test: Images) -> tuple[Images, Images]:
    """Both splits with one size and one number of channels."""
    require_one_size(test.image[0], train.image[0], test.file_name[0], train.file_name[0])
    channels = max(train.image.shape[3], test.image.shape[3])
    return tuple(
        one if one.image.shape[3] == channels else replace(one, image=one.image.repeat(3, axis=3))
        for one in (train, test)
    )
