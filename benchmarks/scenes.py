"""Scenes drawn by numbers: mountains, seas, towns, woods, nights, and a balloon.

Nobody else has rights in them, so documentation may show what a scan makes of them.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT, FINER = 480, 320, 2  # pixels of a scene; drawn at so many times the size
RNG = np.random.Generator
Pen = ImageDraw.ImageDraw
Points = list[tuple[float, float]]


def _sky(rng: RNG, top: tuple[int, ...], low: tuple[int, ...]) -> tuple[Image.Image, Pen]:
    """A sky that fades from one colour to another, a little another one each time."""
    w, h = WIDTH * FINER, HEIGHT * FINER
    ends = np.clip(np.array([top, low]) + rng.normal(0, 12, (2, 3)), 0, 255)
    rows = np.linspace(0, 1, h)[:, None] * (ends[1] - ends[0]) + ends[0]
    image = Image.fromarray(np.repeat(rows[:, None].astype(np.uint8), w, axis=1))
    return image, ImageDraw.Draw(image)


def _ridge(rng: RNG, level: float, rough: float, steps: int) -> Points:
    """A line of hills from the left to the right edge, at a share of the height."""
    w, h = WIDTH * FINER, HEIGHT * FINER
    line = np.cumsum(rng.normal(0, rough, steps))
    line = level + line - np.linspace(line[0], line[-1], steps) - line.mean() / 3
    return list(zip(np.linspace(0, w, steps), np.clip(line, 0.1, 0.95) * h, strict=True))


def _filled(pen: Pen, ridge: Points, colour: tuple[int, ...]) -> None:
    w, h = WIDTH * FINER, HEIGHT * FINER
    pen.polygon([(0, h), *ridge, (w, h)], colour)


def _tint(rng: RNG, colour: tuple[int, ...], much: float = 14) -> tuple[int, ...]:
    return tuple(np.clip(np.array(colour) + rng.normal(0, much, 3), 0, 255).astype(int).tolist())


def mountain(rng: RNG) -> Image.Image:
    """Ridges, the near ones darker, snow on the far one."""
    image, pen = _sky(rng, (92, 150, 214), (226, 234, 240))
    x, y, r = rng.uniform(60, 900), rng.uniform(50, 160), rng.uniform(24, 44)
    pen.ellipse((x - r, y - r, x + r, y + r), (255, 246, 214))
    far = _ridge(rng, 0.42, 0.05, 24)
    _filled(pen, far, _tint(rng, (118, 132, 158)))
    snow = [(x, y + rng.uniform(8, 46)) for x, y in reversed(far)]
    pen.polygon([*far, *snow], (240, 244, 248))
    for level, colour in ((0.6, (88, 112, 104)), (0.78, (62, 92, 58))):
        _filled(pen, _ridge(rng, level, 0.02, 40), _tint(rng, colour))
    return image


def sea(rng: RNG) -> Image.Image:
    """Water to the horizon, waves and a few sails."""
    image, pen = _sky(rng, (120, 180, 226), (244, 226, 200))
    w, h = image.size
    level = h * rng.uniform(0.42, 0.6)
    pen.rectangle((0, level, w, h), _tint(rng, (34, 104, 138)))
    for _ in range(160):
        y = level + (h - level) * rng.random() ** 1.5
        long, x = 8 + 60 * (y - level) / (h - level), rng.uniform(0, w)
        pen.line((x, y, x + long, y), _tint(rng, (96, 160, 186)), 2)
    for _ in range(int(rng.integers(1, 4))):
        x, y, s = rng.uniform(80, w - 80), level + rng.uniform(6, 70), rng.uniform(24, 70)
        pen.polygon([(x, y - 2 * s), (x, y), (x + s, y)], (250, 248, 240))
        pen.polygon([(x - s * 0.7, y + 4), (x + s, y + 4), (x + s * 0.6, y + s * 0.3),
                     (x - s * 0.4, y + s * 0.3)], _tint(rng, (140, 60, 40)))  # fmt: skip
    return image


def town(rng: RNG) -> Image.Image:
    """Houses with windows side by side."""
    image, pen = _sky(rng, (160, 190, 216), (236, 228, 214))
    w, h, x = *image.size, -20.0
    while x < w:
        wide, tall = rng.uniform(70, 150), rng.uniform(0.3, 0.72) * h
        wall = _tint(rng, [(196, 120, 88), (214, 190, 150), (150, 150, 160)][rng.integers(3)])
        pen.rectangle((x, h - tall, x + wide, h), wall)
        roof = [(x - 6, h - tall), (x + wide / 2, h - tall - 50), (x + wide + 6, h - tall)]
        pen.polygon(roof, _tint(rng, (120, 52, 44)))
        for top in np.arange(h - tall + 20, h - 50, 48):
            for left in np.arange(x + 14, x + wide - 24, 34):
                pane = (250, 232, 160) if rng.random() < 0.3 else (70, 84, 104)
                pen.rectangle((left, top, left + 18, top + 28), pane)
        x += wide + rng.uniform(0, 8)
    return image


def wood(rng: RNG) -> Image.Image:
    """Firs, the far ones paler."""
    image, pen = _sky(rng, (190, 206, 200), (226, 232, 220))
    w, h = image.size
    for depth in np.linspace(0.25, 1, 5):
        colour = np.array((52, 88, 56)) * depth + np.array((176, 196, 184)) * (1 - depth)
        for _ in range(16):
            x, foot, tall = rng.uniform(0, w), h * (0.5 + 0.5 * depth), h * (0.2 + 0.5 * depth)
            tall *= rng.uniform(0.7, 1.1)
            for k in range(4):
                wide, top = tall * (0.08 + 0.05 * k), foot - tall + k * tall * 0.2
                ink = _tint(rng, tuple(colour), 6)
                low = top + tall * 0.34
                pen.polygon([(x, top), (x - wide, low), (x + wide, low)], ink)
    return image


def night(rng: RNG) -> Image.Image:
    """Stars and a moon over dark hills with lit windows."""
    image, pen = _sky(rng, (18, 24, 60), (70, 60, 110))
    w, h = image.size
    for x, y in rng.random((90, 2)) * (w, h * 0.6):
        pen.ellipse((x, y, x + 3, y + 3), (240, 240, 220))
    x, r = rng.uniform(100, w - 100), rng.uniform(30, 56)
    pen.ellipse((x - r, 90 - r, x + r, 90 + r), (246, 240, 214))
    for level, colour in ((0.62, (40, 44, 78)), (0.8, (24, 28, 50))):
        _filled(pen, _ridge(rng, level, 0.02, 30), _tint(rng, colour, 5))
    for x, y in rng.random((24, 2)) * (w, h * 0.16) + (0, h * 0.82):
        pen.rectangle((x, y, x + 9, y + 12), (252, 214, 110))
    return image


def balloon(rng: RNG) -> Image.Image:
    """The one picture that is like no other."""
    image, pen = _sky(rng, (246, 196, 120), (250, 232, 196))
    for k, ink in enumerate([(206, 52, 60), (250, 214, 84)] * 4):
        half = 170 - k * 44
        pen.ellipse((480 - abs(half), 90, 480 + abs(half), 430), ink)
    pen.rectangle((450, 500, 510, 550), (120, 76, 40))
    pen.line((380, 390, 452, 500), (80, 60, 50), 3)
    pen.line((580, 390, 508, 500), (80, 60, 50), 3)
    return image


KINDS: dict[str, Callable[[RNG], Image.Image]] = {
    one.__name__: one for one in (mountain, sea, town, wood, night)
}
