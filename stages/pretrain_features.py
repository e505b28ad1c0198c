"""pretrain_features: as pretrain, of small heads on the features of a frozen network.

The features that a run leaves are the head's outputs, the projections. No label is read.
"""

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from hardrare import objectives, processes, training
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols import label_free
from hardrare.stage import run


@dataclass(frozen=True)
class Params(label_free.Params):
    """What this stage reads of the parameters."""

    components: int
    feature_dropout: float
    objectives: list[str] = key("pretrain.on_features")
    seeds: list[int] = key("pretrain.seeds")
    options: dict[str, Any] = key("pretrain_features")


@training.on_devices
def main(
    params: Params,
    *,
    embedded: Path, views: Path, dynamics: Path, features: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train, measure every sample after every epoch, write dynamics and features."""
    pieces, inputs = [], [embedded, views]

    @cache  # all runs learn from the same
    def opened() -> tuple[np.ndarray, training.FeatureViews]:
        of_views = {"dropout": params.feature_dropout, "components": params.components}
        return training.frozen(*inputs, training.resolve_device(params.device), **of_views)

    def train(job: label_free.Run, *made: Path) -> None:
        sample_id, samples = opened()
        loop, plan = training.in_small_batches(params, len(samples)), training.single(len(samples))
        title = f"pretrain_features-{job.name}-{job.seed}"
        job.train(title, samples, sample_id, inputs, scratch, made, plan, loop)

    for job in params.runs("pretrain_features", params.objectives, "pretrain.on_features"):
        name = f"features_{job.name}-{job.seed}"
        pieces.append(Piece(name, partial(train, job), inputs, job.params, job.module))
    have(pieces, [dynamics, features], scratch / "pretrain_features", part, processes)


if __name__ == "__main__":
    run(main, siblings=("of", *objectives.names()))
