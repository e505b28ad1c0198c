"""What decides between copies, and hashes of pixels, from the tables of a study."""

import hashlib

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.matching.worth import LOSSLESS, Facts
from hardrare.tables import Images, column

# Share of one brightness from which on, and bits of soft texture up to which a picture was made by
# a program. So are 2 % of 191 photographs, of things on white; of screens full of text all.
GROUND, HARD = 0.15, 0.5


def facts(samples: Images, appearance: pa.Table) -> tuple[list[Facts], list[str | None]]:
    """Of each of N samples what decides between copies, and the hash of its file's bytes.

    Samples without a file, such as those that injection added, are as large as their image.

    Args:
        samples: the images, named by their file.
        appearance: "appearance/1" of these samples, or of some of them.
    """
    known = {row["sample_id"]: row for row in _rows(appearance)}
    pixels = samples.image.shape[1] * samples.image.shape[2] if len(samples.image) else 0
    made, content = [], []
    for sample, path in zip(samples.sample_id.tolist(), samples.file_name, strict=True):
        row = known.get(sample, {})
        size = row.get("width"), row.get("height")
        taken = row.get("taken")
        made.append(
            Facts(
                pixels=size[0] * size[1] if None not in size else pixels,
                bytes=row.get("bytes") or 0,
                taken=float("inf") if taken is None else float(taken),
                path=path,
                part=row.get("part") or "",
                frames=row.get("frames") or 1,
                format=row.get("format") or "",
                levels=row.get("levels_hash") or "",
                sides=(0, 0) if None in size else size,
                lossless=row.get("format") in LOSSLESS,
                clear=(row.get("mode") or "").endswith("A"),
                screen=row.get("flat_share", 0) >= GROUND and row.get("soft_texture", 9) <= HARD,
            )
        )
        content.append(row.get("content_hash"))
    return made, content


def pixel_hashes(samples: Images, appearance: pa.Table | None) -> list[str]:
    """Of each of N samples a hash of the pixels of its file, or of its image where none is given.

    Raises:
        InputError: the appearance is of other samples.
    """
    if appearance is None:
        return [hashlib.blake2b(shown.tobytes()).hexdigest() for shown in samples.image]
    if not np.array_equal(column(appearance, "sample_id"), samples.sample_id):
        raise InputError("appearance and images are of other samples; run prepare again.")
    return appearance.column("pixel_hash").to_pylist()


def _rows(appearance: pa.Table) -> list[dict]:
    names = ("sample_id", "part", "width", "height", "bytes", "content_hash", "taken", "frames")
    names += "format", "mode"
    looks = "levels_hash", "flat_share", "soft_texture"
    there = [name for name in looks if name in appearance.column_names]
    return appearance.select([*names, *there]).to_pylist()
