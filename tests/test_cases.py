"""Folders that people's tools failed on, made small: what a scan makes of each of them.

Everything here goes through the stages that decide what is examined, what is a copy and what
goes; networks change none of that, so that they are left out. The whole scan is in test_scan.
"""

import hashlib
import io
import os
import random
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps
from scanned import scanned
from scipy.stats import spearmanr
from test_matching import drawn, page

from hardrare.runner.contents import Contents
from hardrare.scan.source import look
from hardrare.tables import RANGE, column, read, read_images

SIDES = (240, 180)


@pytest.fixture
def scan(tmp_path, capsys):
    """Scans a folder by the stages that need no network, and holds the lists to their promises."""

    def done(folder, labels=None):
        made = scanned(folder, tmp_path / f"out{len(list(tmp_path.iterdir()))}", capsys, labels)
        hold_together(folder, made)
        return made

    return done


def hold_together(folder, made):
    """Each file in one list, the sum told; what goes repeats something that stays."""
    names = [*made.rows, *made.skipped]
    assert len(names) == len(set(names))
    assert sorted([*made.keep, *made.drop]) == sorted(made.rows)
    assert not set(made.keep) & set(made.drop)
    told = int(made.said[0].partition(" file")[0].replace(",", ""))
    absent = [why for why in made.skipped.values() if why.startswith("not there")]
    assert told == len(names) - len(absent)
    if folder.is_dir():
        files = [os.path.join(top, one) for top, _, ones in os.walk(folder) for one in ones]  # noqa: PTH118
        folders = sum(why.startswith(("same folder", "link to")) for why in made.skipped.values())
        assert told == len(files) + folders
    for name in made.drop:
        assert made.copies[name] in made.keep, name


def save(root, name, image, **options):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    image.save(root / name, **options)


def test_train_class(tmp_path, scan):
    for at, (label, k) in enumerate(
        (a, k) for a in ("aeroplane", "bird", "train") for k in range(5)
    ):
        save(tmp_path / "in", f"{label}/{k}.jpg", drawn(at, 40, 40))
    made = scan(tmp_path / "in")
    assert made.said == ["15 files: 15 ranked", "in 3 folders"]
    assert {row["part"] for row in made.rows.values()} == {""}
    assert made.drop == []


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Training", "dev", "Testing")])
def test_leaky(tmp_path, scan, names):
    root, parts = tmp_path / "in", iter(names)
    for part, low, high in ((next(parts), 0, 6), (next(parts), 6, 9), (next(parts), 9, 12)):
        for k in range(low, high):
            save(root, f"{part}/{k}.png", drawn(k, 64, 48))
    for k in range(2):
        shutil.copy(root / names[0] / f"{k}.png", root / names[2] / f"leak_{k}.png")
    shutil.copy(root / names[0] / "5.png", root / names[0] / "5 again.png")
    made = scan(root)
    assert Counter(row["part"] for row in made.rows.values()) == {
        names[0]: 7,
        names[1]: 3,
        names[2]: 5,
    }
    leaks = {name for name, row in made.rows.items() if row["leak"] == "true"}
    assert leaks == {
        f"{names[k]}/{own}{i}.png" for i in (0, 1) for k, own in ((0, ""), (2, "leak_"))
    }
    assert set(made.drop) == {f"{names[0]}/{one}.png" for one in ("0", "1", "5 again")}
    assert made.rows[f"{names[0]}/0.png"]["duplicate_of_is"] == f"in {names[2]}"


def test_symlinks(tmp_path, scan):
    snapshot, blobs = tmp_path / "in/snapshots/abc/images", tmp_path / "in/blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for k in range(8):
        stream = io.BytesIO()
        drawn(k, 40, 40).save(stream, "JPEG")
        name = hashlib.sha256(stream.getvalue()).hexdigest()
        (blobs / name).write_bytes(stream.getvalue())
        (snapshot / f"{k:03}.jpg").symlink_to(f"../../../blobs/{name}")
    made = scan(tmp_path / "in")
    assert sorted(made.rows) == [f"snapshots/abc/images/{k:03}.jpg" for k in range(8)]
    assert made.said[0] == "16 files: 8 ranked, 8 copies of the same file by link"
    assert made.drop == []


def test_a_hub_download_beside_its_blobs(tmp_path, scan):
    """The folder of a snapshot alone, its blobs outside: links that lead out are followed."""
    (tmp_path / "blobs").mkdir()
    (tmp_path / "in").mkdir()
    for k in range(4):
        drawn(k, 40, 40).save(tmp_path / "blobs" / f"{k}", "PNG")
        (tmp_path / "in" / f"{k}.png").symlink_to(tmp_path / "blobs" / str(k))
    (tmp_path / "in" / "again.png").symlink_to(tmp_path / "blobs" / "0")
    made = scan(tmp_path / "in")
    assert made.said[0] == "5 files: 4 ranked, 1 copy of the same file by link"
    assert made.skipped == {"again.png": "same file by link: 0.png"}


SMALLER = ["{} (1).jpg", "{}-small.jpg", "{} - Copy.jpg", "@eaDir/{}.jpg/SYNOPHOTO_THUMB_M.jpg",
           "0_{}.jpg", "thumbs/{}.jpg", "{}_300x200.jpg", "Copy of {}.jpg", "{}~2.jpg"]  # fmt: skip


def test_which_kept(tmp_path, scan):
    originals = {f"IMG_{k:04}.jpg": drawn(k) for k in range(len(SMALLER) + 3)}
    for k, (name, image) in enumerate(originals.items()):
        save(tmp_path / "in", name, image, quality=95)
        if k < len(SMALLER):
            smaller = image.resize((120, 90), Image.Resampling.LANCZOS)
            save(tmp_path / "in", SMALLER[k].format(name[:-4]), smaller, quality=60)
    made = scan(tmp_path / "in")
    assert not set(originals) & set(made.drop)
    small = {SMALLER[k].format(f"IMG_{k:04}") for k in range(len(SMALLER)) if k != 3}
    assert set(made.drop) == small
    assert {made.rows[name]["duplicate_of_is"] for name in small} == {"larger"}
    assert [why for name, why in made.skipped.items()] == ["of the system: in @eaDir"]


def test_a_file_of_sixteen_bits_among_others_of_eight_keeps_its_exposure(tmp_path, scan):
    root = tmp_path / "in"
    for k in range(4):
        save(root, f"{k}.jpg", drawn(k), quality=95)
    values = np.asarray(drawn(0)).astype(np.uint16)
    tifffile.imwrite(root / "wide.tif", values * 257, photometric="rgb")
    made = scan(root)
    assert made.rows["0.jpg"]["duplicate_of"] == "wide.tif"
    assert made.rows["0.jpg"]["duplicate_kind"] == "resized or recompressed"
    assert "whole numbers 0 to 65535" in " ".join(made.said)


def test_of_one_size_the_least_compressed_then_the_oldest_stays(tmp_path, scan):
    root = tmp_path / "in"
    save(root, "a - from a chat.jpg", drawn(1), quality=40)
    save(root, "b.jpg", drawn(1), quality=95)
    save(root, "c later.png", drawn(2))
    shutil.copy(root / "c later.png", root / "d first.png")
    os.utime(root / "c later.png", (2e9, 2e9))
    os.utime(root / "d first.png", (1e9, 1e9))
    save(root, "deep/er/e.png", drawn(3))
    shutil.copy(root / "deep/er/e.png", root / "e_longer.png")
    for name in ("deep/er/e.png", "e_longer.png"):
        os.utime(root / name, (1e9, 1e9))
    made = scan(root)
    assert {n: (row["duplicate_of"], row["duplicate_of_is"]) for n, row in made.rows.items()
            if row["duplicate_of"]} == {
        "a - from a chat.jpg": ("b.jpg", "less compressed"),
        "c later.png": ("d first.png", "older"),
        "deep/er/e.png": ("e_longer.png", "shorter path"),
    }  # fmt: skip


def test_text_pages(tmp_path, scan):
    for k in range(14):
        save(tmp_path / "in", f"page_{k:02}.jpg", page(k), quality=85)
    for k in range(3):
        with Image.open(tmp_path / "in" / f"page_{k:02}.jpg") as image:
            image.save(tmp_path / "in" / f"a_rescan_{k}.jpg", quality=70)
    made = scan(tmp_path / "in")
    assert made.copies == {f"a_rescan_{k}.jpg": f"page_{k:02}.jpg" for k in range(3)}
    assert made.drop == sorted(made.copies)
    kinds = {row["duplicate_kind"] for name, row in made.rows.items() if name not in made.copies}
    assert kinds <= {"", "similar"}


def test_frames_of_a_fixed_camera_keep_what_happens(tmp_path, scan):
    rng = np.random.default_rng(0)
    street = drawn(7)
    for k in range(12):
        frame = street.copy()
        if k in (4, 9):
            frame.paste(drawn(50 + k).resize((36, 28)), (60 + 6 * k, 100))
        noisy = np.asarray(frame) + rng.normal(0, 2, (SIDES[1], SIDES[0], 3))
        save(tmp_path / "in", f"{k:02}.jpg", Image.fromarray(noisy.clip(0, 255).astype(np.uint8)))
    made = scan(tmp_path / "in")
    assert {"04.jpg", "09.jpg"} <= set(made.keep)


def test_icons_on_a_clear_ground_are_told_apart(tmp_path, scan):
    for k in range(6):
        icon = Image.new("RGBA", (64, 64))
        pen, ink = ImageDraw.Draw(icon), (0, 0, 0, 255) if k % 2 else (255, 255, 255, 255)
        pen.regular_polygon((32, 32, 14 + 2 * k), 3 + k, fill=ink)
        save(tmp_path / "in", f"{k}.png", icon)
    save(tmp_path / "in", "z.webp", Image.open(tmp_path / "in" / "3.png"), lossless=True)
    made = scan(tmp_path / "in")
    assert made.copies == {"z.webp": "3.png"} or made.copies == {"3.png": "z.webp"}


def test_an_opaque_copy_of_a_transparent_picture_goes_and_is_called_so(tmp_path, scan):
    root = tmp_path / "in"
    for k in range(4):
        icon = Image.new("RGBA", (96, 96))
        pen = ImageDraw.Draw(icon)
        pen.regular_polygon((48, 48, 24 + 4 * k), 3 + k, fill=(190, 40 * k, 20, 255))
        pen.ellipse((40, 20 + 6 * k, 60, 52), fill=(0, 0, 90, 255))
        white = Image.alpha_composite(Image.new("RGBA", icon.size, "white"), icon).convert("RGB")
        save(root, f"icon_{k}.png", icon)
        solid, end = (white.resize((48, 48)), "jpg") if k == 1 else (white, "png")
        solid = white.resize((192, 192)) if k == 2 else solid  # larger: both stay
        if k < 3:
            save(root, f"solid_{k}.{end}", solid)
    icon.quantize(32).save(root / "colours.png")
    made = scan(root)
    assert made.copies == {"solid_0.png": "icon_0.png", "solid_1.jpg": "icon_1.png"} | (
        {"colours.png": "icon_3.png"} if "colours.png" in made.copies else {}
    )
    assert made.rows["solid_0.png"]["duplicate_kind"] == "opaque"
    assert made.rows["solid_0.png"]["duplicate_of_is"] == "transparent"
    assert made.rows["solid_1.jpg"]["duplicate_kind"] == "opaque"


FORMS = {
    "twelve": lambda grey: (grey * 4095).round().astype(np.uint16),
    "counts": lambda grey: (100 + grey * 800).round().astype(np.uint16),
    "floats": lambda grey: (grey * 0.01 - 0.003).astype(np.float32),
    "doubles": lambda grey: grey * 1e6,
    "low": lambda grey: (grey * 255).round().astype(np.uint16),
}


@pytest.mark.parametrize("form", FORMS)
def test_depth16(tmp_path, scan, form):
    for k in range(30):
        grey = ImageOps.autocontrast(drawn(k, 60, 48).convert("L"))
        save(tmp_path / "eight", f"{k:02}.png", grey)
        (tmp_path / form).mkdir(exist_ok=True)
        values = FORMS[form](np.asarray(grey) / 255)
        tifffile.imwrite(tmp_path / form / f"{k:02}.tif", values)
    eight, wide = (scan(tmp_path / name) for name in ("eight", form))
    about = [read(one.folder / "about.arrow", "appearance/1") for one in (eight, wide)]
    for name in ("brightness_mean", "contrast", "sharpness", "entropy", "blurriness"):
        assert spearmanr(*(column(one, name) for one in about)).statistic > 0.98, name
    assert [one["is_noisy"] for one in eight.rows.values()] == [
        one["is_noisy"] for one in wide.rows.values()
    ]
    said = about[1].schema.metadata[RANGE].decode()
    told = "30 of pixels of more than 8 bits, black to white (prepare.range), first 00.tif"
    assert f"{told}: {said}" in wide.said
    images = [read_images(one.folder / "train.arrow").image.astype(int) for one in (eight, wide)]
    shades = [len(np.unique(one)) for one in images]
    assert shades[1] > 0.9 * shades[0]
    np.testing.assert_allclose(*images, atol=1)  # the same pictures, whatever they were written as


def test_odd_files(tmp_path, scan):
    pillow_heif.register_heif_opener()
    root, photos = tmp_path / "in", [drawn(k) for k in range(40)]
    a, b, c, d, e, f, g, *more = photos
    save(root, "iphone.HEIC", a)
    save(root, "web.avif", b)
    save(root, "download.jfif", c, format="JPEG")
    save(root, "cv.ppm", d)
    save(root, "scan.jp2", e)
    shutil.copy(root / "iphone.HEIC", root / "iphone_renamed.jpg")
    save(root, "gif_named.jpg", f.convert("P"), format="GIF")
    (root / "error_page.jpg").write_text("<!DOCTYPE html><html><body>403</body></html>")
    (root / "pointer.png").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    (root / "empty.jpg").write_bytes(b"")
    stream = io.BytesIO()
    g.save(stream, "JPEG")
    (root / "cut.jpg").write_bytes(stream.getvalue()[: len(stream.getvalue()) // 2])
    save(root, "cmyk.jpg", more[0].convert("CMYK"))
    half = more[1].convert("RGBA")
    half.putalpha(128)
    save(root, "half_clear.png", half)
    tifffile.imwrite(
        root / "wide.tif", np.asarray(more[2]).astype(np.uint16) * 257, photometric="rgb"
    )
    frames = [one.resize((90, 90)) for one in more[3:7]]
    save(root, "stack_a.tif", frames[0], save_all=True, append_images=frames[1:])
    save(root, "stack_b.tif", frames[0], save_all=True, append_images=frames[:0:-1])
    black = Image.new("RGB", (90, 90))
    for k in (7, 8):
        film = [more[k].resize((90, 90))] * 2
        save(root, f"fade_{k}.gif", black, save_all=True, append_images=film, duration=100)
    save(root, "pixel.png", Image.new("RGB", (1, 1), (200, 10, 10)))
    save(root, "Holiday.jpg", more[9])
    save(root, "holiday.JPG", more[10])
    save(root, "5:30 sunrise.jpg", more[11])
    save(root, "C:/windows.png", more[12])
    save(root, "two\nlines.jpg", more[13])
    save(root, "back\\slash.png", more[14])
    with open(os.fsencode(root) + b"/lat\xe9in1.jpg", "wb") as file:  # noqa: PTH123 - bytes
        more[15].save(file, "JPEG")
    (root / "more.zip").write_bytes(b"PK\3\4" + bytes(40))
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (root / "._holiday.JPG").write_bytes(b"\0\5\x16\7")
    (root / "album").mkdir()
    (root / "album" / "link.jpg").symlink_to("../Holiday.jpg")
    (root / "loop").symlink_to(".")
    made = scan(root)
    assert made.skipped == {
        "error_page.jpg": "no image: it is a web page",
        "pointer.png": "no image: it is a pointer of Git LFS, not the file itself",
        "empty.jpg": "empty",
        "cut.jpg": made.skipped["cut.jpg"],
        "more.zip": "no image: it is an archive",
        ".DS_Store": "hidden",
        "._holiday.JPG": "hidden",
        "album/link.jpg": "same file by link: Holiday.jpg",
        "loop": "same folder by link: the folder itself",
    }
    assert made.skipped["cut.jpg"].startswith("damaged")
    assert {"Holiday.jpg", "holiday.JPG", "5:30 sunrise.jpg"} <= set(made.keep)
    assert made.copies == {"iphone_renamed.jpg": "iphone.HEIC"}
    assert {"stack_a.tif", "stack_b.tif"} <= set(made.keep)  # nobody compared their other pages
    assert (
        "4 files hold several pictures, such as fade_7.gif with 2: one of each was looked at, "
        "8 were not" in made.said
    )
    assert len(made.rows) == 22
    size = {name: (row["width"], row["height"]) for name, row in made.rows.items()}
    assert size["pixel.png"] == ("1", "1")
    assert size["iphone_renamed.jpg"] == ("240", "180")


def test_a_huge_photograph_stays_and_its_smaller_copy_goes(tmp_path, scan):
    photo = drawn(5)
    save(tmp_path / "in", "a copy.jpg", photo)
    save(tmp_path / "in", "b.jpg", drawn(6))
    save(tmp_path / "in", "phone.jpg", photo.resize((7200, 5400)), quality=60)  # read at a half
    made = scan(tmp_path / "in")
    assert (made.rows["phone.jpg"]["width"], made.rows["phone.jpg"]["height"]) == ("7200", "5400")
    assert made.copies == {"a copy.jpg": "phone.jpg"}
    assert made.rows["a copy.jpg"]["duplicate_of_is"] == "larger"


def test_labels_that_leave_one_image_out_stand_in_the_sum(tmp_path, scan):
    for k in range(6):
        save(tmp_path / "in", f"{k}.png", drawn(k, 40, 40))
    rows = [f"{k}.png,{'cat' if k % 2 else 'dog'}" for k in range(6) if k != 4]
    (tmp_path / "labels.csv").write_text("\n".join(["file_name,label", *rows, "gone.png,cat"]))
    made = scan(tmp_path / "in", tmp_path / "labels.csv")
    assert made.said == [
        "6 files: 6 ranked",
        "labels of 2 classes",
        "1 named in a table or list is not there",
        "1 without a label, which goes on without: 4.png",
    ]
    assert made.skipped == {"gone.png": "not there: named in labels.csv"}


def test_one_folder_and_one_file_are_said_as_one(tmp_path, scan):
    save(tmp_path / "in", "only/a.png", drawn(0, 40, 40))
    assert scan(tmp_path / "in").said == ["1 file: 1 ranked", "in 1 folder"]


def test_a_list_of_paths(tmp_path):
    for k in range(4):
        save(tmp_path / "elsewhere", f"{k}.png", drawn(k, 40, 40))
    lines = ["elsewhere/0.png", str(tmp_path / "elsewhere" / "1.png"), "", "elsewhere/none.png"]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    found = look(tmp_path / "list.txt", None, Contents(tmp_path / "contents.json"), 2)
    assert (found.dataset, found.count, found.side) == ("paths", 2, 40)


PHOTOS = Path(__file__).parents[2] / "shared" / "datasets" / "photos"


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photographs beside this checkout")
def test_on_planted_photographs_what_goes_shows_what_a_kept_one_shows(tmp_path, scan, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import planted_photos
    import plants

    whole = planted_photos.photographs(PHOTOS, "tune", 30)
    files = planted_photos.planted(whole, plants.STRENGTHS, 0.05, seed=11)
    root, shows = tmp_path / "in", {}
    root.mkdir()
    for at, (kind, original, _, content) in enumerate(files):
        (root / f"{at:03}.jpg").write_bytes(content)
        shows[f"{at:03}.jpg"] = f"{original:03}.jpg" if original >= 0 else f"{at:03}.jpg"
        assert (original >= 0) == (kind in plants.COPIES)
    made = scan(root)
    hold_together(root, made)
    assert len(made.drop) >= 8
    for name in made.drop:
        assert made.copies[name] in made.keep
        assert shows[made.copies[name]] == shows[name], name


# Properties

CHANGES = {
    "same": (lambda im: im, {}),
    "jpeg": (lambda im: im, {"quality": 40}),
    "half": (lambda im: im.resize((120, 90)), {}),
    "mirror": (ImageOps.mirror, {}),
    "turn": (lambda im: im.transpose(Image.Transpose.ROTATE_90), {}),
    "crop": (lambda im: im.crop((18, 9, 232, 170)), {}),
    "grey": (lambda im: im.convert("L"), {}),
    "darker": (lambda im: im.point(lambda v: v * 0.6), {}),
}
ENDS = ("png", "jpg", "webp", "tif")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(sorted(CHANGES)), st.sampled_from(ENDS),
                  st.sampled_from(["", "train/", "test/", "a/b/"])),
        min_size=1, max_size=8,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_drop_is_sound_and_the_lists_add_up(tmp_path_factory, capsys, made, rnd):
    """No file goes without one that stays and shows the same picture, whatever they are called."""
    root = tmp_path_factory.mktemp("random")
    shows = {}
    for k, (seed, change, end, folder) in enumerate(made):
        how, options = CHANGES[change]
        name = f"{folder}{rnd.choice(['', 'x ', '0', 'IMG_'])}{k}.{end}"
        shows[name] = seed
        save(root / "in", name, how(drawn(seed)), **(options if end == "jpg" else {}))
    (root / "in" / "broken.jpg").write_bytes(b"\xff\xd8\xff" + random.Random(0).randbytes(30))
    lists = scanned(root / "in", root / "out", capsys)
    hold_together(root / "in", lists)
    assert list(lists.skipped) == ["broken.jpg"]
    assert lists.said[0].startswith(f"{len(made) + 1} files: {len(made)} ranked")
    for name in lists.drop:
        assert shows[lists.copies[name]] == shows[name]
    about = read(lists.folder / "about.arrow", "appearance/1")
    assert len(column(about, "sample_id")) == len(made)
    assert {shows[name] for name in lists.keep} == {seed for seed, *_ in made}


def test_what_differs_in_nothing_but_its_colour_is_told_apart(tmp_path, scan):
    inks = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 60, 230), "sun": "#f0dc1e"}
    for name, ink in inks.items():
        light = Image.new("RGBA", (64, 64))
        ImageDraw.Draw(light).ellipse((10, 10, 54, 54), fill=ink)
        save(tmp_path / "in", f"{name}.png", light)
    made = scan(tmp_path / "in")
    assert made.drop == []
