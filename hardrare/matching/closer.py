"""A closer look at a confirmed pair: does a small part differ that nothing explains?

A clock, a digit, a dot: too small for the blocks that decide whether two pictures are one. What
saving again changes is alike all over a picture, more at its edges than in its even parts. So
the pair itself says how much that is, and what a window differs beyond it is a difference.
"""

from dataclasses import replace

import numpy as np
from scipy.ndimage import uniform_filter

from hardrare.matching.align import enlarged, fit, reach, rectangle, turned, without_rim
from hardrare.matching.confirm import Comparison, moved_onto
from hardrare.matching.differ import Planes, levels, planes
from hardrare.matching.filters import at, blurred, quantiles, smoothed
from hardrare.numerics.spans import span

CLOSE = 320  # pixels of the longest side
FINE = 0.6  # pixels, deviation of the smoothing
WINDOW = 5  # pixels, of what differs,
AROUND = 13  # and of the edges that explain it: a block of JPEG rings so far
EVEN, EDGED, USUAL = 0.4, 0.7, 0.9  # quantiles: least and most edged windows, and their usual
LEAST = {True: 0.75, False: 1.5}  # grey levels that count as nothing, in drawings and photographs
RIM = 3  # pixels


def beyond(first: np.ndarray, second: np.ndarray, compared: Comparison) -> float:
    """How many times the usual difference of the pair its most different window shows.

    Args:
        first: `(H, W, C)` uint8, longest side at most `CLOSE`.
        second: likewise.
        compared: their comparison at a smaller size.

    Returns:
        About 1..3 for copies; 0 where too little is shared.
    """
    over, moved, inside = _aligned(first, second, compared)
    if inside.sum() < WINDOW**2:
        return 0.0
    fitted = levels(over, moved, inside, hiding=lambda: not compared.drawn)
    off = uniform_filter(np.where(inside, fitted.off, 0.0).astype(np.float64) ** 2, WINDOW)
    gain = max(abs(fitted.gain), 0.2)
    edges = np.maximum(span(over.grey, AROUND), gain * span(moved.grey, AROUND))
    edge = uniform_filter(edges.astype(np.float64) ** 2, WINDOW)
    part = rectangle(inside, 0)
    off, edge = np.maximum(off[part], 0).ravel(), np.maximum(edge[part], 1).ravel()
    [quiet, loud] = quantiles(edge, [EVEN, EDGED])
    [even] = quantiles(at(off, edge <= quiet), [USUAL])
    sharp = edge >= loud
    [slope] = quantiles(np.maximum(at(off, sharp) - even, 0) / at(edge, sharp), [USUAL])
    usual = slope * edge + even + LEAST[compared.drawn] ** 2
    return float(np.sqrt((off / usual).max()))


def _aligned(
    first: np.ndarray, second: np.ndarray, compared: Comparison
) -> tuple[Planes, Planes, np.ndarray]:
    """The outer picture, the inner one on its pixels, hardly smoothed, and where both show."""
    place, near = compared.place, compared.map
    pair = (first, second) if place.second_inside else (second, first)
    longest = [max(picture.shape[:2]) for picture in pair]
    size = min(CLOSE, longest[0], round(longest[1] / place.scale))
    forms = (0, place.form) if place.second_inside else (place.form, 0)
    plain = [
        Planes(*(turned(plane, form) for plane in vars(planes(picture, side)).values()))
        for picture, side, form in zip(pair, (size, round(size * place.scale)), forms, strict=True)
    ]
    coarse = [smoothed(picture.grey) for picture in plain]
    shapes = [np.array(grey.shape) for grey in coarse]
    to = enlarged(*near.to, shapes[0] / near.shapes[0], shapes[1] / near.shapes[1])
    to = fit(*coarse, *to)
    over, under = (
        replace(picture, **{n: blurred(getattr(picture, n), FINE) for n in ("grey", "high", "low")})
        for picture in plain
    )
    inside = without_rim(reach(under.grey.shape, over.grey.shape, *to), RIM)
    return over, moved_onto(under, over.grey.shape, to), inside
