"""pretrain: self-supervised training of every objective and seed; no label is read.

Protocol `single` trains a network on all samples; `second_split` two, each on a random half and
then on the other, the first half of each measured throughout.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from hardrare import objectives, processes, tables, training
from hardrare.errors import InputError
from hardrare.numerics import stable_ranking as stopping
from hardrare.params import key
from hardrare.pieces import Piece, have
from hardrare.protocols import label_free
from hardrare.stage import run


@dataclass(frozen=True)
class Params(label_free.Params):
    """What this stage reads of the parameters."""

    LISTS: ClassVar = ("objectives", "second_split", "seeds")

    stop: Literal["never", "stable_ranking"]
    stable_ranking: stopping.Settings
    second_split: list[str]
    options: dict[str, Any] = key("pretrain")


@training.on_devices
def main(
    params: Params,
    *,
    images: Path, dynamics: Path, features: Path, scratch: Path, part: str = "",
) -> None:  # fmt: skip
    """Train, measure every sample after every epoch, write dynamics and features."""
    if params.measure.startswith("every_") and params.stop != "never":
        raise InputError("pretrain.stop reads columns of every epoch; set measure to after_epoch.")

    def train(job: label_free.Run, protocol: str, *made: Path) -> None:
        own, samples = job.params, tables.read_images(images)
        pixels = training.Pixels(samples.image, None, training.resolve_device(own.device))
        plan = training.plan.label_free(protocol, len(pixels), job.seed)
        asked = own.stop if protocol == "single" else "never", own.stable_ranking, job.seed
        given = pixels, samples.sample_id, [images], scratch, made, plan, own
        job.train(f"pretrain-{job.name}-{protocol}-{job.seed}", *given, stopping.rule(*asked))

    pieces, lists = [], {"": "objectives", "_second_split": "second_split"}
    for end, listed in lists.items():
        for job in params.runs("pretrain", getattr(params, listed), f"pretrain.{listed}"):
            name, make = f"{job.name}{end}-{job.seed}", partial(train, job, end[1:] or "single")
            pieces.append(Piece(name, make, [images], (end, job.params), job.module))
    have(pieces, [dynamics, features], scratch / "pretrain", part, processes)


if __name__ == "__main__":
    run(main, siblings=("on_features", *objectives.names()))
