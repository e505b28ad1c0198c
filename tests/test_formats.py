"""Every format and pixel mode against the pixels that it should give."""

import numpy as np
import pytest
from dataset_files import encoded, pixels, read, read_all, write_files, write_parquet
from PIL import Image, ImageDraw

from hardrare.datasets.folder import folder
from hardrare.datasets.parquet import parquet

LOSSLESS = {
    "png": "PNG", "bmp": "BMP", "tif": "TIFF", "tiff": "TIFF", "webp": "WEBP", "PNG": "PNG",
}  # fmt: skip
LEFT, RIGHT = (200, 30, 90), (10, 120, 250)


def two_halves(mode="RGB", left=LEFT, right=RIGHT):
    """6 wide and 4 high, one colour on the left and one on the right."""
    image = Image.new(mode, (6, 4), right)
    ImageDraw.Draw(image).rectangle((0, 0, 2, 3), fill=left)
    return image


def only(tmp_path, name, content):
    """The pixels (4, 6, 3) of the one image of a folder; 16 bits over their whole range."""
    write_files(tmp_path, {name: content})
    return pixels(folder(tmp_path).train, limits=(0.0, 65535.0))[0]


def halves(image):
    """The colours of the halves of (4, 6, 3), which must be flat."""
    assert image.shape == (4, 6, 3)
    assert (image[:, :3] == image[0, 0]).all()
    assert (image[:, 3:] == image[0, 5]).all()
    return tuple(image[0, 0].tolist()), tuple(image[0, 5].tolist())


@pytest.mark.parametrize("end", LOSSLESS)
def test_lossless_formats_give_their_pixels(tmp_path, end):
    options = {"lossless": True} if end == "webp" else {}
    content = encoded(two_halves(), LOSSLESS[end], **options)
    assert halves(only(tmp_path, f"a.{end}", content)) == (LEFT, RIGHT)


@pytest.mark.parametrize(
    "compression", ["tiff_lzw", "tiff_deflate", "packbits", "tiff_adobe_deflate"]
)
def test_compressed_tiff(tmp_path, compression):
    content = encoded(two_halves(), "TIFF", compression=compression)
    assert halves(only(tmp_path, "a.tif", content)) == (LEFT, RIGHT)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
@pytest.mark.parametrize("end", ["jpg", "JPEG"])
def test_jpeg(tmp_path, end, options):
    flat = Image.new("RGB", (16, 16), LEFT)
    image = only(tmp_path, f"a.{end}", encoded(flat, "JPEG", quality=95, **options))
    assert (np.abs(image.astype(int) - LEFT) <= 3).all()


def palette():
    image = two_halves("P", 1, 2)
    image.putpalette([9, 9, 9, *LEFT, *RIGHT])
    return image


def transparent_palette():
    return encoded(palette(), "PNG", transparency=2)


GREY = ((70,) * 3, (180,) * 3)
MODES = {
    "grey": ("a.png", lambda: encoded(two_halves("L", 70, 180)), GREY),
    "grey jpeg": ("a.jpg", lambda: encoded(Image.new("L", (6, 4), 70), "JPEG"), (GREY[0],) * 2),
    "black and white": ("a.png", lambda: encoded(two_halves("1", 0, 1)), ((0,) * 3, (255,) * 3)),
    "palette": ("a.png", lambda: encoded(palette()), (LEFT, RIGHT)),
    "palette gif": ("a.gif", lambda: encoded(palette(), "GIF"), (LEFT, RIGHT)),
    "palette bmp": ("a.bmp", lambda: encoded(palette(), "BMP"), (LEFT, RIGHT)),
    "transparent palette": ("a.png", transparent_palette, (LEFT, (255,) * 3)),
    "alpha": (
        "a.png",
        lambda: encoded(two_halves("RGBA", (*LEFT, 255), (0, 0, 0, 51))),
        (LEFT, (204,) * 3),  # a fifth of black on white
    ),
    "alpha webp": (
        "a.webp",
        lambda: encoded(two_halves("RGBA", (*LEFT, 255), (0, 0, 0, 0)), "WEBP", lossless=True),
        (LEFT, (255,) * 3),
    ),
    "grey and alpha": (
        "a.png", lambda: encoded(two_halves("LA", (70, 255), (0, 0))), (GREY[0], (255,) * 3),
    ),
    "colour key": (
        "a.png", lambda: encoded(two_halves(), "PNG", transparency=RIGHT), (LEFT, (255,) * 3),
    ),
    "cmyk tiff": (
        "a.tif",
        lambda: encoded(two_halves("CMYK", (0, 255, 255, 0), (0, 0, 0, 255)), "TIFF"),
        ((255, 0, 0), (0, 0, 0)),
    ),
    "cmyk jpeg": (
        "a.jpg",
        lambda: encoded(Image.new("CMYK", (6, 4), (0, 0, 0, 255)), "JPEG", quality=100),
        ((0, 0, 0),) * 2,
    ),
    "16 bits png": ("a.png", lambda: encoded(sixteen()), GREY),
    "16 bits tiff": ("a.tif", lambda: encoded(sixteen(), "TIFF"), GREY),
    "16 bits big-endian tiff": (
        "a.tif", lambda: encoded(Image.fromarray(sixteen().astype(">u2")), "TIFF"), GREY,
    ),
    "first frame of a gif": (
        "a.gif",
        lambda: encoded(
            palette(), "GIF", save_all=True, append_images=[Image.new("P", (6, 4), 0)] * 2
        ),
        (LEFT, RIGHT),
    ),
    "first page of a tiff": (
        "a.tif",
        lambda: encoded(
            two_halves(), "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))]
        ),
        (LEFT, RIGHT),
    ),
    "first frame of a webp": (
        "a.webp",
        lambda: encoded(
            two_halves(), "WEBP", lossless=True, save_all=True,
            append_images=[Image.new("RGB", (6, 4))],
        ),
        (LEFT, RIGHT),
    ),
    "first frame of a png": (
        "a.png",
        lambda: encoded(
            two_halves(), "PNG", save_all=True, append_images=[Image.new("RGB", (6, 4))]
        ),
        (LEFT, RIGHT),
    ),
    "a jpeg by another name": (
        "a.png", lambda: encoded(Image.new("L", (6, 4), 70), "JPEG"), (GREY[0],) * 2,
    ),
}  # fmt: skip


def sixteen():
    values = np.full((4, 6), 180 * 257, np.uint16)
    values[:, :3] = 70 * 257
    return values


@pytest.mark.parametrize("mode", MODES)
def test_modes_give_eight_bits_of_red_green_and_blue(tmp_path, mode):
    name, content, expected = MODES[mode]
    found = halves(only(tmp_path, name, content()))
    assert np.abs(np.subtract(found, expected)).max() <= ("jpeg" in mode)


UPRIGHT = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_exif_orientation(tmp_path, kind, orientation):
    """Each of the eight stored arrays, with its orientation, is the same upright image."""
    stored = {
        1: UPRIGHT, 2: UPRIGHT[:, ::-1], 3: UPRIGHT[::-1, ::-1], 4: UPRIGHT[::-1],
        5: UPRIGHT.T, 6: UPRIGHT.T[::-1], 7: UPRIGHT.T[::-1, ::-1], 8: UPRIGHT.T[:, ::-1],
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    image = Image.fromarray(np.ascontiguousarray(stored)).convert("RGB")
    content = encoded(image, kind, exif=exif, **options)
    found = only(tmp_path, f"a.{kind.lower()}", content)
    np.testing.assert_array_equal(found[..., 0], UPRIGHT)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(UPRIGHT), exif=exif)
    np.testing.assert_array_equal(only(tmp_path, "a.png", content)[..., 0], UPRIGHT)


@pytest.mark.parametrize(
    "junk", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*junk"]
)
def test_damaged_exif_costs_nothing_but_the_orientation(tmp_path, junk):
    content = encoded(Image.new("L", (6, 4), 70), "JPEG", exif=b"Exif\0\0" + junk)
    assert (only(tmp_path, "a.jpg", content) == 70).all()


def test_grey_stays_grey_where_a_dataset_is_grey(tmp_path):
    images = [encoded(two_halves("L", 70, 180)), encoded(sixteen()), encoded(two_halves("1", 0, 1))]
    train = parquet(write_parquet(tmp_path / "x.parquet", images)).train
    found = pixels(train, limits=(0.0, 65535.0))
    assert found.shape == (3, 4, 6, 1)
    assert found[:, 0, [0, 5], 0].tolist() == [[70, 180], [70, 180], [0, 255]]


def test_equal_folders_give_equal_bytes_whatever_the_order_of_their_files(tmp_path):
    names = [f"{a}/{b}.png" for a in ("b", "a", "B0") for b in ("z", "y", "Y0", "10", "9")]
    rng = np.random.default_rng(0)
    files = {n: encoded(rng.integers(0, 255, (5, 4, 3), np.uint8)) for n in names}
    files["c/broken.png"] = b"x"
    write_files(tmp_path / "one", files)
    write_files(tmp_path / "two", dict(reversed(files.items())))
    one, two = (read_all("folder", tmp_path / n, size=3, limit=6) for n in ("one", "two"))
    for a, b in zip(one[:2], two[:2], strict=True):
        assert a.file_name == b.file_name == sorted(a.file_name)
        assert a.image.tobytes() == b.image.tobytes()
        assert a.label.tolist() == b.label.tolist()
    assert one[2] == two[2]


def test_draft_of_a_large_jpeg_is_near_the_full_image(tmp_path):
    """A large JPEG is decoded at a fraction of its size: at most a few grey levels apart."""
    x, y = np.meshgrid(np.arange(1200), np.arange(900))
    smooth = np.stack([x * 255 // 1200, y * 255 // 900, (x + y) * 255 // 2100], -1).astype(np.uint8)
    write_files(tmp_path, {"a.jpg": encoded(smooth, "JPEG", quality=95)})
    found = read("folder", tmp_path, size=32, test_share=0.0)[0].image[0].astype(int)
    whole = Image.fromarray(smooth).resize((32, 32), Image.Resampling.BICUBIC)
    assert np.abs(found - np.asarray(whole).astype(int)).max() <= 6
