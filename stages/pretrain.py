"""pretrain: self-supervised training of one objective and seed; no label is read.

Protocol `single` trains one network on all samples. `second_split` trains two, each on one
random half and then on the other, and measures the first half of each throughout.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.params import build, key
from hardrare.stage import run
from hardrare.training import Pixels, Recorder, Settings, plan, resolve_device, train


@dataclass(frozen=True)
class Params(Settings):
    """What this stage reads of the parameters."""

    options: dict[str, Any] = key("pretrain.{objective}")


def main(
    params: Params,
    *,
    objective: str,
    protocol: str,
    seed: int,
    images: Path,
    dynamics: Path,
    features: Path,
) -> None:
    """Train, measure every sample after every epoch, write dynamics and last features."""
    module = objectives.objective(objective)
    if getattr(module, "READS_LABELS", False):
        raise InputError(f"pretrain.objectives: {objective} reads labels; name it in supervise.")
    options = build(module.Settings, params.options, f"pretrain.{objective}", "parameters")
    samples = tables.read_images(images)
    pixels = Pixels(samples.image, None, resolve_device(params.device))
    members = plan.label_free(protocol, len(pixels), seed)
    with Recorder(dynamics, samples.sample_id, members.phases) as recorder:
        title = f"pretrain {objective} {protocol} {seed}"
        _, last = train(module, options, params, members, pixels, seed, recorder, title)
        tables.write_features(features, samples.sample_id, last, len(members.members))


if __name__ == "__main__":
    run(main, siblings=("objectives", "second_split", "seeds", *objectives.names()))
