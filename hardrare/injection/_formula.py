"""What an artefact should make of an image: its formula for the audit, by other code than made it.

A formula stands beside its artefact, on real numbers and without rounding, and never calls the
artefact's own function: an audit that did would agree with any mistake in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Row = dict[str, Any]
Deviation = Callable[[np.ndarray, np.ndarray, np.ndarray, Row], float]
ROUNDING = 0.5 + 1e-6  # grey levels: half a level of rounding, and float64's own


@dataclass(frozen=True)
class Formula:
    """How far a changed image may lie from what it should be.

    Attributes:
        deviation: of base, partner (the base where there is none) and changed image, each
            `(H, W, C)` float64, and the manifest's row: grey levels, 0 upwards.
        allowed: grey levels.
    """

    deviation: Deviation
    allowed: float = 0.0


def formula(
    exact: Callable[[np.ndarray, np.ndarray, Row], np.ndarray], allowed: float = 0.0
) -> Formula:
    """The largest distance of a pixel from `exact`, of base, partner and the manifest's row."""

    def deviation(a: np.ndarray, b: np.ndarray, after: np.ndarray, row: Row) -> float:
        return float(np.abs(after - exact(a, b, row)).max())

    return Formula(deviation, allowed)


def weighted(a: np.ndarray, b: np.ndarray, row: Row) -> np.ndarray:
    """Both images blended by the row's strength."""
    return row["strength"] * a + (1 - row["strength"]) * b


def pasted(a: np.ndarray, b: np.ndarray | float, row: Row) -> np.ndarray:
    """The image with the other's pixels, or a grey, inside the row's box."""
    top, left, height, width = row["box"]
    y, x = np.mgrid[: a.shape[0], : a.shape[1]]
    inside = (y >= top) & (y < top + height) & (x >= left) & (x < left + width)
    return np.where(inside[..., None], b, a)


UNTOUCHED = formula(lambda a, *_: a)
