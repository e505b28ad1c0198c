"""One picture moved onto another: forms, sizes, and a fit of scale and place below a pixel."""

import numpy as np
from PIL import Image
from scipy.ndimage import affine_transform, gaussian_filter

FORMS = tuple(range(8))  # quarter turns of the picture, then of its mirror image
TINY = 24  # pixels of the longest side below which pictures are moved by whole pixels alone
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


def fitted(picture: np.ndarray, longest: int) -> np.ndarray:
    """The picture `(H, W)` float with a longest side of so many pixels; none is left at 0."""
    height, width = picture.shape
    factor = longest / max(height, width)
    shape = (max(1, round(height * factor)), max(1, round(width * factor)))
    if shape == (height, width):
        return picture
    drawn = Image.fromarray(np.ascontiguousarray(picture, np.float32))
    return np.asarray(drawn.resize(shape[::-1], Image.Resampling.BILINEAR))


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
        moved, inside = warped(inner, outer.shape, scale, offset)
        part = rectangle(inside, rim)
        if moved[part].size < 64:
            break
        design, error = _normal(outer, moved, part, turning)
        step, *_ = np.linalg.lstsq(design @ design.T, design @ error, rcond=None)
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


def _normal(
    outer: np.ndarray, moved: np.ndarray, part: tuple[slice, slice], turning: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives `(6 or 8, n)` by gain, offset, place, scale and turn; differences `(n,)`."""
    down, right = (one[part] for one in np.gradient(moved))
    rows = np.linspace(-1, 1, moved.shape[0], dtype=np.float32)[part[0], None]
    columns = np.linspace(-1, 1, moved.shape[1], dtype=np.float32)[part[1]]
    shown = moved[part]
    parts = [shown, np.ones_like(shown), down, right, down * rows, right * columns]
    parts += [down * columns, right * rows] if turning else []
    flat = np.stack(parts).reshape(len(parts), -1)
    return flat.astype(np.float64), (outer[part] - shown).ravel()


def warped(
    inner: np.ndarray, shape: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The inner picture on the outer one's pixels `(H, W)`, and where it reaches."""
    straight, middle = _straight(shape, scale, offset)
    still = np.abs(scale - np.diag(straight)).max() * max(shape) < STILL
    to = (straight, middle) if still else (scale, offset)  # the former is three times as fast
    moved = affine_transform(inner, *to, output_shape=shape, order=1, mode="nearest")
    return moved, reach(inner.shape, shape, scale, offset)


def _straight(
    outer: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The map by rows and columns, `(2,)` each, that agrees along the outer's middle lines."""
    straight = scale.diagonal()
    return straight, (scale - np.diag(straight)) @ (np.array(outer) - 1) / 2 + offset


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
    found = [np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0)]
    if min(map(len, found)) == 0:
        return slice(0, 0), slice(0, 0)
    rim = 0 if min(map(len, found)) <= 4 * rim else rim
    rows, columns = (slice(int(one[0]) + rim, int(one[-1]) + 1 - rim) for one in found)
    return rows, columns


def without_rim(inside: np.ndarray, rim: int) -> np.ndarray:
    """A filled rectangle `(H, W)` bool, less what its surroundings are smoothed into."""
    inner = np.zeros_like(inside)
    inner[rectangle(inside, rim)] = True
    return inner


def smoothed(picture: np.ndarray, deviation: float = 1.0) -> np.ndarray:
    """The picture without its finest detail; a tiny one as it is."""
    return picture if max(picture.shape) < TINY else gaussian_filter(picture, deviation)
