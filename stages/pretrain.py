"""pretrain: self-supervised training of one objective and seed; no label is read.

Protocol `single` trains one network on all samples. `second_split` trains two, each on one
random half and then on the other, and measures the first half of each throughout.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hardrare import objectives, tables, training
from hardrare.errors import InputError
from hardrare.numerics.stable_ranking import Settings as StableRanking
from hardrare.numerics.stable_ranking import rule
from hardrare.params import build, key
from hardrare.stage import run


@dataclass(frozen=True)
class Params(training.OnDevices):
    """What this stage reads of the parameters."""

    snapshot_every: int
    views_every: int
    stop: Literal["never", "stable_ranking"]
    stable_ranking: StableRanking
    options: dict[str, Any] = key("pretrain.{objective}")


@training.on_devices
def main(
    params: Params,
    *,
    objective: str, protocol: str, seed: int,
    images: Path, dynamics: Path, features: Path, scratch: Path,
) -> None:  # fmt: skip
    """Train, measure every sample after every epoch, write dynamics and features."""
    module = objectives.objective(objective, without_labels="pretrain.objectives")
    if params.views_every > 1 and params.stop != "never":
        raise InputError("pretrain.stop reads columns of every epoch; set views_every to 1.")
    options = build(module.Settings, params.options, f"pretrain.{objective}", "parameters")
    samples = tables.read_images(images)
    pixels = training.Pixels(samples.image, None, training.resolve_device(params.device))
    members = training.plan.label_free(protocol, len(pixels), seed)
    options, tested = training.with_learning_rate(module, options, params, pixels, seed)
    stop = rule(params.stop, params.stable_ranking, seed) if protocol == "single" else None
    title = f"pretrain-{objective}-{protocol}-{seed}"
    opened = (title, params, [images], scratch, dynamics, samples.sample_id)
    kept = {"parts": members.phases, "features": features, "networks": len(members.members)}
    kept["said"] = {objective: module.WORDS}
    with training.session(*opened, **kept) as (recorder, state):
        recorder.ranges += tested
        often = {"snapshot_every": params.snapshot_every, "views_every": params.views_every}
        probing = training.Probing(**often)
        callbacks = training.Callbacks(recorder, probing, stop, state)
        training.train(module, options, params, members, pixels, seed, callbacks, title)


if __name__ == "__main__":
    run(main, siblings=("objectives", "second_split", "on_features", "seeds", *objectives.names()))
