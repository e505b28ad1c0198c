"""Agreement: how scores relate to each other and to their own repetition.

`pairs` correlates every pair of scores, `stability` how well a score repeats itself over seeds,
`families` which scores measure the same. The other files hold one statistic each. Every
statistic of a score over several seeds is one of the mean over its seeds, sample by sample
(`over_seeds`). Nothing here imports torch.
"""

from collections.abc import Sequence

import numpy as np

from hardrare.tables import Score

PIXELS, CONTROL = "pixels", "random"


def over_seeds(scores: Sequence[Score]) -> np.ndarray:
    """Each sample's scores, averaged over the seeds in the scores' own units.

    Args:
        scores: P scores with `values (S, N)`; S may differ between scores.

    Returns:
        `(P, N)` float64.
    """
    return np.stack([np.asarray(score.values, np.float64).mean(axis=0) for score in scores])


def pixel_statistics(names: Sequence[str]) -> np.ndarray:
    """Which scores are pixel statistics: `pixels/<metric>`, but not the control `pixels/random`.

    Args:
        names: P score names.

    Returns:
        Positions `(Q,)` int, in order.
    """
    positions = [
        i
        for i, name in enumerate(names)
        if name.split("/")[0] == PIXELS and name != f"{PIXELS}/{CONTROL}"
    ]
    return np.array(positions, int)
