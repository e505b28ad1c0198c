"""Files to go on with: a folder of what to keep."""

from pathlib import Path

from hardrare import tables
from hardrare.errors import InputError
from hardrare.export import image_folder
from hardrare.runner.graph import path_of
from hardrare.scan.layout import KEEP

KEPT, RANKING = "kept", "ranking/2"


def link_kept(out: Path, source: Path, link: str) -> None:
    """Make `kept`, a folder of the images to keep.

    Args:
        out: a finished scan.
        source: the folder that was scanned.
        link: hardlink, symlink or copy.

    Raises:
        InputError: the source is no folder of images, or as `image_folder`.
    """
    if not (isinstance(source, Path) and source.is_dir()):
        raise InputError(f"--link needs a folder of images, {source} is none; leave it out.")
    keep = (out / KEEP).read_text("utf-8").splitlines()
    ranking = tables.read(out / path_of("rank", "--ranking"), RANKING)
    count = image_folder(ranking, keep, source, out / KEPT, link)
    print(f"{count} images to keep: {out / KEPT}")
