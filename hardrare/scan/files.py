"""Files to go on with: what to keep, what to drop, and the scores beside the names."""

import shutil
from pathlib import Path

import pyarrow as pa

from hardrare import tables
from hardrare.errors import InputError
from hardrare.export import METADATA, image_folder, write_metadata
from hardrare.scan.graph import path_of

KEEP, DROP, KEPT = "keep.txt", "drop.txt", "kept"
SCORES = {"--parquet": "scores.parquet", "--csv": "scores.csv"}  # argument of rank: its copy


def write_files(out: Path) -> None:
    """Write `keep.txt`, `drop.txt` (images that repeat an earlier one), the scores and metadata.

    Args:
        out: a scan whose ranking is there.
    """
    ranking = _ranking(out)
    names = ranking.column("file_name").to_pylist()
    repeats = tables.column(ranking, "is_duplicate").astype(bool)
    for file, dropped in ((KEEP, False), (DROP, True)):
        lines = [f"{name}\n" for name, one in zip(names, repeats, strict=True) if one == dropped]
        with tables.complete(out / file) as part:
            part.write_text("".join(lines), encoding="utf-8")
    for argument, name in SCORES.items():
        with tables.complete(out / name) as part:
            shutil.copyfile(out / path_of("rank", argument), part)
    write_metadata(out / METADATA, ranking)


def link_kept(out: Path, source: Path, link: str) -> None:
    """Make `kept`, a folder of the images to keep.

    Args:
        out: a scan with its files.
        source: the folder that was scanned.
        link: hardlink, symlink or copy.

    Raises:
        InputError: the source is no folder of images, or as `image_folder`.
    """
    if not source.is_dir():
        raise InputError(f"--link needs a folder of images, {source} is none; leave it out.")
    keep = (out / KEEP).read_text("utf-8").splitlines()
    count = image_folder(_ranking(out), keep, source, out / KEPT, link)
    print(f"{count} images to keep: {out / KEPT}")


def _ranking(out: Path) -> pa.Table:
    return tables.read(out / path_of("rank", "--ranking"), "ranking/1")
