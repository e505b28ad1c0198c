"""retrain: classifiers trained on one arm's subset, judged on the test images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hardrare import tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.protocols.retraining import retrain, subset_rows
from hardrare.stage import run
from hardrare.training import Callbacks, Pixels, Settings, checkpoints, resolve_device
from hardrare.training.rate_range import packed


@dataclass(frozen=True)
class Params(supervised.Settings, Settings):
    """What this stage reads of the parameters: the classifier's settings and the loop's."""

    seeds: list[int]
    views: list[Literal["equal_steps", "equal_epochs"]]


def main(
    params: Params,
    *,
    arm: str,
    images: Path,
    test: Path,
    subset: Path,
    accuracy: Path,
    scratch: Path,
) -> None:
    """Train once for each seed and view; write counts of correct test images."""
    device = resolve_device(params.device)
    samples, held_out = tables.read_images(images), tables.read_images(test)
    if (samples.label < 0).any() or (held_out.label < 0).any():
        raise InputError("retrain needs labels; set prune.arms and sweep to [] without them.")
    kept = tables.read(subset, "subset/1")
    rows = subset_rows(
        samples.sample_id, tables.column(kept, "sample_id"), tables.column(kept, "draw")
    )
    pixels = Pixels(samples.image, samples.label, device)
    test_pixels = Pixels(held_out.image, held_out.label, device)
    title, inputs, ranges = f"retrain-{arm}", [images, test, subset], []
    with checkpoints(scratch, title, params, inputs, params.checkpoint_every) as kept_state:
        callbacks = Callbacks(checkpoints=kept_state)
        asked = (params.seeds, arm, callbacks, ranges, params.views)
        results = list(retrain(params, params, rows, pixels, test_pixels, *asked))
        metadata = {tables.RATES: packed(ranges)} if ranges else None
        tables.write_rows(accuracy, "accuracy/1", results, metadata)


if __name__ == "__main__":
    run(main)
