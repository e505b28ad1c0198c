"""Files to go on with: a folder of what to keep."""

from pathlib import Path

from hardrare import tables
from hardrare.errors import InputError
from hardrare.export import image_folder, known_link
from hardrare.runner.graph import path_of
from hardrare.scan.layout import KEEP

KEPT, RANKING = "kept", "ranking/2"


def linkable(source: object, link: str) -> Path:
    """The folder whose images are to be linked; asked before anything is done.

    Raises:
        InputError: the source is no folder of images, or there is no such link.
    """
    known_link(link)
    if not (isinstance(source, Path) and source.is_dir()):
        raise InputError(f"--link needs a folder of images, {source} is none; leave it out.")
    return source


def link_kept(out: Path, source: object, link: str) -> None:
    """Make `kept`, a folder of the images to keep.

    Args:
        out: a finished scan.
        source: the folder that was scanned.
        link: hardlink, symlink or copy.

    Raises:
        InputError: the source is no folder of images, or as `image_folder`.
    """
    folder = linkable(source, link)
    keep = (out / KEEP).read_text("utf-8").splitlines()
    ranking = tables.read(out / path_of("rank", "--ranking"), RANKING)
    count = image_folder(ranking, keep, folder, out / KEPT, link)
    print(f"{count} images to keep: {out / KEPT}")
