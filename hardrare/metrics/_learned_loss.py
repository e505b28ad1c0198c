"""The loss below which a sample counts as learned, where no label says what is right."""

import numpy as np


def learned_loss(first_split_loss: np.ndarray, learned_quantile: float) -> float:
    """A quantile, over all samples, of the loss at the last epoch of the first split.

    It looks at all samples: score whole runs, not blocks of rows.

    Args:
        first_split_loss: `(N, T1)`.
        learned_quantile: 0..1, chosen before any result is seen.

    Returns:
        The threshold; NaN, which no loss is below or above, where the last epoch is all NaN.
    """
    final = np.asarray(first_split_loss, np.float64)[:, -1]
    final = final[~np.isnan(final)]
    return float(np.quantile(final, learned_quantile)) if len(final) else float("nan")
