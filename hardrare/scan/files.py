"""Files to go on with: what to keep, what to drop, and the scores by name."""

import shutil
from pathlib import Path

import pyarrow as pa

from hardrare import tables
from hardrare.errors import InputError
from hardrare.export import METADATA, image_folder, write_metadata
from hardrare.scan.graph import path_of

KEEP, DROP, KEPT = "keep.txt", "drop.txt", "kept"
# Argument of rank: its copy.
COPIES = {
    "--parquet": "scores.parquet", "--csv": "scores.csv", "--keep": KEEP, "--drop": DROP,
}  # fmt: skip


def write_files(out: Path) -> None:
    """Lay what `rank` wrote for people beside the page: lists and scores; write metadata.

    Args:
        out: a scan whose ranking is there.
    """
    for argument, name in COPIES.items():
        with tables.complete(out / name) as part:
            shutil.copyfile(out / path_of("rank", argument), part)
    write_metadata(out / METADATA, _ranking(out))


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
