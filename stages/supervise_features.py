"""supervise_features: as supervise, of a small head on the features of a frozen network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare import tables
from hardrare.objectives import supervised
from hardrare.params import build, key
from hardrare.protocols.kinds import KINDS, Work
from hardrare.protocols.kinds import kind as kind_of
from hardrare.stage import run
from hardrare.training import Settings, frozen, in_small_batches, resolve_device, session


@dataclass(frozen=True)
class Params(supervised.Settings, Settings):
    """What this stage reads: the head's settings, the loop's, and the kind's own."""

    components: int
    own: dict[str, Any] = key("supervise_features.{kind}")


def main(
    params: Params,
    *,
    kind: str, seed: int,
    images: Path, embedded: Path, views: Path, dynamics: Path, features: Path, scratch: Path,
) -> None:  # fmt: skip
    """Train, measure every labelled sample after every epoch, write dynamics and last features."""
    chosen = build(kind_of(kind), params.own, f"supervise_features.{kind}", "parameters")
    given = tables.read_images(images)
    device = resolve_device(params.device)
    sample_id, samples = frozen(
        embedded, views, device, label=given.label, of=given.sample_id, components=params.components
    )
    title = f"supervise_features-{kind}-{seed}"
    opened = (title, params, [images, embedded, views], scratch, dynamics, sample_id)
    kept = {"parts": chosen.phases, "features": features, "networks": chosen.networks}
    with session(*opened, **kept) as (recorder, state):
        chosen.run(
            Work(
                params,
                in_small_batches(params, len(samples)),
                samples,
                seed,
                recorder,
                title,
                state,
            )
        )


if __name__ == "__main__":
    run(main, siblings=("of", *KINDS))
