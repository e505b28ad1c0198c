"""One scan at a time in a folder: two would write each other's tables."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hardrare.errors import FULL, InputError


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Have a folder for oneself; one that is made for it and stays empty goes again.

    The system takes the lock back however this process ends. Where a file system has no locks,
    nothing is locked.

    Args:
        out: of the scan.

    Raises:
        InputError: another process has it, or it cannot be made.
    """
    absent = [above for above in (out, *out.parents) if not above.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:  # where no folder can be, as in /proc
        if error.errno in FULL:
            raise
        raise InputError(
            f"--out {out} cannot be made ({error.strerror}); name a folder elsewhere."
        ) from None
    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise InputError(
            f"another scan is writing to --out {out}; wait for it, or name another folder."
        ) from None
    except OSError:
        pass
    try:
        yield
    finally:
        with suppress(OSError):  # where something was written
            for above in absent:
                above.rmdir()
        os.close(folder)
