"""scikit-learn's handwritten digits: 1,797 grey images of 8x8 that ship with it (the default)."""

from pathlib import Path

import numpy as np

from hardrare.datasets._local import local
from hardrare.datasets._source import Source, array_split, made_up_names


def digits(path: Path | None) -> Source:
    """The bundled digits, their grey levels 0..16 stretched to 0..255 (`round(v * 255 / 16)`).

    They have no test split of their own.

    Args:
        path: null, or a copy of them as Parquet or IDX.
    """
    if path is not None:
        return local(path, "digits")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    image = np.rint(bunch.images * 255 / 16).astype(np.uint8)[..., None]  # (1797, 8, 8, 1)
    names = made_up_names("digits", len(image))
    return Source(array_split(image, bunch.target, names), None, [str(k) for k in range(10)])
