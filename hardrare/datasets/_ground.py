"""Transparent pictures on a ground on which what is drawn stays visible."""

import numpy as np
from PIL import Image

WITH = {"RGB": "RGBA", "L": "LA", "1": "LA", "P": "PA"}  # modes of the same with transparency
WITHOUT = {"RGBA": "RGB", "RGBa": "RGB", "LA": "L", "La": "L", "PA": "P"}
GROUNDS = (255, 128)  # white as most programs show it, mid-grey; of equal ones the first
ENOUGH = 64  # grey levels by which what is drawn stands out from white, as most programs show it
FAINTEST = 0.10  # share of what is drawn that may be fainter


def mode(image: Image.Image) -> str:
    """The mode of a picture, with an A at its end exactly where something in it is transparent."""
    if not image.has_transparency_data:
        return image.mode
    return _said(image.mode, image.convert("RGBA").getchannel("A").getextrema()[0] < 255)


def wide_mode(said: str, opacity: np.ndarray | None) -> str:
    """The same of a picture that is an array, whose file says a mode."""
    return _said(said, opacity is not None and opacity.min() < 255)


def _said(mode: str, clear: bool) -> str:
    return (WITH if clear else WITHOUT).get(mode, mode)


def opaque(image: Image.Image) -> Image.Image:
    """The same picture without transparency, grey where it was grey.

    The ground is white where all but a tenth of what is drawn (by its opacity) stands out from it,
    else that of `GROUNDS` from which it stands out more: what is white or pale gets mid-grey, from
    which its dark lines stand out, too.

    Args:
        image: of any mode with transparency.
    """
    grey = image.mode in ("LA", "La", "L", "1")
    over = image.convert("RGBA")
    alpha = over.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return over.convert("L" if grey else "RGB")
    ground = _ground(np.asarray(over.convert("L")), np.asarray(alpha))
    laid = Image.alpha_composite(Image.new("RGBA", over.size, (ground,) * 3 + (255,)), over)
    return laid.convert("L" if grey else "RGB")


def _ground(level: np.ndarray, alpha: np.ndarray) -> int:
    """The ground for luminance (H, W) of opacity (H, W), both uint8."""
    drawn = np.bincount(level.ravel(), weights=alpha.ravel(), minlength=256)
    if not drawn.sum():
        return GROUNDS[0]
    if _stands_out(drawn, GROUNDS[0]) >= ENOUGH:
        return GROUNDS[0]
    return max(GROUNDS, key=lambda ground: _stands_out(drawn, ground))


def _stands_out(drawn: np.ndarray, ground: int) -> int:
    """The distance in grey levels that all but a tenth of what is drawn keeps."""
    apart = np.bincount(np.abs(np.arange(256) - ground), weights=drawn, minlength=256)
    return int((apart.cumsum() > FAINTEST * drawn.sum()).argmax())
