"""explain: which parts of an image put it where it stands, for the first on two axes.

By the last map of features of a frozen network. Where there is no such network, or none that
averages its last map, the table has no row.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardrare.again import remembered
from hardrare.embedding import GIVEN, Settings
from hardrare.explanation import asked, grids, last_map
from hardrare.params import build
from hardrare.params import key as of
from hardrare.pictures import open_pictures
from hardrare.stage import run
from hardrare.tables import read, read_features, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    first: int
    side: int
    neighbours: int
    options: dict[str, Any] = of("embed.{network}")


def main(
    params: Params, *, network: str,
    images: Path, pictures: Path, features: Path, ranking: Path, heat: Path, scratch: Path,
) -> None:  # fmt: skip
    """Explain the first of each axis; write a small grid of warmth for each."""
    looked_at, maps, wanted = open_pictures(pictures, images), None, {}
    settings = params.side, params.options
    if network != GIVEN:
        named = build(Settings, params.options, f"embed.{network}", "parameters")
        maps = last_map(named, params.side)
    if maps:
        known = read_features(features / f"{network}.arrow", looked_at.sample_id)[1]
        wanted = asked(read(ranking, "ranking/2"), known, params.first, params.neighbours)
    with remembered("explain", scratch / "explain" / network, *settings) as remember:
        table = grids(
            looked_at.squares, maps, wanted, looked_at.sample_id, params.side, looked_at.digest,
            remember,
        )  # fmt: skip
    write(heat, "heat/1", table)
    print(f"explain: {table.num_rows} images", flush=True)


if __name__ == "__main__":
    run(main, siblings=("networks",))
