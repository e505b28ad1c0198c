"""Files to go on with: a folder of what to keep, and how many images each list holds."""

from pathlib import Path

from hardrare import tables
from hardrare.errors import InputError
from hardrare.export import image_folder
from hardrare.runner.graph import path_of
from hardrare.scan.study import KEEP, SKIPPED

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
    if not source.is_dir():
        raise InputError(f"--link needs a folder of images, {source} is none; leave it out.")
    keep = (out / KEEP).read_text("utf-8").splitlines()
    ranking = tables.read(out / path_of("rank", "--ranking"), RANKING)
    count = image_folder(ranking, keep, source, out / KEPT, link)
    print(f"{count} images to keep: {out / KEPT}")


def sums(out: Path) -> str:
    """How many files there are, and in which list each is.

    Args:
        out: a finished scan.
    """
    ranked = tables.read(out / path_of("rank", "--ranking"), RANKING).num_rows
    left_out = tables.read_skipped(out / SKIPPED)
    parts = [f"{ranked:,} ranked"]
    parts += [f"{n:,} {kind}" for kind, n in tables.counts_by_kind(left_out).items()]
    return f"{ranked + len(left_out):,} files and folders: {', '.join(parts)}"
