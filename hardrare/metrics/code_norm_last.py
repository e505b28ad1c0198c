"""The metric `code_norm_last`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="code", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_norm_last(code_norm: np.ndarray) -> np.ndarray:
    """The size of the code after training.

    score = norm(c_(T-1)), the last defined epoch.
    A sample without any defined epoch scores 0.

    Args:
        code_norm: `(N, T)` Euclidean norm of the code at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_norm_last(np.array([[1.0, 2.0, 6.0], [1.0, 3.0, np.nan]])).tolist()
        [6.0, 3.0]
    """
    return last(code_norm)
