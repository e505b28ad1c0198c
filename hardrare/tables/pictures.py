"""The pictures of the samples: encoded, their aspect kept, written one by one, mapped to read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from hardrare.tables.files import read, writer
from hardrare.tables.kinds import ID, KINDS

BATCH = 4 * 2**20  # bytes that are held before they are written


@contextmanager
def pictures_writer(path: Path) -> Iterator[Callable[[bytes], None]]:
    """A context that appends the encoded picture of the next sample, from `sample_id` 0 on."""
    schema = pa.schema([("sample_id", ID), ("picture", KINDS["pictures/1"]["picture"])])
    held: list[bytes] = []
    size = done = 0
    with writer(path, "pictures/1", schema) as out:

        def flush() -> None:
            nonlocal size, done
            ids = pa.array(range(done, done + len(held)), ID)
            columns = [ids, pa.array(held, schema.field("picture").type)]
            out.write_batch(pa.record_batch(columns, schema=schema))
            done, size = done + len(held), 0
            held.clear()

        def append(picture: bytes) -> None:
            nonlocal size
            held.append(picture)
            size += len(picture)
            if size >= BATCH:
                flush()

        yield append
        if held:
            flush()


def read_pictures(path: Path) -> pa.Table:
    """The table `pictures/1`, memory-mapped; no row where a study keeps no pictures.

    Raises:
        InputError: as `read`.
    """
    return read(path, "pictures/1")
