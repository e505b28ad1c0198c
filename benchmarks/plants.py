"""What can be planted among photographs: one function a kind, all seeded.

A defect takes a photograph's place (otherwise it would also be a copy of it); a copy, a page of
text, static, one colour and a broken file come on top. A strength is an argument, so that what was
tuned on one strength can be judged on another.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

QUALITY = 92  # of what is encoded anew
STRENGTHS = {
    "blurred": 9.0,  # radius of the Gaussian, pixels
    "grainy": 70.0,  # standard deviation of the noise, grey levels
    "dark": 0.06,  # factor
    "blown_out": 3.0,  # factor, after 60 grey levels were added
    "jpeg": 30,  # quality
    "crop": 0.88,  # of each side
    "brighter": 1.35,  # factor
}
DEFECTS = {"blurred": 15, "grainy": 15, "dark": 10, "blown_out": 10}
MADE = {"static": 8, "flat": 8, "document": 12}
COPIES = {
    "exact": 20, "half_size": 20, "jpeg": 20, "crop": 20, "mirrored": 10, "rotated": 10,
    "brighter": 10, "grey": 10, "bordered": 10, "watermarked": 10,
}  # fmt: skip
BROKEN = 6


def encoded(image: Image.Image, quality: int = QUALITY) -> bytes:
    """A picture as a JPEG file."""
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture in a file, as RGB."""
    return Image.open(io.BytesIO(content)).convert("RGB")


def scaled(image: Image.Image, factor: float, offset: float = 0.0) -> Image.Image:
    """Brightness plus `offset`, times `factor`, clipped."""
    pixels = (np.asarray(image, np.float32) + offset) * factor
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def grainy(image: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    """Gaussian noise of its own in each channel."""
    pixels = np.asarray(image, np.float32)
    pixels = pixels + rng.normal(0, strength, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def crop(image: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """A part of `share` of each side, anywhere."""
    width, height = (round(side * share) for side in image.size)
    left = int(rng.integers(image.width - width + 1))
    top = int(rng.integers(image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def bordered(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A frame of one colour, 6 % of the longest side, outside the picture."""
    colour = tuple(int(v) for v in rng.choice([0, 255]) * np.ones(3, int))
    return ImageOps.expand(image, round(0.06 * max(image.size)), colour)


def watermarked(image: Image.Image) -> Image.Image:
    """Half-transparent words across the middle."""
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    font = ImageFont.load_default(max(10, image.width // 12))
    ImageDraw.Draw(layer).text(
        (image.width // 2, image.height // 2),
        "SAMPLE PHOTO",
        (255, 255, 255, 130),
        font,
        anchor="mm",
    )
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def document(rng: np.random.Generator) -> Image.Image:
    """A page of words that mean nothing, black on nearly white."""
    page = Image.new("RGB", (620, 800), (int(rng.integers(235, 256)),) * 3)
    font, draw = ImageFont.load_default(int(rng.integers(12, 17))), ImageDraw.Draw(page)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    for top in range(60, int(rng.integers(400, 740)), 22):
        words = ["".join(rng.choice(letters, int(rng.integers(2, 10)))) for _ in range(9)]
        draw.text((60, top), " ".join(words)[:62], (20, 20, 20), font)
    return page


def defect(kind: str, image: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    """The photograph with one of `DEFECTS`."""
    if kind == "blurred":
        return image.filter(ImageFilter.GaussianBlur(strength))
    if kind == "grainy":
        return grainy(image, strength, rng)
    return scaled(image, strength, 60.0 if kind == "blown_out" else 0.0)


def made(kind: str, rng: np.random.Generator) -> Image.Image:
    """One of `MADE`: nothing of a photograph is in it."""
    if kind == "document":
        return document(rng)
    if kind == "static":
        return Image.fromarray(rng.integers(0, 256, (375, 500, 3), np.uint8))
    return Image.new("RGB", (500, 375), tuple(int(v) for v in rng.integers(30, 226, 3)))


def copy(kind: str, content: bytes, strengths: dict[str, float], rng: np.random.Generator) -> bytes:
    """The file of a photograph again, as one of `COPIES`."""
    if kind == "exact":
        return content
    image = opened(content)
    if kind == "jpeg":
        return encoded(image, int(strengths["jpeg"]))
    how: dict[str, Callable[[], Image.Image]] = {
        "half_size": lambda: image.resize([max(1, side // 2) for side in image.size]),
        "crop": lambda: crop(image, strengths["crop"], rng),
        "mirrored": lambda: ImageOps.mirror(image),
        "rotated": lambda: image.transpose(Image.Transpose.ROTATE_90),
        "brighter": lambda: scaled(image, strengths["brighter"]),
        "grey": lambda: ImageOps.grayscale(image),
        "bordered": lambda: bordered(image, rng),
        "watermarked": lambda: watermarked(image),
    }
    return encoded(how[kind]())


def broken(whole: bytes, rng: np.random.Generator) -> list[bytes]:
    """Files that end in .jpg and hold no picture."""
    tail = rng.integers(0, 256, 600, np.uint8).tobytes()
    return [b"", b"this is no image", whole[:20], whole[: len(whole) // 3], tail, b"\x89PNG" + tail]
