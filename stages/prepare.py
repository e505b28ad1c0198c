"""prepare: a dataset becomes Arrow tables: square images, pictures, what one look tells."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.again import before, decided_by, keep
from hardrare.appearance import look, statistics
from hardrare.datasets import NOTHING, Known, Wanted, load, told
from hardrare.shards import Cut
from hardrare.stage import run
from hardrare.tables import (
    RANGE,
    pictures_writer,
    write_appearance,
    write_images,
    write_skipped,
)


@dataclass(frozen=True)
class Params(Wanted):
    """What this stage reads of the parameters."""


def main(
    params: Params, *,
    train: Path, test: Path, pictures: Path, appearance: Path, skipped: Path, scratch: Path,
) -> None:  # fmt: skip
    """Read a dataset, each new file once; write what is kept of it, and what could not be used."""
    home, by = scratch / "prepare", decided_by("prepare", params.size, params.picture_side)
    again = params.picture_side is not None  # small images are decoded as fast as found
    known = Known(**vars(before(home, by))) if again else NOTHING
    cut = Cut(scratch / "shards" / "prepare", by)
    with pictures_writer(pictures) as append:
        loaded = load(params, look=look, keep=append, scratch=train.parent, known=known, cut=cut)
    write_images(train, loaded.train)
    write_images(test, loaded.test)
    wide = {RANGE: loaded.wide.encode()} if loaded.wide else {}
    write_appearance(appearance, loaded.rows, statistics(), wide)
    write_skipped(skipped, loaded.skipped)
    if again:
        keep(home, by, loaded.keys, [train, pictures, appearance], loaded.notes)
    cut.forget()
    for line in told(loaded):
        print(f"prepare: {line}", flush=True)


if __name__ == "__main__":
    run(main)
