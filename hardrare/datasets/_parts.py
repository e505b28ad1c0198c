"""What the folders of images mean: parts of a dataset, or classes."""

import re
from collections.abc import Sequence
from os.path import commonpath
from pathlib import PurePosixPath

# Names of parts, by what a study makes of them; any case.
TRAINING = ("train", "training")
TEST = ("test", "testing")
OTHERS = (
    "val",
    "valid",
    "validation",
    "dev",
    "eval",
    "holdout",
    "unlabeled",
    "unlabelled",
    "extra",
)
# What may stand behind such a name: `train2017`, `test_images`, `val-set`, `training set`, `dev_1`.
BEHIND = re.compile(r"[-_. ]?(set|images?|imgs?|data|split|part)?[-_. ]?[0-9]{0,4}")
BEFORE = re.compile(r"(images?|imgs?|split|part)[-_.= ]?")


def role_of(folder: str) -> str | None:
    """What a study makes of a folder: `train`, `test`, `other`; None where it is no part."""
    name = folder.lower()
    before = BEFORE.match(name)
    name = name[before.end() :] if before else name
    roles = {"train": TRAINING, "test": TEST, "other": OTHERS}
    known = sorted(((word, role) for role, words in roles.items() for word in words), key=_length)
    return next((r for w, r in known if name.startswith(w) and _behind(name[len(w) :])), None)


def _length(known: tuple[str, str]) -> int:
    return -len(known[0])


def _behind(rest: str) -> bool:
    return BEHIND.fullmatch(rest) is not None


def parts_of(names: Sequence[str]) -> tuple[str, list[str]]:
    """The folder that parts or classes lie in, and the parts there.

    That folder is the deepest one that all images lie below and that has two folders of images
    or more; the top one where there is none such. Its folders are parts if all of them have
    names of parts, one of them that of a training set, and no image lies beside them.

    Args:
        names: relative paths of all images.

    Returns:
        The folder, "" for the top one, and the names of the parts, none where folders are
        classes.
    """
    base = _base(names)
    below = [PurePosixPath(name).relative_to(base).parts for name in names]
    tops = sorted({parts[0] for parts in below if len(parts) > 1})
    beside = any(len(parts) == 1 for parts in below)
    roles = [role_of(top) for top in tops]
    return base, tops if all(roles) and "train" in roles and not beside else []


def class_of(name: str, base: str, parts: Sequence[str]) -> str | None:
    """The class folder that an image lies in: the first one below the part; None without one."""
    folders = PurePosixPath(name).relative_to(base).parts[:-1]
    folders = folders[1:] if parts else folders
    return folders[0] if folders else None


def part_of(name: str, base: str) -> str:
    """The first folder of an image below the folder of the parts."""
    return PurePosixPath(name).relative_to(base).parts[0]


def _base(names: Sequence[str]) -> str:
    """The deepest folder that holds all images in two folders or more."""
    folders = {str(PurePosixPath(name).parent) for name in names}
    if "." in folders or len(folders) < 2:
        return ""
    base = commonpath(folders)
    return "" if base in folders else base
