"""Sizes of pictures."""


def within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size that keeps the aspect and whose longest side is at most so long, in pixels.

    >>> within((500, 375), 320), within((40, 30), 320), within((1000, 1), 10)
    ((320, 240), (40, 30), (10, 1))
    """
    scale = min(1.0, side / max(size))
    return max(1, round(scale * size[0])), max(1, round(scale * size[1]))
