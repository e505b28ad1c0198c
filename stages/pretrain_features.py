"""pretrain_features: as pretrain, of a small head on the features of a frozen network.

The features that it leaves are the head's outputs, the projections. No label is read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare import objectives, training
from hardrare.params import build, key
from hardrare.stage import run


@dataclass(frozen=True)
class Params(training.OnDevices):
    """What this stage reads of the parameters."""

    snapshot_every: int
    views_every: int
    components: int
    feature_dropout: float
    options: dict[str, Any] = key("pretrain_features.{objective}")


@training.on_devices
def main(
    params: Params,
    *,
    objective: str, seed: int,
    embedded: Path, views: Path, dynamics: Path, features: Path, scratch: Path,
) -> None:  # fmt: skip
    """Train, measure every sample after every epoch, write dynamics and features."""
    module = objectives.objective(objective, without_labels="pretrain.on_features")
    options = build(module.Settings, params.options, f"pretrain_features.{objective}", "parameters")
    device = training.resolve_device(params.device)
    sample_id, samples = training.frozen(
        embedded, views, device, params.feature_dropout, components=params.components
    )
    members, loop = training.single(len(samples)), training.in_small_batches(params, len(samples))
    options, tested = training.with_learning_rate(module, options, loop, samples, seed)
    title = f"pretrain_features-{objective}-{seed}"
    opened = (title, params, [embedded, views], scratch, dynamics, sample_id)
    with training.session(*opened, features=features) as (recorder, state):
        recorder.ranges += tested
        often = {"snapshot_every": params.snapshot_every, "views_every": params.views_every}
        probing = training.Probing(**often)
        callbacks = training.Callbacks(recorder, probing, checkpoints=state)
        training.train(module, options, loop, members, samples, seed, callbacks, title)


if __name__ == "__main__":
    run(main, siblings=("of", *objectives.names()))
