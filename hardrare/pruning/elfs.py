"""ELFS: double-end pruning by the margins of networks that learnt clusters as classes.

Source: Zheng et al., ICLR 2025, arXiv:2406.04273: pseudo-labels by deep clustering of frozen
features (`cluster.method: temi`), the area under the margin of training on them (the stages
`pseudo_label` and `pseudo_label_features`), double-end pruning. No label is read.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.double_end import band
from hardrare.pruning.pool import Pool

RUN = "pseudo_"  # begins the names of runs on clusters


@rule("ELFS by {}")
def elfs(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the hardest by AUM on pseudo-labels, then the hardest: see `double_end`.

    Args:
        argument: a run on pseudo-labels.
        pool: the samples.

    Raises:
        InputError: another kind of run, or what `double_end` refuses.
    """
    if not argument.startswith(RUN) or "-" in argument:
        raise InputError(
            f"prune.arms: elfs-{argument} names no run on pseudo-labels; write elfs-{RUN}<run>."
        )
    return [band("elfs", f"{argument}-aum", pool)[: pool.keep]]
