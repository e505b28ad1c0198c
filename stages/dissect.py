"""dissect: what lies inside frozen networks - neighbours at each depth, distances of patches.

A second look at every picture, so no network is named unless somebody asks. No label is read.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.params import build, key
from hardrare.pictures import open_pictures
from hardrare.pieces import Piece, have
from hardrare.stage import run
from hardrare.tables import unnamed_array, write_inside


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    networks: list[str]
    side: int | None
    memory: int
    options: dict[str, Any] = key("embed")


def main(
    params: Params, *, images: Path, pictures: Path, inside_of: Path, scratch: Path, part: str = ""
) -> None:
    """Look at every picture with each network laid open; write one table each."""

    def dissect(name: str, table: Path) -> None:
        from hardrare import dissection, embedding  # seconds, and most studies name no network

        settings = build(embedding.Settings, params.options[name], f"embed.{name}", "parameters")
        side, looked_at = params.side or settings.side, open_pictures(pictures, images)
        network, count = dissection.inside(settings, side), len(looked_at)
        depths = [np.empty((count, width), np.float32) for width in network.widths]
        with unnamed_array(table.parent, np.float16, (count, *network.patches)) as patches:
            dissection.look(looked_at.squares, network, side, depths, patches)
            distance = dissection.patch_distances(patches, params.memory)
        lists = dissection.depth_neighbours(depths)
        write_inside(table, looked_at.sample_id, lists, distance)
        print(f"dissect {name}: {lists.shape[1]} depths, {distance.shape[1]} patches", flush=True)

    pieces = []
    for name in params.networks:
        if name not in params.options["networks"]:
            raise InputError(f"dissect.networks: {name} is none of embed.networks; add it there.")
        decides = params.options[name], params.side, params.memory
        pieces.append(Piece(name, partial(dissect, name), [images, pictures], decides))
    have(pieces, [inside_of], scratch / "dissect", part)


if __name__ == "__main__":
    run(main)
