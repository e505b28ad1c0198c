"""Where one picture lies in another: turned, mirrored, cropped or bordered, moved a little.

Normalised cross-correlation of small grey versions finds the form, the scale and the place;
Gauss-Newton steps on larger ones then fit scale and place below a pixel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter
from skimage.feature import match_template
from skimage.transform import resize

FORMS = tuple(range(8))  # quarter turns of the picture, then of its mirror image
COARSE, FINE = 32, 64  # pixels of the longest side, where the place is looked for
SCALES = np.linspace(1.0, 0.7, 9)  # of the inner picture's side to the outer one's
SURE = 0.98  # correlation from which on no other scale is tried
WORTH = 0.5  # correlation at the coarse size below which no finer one is tried
TINY = 24  # pixels of the longest side below which pictures are moved by whole pixels alone
SMALL = 64  # pixels of the longest side below which a pixel's move is one of whole pixels
STEPS = 6  # of the fit
_TRIES = [(float(s), inside) for s in SCALES for inside in ((True, False) if s < 1 else (True,))]


@dataclass(frozen=True)
class Place:
    """Where the inner picture lies in the outer one.

    Attributes:
        form: of `FORMS`; what was done to the second picture before.
        second_inside: whether the second lies in the first, or the first in the second.
        scale: longest side of the inner, in shares of the outer one's longest side.
        top: of the inner picture's corner in the outer one, in shares of that longest side.
        left: likewise.
        correlation: there, -1..1.
    """

    form: int
    second_inside: bool
    scale: float
    top: float
    left: float
    correlation: float


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
    return resize(picture, shape, order=1, anti_aliasing=factor < 1).astype(np.float32)


def locate(first: np.ndarray, second: np.ndarray, forms: Sequence[int]) -> Place | None:
    """The best place of one grey picture in the other, over some forms and all scales.

    Args:
        first: `(H, W)` float.
        second: `(H, W)` float, of any other size.
        forms: of the second that are tried, in order; of equals the first wins.

    Returns:
        None where no form of the second fits: shapes too unlike.
    """
    rough = _best(first, second, [(f, i, s) for f in forms for s, i in _TRIES], COARSE)
    if rough is None or rough.correlation < WORTH or max(*first.shape, *second.shape) <= COARSE:
        return rough
    near = np.flatnonzero(np.abs(SCALES - rough.scale) < 0.04)
    tries = [(rough.form, rough.second_inside, float(SCALES[i])) for i in near]
    return _best(first, second, tries, FINE) or rough


def _best(
    first: np.ndarray, second: np.ndarray, tries: Sequence[tuple[int, bool, float]], side: int
) -> Place | None:
    """The best of some tries: form, whether the second lies inside, scale."""
    side = min(side, max(*first.shape, *second.shape))
    best = None
    for form, second_inside, scale in tries if side >= TINY else [t for t in tries if t[2] == 1]:
        other = turned(second, form)
        outer, inner = (first, other) if second_inside else (other, first)
        here = _place(fitted(outer, side), fitted(inner, round(side * scale)))
        if here and (best is None or here[0] > best.correlation):
            best = Place(form, second_inside, scale, here[1] / side, here[2] / side, here[0])
        if best and best.correlation >= SURE:
            break
    return best


def _place(outer: np.ndarray, inner: np.ndarray) -> tuple[float, int, int] | None:
    """Correlation, top and left of the inner `(h, w)` in the outer `(H, W)`, moved out a little."""
    edge = max(1, max(outer.shape) // 12)
    if any(i > o + 2 * edge for i, o in zip(inner.shape, outer.shape, strict=True)):
        return None
    if np.ptp(inner) < 1e-3 or np.ptp(outer) < 1e-3:
        return 0.0, 0, 0
    found = match_template(np.pad(outer, edge, mode="edge"), inner)
    top, left = np.unravel_index(found.argmax(), found.shape)
    return float(found[top, left]), int(top) - edge, int(left) - edge


def fit(
    outer: np.ndarray, inner: np.ndarray, top: float, left: float
) -> tuple[np.ndarray, np.ndarray]:
    """Map of the outer picture's pixels into the inner one, fitted from a first place on.

    Each axis has a scale and an offset of its own; gain and offset of the grey levels are fitted
    with them, on blurred pictures first. Tiny pictures are only moved to the first place.

    Args:
        outer: `(H, W)` float.
        inner: `(h, w)` float, about as large as it lies in the outer one.
        top: of the inner one's corner, pixels of the outer.
        left: likewise.

    Returns:
        Scale `(2,)` and offset `(2,)`: inner = scale * outer + offset, rows first.
    """
    found = np.ones(2), np.array([-top, -left], float)
    if max(outer.shape) >= TINY:
        for deviation in (3.0, 1.0):
            rim = round(2 * deviation)
            found = _fit(smoothed(outer, deviation), smoothed(inner, deviation), *found, rim)
    return _whole(*found, max(outer.shape))


def _whole(scale: np.ndarray, offset: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The map by whole pixels where a small picture was most likely moved by such."""
    centre = offset + (scale - 1) * size / 2
    near = np.abs(scale - 1).max() * size < 1 and np.abs(centre - centre.round()).max() < 0.35
    return (np.ones(2), centre.round()) if size < SMALL and near else (scale, offset)


def _fit(
    outer: np.ndarray, inner: np.ndarray, scale: np.ndarray, offset: np.ndarray, rim: int
) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Newton steps, as long as they lower the mean squared difference."""
    best, taken = np.inf, (scale, offset)
    centre = (np.array(outer.shape) - 1) / 2
    for _ in range(STEPS):
        moved, inside = warped(inner, outer.shape, scale, offset)
        inside = without_rim(inside, rim)
        if inside.sum() < 64:
            break
        design, error = _normal(outer, moved, inside)
        step, *_ = np.linalg.lstsq(design.T @ design, design.T @ error, rcond=None)
        size = float(((error - design[:, 4:] @ step[4:]) ** 2).mean())
        if size >= best * 0.999:
            break
        best, taken = size, (scale, offset)
        move = np.clip(step[:4] / max(abs(1 + step[4]), 0.1), -2, 2)
        change = move[2:] / np.maximum(centre, 1)
        scale, offset = scale + change, offset + move[:2] - change * centre
    return taken


def _normal(
    outer: np.ndarray, moved: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives `(n, 6)` by place, scale, gain and offset, and the differences `(n,)`."""
    down, right = np.gradient(moved)
    rows = np.linspace(-1, 1, moved.shape[0])[:, None]
    columns = np.linspace(-1, 1, moved.shape[1])
    parts = [down, right, down * rows, right * columns, moved, np.ones_like(moved)]
    return np.stack([part[inside] for part in parts], 1), (outer - moved)[inside]


def warped(
    inner: np.ndarray, shape: tuple[int, ...], scale: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The inner picture on the outer one's pixels `(H, W)`, and where it reaches."""
    moved = affine_transform(inner, scale, offset, output_shape=shape, order=1, mode="nearest")
    at = [np.arange(n) * s + o for n, s, o in zip(shape, scale, offset, strict=True)]
    rows, columns = ((a >= -0.51) & (a <= n - 0.49) for a, n in zip(at, inner.shape, strict=True))
    return moved, rows[:, None] & columns


def without_rim(inside: np.ndarray, rim: int) -> np.ndarray:
    """A rectangle `(H, W)` bool, less what its surroundings are smoothed into, if some is left."""
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    if min(len(rows), len(columns)) <= 4 * rim:
        return inside
    inner = np.zeros_like(inside)
    inner[rows[rim] : rows[-rim], columns[rim] : columns[-rim]] = True
    return inner


def smoothed(picture: np.ndarray, deviation: float = 1.0) -> np.ndarray:
    """The picture without its finest detail; a tiny one as it is."""
    return picture if max(picture.shape) < TINY else gaussian_filter(picture, deviation)
