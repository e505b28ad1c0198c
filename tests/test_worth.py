"""Which file of one picture stays: borders, lossless and lossy files, what a JPEG became."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps
from scanned import scanned
from test_alikes import alikes
from test_matching import KEEP, WORST, drawn, facts, found_in, gradient, jpeg, same, small

from hardrare import tables
from hardrare.appearance import look
from hardrare.matching.confirm import compare
from hardrare.matching.facts import facts as facts_of
from hardrare.matching.groups import ties
from hardrare.matching.kinds import copy, flipped, framed
from hardrare.matching.worth import LOSSLESS

JPEG = {"format": "JPEG", "levels": "a"}
PNG = {"format": "PNG", "levels": "a"}


def stays(*files, keep=KEEP, pairs=None):
    """The row that stays of some files of one picture, and why, for each that goes."""
    pairs = pairs or {(i, k): same() for k in range(len(files)) for i in range(k)}
    made = ties(files, pairs, keep, lambda *_: None)
    return {tie.row: (tie.kept, tie.because) for tie in made}


def test_a_lossless_file_stays_whatever_its_bytes_and_the_jpeg_it_was_made_of_before_it():
    screen, photo = facts(bytes=20, format="PNG", levels="b"), facts(bytes=50, **JPEG)
    assert stays(photo, screen) == {0: (1, "lossless")}
    for end in ("PNG", "BMP", "TIFF", "PPM"):
        made = facts(bytes=900, format=end, levels="a")
        assert stays(made, photo) == {0: (1, "smaller file")}
        assert stays(replace(made, levels="b"), photo) == {1: (0, "lossless")}
    assert stays(facts(bytes=20, **PNG), photo) == {1: (0, "lossless")}  # nothing is saved then
    assert stays(facts(bytes=60, **PNG), facts(bytes=60, format="BMP")) == {1: (0, "no bitmap")}
    fat = facts(bytes=900, **PNG)  # packed less well, no more
    assert stays(facts(bytes=60, **PNG), fat) == {1: (0, "first by name")}
    assert stays(replace(fat, taken=9.0), facts(bytes=60, taken=5.0, **PNG)) == {0: (1, "older")}


def test_one_list_says_which_formats_are_lossless(tmp_path):
    formats = [*LOSSLESS, "JPEG", "GIF", "WEBP", ""]
    ids = np.arange(len(formats), dtype=np.int32)
    rows = [{"part": "", "format": each or None} for each in formats]
    tables.write_appearance(tmp_path / "looks", rows, {})
    images = np.zeros((len(ids), 4, 4, 3), np.uint8)
    samples = tables.Images(ids, images, ids * 0, [f"{i}.img" for i in ids], ["a"])
    made, _ = facts_of(samples, tables.read(tmp_path / "looks", "appearance/1"))
    assert [fact.lossless for fact in made] == [each in LOSSLESS for each in formats]
    assert {"PNG", "TIFF", "BMP", "DIB", "PPM"} == {*LOSSLESS}


def test_what_a_poor_jpeg_was_made_into_is_as_poor():
    poor, made, good = facts(bytes=10, **JPEG), facts(bytes=900, **PNG), facts(format="JPEG")
    assert stays(poor, made, good) == {0: (2, "less compressed"), 1: (2, "less compressed")}


def test_a_border_is_no_content():
    frame = {(0, 1): replace(same("bordered"), framed=0)}
    large = facts(pixels=900, bytes=900, taken=1.0)
    assert stays(large, facts(), pairs=frame) == {0: (1, "without border")}
    assert stays(large, facts(), keep=["age"], pairs=frame) == {0: (1, "without border")}
    tested = stays(replace(large, part="test"), facts(part="train"), pairs=frame)
    assert tested == {1: (0, "in test")}
    dense, poor = facts(pixels=100, bytes=30, **JPEG), facts(pixels=100, bytes=9, **JPEG)
    whole = facts(pixels=900, bytes=900, format="PNG", levels="b")
    assert stays(whole, dense, pairs=frame) == {0: (1, "without border")}
    assert stays(whole, poor, pairs=frame) == {
        1: (0, "larger")
    }  # but not at the price of a picture
    assert stays(replace(dense, pixels=200), poor, pairs=frame) == {0: (1, "without border")}
    assert stays(replace(dense, bytes=90), poor, pairs=frame) == {1: (0, "less compressed")}
    again = {**frame, (0, 2): same("same file"), (1, 2): same("bordered")}
    assert {kept for kept, _ in stays(large, facts(), large, pairs=again).values()} == {1}


@pytest.mark.parametrize("colour", ["white", "black", (200, 30, 30)])
def test_of_a_picture_and_its_border_it_is_told_which_shows_no_more(colour):
    plain, wide = drawn(3), ImageOps.expand(drawn(3), 14, colour)
    compared = compare(small(wide), small(plain))
    pair = copy(compared, WORST)
    assert framed(pair, compared, wide.size, plain.size).framed == 0
    assert flipped(framed(pair, compared, wide.size, plain.size)).framed == 1
    assert framed(pair, compared, wide.size, (120, 90)).framed is None  # the other is a small one
    inside = compared.share * wide.width * wide.height / (plain.width * plain.height)
    assert 0.95 < inside < 1.05
    cut = compare(small(plain), small(plain.crop((20, 9, 231, 167))))
    assert framed(copy(cut, WORST), cut, plain.size, (211, 158)).framed is None


def test_a_border_with_a_caption_is_content():
    plain = drawn(3).resize((960, 720))
    wide = ImageOps.expand(plain, 60, "white")
    ImageDraw.Draw(wide).text((80, 792), "the harbour, 1931", "grey", font_size=20)
    compared = compare(small(wide), small(plain))
    assert not compared.border
    assert copy(compared, WORST).kind == "cropped"
    assert not copy(compared, WORST).second_stands


def test_turning_changes_no_level_and_saving_with_a_loss_does():
    image = np.asarray(drawn(5))
    [plain] = look(image[None])
    for turned in (np.rot90(image), image[:, ::-1], np.rot90(image[::-1])):
        [other] = look(np.ascontiguousarray(turned)[None])
        assert other["levels_hash"] == plain["levels_hash"]
        assert other["pixel_hash"] != plain["pixel_hash"]
    [lossy] = look(np.asarray(jpeg(drawn(5), 98))[None])
    assert lossy["levels_hash"] != plain["levels_hash"]


def test_what_stays_of_real_files(tmp_path, capsys):
    root = tmp_path / "in"
    root.mkdir()
    for k in range(12):
        drawn(k).save(root / f"photo_{k:02}.jpg", quality=85)
    shown = [Image.open(root / f"photo_{k:02}.jpg").convert("RGB") for k in range(3)]
    shown[0].save(root / "a.bmp")
    shown[1].transpose(Image.Transpose.ROTATE_90).save(root / "b.png")
    ImageOps.expand(shown[2], 6, "white").save(root / "c.png")
    ramp = Image.fromarray(gradient((90, 20, 20), (20, 20, 190)))
    ramp.save(root / "ramp.png")
    ramp.save(root / "ramp.jpg", quality=95)
    drawn(30).save(root / "master.png")
    drawn(30).save(root / "made of it.jpg", quality=95)
    for path in root.iterdir():
        os.utime(path, (1e9, 1e9))
    lists = scanned(root, tmp_path / "out", capsys)
    told = {
        name: (row["duplicate_of"], row["duplicate_of_is"])
        for name, row in lists.rows.items()
        if row["duplicate_of"]
    }
    assert told == {
        "a.bmp": ("photo_00.jpg", "smaller file"),
        "b.png": ("photo_01.jpg", "smaller file"),
        "c.png": ("photo_02.jpg", "without border"),
        "ramp.jpg": ("ramp.png", "lossless"),
        "made of it.jpg": ("master.png", "lossless"),
    }


def test_what_is_like_a_copy_is_in_the_group_of_its_copies_and_stays():
    pictures = [np.asarray(drawn(seed)) for seed in range(6)]
    marked = drawn(2)
    ImageDraw.Draw(marked).text((60, 80), "SAMPLE", "white", alikes.font(26))
    rest = [pictures[2], np.asarray(marked), np.asarray(drawn(4).resize((120, 90)))]
    _, made = found_in([*pictures, *rest])
    rows = made.to_pylist()
    assert rows[7]["kind"] == "similar"
    assert rows[7]["duplicate_of"] is None
    assert rows[7]["group"] == rows[2]["group"] == rows[6]["group"] != rows[4]["group"]
    assert all(row["group"] is not None for row in rows if row["kind"])


def test_the_benchmark_of_what_stays_makes_each_kind_and_counts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import which_stays

    whole = [which_stays.saved(drawn(k, 60, 44), "JPEG", quality=90) for k in range(72)]
    which_stays.make(tmp_path / "in", whole, 3)
    truth = which_stays.read(which_stays.manifest_of(tmp_path / "in"))
    assert sorted(truth) == sorted(path.name for path in (tmp_path / "in").iterdir())
    kinds = [row["kind"] for row in truth.values()]
    wanted = which_stays.KINDS | {"photograph": 72, "watermarked": 10}
    assert {kind: kinds.count(kind) for kind in wanted} == wanted
    none = dict.fromkeys(("duplicate_of", "duplicate_kind", "duplicate_of_is", "group"), "")
    scores = {name: dict(none) for name in truth}
    scores["00_x.bmp"] |= {"duplicate_of": "00_original.jpg", "duplicate_of_is": "smaller file"}
    scores["01_original.jpg"] |= {"duplicate_of": "01_x.bmp", "duplicate_of_is": "larger"}
    counted = which_stays.judged(truth, scores)
    assert counted["bmp", "goes: the other is smaller file"] == 1
    assert counted["bmp", "its original goes: the other is larger"] == 1
    assert counted["bmp", "both stay, not alike, no group"] == 6
