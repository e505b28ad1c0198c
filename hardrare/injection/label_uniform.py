"""A wrong label, any other class with equal chance."""

import numpy as np

from hardrare.injection._registry import artefact


@artefact()
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
