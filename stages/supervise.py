"""supervise: training with the given labels, of one kind of run and seed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare import tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.params import build, key
from hardrare.protocols.kinds import KINDS, Work
from hardrare.protocols.kinds import kind as kind_of
from hardrare.stage import run
from hardrare.training import Pixels, Settings, resolve_device, session


@dataclass(frozen=True)
class Params(supervised.Settings, Settings):
    """What this stage reads: the classifier's settings, the loop's, and the kind's own."""

    own: dict[str, Any] = key("supervise.{kind}")


def main(
    params: Params,
    *,
    kind: str,
    seed: int,
    images: Path,
    dynamics: Path,
    features: Path,
    scratch: Path,
) -> None:
    """Train, measure every sample after every epoch, write dynamics and last features."""
    chosen = build(kind_of(kind), params.own, f"supervise.{kind}", "parameters")
    samples = tables.read_images(images)
    if (samples.label < 0).any():
        raise InputError("supervise needs a label for every image; set supervise.kinds to [].")
    pixels = Pixels(samples.image, samples.label, resolve_device(params.device))
    title = f"supervise-{kind}-{seed}"
    opened = (title, params, [images], scratch, dynamics, samples.sample_id)
    kept = {"parts": chosen.phases, "features": features, "networks": chosen.networks}
    kept["said"] = {kind: chosen.words}
    with session(*opened, **kept) as (recorder, state):
        chosen.run(Work(params, params, pixels, seed, recorder, title, state))


if __name__ == "__main__":
    run(main, siblings=("kinds", "on_features", "seeds", *KINDS))
