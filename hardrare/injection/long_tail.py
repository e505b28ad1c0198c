"""Some classes made rare."""

import numpy as np

from hardrare.errors import InputError
from hardrare.injection._formula import UNTOUCHED
from hardrare.injection._registry import artefact


@artefact(
    "rare class",
    "most images of the class removed",
    UNTOUCHED,
    strength="share of a rare class that is kept",
    unit="share kept",
    high=1.0,
)
def long_tail(
    label: np.ndarray, share: float, strength: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Take samples away so that a share of the classes becomes rare.

    max(1, round(share K)) classes are drawn, of those that would shrink at all, and at
    least one class stays whole. Of a rare class with n samples max(1, round(strength n))
    are kept, drawn at random; the others vanish.

    Args:
        label: `(N,)` labels; samples with -1 (unknown, or used already) are left alone.
        share: of the classes, 0..1.
        strength: share of a rare class that is kept, 0..1.
        rng: the source of chance.

    Returns:
        Positions of the kept and of the removed samples of the rare classes, ascending.

    Raises:
        InputError: too few classes.
    """
    classes, sizes = np.unique(label[label >= 0], return_counts=True)
    keep = np.array([max(1, round(strength * int(n))) for n in sizes])
    shrinking = np.flatnonzero(keep < sizes)
    count = max(1, round(share * len(classes)))
    if count > min(len(shrinking), len(classes) - 1):
        raise InputError(
            f"inject.artefacts: long_tail is to make {count} of {len(classes)} classes rare, "
            f"{len(shrinking)} can shrink and one must stay; lower its share or its strength."
        )
    kept, removed = [], []
    for i in np.sort(rng.choice(shrinking, count, replace=False)):
        members = rng.permutation(np.flatnonzero(label == classes[i]))
        kept.append(members[: keep[i]])
        removed.append(members[keep[i] :])
    return np.sort(np.concatenate(kept)), np.sort(np.concatenate(removed))
