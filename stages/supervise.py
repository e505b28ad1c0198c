"""supervise: training with the given labels, of every kind of run and seed.

A run that trained before on the same, with the same settings, is not trained again.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hardrare import processes, tables
from hardrare.errors import InputError
from hardrare.pieces import Piece, have
from hardrare.protocols.asked import Asked, Run
from hardrare.protocols.kinds import Work
from hardrare.stage import run
from hardrare.training import Pixels, on_devices, resolve_device, session


@dataclass(frozen=True)
class Params(Asked):
    """What this stage reads: what all kinds share, and what each has for itself."""


@on_devices
def main(
    params: Params,
    *,
    images: Path, dynamics: Path, features: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train, measure every sample after every epoch, write dynamics and last features."""

    def train(job: Run, dynamics: Path, features: Path) -> None:
        samples = tables.read_images(images)
        if (samples.label < 0).any():
            raise InputError("supervise needs a label for every image; set supervise.kinds to [].")
        pixels = Pixels(samples.image, samples.label, resolve_device(params.device))
        title = f"supervise-{job.name}"
        opened = (title, job.params, [images], scratch, dynamics, samples.sample_id)
        kept = {"parts": job.kind.phases, "features": features, "networks": job.kind.networks}
        kept["said"] = {job.kind_name: job.kind.words}
        with session(*opened, **kept) as (recorder, state):
            job.kind.run(Work(job.params, job.params, pixels, job.seed, recorder, title, state))

    runs = params.runs("supervise")
    pieces = [Piece(job.name, partial(train, job), [images], job) for job in runs]
    have(pieces, [dynamics, features], scratch / "supervise", part, processes)


if __name__ == "__main__":
    run(main, siblings=("on_features",))
