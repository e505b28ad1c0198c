"""Files opened once for all objects in them, and objects cut out of pictures."""

from hashlib import blake2b
from typing import Any

import numpy as np
from PIL import Image

from hardrare.datasets._opening import Unusable, opened
from hardrare.datasets._remote import Place, Remote
from hardrare.datasets._source import Part


class Once:
    """Opens files, the last one once: objects of one file follow each other."""

    def __init__(self) -> None:
        self._of: bytes | Place | None = None
        self._encoded, self._digest, self._opened = b"", "", None

    def digest(self, payload: bytes | Place) -> str:
        """Of the bytes of a file."""
        if self._of is not payload:
            self._encoded, self._opened = bytes_of(payload), None
            self._digest = blake2b(self._encoded, digest_size=16).hexdigest()
            self._of = payload
        return self._digest

    def opened(self) -> tuple[Image.Image | np.ndarray, dict[str, Any]]:
        """The last file's picture, and facts about it and its size."""
        if self._opened is None:
            image, facts = opened(self._encoded)
            self._opened = image, facts | {"bytes": len(self._encoded)}
        return self._opened[0], dict(self._opened[1])


def of_part(digest: str, part: Part | None) -> str:
    """The digest of a file, or of an object in it."""
    if part is None:
        return digest
    return blake2b(f"{digest} {part.box}".encode(), digest_size=16).hexdigest()


def cut(
    image: Image.Image | np.ndarray, part: Part, facts: dict[str, Any]
) -> Image.Image | np.ndarray:
    """An object of a picture; the facts become its own."""
    box = part.box.within(facts["width"], facts["height"])
    if box is None:
        raise Unusable("box outside its image")
    height, width = image.shape[:2] if isinstance(image, np.ndarray) else image.size[::-1]
    across, down = width / facts["width"], height / facts["height"]  # of a huge one, reduced
    left, top, right, bottom = box
    facts |= {"width": right - left, "height": bottom - top, "bytes": None}
    left, top = min(int(left * across), width - 1), min(int(top * down), height - 1)
    right, bottom = max(int(right * across), left + 1), max(int(bottom * down), top + 1)
    if isinstance(image, np.ndarray):
        return image[top:bottom, left:right]
    return image.crop((left, top, right, bottom))


def bytes_of(payload: bytes | Place) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, Remote):
        return payload.read_bytes()
    with payload.open("rb") as stream:
        return stream.read()
