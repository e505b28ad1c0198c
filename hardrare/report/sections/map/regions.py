"""The regions of a data map (easy, ambiguous, hard) and how two maps of the same samples compare.

Regions are fixed shares of the samples, cut at quantiles: *ambiguous* are those of highest
variability; *hard* are, of the rest, those at the harder end of the level; the others are
*easy*. With a share of 0.33 this is a partition after the 33 % that Swayamdipta et al. (2020)
select for each region. Equal shares in both maps make their overlap comparable to chance.
"""

from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.intervals import counted
from hardrare.report.sections.map.maps import DataMap

NAMES = ("easy", "ambiguous", "hard")
EASY, AMBIGUOUS, HARD = range(3)


@dataclass(frozen=True)
class Regions:
    """Regions of one map.

    Attributes:
        region: `(N,)` int, position in `NAMES`.
        variability: above it a sample is ambiguous.
        level: beyond it, at the harder end, one of the others is hard.
    """

    region: np.ndarray
    variability: float
    level: float

    @property
    def counts(self) -> np.ndarray:
        """`(3,)` samples in each region."""
        return np.bincount(self.region, minlength=3)


@dataclass(frozen=True)
class Overlap:
    """Two maps compared: counts `(3, 3)`, first map's regions down, second map's across.

    `chance` is the `(3,)` share of the second map's regions, which every row would show if the
    maps had nothing in common; `same` is the share of samples in one region in both maps with
    its 95 % interval, `same_chance` what it would be by chance.
    """

    counts: np.ndarray
    chance: np.ndarray
    same: tuple[float, float, float]
    same_chance: float


def regions(of: DataMap, share: float) -> Regions:
    """Cut a map into regions; values equal to a threshold count to the easier side.

    Args:
        of: the map.
        share: of the samples that are ambiguous, and that are hard.

    Raises:
        InputError: `share` is not above 0 and below 0.5.
    """
    if not 0 < share < 0.5:
        raise InputError(f"report.region_share is {share}; choose one above 0 and below 0.5.")
    hardness = -of.mean if of.easy == "high" else of.mean
    edge = float(np.quantile(of.variability, 1 - share))
    ambiguous = of.variability > edge
    rest = hardness[~ambiguous]
    level = float(np.quantile(rest, max(0.0, 1 - share * len(hardness) / len(rest))))
    region = np.where(ambiguous, AMBIGUOUS, np.where(hardness > level, HARD, EASY))
    return Regions(region, edge, -level if of.easy == "high" else level)


def overlap(first: Regions, second: Regions) -> Overlap:
    """How two maps of the same samples agree."""
    counts = np.bincount(3 * first.region + second.region, minlength=9).reshape(3, 3)
    n = int(counts.sum())
    shares = counts.sum(axis=1) / n, counts.sum(axis=0) / n
    return Overlap(
        counts, shares[1], counted(int(np.trace(counts)), n), float(shares[0] @ shares[1])
    )
