"""The picture that a study keeps of an image: its aspect, not all of its pixels."""

from io import BytesIO

from PIL import Image

from hardrare.numerics.sizes import within

QUALITY = 82  # of JPEG; at 320 pixels 16.5 kB a photograph
TINY = 128 * 128  # pixels; such pictures of lossless files stay lossless


def shrunk(drawn: Image.Image, side: int) -> Image.Image:
    """A picture whose longest side is at most so long; the same one where it is already."""
    size = within(drawn.size, side)
    if size == drawn.size:
        return drawn
    return drawn.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def as_file(drawn: Image.Image, lossless: bool) -> bytes:
    """A picture as JPEG; as PNG where it is of a lossless file, and tiny or smaller so."""
    jpeg = BytesIO()
    drawn.save(jpeg, "JPEG", quality=QUALITY, optimize=True)
    if lossless:
        png = BytesIO()
        drawn.save(png, "PNG")
        if drawn.width * drawn.height <= TINY or png.tell() <= jpeg.tell():
            return png.getvalue()
    return jpeg.getvalue()
