"""Suffix events: from which epoch on something holds until the end."""

import numpy as np


def suffix_start(event: np.ndarray) -> np.ndarray:
    """min{t : event at every t' >= t}, epochs counted from 1; T+1 where it fails at the end.

    This is not the last change into the event: an event that held from the start on
    gives 1.

    Args:
        event: `(N, T)` bool.

    Returns:
        `(N,)` float64, 1..T+1.
    """
    misses = ~np.asarray(event, bool)
    length = misses.shape[1]
    after_last_miss = length - misses[:, ::-1].argmax(axis=1)  # = its epoch, counted from 1
    return np.where(misses.any(axis=1), after_last_miss + 1, 1).astype(np.float64)
