"""A fixed pseudo-random number for each whole number: no generator, no state, no order."""

import numpy as np

_STEP = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF


def splitmix64(key: np.ndarray, seed: int = 0) -> np.ndarray:
    """The SplitMix64 output for counters `key`, as a fraction.

    z = (key + 1) * 0x9E3779B97F4A7C15 + seed mixed alike, then two xor-shift
    multiplications (Steele, Lea & Flood, OOPSLA 2014), all modulo 2**64; the upper
    53 bits divided by 2**53. The function is a bijection of 64-bit numbers, so that
    different keys hardly ever share a value (never before the upper bits are taken).

    Args:
        key: (N,) whole numbers.
        seed: chooses another sequence.

    Returns:
        (N,) float64, 0 <= value < 1.
    """
    start = np.uint64(seed * 0xBF58476D1CE4E5B9 & _MASK)
    z = (np.asarray(key).astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP) + start
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
