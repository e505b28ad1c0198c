"""Severity of a defect: how far out a statistic lies, on a scale that defects share."""

import numpy as np

LEAST = 0.25  # of the ordinary scale: a set may be more uniform than photographs are


def severity(statistic: np.ndarray, *, usual: float, bar: float, quarter: float) -> np.ndarray:
    """How far each value is on the way from the usual to the bar, 1 = at the bar.

    Each value is measured twice, as z_a = (t - usual) / s with s = bar - usual, against ordinary
    photographs, and as z_o = (t - m) / s_o against the set itself: m its median, and s_o the
    distance from m to its upper quartile, as many times as s is `quarter`, within s / 4 .. s. So
    the severity, max(min(z_a, z_o), z_o / (1 + |z_o|)), reaches 1 only where the picture stands
    out from ordinary photographs and from its set: night shots are not all dark, nor pictures
    of a microscope all blurred. What stands out of its set alone stays below 1, in its order.

    Args:
        statistic: `(N,)`, high = worse.
        usual: median over ordinary photographs.
        bar: from where on one would be called defective.
        quarter: from the median to the upper quartile over ordinary photographs.

    Returns:
        `(N,)`, above -1; about 0 for what is usual in the set.

    Examples:
        Half of the set is at 2, one picture beyond the bar of 4, in a set like photographs:

        >>> t = np.array([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 6.0])
        >>> severity(t, usual=2, bar=4, quarter=1).round(2)
        array([-0.33, -0.33,  0.  ,  0.  ,  0.5 ,  0.5 ,  2.  ])

        The same pictures where photographs are far higher: none is defective.

        >>> bool(severity(t, usual=8, bar=10, quarter=1).max() < 1)
        True
    """
    scale = bar - usual
    middle, upper = np.quantile(statistic, [0.5, 0.75])
    own = np.clip((upper - middle) * scale / quarter, LEAST * scale, scale)
    within = (statistic - middle) / own
    return np.maximum(
        np.minimum((statistic - usual) / scale, within), within / (1 + np.abs(within))
    )


def severity_of_lack(amount: np.ndarray, *, usual: float, bar: float, quarter: float) -> np.ndarray:
    """Severity of t = -ln(amount): of what there is too little of, halves counting alike.

    Args:
        amount: `(N,)`, above 0, low = worse.
        usual: median of t over ordinary photographs.
        bar: t from where on one would be called defective.
        quarter: of t, from the median to the upper quartile over ordinary photographs.

    Returns:
        `(N,)`, as `severity`.

    Examples:
        >>> severity_of_lack(np.array([8, 8, 8, 1.0]), usual=-2, bar=-1, quarter=1).round(2)
        array([0., 0., 0., 2.])
    """
    return severity(-np.log(amount), usual=usual, bar=bar, quarter=quarter)
