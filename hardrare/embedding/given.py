"""Features that people bring: a matrix in the order of the files, or rows by file name.

`.npy` has a row for each image, in the order of the images; nothing says whose row is whose,
so the number must be right. `.parquet` and `.csv` have a column `file_name` and the features
as one column of lists (Parquet) or as columns of numbers; their rows may come in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError

GIVEN = "given"  # the run of these features
KEY = "file_name"
ENDINGS = (".npy", ".parquet", ".csv")
MAGIC = b"\x93NUMPY"  # what .npy begins with
SHOWN = 60  # characters of a reason


@dataclass(frozen=True)
class Given:
    """The section `embed.given`: `file`, null where there is none."""

    file: str | None


def read_given(file: str | None, file_name: Sequence[str]) -> np.ndarray:
    """Somebody's features (N, D) float32 of the images of these names, in their order.

    Args:
        file: .npy, .parquet or .csv.
        file_name: N names, as in the table of the images.

    Raises:
        InputError: no such file, not readable, or it lacks an image, has one too many or
            twice, or a row that is not finite or all zeros.
    """
    if file is None:
        raise InputError("embed.given.file is null; name a .npy, .parquet or .csv file.")
    path, kinds = Path(file), dict.fromkeys(ENDINGS, _by_name) | {".npy": _matrix}
    refuse_unlike(path)
    rows = kinds[path.suffix.lower()](path, list(file_name))
    if not rows.shape[1]:
        raise InputError(f"{path}: holds no features; save a row of numbers for each image.")
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(rows, np.float32)
    _refuse_rows(path, ~np.isfinite(rows).all(axis=1), file_name, "is not finite in float32")
    _refuse_rows(path, ~rows.any(axis=1), file_name, "is all zeros")
    return rows


def refuse_unlike(path: Path) -> None:
    """Refuse what is no file of embeddings, as far as that can be told without images.

    Raises:
        InputError: another ending, no such file, or a .npy of no such matrix.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path}: embeddings come as .npy, .parquet or .csv; save it as one.")
    if not path.is_file():
        raise InputError(f"{path}: no such file of embeddings; name an existing one.")
    if path.suffix.lower() == ".npy":
        _opened(path)


def _by_name(path: Path, file_name: list[str]) -> np.ndarray:
    """The rows of a table; polars is imported here, machines that only train need none."""
    from hardrare.embedding.by_name import rows_by_name

    return rows_by_name(path, file_name)


def _refuse_rows(path: Path, wrong: np.ndarray, file_name: Sequence[str], what: str) -> None:
    if wrong.any():
        raise InputError(
            f"{path}: the embedding of {file_name[int(wrong.argmax())]} {what} ({wrong.sum()} "
            "such rows); embed these images again."
        )


def _opened(path: Path) -> np.ndarray:
    """The matrix of a .npy file, mapped."""
    try:
        with path.open("rb") as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                raise ValueError("numpy.save did not write it")
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if rows.ndim != 2 or rows.dtype.kind not in "fiu":
        raise InputError(
            f"{path}: holds {rows.dtype} of shape {rows.shape}, expected (images, features); save "
            "a row for each image."
        )
    return rows


def _matrix(path: Path, file_name: list[str]) -> np.ndarray:
    """The rows of a .npy file."""
    rows = _opened(path)
    if len(rows) != len(file_name):
        raise InputError(
            f"{path}: has {len(rows)} rows for {len(file_name)} images; save one for each in "
            f"their order, or rows with their {KEY} as .parquet."
        )
    return rows


def unreadable(path: Path, error: Exception) -> InputError:
    """What to say of a file that cannot be read."""
    reason = " ".join(str(error).split())[:SHOWN]
    return InputError(f"{path}: not readable as embeddings ({reason}); save it again.")
