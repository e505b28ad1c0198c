"""A folder of the kept images: hard links, symbolic links or copies, and their metadata."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyarrow as pa

from hardrare.errors import InputError
from hardrare.export.metadata import METADATA, metadata, write_metadata
from hardrare.tables import escaped, unescaped

CROSSES = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK)  # no hard link is possible


def _hard(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in CROSSES:
            raise InputError(
                f"{source}: no hard link to it can be made at {target.parent} "
                f"({error.strerror}); link with symlink or copy."
            ) from None
        raise


LINKS: dict[str, Callable[[Path, Path], object]] = {
    "hardlink": _hard,  # no space; changing the file in place changes the original
    "symlink": lambda source, target: target.symlink_to(source),  # breaks if the source moves
    "copy": shutil.copy2,
}


def known_link(link: str) -> None:
    """Refuse a way of linking that there is not.

    Raises:
        InputError: as it says.
    """
    if link not in LINKS:
        raise InputError(f"link is {link!r}; choose one of {', '.join(LINKS)}.")


def image_folder(
    ranking: pa.Table, kept: Sequence[str], source: Path, target: Path, link: str
) -> int:
    """Make a folder of the kept images, with `metadata.parquet` in it.

    Names and nested folders stay as they are. The folder appears when it is complete, in place
    of one that was made before and is still as it was made.

    Args:
        ranking: a table "ranking/2", or its Parquet twin.
        kept: names of the images to keep.
        source: the folder that the names are relative to; nothing in it is changed.
        target: the folder to make.
        link: one of `LINKS`.

    Returns:
        How many images it holds.

    Raises:
        InputError: the target is there already and not as it was made here, or lies in the
            source, an unknown `link`, no image to keep, or one that is not in the ranking or no
            file of the source.
        OSError: a file cannot be linked, read or written.
    """
    known_link(link)
    names = metadata(ranking, kept).column("file_name").to_pylist()
    if not names:
        raise InputError("there is no image to keep; keep at least one.")
    root = source.resolve(strict=True)
    files = [_file(root, name) for name in names]
    if target.resolve().is_relative_to(root):
        raise InputError(f"{target}: lies in the folder of the source; choose one outside it.")
    with _complete_folder(target, root) as part:
        for name, file in zip(names, files, strict=True):
            made = part / unescaped(name)
            made.parent.mkdir(parents=True, exist_ok=True)
            LINKS[link](file, made)
        write_metadata(part / METADATA, ranking, kept)
    return len(names)


def _file(root: Path, name: str) -> Path:
    """The file of a name below the root, which may be a link: a scan follows links, too."""
    pure = PurePosixPath(unescaped(name))
    file = (root / pure).resolve()
    inside = not pure.is_absolute() and ".." not in pure.parts
    if not inside or not file.is_file() or name == METADATA:
        raise InputError(
            f"{name}: is no image below {root}; name the folder that was ranked, or scan it "
            "again where the file is gone."
        )
    return file


@contextmanager
def _complete_folder(target: Path, root: Path) -> Iterator[Path]:
    """A folder beside `target` that becomes `target` if the block succeeds, else vanishes."""
    before = os.path.lexists(target)
    if before and (why := _not_ours(target, root)):
        raise InputError(f"{target}: is there already and {why}; choose another place or move it.")
    part = target.with_name(f".{target.name}.part")
    if os.path.lexists(part):
        raise InputError(f"{part}: is left of a run that was cut off; remove it.")
    part.mkdir(parents=True)
    try:
        yield part
        if before:
            shutil.rmtree(target)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part)
        raise


def _not_ours(target: Path, root: Path) -> str | None:
    """Why a folder is not one that was made here and left alone since; None where it is."""
    if target.is_symlink() or not (target / METADATA).is_file():
        return f"holds no {METADATA}"
    files = (path for path in target.rglob("*") if path.is_symlink() or not path.is_dir())
    for name in sorted(path.relative_to(target) for path in files):
        if name != Path(METADATA) and not _same(target / name, root / name):
            return f"{escaped(name.as_posix())} in it is not as it was made"
    return None


def _same(made: Path, source: Path) -> bool:
    """Whether removing what was made loses nothing: a link, or a copy nobody touched."""
    if made.is_symlink():
        return True
    if not source.is_file():
        return False
    here, there = made.stat(), source.stat()
    same = made.samefile(source)
    return same or (here.st_size, here.st_mtime_ns) == (there.st_size, there.st_mtime_ns)
