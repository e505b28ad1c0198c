"""Hashes of a file's bytes, of its pixels, and of what it looks like."""

import hashlib

import numpy as np
from PIL import Image
from scipy.fft import dctn

GAP = 3.0  # a much larger picture is brought to so many times SIDE by means over blocks first
SIDE, LOW = 32, 8  # of the grey picture that is transformed, and of its lowest frequencies


def content_hash(encoded: bytes) -> str:
    """BLAKE2b of the bytes of a file: 32 hexadecimal digits."""
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def pixel_hash(image: np.ndarray) -> str:
    """BLAKE2b of the size and the decoded pixels (H, W, C) uint8: 32 hexadecimal digits.

    A grey picture and the same one stored as RGB have one hash.
    """
    if image.shape[2] == 3 and (image[:1, :, 0] == image[:1, :, 1]).all():
        grey = (image == image[..., :1]).all()
        image = image[..., :1] if grey else image
    digest = hashlib.blake2b(repr(image.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(image))
    return digest.hexdigest()


def levels_hash(luminance: np.ndarray) -> str:
    """BLAKE2b of how many pixels of (H, W) uint8 have each level: 32 hexadecimal digits.

    The same for a picture that is turned or mirrored, which moves pixels and changes none. Saving
    with a loss changes them.
    """
    counts = Image.fromarray(np.ascontiguousarray(luminance)).histogram()
    return hashlib.blake2b(repr(counts).encode(), digest_size=16).hexdigest()


def perceptual_hashes(luminance: np.ndarray) -> list[tuple[str, str]]:
    """PHash of pictures of one size and of their mirror images: 64 bits, 16 digits each.

    The bits are whether each of the 8 x 8 lowest cosine frequencies of the grey picture, brought
    to 32 x 32, is above their median (Zauner 2010), row by row; they are those of
    `imagehash.phash` but for a bit or two, here for many pictures at once. Coefficients are
    rounded, so that a picture of one colour has one hash. Few differing bits propose a copy and
    prove nothing: plain pictures and pages of text collide.

    Args:
        luminance: (B, H, W) uint8.
    """
    small = np.stack([_small(grey) for grey in luminance]).astype(np.float64)
    low = dctn(small, axes=(1, 2))[:, :LOW, :LOW]  # (B, 8, 8)
    mirrored = low * (-1.0) ** np.arange(LOW)  # odd frequencies along a row change their sign
    plain, turned = _bits(low), _bits(mirrored)
    return [(a.tobytes().hex(), b.tobytes().hex()) for a, b in zip(plain, turned, strict=True)]


def _small(luminance: np.ndarray) -> np.ndarray:
    """(H, W) uint8 brought to 32 x 32."""
    drawn = Image.fromarray(np.ascontiguousarray(luminance))
    if drawn.size == (SIDE, SIDE):
        return luminance
    return np.asarray(drawn.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=GAP))


def _bits(low: np.ndarray) -> np.ndarray:
    """(B, 8, 8) coefficients to (B, 8) bytes."""
    flat = low.reshape(len(low), -1).round(6)
    return np.packbits(flat > np.median(flat, axis=1, keepdims=True), axis=1)
