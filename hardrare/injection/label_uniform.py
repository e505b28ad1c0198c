"""A wrong label, any other class with equal chance."""

import numpy as np

from hardrare.injection._formula import UNTOUCHED
from hardrare.injection._registry import artefact


@artefact(
    "wrong label",
    "the label replaced by another one at random; the image is untouched",
    UNTOUCHED,
    note="The images themselves are untouched and the wrong labels drawn at random, so nothing "
    "that is computed without labels can know of them: expect 0.5 there, and more only of scores "
    "with labels.",
)
def label_uniform(label: int, classes: list[str], rng: np.random.Generator) -> int:
    """Uniform over the K - 1 other classes, never the given label.

    (Some studies draw from all K and so leave a K-th of the labels right; this does not.)

    Args:
        label: the given one, 0..K-1.
        classes: the K class names.
        rng: the source of chance.

    Returns:
        The wrong label, 0..K-1.
    """
    return int((label + 1 + rng.integers(len(classes) - 1)) % len(classes))
