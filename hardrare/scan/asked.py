"""What a scan is asked for, and what is refused before any work starts."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare.datasets import FILE, Place, Remote, place
from hardrare.errors import InputError

FOLDERS, ANNOTATIONS = OWN = "folders", "annotations"  # words for labels that a source has itself
MINUTES = 30.0
LISTED = ", or an address that can be listed, such as s3://bucket/prefix"


@dataclass(frozen=True)
class Asked:
    """The options of a scan, as they were given; None = not given.

    Attributes:
        folder: what is scanned, a path or an address.
        labels: a table of labels, or a word: `folders` for class folders, `annotations` for
            labels that stand in the source (boxes, Parquet, tar files); both are the same.
        minutes: allowed for training on pixels.
        from_scratch: also train networks on the pixels.
        network: one that timm or torchvision knows, in place of the default.
        weights: a file of them.
        embeddings: a file of features of one's own, in place of a network.
        crops: each object of a source with boxes is an image of its own.
        parts: also rank as rare what has some part that is like no part of other images.
    """

    folder: Place
    labels: str | None = None
    minutes: float | None = None
    from_scratch: bool = False
    network: str | None = None
    weights: str | None = None
    embeddings: str | None = None
    crops: bool = False
    parts: bool = False

    def told(self) -> dict[str, Any]:
        """As the record keeps it: paths resolved, so that it is the same from any folder."""
        told: dict[str, Any] = vars(self) | {"folder": str(source(self.folder))}
        for name in ("labels", "weights", "embeddings"):
            if told[name] not in (None, *OWN):
                told[name] = str(resolved(told[name]))
        return told


def resolved(path: str | Path) -> Path:
    """A path as everyone may call it: `~` expanded, absolute, links followed.

    Raises:
        InputError: they lead around in a circle.
    """
    try:
        return Path(path).expanduser().resolve()
    except RuntimeError:
        raise InputError(f"{path}: its links lead around in a circle; name another.") from None


def source(given: str | Place) -> Place:
    """What is scanned, as everyone may call it: a path, or an address as it is."""
    named = place(given)
    return named if isinstance(named, Remote) else resolved(named)


def check(asked: Asked, out: Path) -> None:
    """Refuse what cannot be.

    Raises:
        InputError: one sentence.
    """
    for name in ("labels", "network", "weights", "embeddings"):
        if (given := getattr(asked, name)) is not None and not given.strip():
            raise InputError(f"--{name} is empty; say which, or leave it out.")
    if asked.minutes is not None and not 0 < asked.minutes < float("inf"):
        raise InputError(f"--minutes is {asked.minutes}; allow more than 0.")
    if asked.labels not in (None, *OWN):
        _readable("--labels", asked.labels, f", nor the word {FOLDERS} or {ANNOTATIONS}")
    if asked.minutes is not None and not asked.from_scratch:
        raise InputError("--minutes is for training on pixels; add --from-scratch, or leave it.")
    _check_network(asked)
    if isinstance(asked.folder, Remote) and str(asked.folder) == f"{FILE}://":
        raise InputError(f"{FILE}:/// names no folder; write {FILE}:///path/to/folder.")
    if not asked.folder.exists():
        remote = LISTED * isinstance(asked.folder, Remote)
        raise InputError(f"{asked.folder} does not exist; name a folder of images{remote}.")
    here, there = resolved(out), source(asked.folder)
    there = there.local if isinstance(there, Remote) else there
    there = there and there.resolve()
    if there and (here.is_relative_to(there) or there.is_relative_to(here)):
        raise InputError(
            f"--out {out} and {asked.folder} lie in each other, so the scan would read what it "
            "writes; name a folder beside it."
        )
    if out.is_symlink() and not out.exists():
        raise InputError(f"--out {out} is a link to what is not there; make that, or name another.")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder that is new or empty.")
    above = next(above for above in (here, *here.parents) if above.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise InputError(f"--out {out} cannot be written: {above} does not allow it; name another.")


def _check_network(asked: Asked) -> None:
    """Refuse networks, weights and features that cannot be, or cannot be together."""
    if asked.embeddings and (asked.network or asked.weights):
        raise InputError("--embeddings stands in place of a network; leave out --network and "
                         "--weights, or it.")  # fmt: skip
    if asked.parts and (asked.embeddings or (asked.weights or "").lower().endswith(".onnx")):
        raise InputError("--parts looks inside a network of timm; leave out --embeddings and ONNX "
                         "files, or it.")  # fmt: skip
    for name in ("weights", "embeddings"):
        if getattr(asked, name) is not None:
            _readable(f"--{name}", getattr(asked, name))
    if asked.network and not (asked.weights or "").lower().endswith(".onnx"):
        from hardrare import networks  # 3 s of libraries, and only where one is asked for

        networks.refuse_unknown(asked.network, networks.names())


def _readable(option: str, file: str | Path | None, or_else: str = "") -> None:
    """Refuse a file that is none or cannot be read."""
    path = resolved(file or "")
    if not path.is_file():
        raise InputError(f"{option} {file} is no file{or_else}; name one.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{option} {file} cannot be read; allow it, or name another.")
