"""Which formats are read, and what a file is by its first bytes, whatever its name says."""

import re
from contextlib import suppress
from functools import cache

# Pillow knows more formats, some of which call other programs: no file may choose them.
FORMATS = (
    "JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM", "JPEG2000", "AVIF", "HEIF",
)  # fmt: skip
SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".webp", ".gif", ".tif",
    ".tiff", ".heic", ".heif", ".hif", ".avif", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".jp2",
    ".j2k", ".jpx", ".jpf", ".j2c",
)  # fmt: skip
HEAD = 64  # bytes that tell

# What begins so can be read ...
IMAGES = {
    "a JPEG": rb"\xff\xd8\xff",
    "a PNG": rb"\x89PNG\r\n\x1a\n",
    "a GIF": rb"GIF8[79]a",
    "a WebP": rb"RIFF....WEBP",
    "a TIFF": rb"II[*+]\x00(?!.{4}CR)|MM\x00[*+]",
    "a JPEG 2000": rb"\x00\x00\x00\x0cjP  \r\n|\xff\x4f\xff\x51",
    "an AVIF": rb"....ftypavi[fs]",
    "a HEIC": rb"....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)",
    "a portable pixmap": rb"P[1-7fF]\s",
    "a bitmap": rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00",
}
# ... and this is named as what it is.
OTHERS = {
    "a web page": rb"\s*(<!doctype html|<html|<head|<\?xml[^>]*>\s*<html)",
    "a vector image (SVG)": rb"\s*(<svg|<\?xml)",
    "a pointer of Git LFS, not the file itself": rb"version https://git-lfs",
    "a page of PDF or PostScript": rb"%PDF|%!PS",
    "an archive": rb"PK\x03\x04|PK\x05\x06|\x1f\x8b|Rar!|7z\xbc\xaf|BZh|\xfd7zXZ",
    "a Photoshop file": rb"8BPS",
    "an icon": rb"\x00\x00[\x01\x02]\x00[^\x00]",
    "a raw photograph": rb"II\*\x00.{4}CR|FUJIFILMCCD|IIRO|IIU\x00|\x00MRM|FOVb|....ftypcrx ",
    "an animation cursor or sound": rb"RIFF....(ACON|WAVE)",
    "a video": rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI |\x00\x00\x01\xba|....moov",
    "a JPEG XL": rb"\xff\x0a|\x00\x00\x00\x0cJXL ",
    "an AppleDouble file": rb"\x00\x05\x16\x07",
    "a database or an old Office file": rb"SQLite format 3|\xd0\xcf\x11\xe0",
    "a NumPy array": rb"\x93NUMPY",
    "a FITS or DICOM image": rb"SIMPLE  =|.{128}DICM",
    "a message in JSON": rb"\s*[{\[]\s*[\"{\[\]}]",
}
_IMAGE = re.compile(b"|".join(b"(?:" + mark + b")" for mark in IMAGES.values()), re.DOTALL)


def is_image(head: bytes) -> bool:
    """Whether a file that begins so is of a format that is read."""
    return _IMAGE.match(head) is not None


def what(head: bytes) -> str:
    """What a file is that begins so, in a few words with their article."""
    if not head:
        return "an empty file"
    for name, pattern in (IMAGES | OTHERS).items():
        if re.match(pattern, head, re.DOTALL | re.IGNORECASE):
            return name
    if not head.strip(b"\x00"):
        return "a file of zeros"
    return "a text" if _is_text(head) else "of an unknown format"


def _is_text(head: bytes) -> bool:
    """Whether a beginning is UTF-8 without control characters; its last letter may be cut."""
    for cut in range(4):
        with suppress(UnicodeDecodeError):
            text = head[: len(head) - cut].decode()
            return bool(text) and all(
                character.isprintable() or character in "\t\n\r\f" for character in text
            )
    return False


@cache
def openers() -> None:
    """Teach Pillow to open HEIC (and HEIF); it knows the others."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
