"""supervise_features: as supervise, of small heads on the features of a frozen network."""

from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from hardrare import processes, tables, training
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols.asked import Asked, Run
from hardrare.protocols.kinds import Work
from hardrare.stage import run


@dataclass(frozen=True)
class Params(Asked):
    """What this stage reads: what all kinds share, and what each has for itself."""

    components: int
    kinds: list[str] = key("supervise.on_features")


@training.on_devices
def main(
    params: Params,
    *,
    images: Path, embedded: Path, views: Path, dynamics: Path, features: Path, scratch: Path,
    part: str = "",
) -> None:  # fmt: skip
    """Train, measure every labelled sample after every epoch, write dynamics and last features."""
    pieces, inputs = [], [images, embedded, views]

    @cache  # all runs learn from the same
    def opened() -> tuple[np.ndarray, training.FeatureViews]:
        given, device = tables.read_images(images), training.resolve_device(params.device)
        known = {"label": given.label, "of": given.sample_id, "components": params.components}
        return training.frozen(embedded, views, device, **known)

    def train(job: Run, dynamics: Path, features: Path) -> None:
        sample_id, samples = opened()
        title = f"supervise_features-{job.kind_name}-{job.seed}"
        read = replace(job.params, own=job.params.own | {"components": params.components})
        about = (title, read, inputs, scratch, dynamics, sample_id)
        kept = {"parts": job.kind.phases, "features": features, "networks": job.kind.networks}
        loop = training.in_small_batches(job.params, len(samples))
        with training.session(*about, **kept) as (recorder, state):
            job.kind.run(Work(job.params, loop, samples, job.seed, recorder, title, state))

    for job in params.runs("supervise_features", "features_"):
        settings = job, params.components
        pieces.append(Piece(job.name, partial(train, job), inputs, settings))
    have(pieces, [dynamics, features], scratch / "supervise_features", part, processes)


if __name__ == "__main__":
    run(main, siblings=("of",))
