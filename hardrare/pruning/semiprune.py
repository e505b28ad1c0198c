"""SemiPrune: double-end pruning by the margins of a network that learnt guessed labels.

Source: Cho et al., 2026, arXiv:2605.23198: a semi-supervised network that was told one label in a
hundred names the others, a supervised network learns what it was told and what was named, and any
rule for labelled data prunes by that (here the area under the margin, double-end pruning). The
run is `semi_supervised`: self-training in place of the paper's FixMatch, which needs images.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.double_end import band
from hardrare.pruning.pool import Pool

RUNS = ("semi_supervised", "features_semi_supervised")


@rule("SemiPrune by {}")
def semiprune(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the hardest by AUM on guessed labels, then the hardest: see `double_end`.

    Args:
        argument: a run that was told few labels.
        pool: the samples.

    Raises:
        InputError: another run, or what `double_end` refuses.
    """
    if argument not in RUNS:
        raise InputError(
            f"prune.arms: semiprune-{argument} names no run on few labels; write one of "
            f"{', '.join(f'semiprune-{run}' for run in RUNS)}."
        )
    return [band("semiprune", f"{argument}-aum", pool)[: pool.keep]]
