"""What a picture looks like in 63 numbers, and how its turned and mirrored forms look.

The lowest 8 x 8 cosine frequencies of the grey picture at 32 x 32, the numbers behind pHash
(Zauner 2010), not rounded to bits: a hash of 64 bits calls pages of text alike, while their
numbers, less the mean of the set, do not. Turning a picture moves these numbers and changes
signs, so no form is computed from pixels again.
"""

import numpy as np
from scipy.fft import dctn

from hardrare.numerics.points import unit

SIDE, LOW = 32, 8
DRAWN = 2000  # samples that say how alike a set is
FLAT = 1e-3  # of a grey level, root of the power; below it a picture is of one colour


def frequencies(grey: np.ndarray) -> np.ndarray:
    """Lowest cosine frequencies `(B, 8, 8)` of grey pictures `(B, 32, 32)`, the mean set to 0."""
    low = dctn(grey.astype(np.float32), axes=(1, 2), norm="ortho")[:, :LOW, :LOW]
    low[:, 0, 0] = 0
    return low


def turned(low: np.ndarray, form: int) -> np.ndarray:
    """Frequencies `(B, 8, 8)` of the pictures turned into a form, as `align.turned` numbers it."""
    signs = (-1.0) ** np.arange(LOW, dtype=np.float32)
    low = low * signs if form >= 4 else low
    for _ in range(form % 4):
        low = low.swapaxes(1, 2) * signs[:, None]
    return low


def inverse(form: int) -> int:
    """The form that undoes a form: a mirrored one undoes itself.

    >>> [inverse(form) for form in range(8)]
    [0, 3, 2, 1, 4, 5, 6, 7]
    """
    return form if form >= 4 else -form % 4


def likeness(low: np.ndarray) -> float:
    """Median cosine of pairs of frequencies `(N, 8, 8)`: how alike a set is anyway.

    About 0 for photographs, 0.9 for scans of one form; of 2,000 samples at most.
    """
    some = _plain(low[:: -(-len(low) // DRAWN)])
    some = some[some.any(axis=1)]
    above = np.triu_indices(len(some), 1)
    return float(np.median((some @ some.T)[above])) if len(above[0]) else 0.0


def _plain(low: np.ndarray) -> np.ndarray:
    """Frequencies `(B, 8, 8)` as rows of length 1, 0 for pictures of one colour.

    Such a picture has some rounding left, so `points.unit` would make a row of it.
    """
    flat = low.reshape(len(low), -1)
    size = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.where(size > FLAT, flat / np.maximum(size, FLAT), 0)


class SpectralPoints:
    """Spectra of a set as points on the unit sphere, judged by how the set itself spreads.

    Each picture's contrast is taken out, then the set's mean, and each frequency is divided by
    its spread over the set and a tenth of that of all: by `standardised` one that hardly varies
    would count as much as all others. Of pictures of one colour nothing is left: they are like no
    picture here, for red and blue ones have the same spectrum.
    """

    def __init__(self, low: np.ndarray) -> None:
        self._mean, self._spread = 0.0, 1.0
        plain = _plain(low)
        drawn = plain[plain.any(axis=1)]
        if len(drawn):
            self._mean = drawn.mean(axis=0)
            self._spread = drawn.std(axis=0) + 0.1 * drawn.std() + 1e-6

    def points(self, low: np.ndarray) -> np.ndarray:
        """Rows of length 1, 0 for pictures of one colour, `(B, 64)`, of frequencies `(B, 8, 8)`."""
        plain = _plain(low)
        rows = (plain - self._mean) / self._spread
        rows[~plain.any(axis=1)] = 0
        return unit(rows).astype(np.float32)
