"""Folders of one kind of thing: what looks alike and means something else is never dropped."""

import io
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image, ImageDraw, ImageOps
from scanned import scanned
from test_matching import drawn as scenery
from test_matching import found_in, small

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
import alikes
import look_alikes

from hardrare.matching.closer import beyond
from hardrare.matching.confirm import Shown, compare
from hardrare.matching.kinds import apart, copy, like, tells

WORST, FILES = 0.25, 14


@pytest.mark.parametrize("name", sorted(alikes.MAKERS))
def test_what_goes_shows_what_a_kept_file_shows(name, tmp_path, capsys):
    made = alikes.MAKERS[name](np.random.default_rng(11))
    by_content = sorted(made.items(), key=lambda one: one[1][0])[:FILES]  # variants side by side
    shown = {}
    (tmp_path / "in").mkdir()
    for file_name, (content, encoded) in by_content:
        (tmp_path / "in" / file_name).write_bytes(encoded)
        shown[file_name] = content
    lists = scanned(tmp_path / "in", tmp_path / "out", capsys)
    for file_name in lists.drop:
        assert lists.copies[file_name] in lists.keep
        assert shown[lists.copies[file_name]] == shown[file_name], file_name
    assert {shown[one] for one in lists.keep} == set(shown.values())


def test_a_judge_counts_what_is_wrong_and_what_is_lost():
    shown = {"a": "x", "b": "x", "c": "y", "d": "z"}
    scores = pl.DataFrame(
        {
            "file_name": ["a", "b", "c", "d"],
            "dropped_by": [None, "duplicate", "duplicate", None],
            "duplicate_of": [None, "a", "a", None],
        }
    )
    counted = {"files": 4, "copies": 1, "right": 1, "wrong": 1, "lost": 1}
    assert look_alikes.judge(shown, scores) == counted


def arrow(side=96):
    image = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(image)
    pen.line((side * 0.1, side * 0.5, side * 0.6, side * 0.5), (20, 20, 120), side // 10)
    pen.polygon([(side * x, side * y) for x, y in ((0.55, 0.25), (0.9, 0.5), (0.55, 0.75))],
                (20, 20, 120))  # fmt: skip
    return image


def confirmed(one, other):
    """The comparison, and what a closer look says."""
    found = compare(small(one), small(other))
    assert copy(found, WORST)
    return found, beyond(small(one, 320), small(other, 320), found)


@pytest.mark.parametrize(
    "change",
    [
        ImageOps.mirror,
        lambda im: im.transpose(Image.Transpose.ROTATE_90),
        lambda im: ImageOps.expand(im, 9, (200, 20, 20)),
        lambda im: im.point(lambda v: 255 - (255 - v) * 0.6),  # in pale ink
    ],
)
def test_a_symbol_that_was_changed_is_another_and_a_photograph_is_not(change):
    found = compare(small(arrow()), small(change(arrow())))
    assert copy(found, WORST) is None or tells(found, uniform=False)
    found = confirmed(scenery(4), change(scenery(4)))[0]
    assert not tells(found, uniform=False)
    assert tells(found, uniform=True) == (found.form > 0 or not found.second_shown or found.border)


def test_drawings_are_told_from_pictures_with_structure_everywhere():
    assert Shown(small(arrow())).drawn
    assert not Shown(small(scenery(1))).drawn
    mask = Image.new("L", (240, 180))
    ImageDraw.Draw(mask).ellipse((50, 20, 190, 160), fill=255)
    white = Image.new("RGB", (240, 180), "white")
    assert not Shown(small(Image.composite(scenery(2), white, mask))).drawn


def page(line):
    image = Image.new("RGB", (300, 400), "white")
    pen, face = ImageDraw.Draw(image), alikes.font(12)
    for row in range(20):
        pen.text((20, 15 + 19 * row), f"{row} {line if row == 9 else 'of the usual length'}",
                 "black", face)  # fmt: skip
    return image


def jpeg(image, quality=60):
    return Image.open(io.BytesIO(alikes.file(image, "jpeg", quality)))


def test_one_digit_parts_two_pages_and_saving_again_does_not():
    found, much = confirmed(page("at 12:41"), page("at 12:47"))
    assert apart(found, much)
    found, little = confirmed(page("at 12:41"), jpeg(page("at 12:41")))
    assert not apart(found, little)
    assert little < 2.5 < much


def test_a_marked_copy_is_like_in_a_group_and_stays():
    pictures = [scenery(seed) for seed in range(6)]
    marked = scenery(2)
    ImageDraw.Draw(marked).text((60, 80), "SAMPLE", "white", alikes.font(26))
    assert like(compare(small(scenery(2)), small(marked)))
    assert not like(compare(small(scenery(1)), small(scenery(2))))
    found, made = found_in([np.asarray(one) for one in [*pictures, marked]])
    assert found.ties == []
    rows = made.to_pylist()
    assert rows[2]["group"] == rows[6]["group"] == 0
    assert [rows[at]["kind"] for at in (2, 6)] == ["similar", "similar"]
    assert all(row["group"] is None for row in (*rows[:2], *rows[3:6]))
