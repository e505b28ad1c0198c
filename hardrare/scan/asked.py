"""What a scan is asked for, and what is refused before any work starts."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare.errors import InputError

FOLDERS = "folders"  # the word for labels by class folders
MINUTES = 30.0


@dataclass(frozen=True)
class Asked:
    """The options of a scan, as they were given; None = not given.

    Attributes:
        folder: what is scanned.
        labels: a table of labels, or the word `folders`.
        minutes: allowed for training on pixels.
    """

    folder: Path
    labels: str | None = None
    minutes: float | None = None

    def told(self) -> dict[str, Any]:
        """As the record keeps it: paths resolved, so that it is the same from any folder."""
        labels = self.labels if self.labels in (None, FOLDERS) else str(resolved(self.labels))
        return {"folder": str(resolved(self.folder)), "labels": labels, "minutes": self.minutes}


def resolved(path: str | Path) -> Path:
    """A path as everyone may call it: `~` expanded, absolute, links followed."""
    return Path(path).expanduser().resolve()


def check(asked: Asked, out: Path) -> None:
    """Refuse what cannot be.

    Raises:
        InputError: one sentence.
    """
    if asked.minutes is not None and not 0 < asked.minutes < float("inf"):
        raise InputError(f"--minutes is {asked.minutes}; allow more than 0.")
    if asked.labels not in (None, FOLDERS):
        _readable("--labels", asked.labels, f", nor the word {FOLDERS}")
    if not asked.folder.exists():
        raise InputError(f"{asked.folder} does not exist; name a folder of images.")
    here, there = resolved(out), resolved(asked.folder)
    if here == there or here.is_relative_to(there) or there.is_relative_to(here):
        raise InputError(
            f"--out {out} and {asked.folder} lie in each other, so the scan would read what it "
            "writes; name a folder beside it."
        )
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder that is new or empty.")
    above = next(one for one in (here, *here.parents) if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise InputError(f"--out {out} cannot be written: {above} does not allow it; name another.")


def _readable(option: str, file: str | Path | None, or_else: str = "") -> None:
    """Refuse a file that is none or cannot be read."""
    path = resolved(file or "")
    if not path.is_file():
        raise InputError(f"{option} {file} is no file{or_else}; name one.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{option} {file} cannot be read; allow it, or name another.")
