"""Which image a table means: names as people and their systems write them."""

import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from hardrare.datasets._source import skip
from hardrare.errors import InputError
from hardrare.tables import Skipped, escaped, unescaped

Labels = dict[str, str | None]  # file name to label, None where unknown
FIRST = 3  # names of each side that are said where none fits


class NoLabels(ValueError):
    """A table that does not name files; its text says why."""


class Names:
    """The images of a source by the names under which a table may know them."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the names as tables have them (see `tables.names`)."""
        self._by_form: list[tuple[Callable[[str], str], dict[str, str]]] = []
        for form in (str, unescaped, _composed):
            self._by_form.append((form, {form(name): name for name in names}))
        self._by_form.append((_folded, _unique((_folded(name), name) for name in names)))
        stems = ((PurePosixPath(_folded(name)).with_suffix("").as_posix(), name) for name in names)
        self._by_form.append((_folded, _unique(stems)))

    def match(self, labels: Mapping[str, str | None], root: Path | None) -> tuple[Labels, list]:
        """The labels by the names of the images, and the names that are no image's.

        A name counts as it stands, without spaces around it, in another Unicode form (Macs
        write letter and accent apart), as an absolute path below the root, and below a folder
        of the root's name (as another machine has it, or the folder above); and where but one
        image can be meant, in another case or without its ending.

        Raises:
            NoLabels: two rows give one image different labels.
        """
        matched: Labels = {}
        lost, root = [], root if isinstance(root, Path) else None  # an address is no path
        for written, label in labels.items():
            name = next(filter(None, map(self._find, _candidates(written, root))), None)
            if name is None:
                lost.append(written)
            elif matched.setdefault(name, label) != label:
                raise NoLabels(f"gives {name} two labels, {matched[name]} and {label}")
        return matched, lost

    def absent(self, lost: Iterable[str], known: Iterable[Skipped], table: str) -> list[Skipped]:
        """Rows for the files that a table names and that were not found at all."""
        there = {row.file_name for row in known}
        reason = f"not there: named in {table}"
        return [skip(name, reason) for name in lost if escaped(name) not in there]

    def _find(self, written: str) -> str | None:
        for form, names in self._by_form:
            if (name := names.get(form(written))) is not None:
                return name
        return None


def _candidates(written: str, root: Path | None) -> Iterable[str]:
    """What a name in a table may mean, the likeliest first."""
    yield written
    plain = written.strip()
    # a backslash is the separator of the system that wrote it
    plain = PurePosixPath(plain.replace("\\", "/")).as_posix()
    yield plain
    if root is not None and plain.startswith("/"):
        for top in (os.path.abspath(root), os.path.realpath(root)):  # noqa: PTH100 - with links
            if PurePosixPath(plain).is_relative_to(top):
                yield PurePosixPath(plain).relative_to(top).as_posix()
    yield from _below(plain, root)


def _below(plain: str, root: Path | None) -> Iterable[str]:
    """What stands behind the name of the root in a path."""
    parts, name = PurePosixPath(plain).parts, root and root.resolve().name
    if name and name in parts:
        yield "/".join(parts[len(parts) - parts[::-1].index(name) :])


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", unescaped(name))


def _folded(name: str) -> str:
    return _composed(name).casefold()


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keys that stand for one name only, and that name."""
    made: dict[str, str] = {}
    several = set()
    for key, name in pairs:
        if made.setdefault(key, name) != name:
            several.add(key)
    return {key: name for key, name in made.items() if key not in several}


def no_image(
    table: str, names: Iterable[str], labels: Iterable[str], root: str = "prepare.path"
) -> InputError:
    """The sentence for a table that names no image at all.

    Args:
        table: what it is called, by whoever gave it.
        names: of the images.
        labels: names in the table.
        root: what names are to be relative to.
    """
    there, named = (", ".join(sorted(some)[:FIRST]) or "nothing" for some in (names, labels))
    return InputError(
        f"{table}: names no image of {root}: there is {there}, in the table stands {named}; "
        f"write names relative to {root}."
    )
