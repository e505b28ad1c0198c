"""One picture moved onto another: forms, sizes, and a fit of scale and place below a pixel."""

import math

import numpy as np
from PIL import Image

from hardrare.matching.filters import TINY

FORMS = tuple(range(8))  # quarter turns of the picture, then of its mirror image
SMALL = 64  # pixels of the longest side below which a pixel's move is one of whole pixels
STEPS = 6  # of the fit
STILL = 0.1  # pixels: a turn that moves none by so much is none
GAINED = 0.001  # share of the mean squared difference that a step must take off


def turned(picture: np.ndarray, form: int) -> np.ndarray:
    """The picture `(H, W, ...)` turned by form % 4 quarters, mirrored before from 4 on.

    >>> turned(np.array([[1, 2], [3, 4]]), 5).tolist()
    [[1, 3], [2, 4]]
    """
    return np.rot90(picture[:, ::-1] if form >= 4 else picture, form % 4)


def fit(
    outer: np.ndarray, inner: np.ndarray, scale: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Map of the outer picture's pixels into the inner one, fitted from a first map on.

    Scales, a slight turn and an offset; gain and offset of the grey levels are fitted with them.
    Small pictures are not turned, and tiny ones only moved by whole pixels.

    Args:
        outer: `(H, W)` float, smoothed.
        inner: `(h, w)` float, smoothed, about as large as it lies in the outer one.
        scale: `(2, 2)`, first map: inner = scale @ outer + offset, rows first.
        offset: `(2,)`, pixels of the inner.

    Returns:
        Scale `(2, 2)` and offset `(2,)`.
    """
    if max(outer.shape) >= TINY:
        scale, offset = _fit(outer, inner, scale, offset, 2)
    return _whole(scale, offset, max(outer.shape))


def enlarged(
    scale: np.ndarray, offset: np.ndarray, outer: np.ndarray, inner: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A map for pictures whose sides are so many times larger: factors `(2,)` of each."""
    moved = inner * (scale @ (0.5 / outer - 0.5) + offset + 0.5) - 0.5
    return scale * inner[:, None] / outer, moved


def _whole(scale: np.ndarray, offset: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The map by whole pixels where a small picture was most likely moved by such."""
    stretched = scale.diagonal() - 1
    centre = offset + stretched * size / 2
    near = np.abs(stretched).max() * size < 1 and np.abs(centre - centre.round()).max() < 0.35
    return (np.eye(2), centre.round()) if size < SMALL and near else (scale, offset)


def _fit(
    outer: np.ndarray, inner: np.ndarray, scale: np.ndarray, offset: np.ndarray, rim: int
) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Newton steps, as long as they lower the mean squared difference."""
    best, taken = np.inf, (scale, offset)
    centre = (np.array(outer.shape) - 1) / 2
    turning = max(outer.shape) > SMALL
    for _ in range(STEPS):
        moved = warped(inner, outer.shape, scale, offset)
        part = rectangle(reach(inner.shape, outer.shape, scale, offset), rim)
        if moved[part].size < 64:
            break
        design, error = _normal(outer, moved, part, turning)
        step = _solved(design @ design.T, design @ error)
        size = float(((error - step[:2] @ design[:2]) ** 2).mean())
        if size >= best * (1 - GAINED):
            break
        best, taken = size, (scale, offset)
        move = np.clip(step[2:] / max(abs(1 + step[0]), 0.1), -2, 2)
        change = np.diag(move[2:4])
        change[0, 1], change[1, 0] = move[4:] if turning else (0, 0)
        change = change / np.maximum(centre, 1)
        scale, offset = scale + change, offset + move[:2] - change @ centre
    return taken


def _solved(squares: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Least squares by normal equations `(n, n)` and `(n,)`; the shortest of several."""
    try:
        return np.linalg.solve(squares, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(squares, right, rcond=None)[0]


def _normal(
    outer: np.ndarray, moved: np.ndarray, part: tuple[slice, slice], turning: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives `(6 or 8, n)` by gain, offset, place, scale and turn; differences `(n,)`."""
    shown = moved[part]
    design = np.empty((8 if turning else 6, *shown.shape))
    design[0], design[1] = shown, 1
    down, right = design[2], design[3]
    down[:], right[:] = (_slope(moved, part, axis) for axis in (0, 1))
    rows = np.linspace(-1, 1, moved.shape[0], dtype=np.float32)[part[0], None]
    columns = np.linspace(-1, 1, moved.shape[1], dtype=np.float32)[part[1]]
    np.multiply(down, rows, out=design[4])
    np.multiply(right, columns, out=design[5])
    if turning:
        np.multiply(down, columns, out=design[6])
        np.multiply(right, rows, out=design[7])
    return design.reshape(len(design), -1), (outer[part] - shown).ravel()


def _slope(picture: np.ndarray, part: tuple[slice, slice], axis: int) -> np.ndarray:
    """Derivative along an axis of a part of a picture, as `numpy.gradient` of the whole."""
    size, (start, stop) = picture.shape[axis], (part[axis].start, part[axis].stop)
    if size < 2:
        return np.zeros_like(picture[part])
    at = np.arange(start, stop)
    low, high = np.maximum(at - 1, 0), np.minimum(at + 1, size - 1)
    across = picture[:, part[1]] if axis == 0 else picture[part[0]]
    steps = (high - low).astype(np.float32)
    return (across.take(high, axis) - across.take(low, axis)) / (
        steps[:, None] if axis == 0 else steps
    )


def warped(
    inner: np.ndarray, shape: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """The inner pictures `(..., h, w)` on the outer one's pixels `(..., H, W)`, float32.

    Bilinear, the edges of the inner ones drawn out.
    """
    straight, middle = _straight(shape, scale, offset)
    if max(abs(scale[0, 1]), abs(scale[1, 0])) * max(shape) < STILL:  # three times as fast
        rows = np.arange(shape[0]) * straight[0] + middle[0]
        columns = np.arange(shape[1]) * straight[1] + middle[1]
        return _between(_between(np.asarray(inner, np.float32), rows, -2), columns, -1)
    flat = inner.reshape(-1, *inner.shape[-2:])
    return np.stack([_turned(picture, shape, scale, offset) for picture in flat]).reshape(
        *inner.shape[:-2], *shape
    )


def _between(pictures: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
    """What pictures show between their pixels, at places `(n,)` along an axis."""
    at = np.clip(at, 0, pictures.shape[axis] - 1)
    low = at.astype(np.int64)
    part = (at - low).astype(np.float32)[:, None] if axis == -2 else (at - low).astype(np.float32)
    made = pictures.take(low, axis)
    step = pictures.take(np.minimum(low + 1, pictures.shape[axis] - 1), axis)
    step -= made
    step *= part
    made += step
    return made


def _turned(
    inner: np.ndarray, shape: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """As `warped`, of one picture that is turned: by Pillow, so that its edges are led on."""
    to, ends = scale.tolist(), np.array(shape) - 1
    places, rims = [], []
    for k, size in enumerate(inner.shape):
        corners = [offset[k] + to[k][0] * y + to[k][1] * x for y in (0, ends[0])
                   for x in (0, ends[1])]  # fmt: skip
        before = max(0, math.ceil(1 - min(corners)))
        after = max(0, math.ceil(max(corners) + 2 - size))
        places.append(np.clip(np.arange(-before, size + after), 0, size - 1))
        rims.append(before)
    wide = np.ascontiguousarray(inner.take(places[0], 0).take(places[1], 1), np.float32)
    corner = [offset[k] + rims[k] + 0.5 - (to[k][0] + to[k][1]) / 2 for k in (0, 1)]
    how = (to[1][1], to[1][0], corner[1], to[0][1], to[0][0], corner[0])
    return np.asarray(
        Image.fromarray(wide).transform(
            shape[::-1], Image.Transform.AFFINE, how, Image.Resampling.BILINEAR
        )
    )


def _straight(
    outer: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The map by rows and columns, `(2,)` each, that agrees along the outer's middle lines."""
    aside = np.array([scale[0, 1] * (outer[1] - 1), scale[1, 0] * (outer[0] - 1)])
    return scale.diagonal(), aside / 2 + offset


def reach(
    inner: tuple[int, ...], outer: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """Which pixels `(H, W)` of the outer picture's shape the inner one reaches.

    The rectangle along its middle lines: a turned one reaches a little more and a little less.
    """
    to = _straight(outer, scale, offset)
    at = [np.arange(n) * s + o for n, s, o in zip(outer, *to, strict=True)]
    rows, columns = ((a >= -0.51) & (a <= n - 0.49) for a, n in zip(at, inner, strict=True))
    return rows[:, None] & columns


def rectangle(inside: np.ndarray, rim: int) -> tuple[slice, slice]:
    """Of a filled rectangle `(H, W)` bool the part that its surroundings are not smoothed into.

    The whole of it where too little would be left.
    """
    filled = [np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0)]
    if min(map(len, filled)) == 0:
        return slice(0, 0), slice(0, 0)
    rim = 0 if min(map(len, filled)) <= 4 * rim else rim
    rows, columns = (slice(int(places[0]) + rim, int(places[-1]) + 1 - rim) for places in filled)
    return rows, columns


def without_rim(inside: np.ndarray, rim: int) -> np.ndarray:
    """A filled rectangle `(H, W)` bool, less what its surroundings are smoothed into."""
    inner = np.zeros_like(inside)
    inner[rectangle(inside, rim)] = True
    return inner
