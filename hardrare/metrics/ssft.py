"""The metric `ssft`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.suffix import suffix_start


@metric(unit="epoch", harder="low", source="Maini et al., NeurIPS 2022, arXiv:2210.15031")
def ssft(second_split_correct: np.ndarray) -> np.ndarray:
    """Second-split forgetting time: the epoch from which the sample stays wrong.

    score = min{t : wrong at every t' >= t} while training on the other half, epochs from 1.
    T2 + 1 = right at the last epoch: never forgotten. A sample that the first half did not
    teach and that stays wrong scores 1.

    Args:
        second_split_correct: `(N, T2)` bool, of the samples that the second half leaves out.

    Returns:
        `(N,)`, whole numbers 1..T2+1; heavily tied at T2+1.

    Example:
        >>> ssft(np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])).tolist()
        [2.0, 4.0, 5.0, 1.0]
    """
    return suffix_start(~np.asarray(second_split_correct, bool))
