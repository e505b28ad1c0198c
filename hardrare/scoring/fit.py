"""How well a network's features fit a set of images, told without a label.

What they are worth, on 700 images each (382 photographs), `tf_efficientnet_lite0` with its
weights / with random ones; kNN is the accuracy of 20 neighbours against the true classes:

| images, side in pixels (and of views) | found again | neighbours shared | kNN |
|---|---|---|---|
| photographs, 160 and 96 | 0.95 / 0.12 | 0.43 / 0.08 | - |
| CIFAR-10, 64 | 0.67 / 0.06 | 0.17 / 0.06 | 0.52 / 0.21 |
| CIFAR-10, 96 | 0.70 | 0.19 | 0.58 |
| Fashion-MNIST, 64 | 0.51 / 0.09 | 0.27 / 0.10 | 0.77 / 0.69 |
| MNIST, 64 | 0.27 / 0.11 | 0.15 / 0.04 | 0.80 / 0.69 |
| digits, 32 | 0.11 | 0.09 | 0.81 |
| digits, 48 | 0.22 / 0.08 | 0.15 / 0.06 | 0.89 / 0.91 |
| digits, 64 | 0.21 | 0.14 | 0.85 |

So on the same images they rank networks and sides as the classes would (seven of eight pairs: four
of four of two sides, three of four of right and random weights, where the digits at 48 pixels are
the exception), and low ones say that a network sees little in these
images but how they were augmented. Between sets they do not: at 64 pixels these four come out in
the reverse order of their kNN, for they ask whether single images are told apart, not kinds of
images. Stronger augmentation lowers them: CIFAR-10 at 96 has 0.70 with the crops and colours
for photographs, 0.94 with the mild ones for digits.
"""

from dataclasses import asdict, dataclass

import numpy as np

from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred, points

SAMPLES = 1000  # at most: the figures depend on how many there are to be taken for
NEIGHBOURS = 10
SEED = 0


@dataclass(frozen=True)
class Fit:
    """Figures of how steadily a network sees these images.

    Attributes:
        view_retrieval: how often the nearest of all second views is that of the same image,
            0..1; by chance 1 / samples.
        neighbour_agreement: share of the nearest images that two views of an image have in
            common, 0..1; by chance neighbours / (samples - 1).
        samples: images that were compared.
        neighbours: k of the agreement.
    """

    view_retrieval: float
    neighbour_agreement: float
    samples: int
    neighbours: int

    def rows(self) -> dict[str, float]:
        """The figures by name."""
        return asdict(self)


def fit(views: np.ndarray) -> Fit | None:
    """The figures of the first two views of a network; None where there are fewer.

    Cosines are of features less the mean of their own view over all samples compared.

    Args:
        views: (N, V, D).
    """
    n, count = views.shape[:2]
    if count < 2 or n < 3:
        return None
    chosen = np.arange(n)
    if n > SAMPLES:
        chosen = np.sort(np.random.default_rng(SEED).choice(n, SAMPLES, replace=False))
    first, other = (points(centred(views[chosen, v].astype(np.float32)), unit=True) for v in (0, 1))
    retrieved = (first @ other.T).argmax(axis=1) == np.arange(len(chosen))
    k = min(NEIGHBOURS, len(chosen) - 1)
    near = [nearest(side, k).index for side in (first, other)]
    shared = [len(np.intersect1d(a, b)) / k for a, b in zip(*near, strict=True)]
    return Fit(float(retrieved.mean()), float(np.mean(shared)), len(chosen), k)
