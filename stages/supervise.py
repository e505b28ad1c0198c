"""supervise: training with the given labels, of one kind of run and seed."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.stage import run
from hardrare.training import Pixels, Recorder, Settings, plan, resolve_device, train


@dataclass(frozen=True)
class Params(supervised.Settings, Settings):
    """What this stage reads of the parameters: the classifier's settings and the loop's."""


def main(
    params: Params, *, kind: str, seed: int, images: Path, dynamics: Path, features: Path
) -> None:
    """Train, measure every sample after every epoch, write dynamics and last features."""
    samples = tables.read_images(images)
    if (samples.label < 0).any():
        raise InputError("supervise needs a label for every image; set supervise.kinds to [].")
    members = plan.of(kind, samples.label, seed)
    pixels = Pixels(samples.image, samples.label, resolve_device(params.device))
    with Recorder(dynamics, samples.sample_id, members.phases) as recorder:
        title = f"supervise {kind} {seed}"
        _, last = train(supervised, params, params, members, pixels, seed, recorder, title)
        tables.write_features(features, samples.sample_id, last)


if __name__ == "__main__":
    run(main, siblings=("kinds", "seeds"))
