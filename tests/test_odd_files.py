"""What phones, scanners, microscopes, browsers leave: read as it should, or named as what it is."""

import shutil
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
import tifffile
from dataset_files import encoded, flat, loaded, write_files
from PIL import Image, ImageDraw, ImageFilter
from scipy.stats import spearmanr

from hardrare.appearance import measure
from hardrare.datasets._wide import _limits, sample
from hardrare.tables import Skipped

SCAN = {"splits": "parts", "test_share": 0.0, "size": 16, "picture_side": 64}


def scene(seed=0, width=48, height=32):
    """Smooth colours (height, width, 3) uint8, different for each seed."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (4, 6, 3), np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def scan(root, **settings):
    """Row and image (16, 16, 3) of each file by its name, and what was skipped."""
    found = loaded("folder", root, [].append, **SCAN | settings)
    images = zip(found.rows, found.train.image, strict=True)
    return dict(zip(found.train.file_name, images, strict=True)), found


def save(path, image, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)


def test_formats_are_read_by_their_content(tmp_path):
    pillow_heif.register_heif_opener()
    drawn = scene()
    made = {
        "a.heic": ("HEIF", {"quality": 90}), "b.avif": ("AVIF", {"quality": 95}),
        "c.jfif": ("JPEG", {"quality": 95}), "d.ppm": ("PPM", {}), "e.jp2": ("JPEG2000", {}),
        "f.jpe": ("JPEG", {"quality": 95}), "g.webp": ("WEBP", {"quality": 95}),
    }  # fmt: skip
    for name, (kind, options) in made.items():
        save(tmp_path / name, drawn, format=kind, **options)
    shutil.copy(tmp_path / "a.heic", tmp_path / "heic.jpg")
    shutil.copy(tmp_path / "b.avif", tmp_path / "avif.png")
    shutil.copy(tmp_path / "c.jfif", tmp_path / "photo_without_ending")
    seen, found = scan(tmp_path)
    kinds = {name: row["format"] for name, (row, _) in seen.items()}
    assert kinds == {name: kind for name, (kind, _) in made.items()} | {
        "heic.jpg": "HEIF", "avif.png": "AVIF", "photo_without_ending": "JPEG",
    }  # fmt: skip
    assert found.skipped == []
    expected = np.asarray(drawn.resize((16, 16), Image.Resampling.BICUBIC)).astype(int)
    for name, (row, image) in seen.items():
        assert (row["width"], row["height"]) == (48, 32), name
        assert np.abs(image - expected).mean() < 6, name


def test_the_most_telling_frame_is_read_whatever_their_order(tmp_path):
    black, telling = Image.new("RGB", (40, 40)), scene(1, 40, 40)
    plain = [Image.new("RGB", (40, 40), (k, 90, 90)) for k in (10, 200)]
    save(tmp_path / "fade.gif", black, save_all=True, append_images=[telling] * 2, duration=100)
    save(tmp_path / "a.tif", telling, save_all=True, append_images=plain)
    save(tmp_path / "b.tif", plain[0], save_all=True, append_images=[plain[1], telling])
    save(tmp_path / "c.webp", black, save_all=True, append_images=[telling], lossless=True)
    save(tmp_path / "d.png", black, save_all=True, append_images=[telling])
    save(tmp_path / "one.png", telling)
    seen, _ = scan(tmp_path)
    frames = {name: row["frames"] for name, (row, _) in seen.items()}
    # a GIF keeps two equal frames as one
    assert frames == {"fade.gif": 2, "a.tif": 3, "b.tif": 3, "c.webp": 2, "d.png": 2, "one.png": 1}
    for name in ("a.tif", "b.tif", "c.webp", "d.png"):
        np.testing.assert_array_equal(seen[name][1], seen["one.png"][1])
    assert np.abs(seen["fade.gif"][1].astype(int) - seen["one.png"][1]).mean() < 8


def test_the_largest_level_of_a_pyramid_is_read(tmp_path):
    levels = [scene(2, 24, 16), scene(2, 96, 64), scene(2, 48, 32)]
    save(tmp_path / "a.tif", levels[0], save_all=True, append_images=levels[1:])
    row, _ = scan(tmp_path)[0]["a.tif"]
    assert (row["width"], row["height"], row["frames"]) == (96, 64, 3)


def test_a_huge_photograph_is_read_by_a_reduced_decode(tmp_path):
    save(tmp_path / "a.jpg", Image.new("L", (12000, 9000), 77), quality=50)
    seen, found = scan(tmp_path)
    row, image = seen["a.jpg"]
    assert (row["width"], row["height"]) == (12000, 9000)
    assert (np.abs(image.astype(int) - 77) <= 1).all()
    assert found.skipped == []


def test_what_is_drawn_on_a_clear_ground_stays_visible(tmp_path):
    for name, shape in (("cross", [(10, 28, 50, 34), (28, 10, 34, 50)]), ("box", [(8, 8, 52, 52)])):
        for colour in ("white", "black", "grey"):
            icon = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
            for at in shape:
                ImageDraw.Draw(icon).rectangle(at, fill=colour)
            save(tmp_path / f"{name}_{colour}.png", icon)
    save(tmp_path / "clear.png", Image.new("RGBA", (60, 60), (0, 0, 0, 0)))
    half = Image.new("RGBA", (60, 60), (0, 0, 0, 128))
    save(tmp_path / "half.png", half)
    seen, _ = scan(tmp_path)
    hashes = {name: row["pixel_hash"] for name, (row, _) in seen.items()}
    assert len(set(hashes.values())) == 8
    for name, (row, _) in seen.items():
        if name not in ("clear.png", "half.png"):
            assert row["contrast"] > 40, name
    assert (seen["half.png"][1] == 127).all()  # half black on white


@pytest.mark.parametrize(
    ("colour", "ground"),
    [("red", 255), ("orange", 255), ("grey", 255), ("black", 255), ("white", 128), ("yellow", 128)],
)
def test_the_ground_is_white_where_what_is_drawn_stands_out_from_it(tmp_path, colour, ground):
    icon = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    ImageDraw.Draw(icon).ellipse((15, 15, 45, 45), fill=colour)
    save(tmp_path / "a.png", icon)
    _, image = scan(tmp_path)[0]["a.png"]
    assert (image[0, 0] == ground).all()


def test_an_alpha_channel_that_clears_nothing_changes_nothing(tmp_path):
    save(tmp_path / "a.png", scene(3))
    save(tmp_path / "b.png", scene(3).convert("RGBA"))
    seen, _ = scan(tmp_path)
    assert seen["a.png"][0]["pixel_hash"] == seen["b.png"][0]["pixel_hash"]


@pytest.mark.parametrize(
    ("mode", "clear", "told"),
    [
        ("RGBA", True, "RGBA"), ("RGBA", False, "RGB"), ("LA", True, "LA"), ("LA", False, "L"),
        ("P", True, "PA"), ("P", False, "P"), ("RGB", True, "RGBA"), ("L", True, "LA"),
        ("1", True, "LA"),
    ],
)  # fmt: skip
def test_the_mode_tells_whether_something_is_transparent(tmp_path, mode, clear, told):
    icon = Image.new("RGBA", (40, 40), (200, 30, 30, 255))
    ImageDraw.Draw(icon).rectangle((8, 8, 20, 20), fill=(0, 0, 0, 255))
    if mode in ("RGBA", "LA"):
        icon.putpixel((0, 0), (0, 0, 0, 0 if clear else 255))
        save(tmp_path / "a.png", icon.convert(mode))
    else:
        plain = icon.convert("RGB").convert(mode)
        ground = plain.getpixel((0, 0))
        save(tmp_path / "a.png", plain, **({"transparency": ground} if clear else {}))
    assert scan(tmp_path)[0]["a.png"][0]["mode"] == told


def test_black_and_white_are_the_ends_of_the_set_and_a_hot_pixel_is_none():
    rng = np.random.default_rng(0)
    counts = [np.append(rng.integers(101, 900, 4000), [100, 900]).astype(np.uint16)] * 3
    assert _limits([sample(one) for one in counts], 3) == {"whole numbers": (100, 900)}
    hot = [np.append(one, 65535).astype(np.uint16) for one in counts]
    low, high = _limits([sample(one) for one in hot], 3)["whole numbers"]
    assert (low, high) == (100, pytest.approx(899, abs=1))
    lost = np.array([np.nan, 0.25, 0.5], np.float32)
    assert _limits([sample(lost), sample(lost[:1])], 2) == {"floats": (0.25, 0.5)}


def test_one_range_for_the_whole_set(tmp_path):
    """8 bits, 12 bits in 16, counts and floats of the same images give the same rankings."""
    rng = np.random.default_rng(0)
    for k in range(40):
        grey = np.asarray(scene(k).convert("L")).astype(float) * rng.uniform(0.3, 1)
        grey = np.clip(grey + rng.normal(0, rng.uniform(0, 20), grey.shape), 0, 255).round() / 255
        forms = {
            "eight/x.png": (grey * 255).round().astype(np.uint8),
            "twelve/x.png": (grey * 4095).round().astype(np.uint16),
            "counts/x.tif": (100 + grey * 800).round().astype(np.uint16),
            "floats/x.tif": (grey * 3 - 1).astype(np.float32),
        }
        for name, values in forms.items():
            path = tmp_path / name.replace("x", f"{k:03}")
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(values).save(path)
    rows = {form: scan(tmp_path / form)[0] for form in ("eight", "twelve", "counts", "floats")}
    for form, seen in rows.items():
        for name in ("brightness_mean", "contrast", "entropy", "sharpness", "noise_level"):
            own = [row[name] for row, _ in seen.values()]
            eight = [row[name] for row, _ in rows["eight"].values()]
            assert spearmanr(own, eight).statistic > 0.98, (form, name)
    assert scan(tmp_path / "counts")[1].wide.startswith("whole numbers 10")
    assert scan(tmp_path / "eight")[1].wide == ""
    given = scan(tmp_path / "counts", range=[0, 65535])[1]
    assert given.wide == "whole numbers 0 to 65535"
    assert given.train.image.max() <= 3


def test_a_hot_pixel_does_not_darken_the_set(tmp_path):
    values = np.random.default_rng(0).integers(100, 900, (8, 40, 40)).astype(np.uint16)
    values[0, 0, 0] = 65535
    for k, one in enumerate(values):
        Image.fromarray(one).save(tmp_path / f"{k}.png")
    seen, found = scan(tmp_path)
    low, high = (float(one) for one in found.wide.split()[2::2])
    assert low >= 100
    assert high < 1000
    assert seen["3.png"][0]["contrast"] > 60


def png_of_16_bits(values):
    """A PNG of grey levels (H, W, 2) or colours (H, W, 4) uint16 with opacity; no filter."""
    height, width, planes = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)

    def chunk(name, content):
        checked = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + checked

    head = struct.pack(">IIBBBBB", width, height, 16, {2: 4, 4: 6}[planes], 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("grey", [False, True])
def test_what_16_bits_hide_is_hidden(tmp_path, grey):
    """A PNG of 16 bits with opacity is looked at as the same of 8 bits is."""
    eight = np.full((40, 40, 4), (200, 40, 30, 255), np.uint8)
    eight[:10, :, 3] = 0
    eight[20:, :, 0] = 90
    eight = eight[..., [0, 3]] if grey else eight
    solid = eight.copy()
    solid[..., -1] = 255
    save(tmp_path / "eight.png", Image.fromarray(eight))
    for name, values in {"wide.png": eight, "solid.png": solid}.items():
        (tmp_path / name).write_bytes(png_of_16_bits(values.astype(np.uint16) * 257))
    for at in range(3):  # most have 8 bits, so wide ones keep their exposure
        save(tmp_path / f"{at}.png", scene(at))
    seen, found = scan(tmp_path)
    assert not found.skipped
    (wide, image), (usual, expected) = seen["wide.png"], seen["eight.png"]
    assert np.abs(image.astype(int) - expected).max() <= 1
    assert (image[0, 0] == 255).all(), "on white"
    assert wide["mode"] == usual["mode"] == ("LA" if grey else "RGBA")
    assert seen["solid.png"][0]["mode"] == ("L" if grey else "RGB")
    assert seen["solid.png"][1].max() <= 201


def test_colours_of_16_bits_keep_all_of_them(tmp_path):
    twelve = (np.asarray(scene(5)).astype(np.uint16) * 16)[:, :, :3]
    tifffile.imwrite(tmp_path / "a.tif", twelve, photometric="rgb")
    save(tmp_path / "b.png", scene(5))
    seen, _ = scan(tmp_path)
    assert np.abs(seen["a.tif"][1].astype(int) - seen["b.png"][1]).max() <= 4
    assert seen["a.tif"][0]["entropy"] > 5  # of the upper 8 bits alone 4 would be left


def test_pages_of_doubles_are_counted(tmp_path):
    values = np.random.default_rng(0).random((4, 20, 30))
    for name, pages in {"stack.tif": values, "single.tif": values[0]}.items():
        tifffile.imwrite(tmp_path / name, pages, photometric="minisblack")
    seen, _ = scan(tmp_path)
    assert {name: row["frames"] for name, (row, _) in seen.items()} == {
        "stack.tif": 4, "single.tif": 1
    }  # fmt: skip


def test_doubles_and_values_that_are_no_numbers(tmp_path):
    values = np.linspace(0, 1, 32 * 32).reshape(32, 32)
    tifffile.imwrite(tmp_path / "double.tif", values)
    holes = values.astype(np.float32)
    holes[3, 3:6] = np.nan, np.inf, -np.inf
    tifffile.imwrite(tmp_path / "holes.tif", holes)
    tifffile.imwrite(tmp_path / "unsigned.tif", (values * 4e9).astype(np.uint32))
    seen, found = scan(tmp_path)
    assert set(seen) == {"double.tif", "holes.tif", "unsigned.tif"}
    assert found.skipped == []
    apart = seen["double.tif"][1].astype(int) - seen["holes.tif"][1]
    assert np.abs(apart).mean() < 2


def test_cmyk_one_pixel_and_odd_modes(tmp_path):
    save(tmp_path / "cmyk.jpg", scene(6).convert("CMYK"), quality=95)
    save(tmp_path / "pixel.png", Image.new("RGB", (1, 1), (200, 10, 10)))
    save(tmp_path / "line.png", Image.new("RGB", (500, 1), (0, 90, 0)))
    save(tmp_path / "bits.png", scene(6).convert("1"))
    save(tmp_path / "palette.gif", scene(6).convert("P"))
    save(tmp_path / "lab.tif", Image.new("LAB", (9, 9), (128, 128, 128)))
    seen, found = scan(tmp_path)
    assert len(seen) == 6
    assert found.skipped == []
    assert seen["pixel.png"][1].tolist() == [[[200, 10, 10]] * 16] * 16
    assert seen["cmyk.jpg"][0]["mode"] == "CMYK"
    assert (seen["line.png"][0]["aspect_ratio"], seen["line.png"][0]["sharpness"]) == (500, 0)


def test_reasons_are_true(tmp_path):
    whole = encoded(np.asarray(scene(7, 200, 200)), "JPEG", quality=95)
    heic = tmp_path / "cut.heic"
    pillow_heif.from_pillow(scene(7, 200, 200)).save(heic)
    heic.write_bytes(heic.read_bytes()[:600])
    files = {
        "cut.jpg": whole[: len(whole) // 2], "empty.jpg": b"", "page.jpg": b"<html>403",
        "saved.jpg": b"%PDF-1.4\n", "lfs.png": b"version https://git-lfs.github.com/spec/v1\noid",
        "notes.jpg": "caf\u00e9".encode(), "clip.mp4": b"\0\0\0\x18ftypisom" + bytes(20),
    }  # fmt: skip
    write_files(tmp_path, files | {"good.png": encoded(flat(3))})
    _, found = scan(tmp_path)
    reasons = {one.file_name: one.reason for one in found.skipped}
    assert reasons.pop("cut.heic").startswith("damaged")
    assert reasons.pop("cut.jpg").startswith("damaged: image file is truncated")
    assert reasons == {
        "empty.jpg": "empty",
        "page.jpg": "no image: it is a web page",
        "saved.jpg": "no image: it is a page of PDF or PostScript",
        "lfs.png": "no image: it is a pointer of Git LFS, not the file itself",
        "notes.jpg": "no image: it is a text",
        "clip.mp4": "no image: it is a video",
    }
    assert all(isinstance(one, Skipped) for one in found.skipped)


def test_facts_of_a_photograph(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8769)[36867] = "2001:02:03 04:05:06"
    save(tmp_path / "a.jpg", scene(8), exif=exif, quality=95)
    row, _ = scan(tmp_path)[0]["a.jpg"]
    assert (row["width"], row["height"], row["aspect_ratio"]) == (32, 48, pytest.approx(2 / 3))
    assert row["taken"] == 981173106  # 2001-02-03 04:05:06, as if in UTC
    assert row["bytes"] == (tmp_path / "a.jpg").stat().st_size
    assert (row["format"], row["mode"], row["frames"], row["part"]) == ("JPEG", "RGB", 1, "")


def test_statistics_are_of_the_files_own_resolution(tmp_path):
    sharp = np.asarray(scene(9, 300, 200)).astype(int)
    sharp += np.random.default_rng(0).normal(0, 25, sharp.shape[:2])[..., None].astype(int)
    image = Image.fromarray(np.clip(sharp, 0, 255).astype(np.uint8))
    save(tmp_path / "noisy.png", image)
    save(tmp_path / "blurred.png", image.filter(ImageFilter.GaussianBlur(3)))
    seen, _ = scan(tmp_path)
    for name in ("noisy.png", "blurred.png"):
        own = measure(np.asarray(Image.open(tmp_path / name))[None])
        assert {n: seen[name][0][n] for n in own} == {n: float(v[0]) for n, v in own.items()}
    assert seen["noisy.png"][0]["noise_level"] == pytest.approx(23, abs=3)
    assert seen["blurred.png"][0]["noise_level"] < 2
    assert seen["blurred.png"][0]["sharpness"] < seen["noisy.png"][0]["sharpness"] / 100


def test_a_missing_package_is_not_told_as_damaged_files(tmp_path, monkeypatch):
    save(tmp_path / "a.png", scene())

    def without(_):
        raise ModuleNotFoundError("No module named 'pywt'")

    monkeypatch.setattr("hardrare.datasets._once.opened", without)
    with pytest.raises(ModuleNotFoundError, match="pywt"):
        scan(tmp_path)
