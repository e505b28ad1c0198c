"""embed: features of pictures and of views by a frozen network, or `given` ones without views."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardrare import embedding
from hardrare.again import Before, before, decided_by, keep
from hardrare.params import ANY, build, key
from hardrare.shards import Cut
from hardrare.stage import run
from hardrare.tables import read_images, unnamed_array, write_features, write_views


@dataclass(frozen=True)
class Params(embedding.How):
    """What this stage reads of the parameters."""

    options: dict[str, Any] = key("embed.{network}")


def main(
    params: Params, *, network: str,
    images: Path, pictures: Path, features: Path, views: Path, scratch: Path,
) -> None:  # fmt: skip
    """Embed what is new and write both tables; what grows lies in files meanwhile."""
    section = params.options, f"embed.{network}", "parameters"
    if network == embedding.GIVEN:
        samples, file = read_images(images), build(embedding.Given, *section).file
        given = embedding.read_given(file, samples.file_name)
        write_features(features, samples.sample_id, given)
        write_views(views, samples.sample_id, np.empty((len(given), 0, given.shape[1]), np.float16))
        return
    settings = embedding.as_made(build(embedding.Settings, *section))
    looking = embedding.Looking(network, settings, params, pictures.absolute(), images.absolute())
    looked_at, model = opened = looking.opened()
    digests = looked_at.digests()
    home, by = scratch / "embed" / network, decided_by("embed", settings, params.seed, model.mark)
    cut = Cut(scratch / "shards" / "embed" / network, by)
    again = looked_at.whole and model.device.type == "cpu"  # where equal pictures give equal bytes
    known = before(home, by) if again else Before()
    shape = (len(digests), settings.views, model.width)
    with (unnamed_array(features.parent, np.float32, shape[::2]) as own,
          unnamed_array(views.parent, np.float16, shape) as of_views):  # fmt: skip
        rows = embedding.taken(known.row, known.tables, digests, own, of_views)
        embedding.look_at(looking, opened, rows, cut, digests, own, of_views)
        write_features(features, looked_at.sample_id, own)
        write_views(views, looked_at.sample_id, of_views)
    cut.forget()
    if again:
        keep(home, by, digests, [features, views])


if __name__ == "__main__":
    run(main, siblings=("networks", ANY))
