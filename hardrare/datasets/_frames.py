"""Which of several frames of a file is read: the most telling one, wherever it stands."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from hardrare.several import ONE_PICTURE

LOOKED_AT = 32  # frames, evenly spread where there are more
NEARLY = 0.9  # of the greatest entropy
SIDE = 128  # pixels; a frame is judged at this size


def most_telling(image: Image.Image) -> tuple[Image.Image, int]:
    """The file at its most telling frame, and how many frames it has.

    Telling is the entropy of the grey levels, in bits: of the frames with at least nine tenths
    of the greatest one the largest is read (of levels of one picture), of equally large ones
    that of the greatest entropy, of equal ones the first. So a fade from black is not black, and
    a stack of pages gives one picture whatever their order. Of files whose further frames
    belong to the first (MPO, HEIC) the first.

    Args:
        image: as opened; of one frame it comes back untouched.
    """
    count = int(getattr(image, "n_frames", 1))
    if count < 2 or image.format in ONE_PICTURE:
        return image, count
    every = np.unique(np.linspace(0, count - 1, min(count, LOOKED_AT)).astype(int))
    told = list(_told(image, every.tolist()))
    enough = NEARLY * max((entropy for _, _, entropy in told), default=0.0)
    good = [frame for frame in told if frame[2] >= enough]
    image.seek(max(good, key=lambda frame: (frame[1], frame[2], -frame[0]))[0] if good else 0)
    return image, count


def _told(image: Image.Image, frames: list[int]) -> Iterator[tuple[int, int, float]]:
    """Of each frame its number, its pixels and the entropy of its grey levels."""
    for number in frames:
        try:
            image.seek(number)
            frame = image.convert("F") if image.mode[0] in "IF" else image.convert("L")
        except (EOFError, OSError, ValueError):  # a damaged frame is not the one to read
            continue
        frame.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        level = np.asarray(frame, np.float64)
        count = np.histogram(level, 256, _span(level, frame.mode))[0]
        share = count[count > 0] / count.sum()
        yield number, image.width * image.height, round(float(-(share * np.log2(share)).sum()), 6)


def _span(level: np.ndarray, mode: str) -> tuple[float, float]:
    """Black and white of a frame: of wide pixels their own least and most."""
    if mode == "L" or not np.isfinite(level).all() or level.min() == level.max():
        return 0.0, 256.0
    return float(level.min()), float(level.max())
