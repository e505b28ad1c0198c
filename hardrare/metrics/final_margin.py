"""The metric `final_margin`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="1", harder="low", source="Scheffer et al., IDA 2001, doi:10.1007/3-540-44816-0_31")
def final_margin(final_margin: np.ndarray) -> np.ndarray:
    """Margin sampling: the two likeliest classes of the final classifier apart.

    score = p_(1) - p_(2), the largest and second largest probability; no label enters (see aum).
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        final_margin: `(N, T)` that difference, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> final_margin(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(final_margin)
