"""What a strategy chooses from."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hardrare.errors import InputError
from hardrare.labelling.clusters import Clusters, cluster
from hardrare.numerics.points import points


@dataclass(frozen=True)
class Samples:
    """N unlabelled samples.

    Attributes:
        rows: `(N, D)` float32, unit-length features (a row of zeros stays zero).
        scores: axis to `(N,)` values, high = more so.
        seed: of every random choice.
    """

    rows: np.ndarray
    scores: Mapping[str, np.ndarray]
    seed: int
    _clusters: dict[str, Clusters] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, features: np.ndarray, scores: Mapping[str, np.ndarray], seed: int) -> "Samples":
        """Samples with `features (N, D)` of any length.

        Raises:
            InputError: features are no finite matrix.
        """
        return cls(points(features, unit=True), scores, seed)

    def clusters(self, count: int, purpose: str = "clusters") -> Clusters:
        """k-means clusters of the rows, computed once for each count and purpose.

        Args:
            count: of clusters, 1 to N.
            purpose: each starts at random on its own; the strategies share the default.
        """
        key = f"{purpose}-{count}"
        if key not in self._clusters:
            seed = int(self.generator(key).integers(2**31))
            self._clusters[key] = cluster(self.rows, count, seed)
        return self._clusters[key]

    def axis(self, name: str) -> np.ndarray:
        """`(N,)` values of an axis.

        Raises:
            InputError: it is not among the scores.
        """
        if name not in self.scores:
            raise InputError(f"this labelling strategy needs the {name} axis; give its scores.")
        return self.scores[name]

    def generator(self, purpose: str) -> np.random.Generator:
        """Random numbers of one purpose, which depend on no other's."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])
