"""retrain: classifiers trained on each arm's subset, judged on the test images.

An arm whose subset, images and settings are as before is not trained again.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from hardrare import tables
from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.pieces import Piece, have
from hardrare.protocols.retraining import retrain, subset_rows
from hardrare.runs import Arms
from hardrare.stage import run
from hardrare.training import Callbacks, Pixels, Settings, checkpoints, resolve_device
from hardrare.training.rate_range import packed


@dataclass(frozen=True)
class Params(Arms, supervised.Settings, Settings):
    """What this stage reads of the parameters: the classifier's settings and the loop's."""

    seeds: list[int]
    views: list[Literal["equal_steps", "equal_epochs"]]


def main(
    params: Params,
    *,
    images: Path, test: Path, subsets: Path, accuracy: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train once for each arm, seed and view; write counts of correct test images."""

    def train(arm: str, subset: Path, table: Path) -> None:
        device, ranges = resolve_device(params.device), []
        samples, held_out = tables.read_images(images), tables.read_images(test)
        if (samples.label < 0).any() or (held_out.label < 0).any():
            raise InputError("retrain needs labels; set prune.arms and sweep to [] without them.")
        kept = partial(tables.column, tables.read(subset, "subset/1"))
        rows = subset_rows(samples.sample_id, kept("sample_id"), kept("draw"))
        pixels = [Pixels(table.image, table.label, device) for table in (samples, held_out)]
        opened = (scratch, f"retrain-{arm}", shared, [images, test, subset])
        with checkpoints(*opened, params.checkpoint_every) as state:
            asked = (params.seeds, arm, Callbacks(checkpoints=state), ranges, params.views)
            results = list(retrain(params, params, rows, *pixels, *asked))
            tested = {tables.RATES: packed(ranges)} if ranges else None
            tables.write_rows(table, "accuracy/1", results, tested)

    shared, pieces = replace(params, arms=[], sweep=[], sweep_arms=[]), []
    for arm in params.all_arms:
        subset = subsets / f"{arm}.arrow"
        pieces.append(Piece(arm, partial(train, arm, subset), [images, test, subset], shared))
    have(pieces, [accuracy], scratch / "retrain", part)


if __name__ == "__main__":
    run(main)
