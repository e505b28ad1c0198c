"""Severities of defects: what stands out of ordinary photographs and of its own set, alike."""

import doctest
import io
from inspect import signature

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter

from hardrare.appearance import look
from hardrare.metrics import registry
from hardrare.metrics.defect_blown_out import defect_blown_out
from hardrare.metrics.defect_blurred import defect_blurred
from hardrare.metrics.defect_dark import defect_dark
from hardrare.metrics.defect_flat import defect_flat
from hardrare.metrics.defect_grainy import defect_grainy
from hardrare.metrics.defect_static import defect_static
from hardrare.numerics import severity as module

REASONS = {
    "defect_dark": "nearly black", "defect_flat": "one colour", "defect_blown_out": "blown out",
    "defect_static": "static", "defect_grainy": "grainy", "defect_blurred": "blurred",
}  # fmt: skip


def test_the_doctest_holds():
    result = doctest.testmod(module)
    assert (result.attempted, result.failed) == (4, 0)


def test_each_defect_declares_its_reason_and_one_unit():
    known = {name: one for name, one in registry().items() if name.startswith("defect_")}
    assert {name: one.reason for name, one in known.items()} == REASONS
    assert {(one.unit, one.harder) for one in known.values()} == {("severity", "high")}


def test_an_ordinary_set_is_called_nothing():
    q95 = np.linspace(120, 255, 200)
    assert defect_dark(q95).max() < 0.6
    assert defect_blurred(np.linspace(0.1, 0.49, 200), np.full(200, 4.0)).max() < 1


def test_night_shots_are_dark_only_where_nothing_at_all_is_lit():
    rng = np.random.default_rng(0)
    night = 60 * np.exp(0.3 * rng.standard_normal(200))
    night[:3] = [2, 3, 4]
    assert np.flatnonzero(defect_dark(night) >= 1).tolist() == [0, 1, 2]
    assert (defect_dark(np.concatenate([night[:3], np.full(200, 217.0)])) >= 1).sum() == 3


def test_pictures_of_a_microscope_are_not_all_blurred():
    assert defect_blurred(np.full(50, 0.75), np.full(50, 5.0)).max() == 0
    assert defect_blurred(np.linspace(0.6, 0.8, 50), np.full(50, 5.0)).max() < 1


def test_among_photographs_what_is_smooth_or_has_a_sharp_edge_is_not_blurred():
    blurriness, width = np.append(np.full(50, 0.25), [0.75] * 4), np.full(54, 1.2)
    width[50:] = [0, 1.9, 2.6, 5]  # no edge, a sharp one, one between, all wide
    found = defect_blurred(blurriness, width)
    assert (found[50:52] < 0.01).all()
    assert 0.2 < found[52] < 1 < found[53]


def test_among_photographs_texture_is_not_grainy():
    noise, flat = np.append(np.full(50, 0.6), [8.0] * 3), np.full(53, 0.05)
    coarse = np.append(np.full(50, 1.7), [1.2, 0.95, 0.55])  # grass, between, noise
    found = defect_grainy(noise, flat, coarse)
    assert found[50] < 0.01
    assert 0.2 < found[51] < 1 < found[52]


def test_what_stands_out_of_a_uniform_set_alone_ranks_first_and_has_no_reason():
    blurriness = np.full(50, 0.10)
    blurriness[7] = 0.3  # still sharper than many a photograph
    found = defect_blurred(blurriness, np.full(50, 4.0))
    assert found.argmax() == 7
    assert 0.5 < found[7] < 1


def test_a_page_of_text_is_neither_grainy_nor_blown_out():
    usual = np.full(50, 0.6)
    noise, flat = np.append(usual, 5.6), np.append(np.full(50, 0.08), 0.89)
    white = np.full(51, 0.55)
    assert defect_grainy(noise, flat, white)[-1] < 0.2
    assert defect_grainy(noise * 4, np.full(51, 0.05), white)[-1] > 1
    none = np.zeros(51)
    q01, soft = np.append(np.full(50, 13.0), 21.0), np.full(51, 3.0)
    assert defect_blown_out(q01, soft, np.append(none[1:], 0.8), none)[-1] < 0.2


@pytest.mark.parametrize("quality", [None, 60])
@pytest.mark.parametrize("kind", ["curve", "pie", "word", "table"])
def test_what_is_drawn_on_white_is_not_called_hurt(kind, quality):
    image = Image.new("RGB", (640, 480), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    if kind == "curve":
        pen.line([(20 + 6 * k, 240 + 150 * np.sin(k / 9)) for k in range(100)], (120, 170, 220), 2)
    elif kind == "pie":
        pen.pieslice((200, 120, 440, 360), 0, 130, (250, 220, 170), (200, 200, 200))
        pen.pieslice((200, 120, 440, 360), 130, 360, (180, 220, 250), (200, 200, 200))
    elif kind == "word":
        pen.text((300, 230), "a word", (0, 0, 0), ImageFont.load_default(40))
    else:
        for y in range(20, 480, 28):
            pen.line((10, y, 630, y), (210, 210, 210))
    if quality:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        image = Image.open(stream)
    drawn = look(np.asarray(image.convert("RGB"))[None])[0]
    severities = _among_photographs(drawn)
    assert max(severities.values()) < 1, severities
    before = -np.log(264 - drawn["brightness_q01"])  # by which alone it would be blown out
    assert before > -4.95


def _among_photographs(row):
    """The severities of one picture among 60 whose statistics are those of photographs."""
    usual = {
        "brightness_q01": 13.0, "soft_texture": 2.0, "contrast": 56.0, "stroke_contrast": 90.0,
        "clipped_share": 0.0, "clipped_colours": 0.0, "noise_level": 0.6, "flat_share": 0.1,
    }  # fmt: skip
    columns = {name: np.append(np.full(60, value), row[name]) for name, value in usual.items()}
    defects = {"blown out": defect_blown_out, "one colour": defect_flat, "static": defect_static}
    return {
        reason: defect(**{k: columns[k] for k in signature(defect).parameters})[-1]
        for reason, defect in defects.items()
    }


def test_a_photograph_that_fades_into_white_is_blown_out_and_one_colour_is_that():
    rng = np.random.default_rng(3)
    soft = gaussian_filter(rng.normal(size=(300, 400)), 12) + gaussian_filter(
        rng.normal(size=(300, 400)), 2) / 6  # fmt: skip
    scene = 40 + 160 * (soft - soft.min()) / np.ptp(soft)
    pale = np.repeat(((scene + 60) * 2.2).clip(0, 255)[..., None], 3, 2).astype(np.uint8)
    found = _among_photographs(look(pale[None])[0])
    assert found["blown out"] > 1.5
    assert found["one colour"] < 1
    one = np.full((1, 300, 400, 3), 200, np.uint8) + rng.integers(0, 3, (1, 300, 400, 1), np.uint8)
    assert _among_photographs(look(one)[0])["one colour"] > 1


def test_a_photograph_of_which_light_left_a_few_hard_lines_is_blown_out():
    rng = np.random.default_rng(3)
    soft = np.stack([gaussian_filter(rng.normal(size=(300, 400)), 14) for _ in range(3)], axis=2)
    scene = 150 + 60 * (soft / soft.std()) * 0.4 + 40 * soft.mean(2, keepdims=True) / soft.std()
    burnt = (scene * 2.2).clip(0, 255).astype(np.uint8)
    burnt[::30, 40:300] = 0  # as a grating in front of a bright window
    row = look(burnt[None])[0]
    assert row["brightness_q01"] == 0  # which is why it did not fade
    assert _among_photographs(row)["blown out"] > 1


@pytest.mark.parametrize("ink", [(255, 0, 0), (255, 200, 0), (0, 120, 255)])
def test_soft_edged_strokes_of_a_pure_colour_are_not_blown_out(ink):
    large = Image.new("RGB", (1280, 960), (255, 255, 255))
    pen = ImageDraw.Draw(large)
    for k in range(9):
        pen.line((80, 80 + 90 * k, 1200, 60 + 100 * k), ink, 14 + k)
        pen.polygon([(1200, 40 + 100 * k), (1240, 60 + 100 * k), (1200, 80 + 100 * k)], ink)
    row = look(np.asarray(large.reduce(4))[None])[0]
    assert row["clipped_share"] > 0.8
    assert _among_photographs(row)["blown out"] < 1
    burnt = dict(row, clipped_colours=1.2)  # what it was while soft edges alone were counted
    assert _among_photographs(burnt)["blown out"] > 1


def test_a_set_of_one_is_usual():
    assert defect_dark(np.array([3.0])).tolist() == [0]
