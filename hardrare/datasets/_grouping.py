"""Images in pieces of work for threads."""

from collections.abc import Iterator

import numpy as np

from hardrare.datasets._remote import Remote
from hardrare.datasets._source import Part, Payload

GROUP, GROUP_BYTES = 64, 2**16  # images of a few kilobytes go to a thread by so many


def groups(payloads: Iterator[tuple[Payload, str]]) -> Iterator[list[tuple[Payload, str]]]:
    """Payloads and names in pieces of work: many small ones or a large one; a file's objects."""
    held, size = [], 0
    for payload, name in payloads:
        if held and _of_one_file(held[-1][0], payload):
            held.append((payload, name))
            continue
        if size >= GROUP_BYTES or len(held) >= GROUP:
            yield held
            held, size = [], 0
        held.append((payload, name))
        size += _size(payload)
    if held:
        yield held


def _of_one_file(payload: Payload, other: Payload) -> bool:
    return isinstance(payload, Part) and isinstance(other, Part) and payload.of is other.of


def _size(payload: Payload) -> int:
    if isinstance(payload, np.ndarray):
        return payload.nbytes
    payload = payload.of if isinstance(payload, Part) else payload
    if isinstance(payload, bytes):
        return len(payload)
    if isinstance(payload, Remote):
        return GROUP_BYTES  # each is waited for
    try:
        return payload.stat().st_size
    except OSError:
        return 0
