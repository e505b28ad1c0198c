"""The manifest as those who judge scores read it: which samples bear which artefact."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.tables.files import column, read
from hardrare.tables.kinds import COPY
from hardrare.tables.words import read_words


@dataclass(frozen=True)
class Manifest:
    """Ids of the changed samples of each artefact, and of those that prove nothing.

    Attributes:
        artefacts: name to ids; a sample may bear several.
        aside: ids of samples of which a copy was added: they are duplicates as much as
            their copies, so they are neither changed nor clean.
        changed: ids of samples whose image or label is not what it was: those left of a class
            made rare are as they came.
    """

    artefacts: dict[str, np.ndarray]
    aside: np.ndarray
    changed: np.ndarray


def read_manifest(path: Path) -> Manifest:
    """Read a table "manifest/1" by artefact.

    Raises:
        InputError: as `read`.
    """
    table = read(path, "manifest/1")
    ids, names = column(table, "sample_id"), column(table, "artefact")
    copied = np.array([name.startswith(COPY) for name in names], bool)
    said = read_words(path, "manifest/1")
    kept = [not said.get(name, {}).get("thins") for name in names]
    return Manifest(
        artefacts={name: ids[names == name] for name in sorted(set(names))},
        aside=column(table, "base_id")[copied],
        changed=ids[np.array(kept, bool)],
    )
