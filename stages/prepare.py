"""prepare: a dataset becomes Arrow tables: square images, pictures, what one look tells."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.appearance import look, statistics
from hardrare.datasets import Wanted, load, told
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
    params: Params, *, train: Path, test: Path, pictures: Path, appearance: Path, skipped: Path
) -> None:
    """Read a dataset, each file once; write what is kept of it, and what could not be used."""
    with pictures_writer(pictures) as keep:
        loaded = load(params, look=look, keep=keep, scratch=train.parent)
    write_images(train, loaded.train)
    write_images(test, loaded.test)
    wide = {RANGE: loaded.wide.encode()} if loaded.wide else {}
    write_appearance(appearance, loaded.rows, statistics(), wide)
    write_skipped(skipped, loaded.skipped)
    for line in told(loaded):
        print(f"prepare: {line}", flush=True)


if __name__ == "__main__":
    run(main)
