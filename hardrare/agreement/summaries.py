"""Agreement in few numbers: how large correlations are inside and between groups of scores.

A group is an objective, or a family of metrics. The number is the mean absolute Spearman
correlation over pairs of scores. Noise alone lifts the size of a correlation, and a
bootstrap sample has more noise than the sample: so the percentile interval is moved by the
difference between the estimate and the bootstrap's mean.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hardrare.agreement import PIXELS, pixel_statistics
from hardrare.agreement.families import PSEUDO, family
from hardrare.numerics.intervals import interval


@dataclass(frozen=True)
class Block:
    """Pairs of scores that one number sums up: `pairs (P, P)` bool, each pair once."""

    by: str  # objective, family
    group: str
    against: str
    scores: int
    pairs: np.ndarray


def blocks(names: Sequence[str], labelled: Collection[str]) -> list[Block]:
    """Every group against itself and others; without the control `pixels/random`.

    - `itself`: pairs of one objective inside the group;
    - `elsewhere`: the same family in other objectives (of a family only);
    - `free`: label-free scores outside the group;
    - `labels`: outside the group, metrics that no label-free run has but those on
      pseudo-labels;
    - `pixels`: the pixel statistics.

    Args:
        names: of P scores, `<objective>/<metric>`.
        labelled: the objectives that read labels.
    """
    objective = np.array([name.partition("/")[0] for name in names])
    metric = np.array([name.partition("/")[2] for name in names])
    pixels = np.isin(np.arange(len(names)), pixel_statistics(names))
    with_labels = np.isin(objective, list(labelled))
    free = ~with_labels & (objective != PIXELS)
    pseudo = np.array([name.startswith(PSEUDO) for name in names])
    reference = with_labels & ~np.isin(metric, metric[free & ~pseudo])
    families = np.array([family(name) for name in names])
    same = objective[:, None] == objective
    collected = []
    for by, key, of in (
        ("objective", objective, free | with_labels),
        ("family", families, free | reference),
    ):
        for group in dict.fromkeys(key[of].tolist()):
            inside = of & (key == group)
            sides = {"itself": (inside, same), "elsewhere": (inside, ~same)}
            sides |= {"free": (free & ~inside, True), "labels": (reference & ~inside, True)}
            sides |= {"pixels": (pixels, True)}
            for against, (others, wanted) in sides.items():
                pairs = (inside[:, None] & others) & wanted
                pairs = np.triu(pairs | pairs.T, 1)
                if pairs.any() and not (by == "objective" and against == "elsewhere"):
                    collected.append(Block(by, group, against, int(inside.sum()), pairs))
    return collected


def summaries(
    wanted: Sequence[Block], value: np.ndarray, repeats: np.ndarray, n: int
) -> list[dict[str, Any]]:
    """Rows of `summary/1`; pairs with a constant score do not count.

    Args:
        wanted: the blocks.
        value: `(P, P)` correlations, NaN where not defined.
        repeats: `(B, P, P)` the same of B bootstrap samples.
        n: samples.
    """
    rows = []
    for block in wanted:
        chosen = block.pairs & np.isfinite(value)
        if not chosen.any():
            continue
        again = np.nanmean(np.abs(repeats[:, chosen]), axis=1)
        size = float(np.abs(value[chosen]).mean())
        low, high = np.clip(np.array(interval(again)) + size - again.mean(), 0, 1)
        rows.append(
            {"by": block.by, "group": block.group, "against": block.against}
            | {"scores": block.scores, "pairs": int(chosen.sum()), "value": size}
            | {"low": float(low), "high": float(high), "n": n}
        )
    return rows
