"""Bad input of over forty kinds: each is listed with its reason, and the good images are read."""

import json
import os
import re
import socket
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dataset_files import encoded, flat, loaded, read, read_all, write_files, write_parquet

from hardrare.datasets import _parallel
from hardrare.errors import InputError
from hardrare.tables import (
    GrowingImages,
    Skipped,
    counts_by_kind,
    read_images,
    read_skipped,
    write_images,
    write_skipped,
)

GOOD = {f"g{k}.png": encoded(flat(40 * k)) for k in range(4)}
NOISE = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
DAMAGED = "damaged"
KINDS = {}


def kind(function):
    """A way to spoil a folder: writes into it, returns what `skipped` must hold by name."""
    KINDS[function.__name__] = function
    return function


def put(root, name, content):
    write_files(root, {name: content})
    return name


def cut(kind, keep, **options):
    whole = encoded(NOISE, kind, **options)
    return whole[: int(len(whole) * keep)]


def raw(dng=False):
    """A TIFF as cameras write it: a small preview, the photograph in a picture behind it."""
    tags = {50706: b"\1\4\0\0"} if dng else {254: 1, 330: 8}
    return encoded(flat(7), "TIFF", tiffinfo=tags)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, *chunks):
    """A PNG that says of itself how large it is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def bomb():
    pixels = zlib.compress(bytes(10_001 * 200), 9)
    return png(10_000, 10_000, chunk(b"IDAT", pixels))


# ---- files that do not decode --------------------------------------------------------------

CONTENTS = {
    "empty": ("a.jpg", b"", "empty"),
    "text": ("a.jpg", b"no image at all", "no image: it is a text"),
    "one_byte": ("a.png", b"\x89", "no image: it is of an unknown format"),
    "zeros": ("a.jpg", bytes(5000), "no image: it is a file of zeros"),
    "html_of_a_failed_download": ("a.jpg", b"<!DOCTYPE html><title>404</title>", "a web page"),
    "html_in_capitals": ("a.jpg", b"\r\n<HTML><BODY>403 Forbidden", "no image: it is a web page"),
    "message_of_a_server": ("a.jpg", b'{"error": "not found"}', "it is a message in JSON"),
    "pointer_of_git_lfs": ("a.jpg", b"version https://git-lfs.github.com/spec/v1\n", "of Git LFS"),
    "archive": ("a.png", b"PK\x03\x04" + bytes(100), "no image: it is an archive"),
    "vector_image": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a vector image"),
    "postscript": ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "jpeg_xl": ("a.jxl", b"\xff\x0a" + bytes(40), "no image: it is a JPEG XL"),
    "pixmap": ("a.png", b"P6 2 2 255\n" + bytes(12), None),
    "icon": ("a.png", encoded(NOISE, "ICO"), "no image: it is an icon"),
    "jpeg_header_only": ("a.jpg", b"\xff\xd8\xff\xe0", DAMAGED),
    "jpeg_half": ("a.jpg", cut("JPEG", 0.5), "damaged: image file is truncated"),
    "jpeg_progressive_half": ("a.jpeg", cut("JPEG", 0.5, progressive=True), "damaged: .*truncated"),
    "jpeg_garbage_after_its_header": ("a.jpg", cut("JPEG", 0.1) + b"\xff\xd9" * 9, DAMAGED),
    "png_half": ("a.png", cut("PNG", 0.5), "damaged: .*truncated"),
    "png_flipped": ("a.png", cut("PNG", 0.3) + b"??" + cut("PNG", 1)[4000:], DAMAGED),
    "png_without_pixels": ("a.png", png(4, 4), DAMAGED),
    "png_of_no_width": ("a.png", png(0, 4, chunk(b"IDAT", zlib.compress(b""))), DAMAGED),
    "webp_half": ("a.webp", cut("WEBP", 0.5), DAMAGED),
    "gif_half": ("a.gif", cut("GIF", 0.5), DAMAGED),
    "bmp_half": ("a.bmp", cut("BMP", 0.5), "damaged: image file is truncated"),
    "tiff_half": ("a.tif", cut("TIFF", 0.5), DAMAGED),
    "tiff_compressed_half": ("a.tiff", cut("TIFF", 0.5, compression="tiff_lzw"), DAMAGED),
    "bomb": ("a.png", bomb(), "too large: 10000x10000 is more than 89478485 pixels"),
    "larger_bomb": ("a.png", png(60_000, 60_000), "too large"),
    "floats": ("a.tif", encoded(np.full((4, 4), 0.5, np.float32), "TIFF"), None),
    "whole_numbers_of_32_bits": ("a.tif", encoded(np.full((4, 4), 9, np.int32), "TIFF"), None),
    "text_file": ("notes.txt", b"hello", "no image: it is a text"),
    "no_ending": ("IMG_0001", GOOD["g0.png"], None),
    "another_ending": ("a.jpg_large", encoded(flat(7), "JPEG"), None),
    "video": ("a.mp4", b"\0\0\0\x18ftypmp42", "no image: it is a video"),
    "raw_photograph": ("a.cr3", b"\0\0\0\x18ftypcrx ", "no image: it is a raw photograph"),
    "raw_photograph_of_canon": (
        "a.tif", b"II*\0\x10\0\0\0CR\x02\0" + bytes(60), "no image: it is a raw photograph"
    ),
    "raw_photograph_called_tif": ("b.tif", raw(), "no image: it is a raw photograph"),
    "raw_photograph_with_its_version": ("c.dng", raw(dng=True), "no image: it is a raw photograph"),
    "heic_header_only": ("a.heic", b"\0\0\0\x18ftypheic", "though it begins as a HEIC"),
    "hidden_file": (".a.png", GOOD["g0.png"], "hidden"),
    "copy_of_a_mac": ("._g0.png", b"\0\x05\x16\x07", "hidden"),
    "file_system_litter": ("Thumbs.db", b"\xd0\xcf\x11\xe0", "of the system"),
}  # fmt: skip

for one, (file, content, reason) in CONTENTS.items():
    KINDS[one] = lambda root, f=file, c=content, r=reason: {put(root, f, c): r}


# ---- files and folders that are not what they seem -----------------------------------------


@kind
def names_that_differ_in_case(root):
    put(root, "sub/a.png", encoded(flat(3)))
    return {put(root, "sub/a.PNG", encoded(flat(3))): None, "sub/a.png": None}


@kind
def names_that_differ_in_unicode_form(root):
    put(root, "e\u0301.png", encoded(flat(3)))  # e and an accent; then the one letter
    return {"e\u0301.png": None, put(root, "\u00e9.png", GOOD["g0.png"]): None}


@kind
def names_that_other_systems_do_not_have(root):
    names = {
        os.fsdecode(b"\xff\xfe.png"): "\\xff\\xfe.png",
        os.fsdecode(b"\xe9t\xe9/a.png"): "\\xe9t\\xe9/a.png",
        "two\nlines.png": "two\\nlines.png",
        "bell\x07.png": "bell\\x07.png",
        "next\x85line.png": "next\\u0085line.png",
        "back\\slash.png": "back\\\\slash.png",
        "C:a.png": "C\\x3aa.png",
        "5:30 sunrise.png": "5:30 sunrise.png",
    }
    for name in names:
        put(root, name, GOOD["g0.png"])
    return dict.fromkeys(names.values())


@kind
def a_folder_with_the_name_of_an_image(root):
    return {put(root, "a.png/b.txt", b"x"): "no image: it is a text"}


@kind
def a_hidden_folder(root):
    put(root, ".thumbnails/a.png", GOOD["g0.png"])
    return {".thumbnails/a.png": "hidden: in .thumbnails"}


@kind
def thumbnails_of_a_file_server(root):
    name = put(root, "sub/@eaDir/a.png/SYNOPHOTO_THUMB_M.png", GOOD["g0.png"])
    return {name: "of the system: in @eaDir"}


@kind
def a_broken_link(root):
    (root / "a.png").symlink_to(root / "absent.png")
    return {"a.png": "broken link"}


@kind
def a_link_to_itself(root):
    (root / "a.png").symlink_to("a.png")
    return {"a.png": "broken link"}


@kind
def a_link_to_an_image_beside_it(root):
    (root / "a.png").symlink_to("g0.png")
    return {"a.png": "same file by link: g0.png"}


@kind
def a_link_out_of_the_folder(root):
    put(root.parent, "outside.png", GOOD["g0.png"])
    (root / "a.png").symlink_to("../outside.png")
    return {"a.png": None}


@kind
def a_link_to_a_folder_outside(root):
    put(root.parent, "outside/a.png", GOOD["g0.png"])
    (root / "a").symlink_to("../outside")
    return {"a/a.png": None}


@kind
def a_folder_linked_into_itself(root):
    (root / "again").symlink_to(root)
    return {"again": "same folder by link: the folder itself"}


@kind
def a_link_to_a_folder_around(root):
    (root / "up").symlink_to(root.parent)
    return {"up": "link to a folder around this one"}


@kind
def a_link_to_a_folder_beside(root):
    put(root, "b/a.png", GOOD["g0.png"])
    (root / "a").symlink_to("b")  # sorts before, and is no other folder
    return {"a": "same folder by link: b", "b/a.png": None}


@kind
def a_second_hard_link(root):
    os.link(root / "g0.png", root / "h.png")
    return {"h.png": "same file by link: g0.png"}


@kind
def a_hub_download(root):
    put(root, "blobs/0a1b", encoded(flat(9)))
    (root / "snapshots").mkdir()
    (root / "snapshots/a.png").symlink_to("../blobs/0a1b")
    return {"blobs/0a1b": "same file by link: snapshots/a.png", "snapshots/a.png": None}


@kind
def a_pipe(root):
    os.mkfifo(root / "a.png")
    return {"a.png": "no file: a pipe"}


@kind
def a_socket(root):
    here = Path.cwd()
    os.chdir(root)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("a.png")
    os.chdir(here)
    return {"a.png": "no file: a socket"}


@kind
def a_device(root):
    try:
        os.mknod(root / "a.png", 0o600 | 0o020000, os.makedev(1, 5))
    except OSError:
        pytest.skip("only root makes a device")
    return {"a.png": "no file: a device"}


@kind
def a_file_that_may_not_be_read(root):
    put(root, "a.png", GOOD["g0.png"])
    if os.geteuid() == 0:
        pytest.skip("root may read every file; test_what_may_not_be_read stands in")
    (root / "a.png").chmod(0)
    return {"a.png": "cannot be read: Permission denied"}


@kind
def a_folder_that_may_not_be_read(root):
    put(root, "a/b.png", GOOD["g0.png"])
    if os.geteuid() == 0:
        pytest.skip("root may read every folder; test_what_may_not_be_read stands in")
    (root / "a").chmod(0)
    return {"a": "folder cannot be read: Permission denied"}


# ---- tables beside images ------------------------------------------------------------------


@kind
def metadata_that_names_what_is_not_there(root):
    put(root, "metadata.csv", b"file_name,label\ng0.png,cat\nlost.png,dog\n")
    table = {"metadata.csv": "read as a table"}
    return table | {"lost.png": "not there: named in metadata.csv"}


@kind
def metadata_that_leads_out_of_the_folder(root):
    put(root, "metadata.jsonl", b'{"file_name": "../../etc/passwd"}\n{"file_name": "g0.png"}\n')
    table = {"metadata.jsonl": "read as a table"}
    return table | {"../../etc/passwd": "not there: named in metadata.jsonl"}


@kind
def metadata_without_file_names(root):
    name = put(root, "metadata.csv", b"number,label\n1,cat\n")
    return {name: "metadata not used: line 1 names no column file_name but label, number"}


@kind
def metadata_that_is_no_utf8(root):
    return {
        put(root, "metadata.csv", b"file_name,label\n\xff,1\n"): "metadata not used: .*in line 2"
    }


@kind
def metadata_cut_short(root):
    name = put(root, "metadata.jsonl", b'{"file_name": "g0.png"}\n{"file_na')
    return {name: "metadata not used: line 2 is no JSON"}


@kind
def metadata_of_json_that_is_no_object(root):
    return {put(root, "metadata.jsonl", b"[1]\n"): "metadata not used: line 1 is no object"}


@kind
def metadata_that_is_no_parquet(root):
    name = put(root, "metadata.parquet", b"PAR1 and no more")
    return {name: "metadata not used: cannot be read as Parquet"}


@kind
def metadata_with_boxes_as_labels(root):
    line = json.dumps({"file_name": "g0.png", "label": [1, 2]}).encode()
    return {put(root, "metadata.jsonl", line): "metadata not used: has a label that is a list"}


@kind
def metadata_with_two_labels_for_an_image(root):
    name = put(root, "metadata.csv", b"file_name,label\ng0.png,cat\ng0.png,dog\n")
    return {name: "metadata not used: gives g0.png two labels, cat and dog"}


@kind
def metadata_beside_metadata(root):
    pq.write_table(pa.table({"file_name": ["g0.png"]}), root / "metadata.parquet")
    put(root, "metadata.csv", b"file_name,label\ng0.png,cat\n")
    table = {"metadata.csv": "read as a table"}
    return table | {"metadata.parquet": "metadata beside another"}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_bad_input_is_listed_and_the_good_is_read(tmp_path, name):
    root = tmp_path / "images"
    write_files(root, GOOD)
    expected = KINDS[name](root)
    before = {p: (p.lstat().st_mtime_ns, p.lstat().st_size) for p in root.rglob("*")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is said beside the list
        train, test, skipped = read_all("folder", root, test_share=0.0, size=4)
    assert {p: (p.lstat().st_mtime_ns, p.lstat().st_size) for p in root.rglob("*")} == before
    levels = dict(zip(train.file_name, train.image[:, 0, 0, 0].tolist(), strict=True))
    assert {n: levels[n] for n in GOOD} == {f"g{k}.png": 40 * k for k in range(4)}
    assert len(test.label) == 0
    found = {one.file_name: one.reason for one in skipped}
    assert len(found) == len(skipped)
    for file, reason in expected.items():
        if reason is None:
            assert file in levels
        else:
            assert re.search(reason, found.pop(file))
    assert not found
    assert str(tmp_path) not in str(skipped)  # no path of a machine: equal input, equal bytes


def test_there_are_forty_kinds():
    assert len(KINDS) >= 40


class Refusing:
    """Stands for a function of the operating system that refuses one path."""

    def __init__(self, function, name):
        self.function, self.name = function, name

    def __call__(self, path, *words, **options):
        if Path(path).name == self.name:
            raise PermissionError(13, "Permission denied", str(path))
        return self.function(path, *words, **options)


def test_what_may_not_be_read(tmp_path, monkeypatch):
    write_files(tmp_path, GOOD | {"a/b.png": GOOD["g0.png"], "c.png": GOOD["g0.png"]})
    monkeypatch.setattr(os, "scandir", Refusing(os.scandir, "a"))
    open_file = Refusing(Path.open, "c.png")
    monkeypatch.setattr(Path, "open", lambda *given, **options: open_file(*given, **options))
    train, _, skipped = read_all("folder", tmp_path, test_share=0.0)
    assert train.file_name == list(GOOD)
    assert skipped == [
        Skipped("a", "folder cannot be read: Permission denied"),
        Skipped("c.png", "cannot be read: Permission denied"),
    ]


# ---- the same for other kinds of source ----------------------------------------------------


def test_rows_of_parquet(tmp_path):
    images = [GOOD["g0.png"], None, b"", b"no image", GOOD["g3.png"], cut("JPEG", 0.5)]
    file = write_parquet(tmp_path / "x.parquet", images)
    train, _, skipped = read_all("parquet", file, test_share=0.0, size=4)
    assert train.file_name == ["parquet/00000.png", "parquet/00004.png"]
    assert train.sample_id.tolist() == [0, 1]
    assert train.image[:, 0, 0, 0].tolist() == [0, 120]
    kinds = {one.file_name: one.kind for one in skipped}
    assert kinds == {
        "parquet/00001.png": "empty",
        "parquet/00002.png": "empty",
        "parquet/00003.png": "no image",
        "parquet/00005.png": "damaged",
    }


def test_lines_of_a_list(tmp_path):
    write_files(tmp_path, GOOD | {"a/b.png": b"", "list/of.txt": b""})
    lines = [
        b"../g1.png", b"", str(tmp_path / "g0.png").encode(), b"../absent.png", b"../a", b"  ",
        b"../list/../g1.png", b"../a/b.png", b"../\xff.png", b"../g2.png", b"../G2.png",
    ]  # fmt: skip
    write_files(tmp_path, {"G2.png": GOOD["g2.png"]})
    (tmp_path / "list" / "of.txt").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    train, _, skipped = read_all("paths", tmp_path / "list" / "of.txt", test_share=0.0)
    assert train.file_name == ["G2.png", "g0.png", "g1.png", "g2.png"]
    assert set(train.label) == {-1}
    assert [(one.file_name, one.reason) for one in skipped] == [
        ("\\xff.png", "not there"),
        ("a", "no file: a folder"),
        ("a/b.png", "empty"),
        ("absent.png", "not there"),
        ("g1.png", "named twice"),
    ]
    (tmp_path / "here.txt").write_text("g1.png\n./g0.png\n")
    train, _ = read("paths", tmp_path / "here.txt", test_share=0.0)
    assert train.file_name == ["g0.png", "g1.png"]
    (tmp_path / "list" / "here.txt").write_text("../g0.png\n../g1.png\n")
    again, _ = read("paths", tmp_path / "list" / "here.txt", test_share=0.0)
    assert again.file_name == train.file_name  # names count from the folder above both


# ---- too few, and the list itself ----------------------------------------------------------


def test_too_few_usable_images_are_an_error_that_says_how_many(tmp_path):
    write_files(tmp_path, GOOD | {"a.png": b"", "b.png": b"", "c.txt": b"", "d.png": b"x"})
    assert len(read_all("folder", tmp_path, test_share=0.0, min_images=4)[0].label) == 4
    with pytest.raises(InputError) as caught:
        read_all("folder", tmp_path, test_share=0.0, min_images=5)
    assert str(caught.value) == (
        "only 4 usable training images, at least 5 are needed (left out: 2 empty, 2 no image); "
        "add images or mend those left out "
        "(prepare.min_images says how many)."
    )


def test_the_list_is_written_and_read(tmp_path):
    rows = [
        Skipped('b",\n.png', "empty"),
        Skipped("a", "damaged: at 3"),
        Skipped("é", "damaged: x"),
    ]
    write_skipped(tmp_path / "skipped.csv", rows)
    assert read_skipped(tmp_path / "skipped.csv") == sorted(rows)
    assert counts_by_kind(rows) == {"damaged": 2, "empty": 1}
    text = (tmp_path / "skipped.csv").read_text("utf-8")
    assert text.startswith("file_name,reason\na,damaged: at 3\n")
    write_skipped(tmp_path / "skipped.csv", [])
    assert (tmp_path / "skipped.csv").read_bytes() == b"file_name,reason\n"
    assert read_skipped(tmp_path / "skipped.csv") == []
    for content in (b"", b"a,b\n", b"file_name,reason\nonly one\n", b"\xff"):
        (tmp_path / "bad.csv").write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.csv: expected columns file_name and reason"):
            read_skipped(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="no such table"):
        read_skipped(tmp_path / "absent.csv")


@pytest.mark.parametrize("size", [None, 32])
def test_threads_give_the_bytes_of_one_after_another(tmp_path, monkeypatch, size):
    rng = np.random.default_rng(3)
    for k in range(40):
        pixels = rng.integers(0, 255, (64, 64, 3), np.uint8)
        put(tmp_path, f"{k:02}.jpg", encoded(pixels, "JPEG") if k % 7 else b"broken")
    given = {"size": size, "test_share": 0.3, "picture_side": 48}
    found = {}
    for threads in (1, 3):
        monkeypatch.setattr(_parallel, "cores", lambda threads=threads: threads)
        kept = []
        all_of_it = loaded("folder", tmp_path, kept.append, **given)
        train, test = all_of_it.train, all_of_it.test
        names = train.file_name, test.file_name, all_of_it.skipped, all_of_it.rows, kept
        found[threads] = train.image.tobytes(), test.image.tobytes(), *names
    assert found[1] == found[3]
    assert len(found[1][-1]) == len(found[1][2])
    assert len(found[1][4]) == 6


def test_growing_images_leave_no_file_and_turn_to_colour(tmp_path):
    grey, colour = np.arange(4, dtype=np.uint8).reshape(2, 2, 1), np.full((2, 2, 3), 7, np.uint8)
    with GrowingImages(tmp_path) as growing:
        growing.add(grey, 0, "a.png")
        growing.add(colour, -1, "b.png")
        growing.add(grey, 1, "c.png")
        images = growing.images(["x", "y"], (2, 2, 3))
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(ValueError, match="among those of"):
            growing.add(colour[:1], 0, "d.png")
    np.testing.assert_array_equal(images.image, [np.repeat(grey, 3, 2), colour, grey.repeat(3, 2)])
    assert (images.label.tolist(), images.file_name) == ([0, -1, 1], ["a.png", "b.png", "c.png"])
    write_images(tmp_path / "t.arrow", images)
    again = read_images(tmp_path / "t.arrow")
    np.testing.assert_array_equal(again.image, images.image)
    assert not again.image.flags.owndata  # mapped, not copied
    assert not again.image.flags.writeable
