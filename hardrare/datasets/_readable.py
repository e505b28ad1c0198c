"""Sources of several files: one that cannot be read is listed, and the others go on."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hardrare.datasets._remote import Place
from hardrare.datasets._source import skip
from hardrare.errors import InputError
from hardrare.tables import Skipped

T = TypeVar("T")


def readable(
    files: Sequence[Place], look: Callable[[Place], T], base: Place, skipped: list[Skipped]
) -> dict[Place, T]:
    """What a look at each file gives; files that cannot be read join `skipped`.

    Args:
        files: at least one.
        look: raises an InputError where a file cannot be read.
        base: the folder that they lie in.
        skipped: is added to.

    Raises:
        InputError: none can be read; of the first.
    """
    told: dict[Place, T] = {}
    wrong: list[tuple[Place, InputError]] = []
    for file in files:
        try:
            told[file] = look(file)
        except InputError as error:
            wrong.append((file, error))
    if not told:
        raise wrong[0][1]
    for file, error in wrong:
        reason = " ".join(str(error).removeprefix(f"{file}: ").partition(";")[0].split())
        skipped.append(skip(file.relative_to(base).as_posix(), f"file cannot be read: {reason}"))
    return told
