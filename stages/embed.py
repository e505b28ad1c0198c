"""embed: features of pictures and of views by a frozen network, or `given` ones without views."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.again import Before, before, decided_by, keep
from hardrare.embedding import GIVEN, Given, Settings, as_made, embed, frozen, read_given, taken
from hardrare.params import ANY, build, key
from hardrare.pictures import open_pictures
from hardrare.stage import run
from hardrare.tables import read_images, unnamed_array, write_features, write_views


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    batch_size: int
    device: str
    precision: str
    seed: int
    options: dict[str, Any] = key("embed.{network}")


def main(
    params: Params, *, network: str,
    images: Path, pictures: Path, features: Path, views: Path, scratch: Path,
) -> None:  # fmt: skip
    """Embed what is new and write both tables; what grows lies in files meanwhile."""
    name = f"embed.{network}"
    if network == GIVEN:
        samples = read_images(images)
        given = read_given(build(Given, params.options, name, "parameters").file, samples.file_name)
        write_features(features, samples.sample_id, given)
        write_views(views, samples.sample_id, np.empty((len(given), 0, given.shape[1]), np.float16))
        return
    settings = as_made(build(Settings, params.options, name, "parameters"))
    looked_at = open_pictures(pictures, images)
    model = frozen(settings, params.device, params.precision, params.batch_size)
    digests = looked_at.digests()
    home, by = scratch / "embed" / network, decided_by("embed", settings, params.seed, model.mark)
    again = looked_at.whole and model.device.type == "cpu"  # where equal pictures give equal bytes
    known = before(home, by) if again else Before()
    shape = (len(digests), settings.views, model.width)
    with (unnamed_array(features.parent, np.float32, shape[::2]) as own,
          unnamed_array(views.parent, np.float16, shape) as of_views):  # fmt: skip
        rows = taken(known.row, known.tables, digests, own, of_views)
        embed(looked_at, model, settings, params.seed, digests, own, of_views, network, rows=rows)
        write_features(features, looked_at.sample_id, own)
        write_views(views, looked_at.sample_id, of_views)
    if again:
        keep(home, by, digests, [features, views])


if __name__ == "__main__":
    run(main, siblings=("networks", ANY))
