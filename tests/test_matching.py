"""Copies: what is confirmed, what is not, which of a group stays."""

import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont, ImageOps
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits

from hardrare import tables
from hardrare.errors import InputError
from hardrare.injection.duplicate_brightness import duplicate_brightness
from hardrare.injection.duplicate_jpeg import duplicate_jpeg
from hardrare.injection.duplicate_shift import duplicate_shift
from hardrare.matching import align, nearest, spectra
from hardrare.matching.confirm import compare
from hardrare.matching.differ import Planes, levels
from hardrare.matching.groups import ties
from hardrare.matching.kinds import SIMILAR, Copy, copy
from hardrare.matching.propose import propose
from hardrare.matching.search import search
from hardrare.matching.table import table
from hardrare.matching.worth import Facts
from stages import match

WORST = 0.25
KEEP = ["size", "quality", "age", "path"]


def drawn(seed, width=240, height=180):
    """A coloured picture with structure at several scales."""
    rng = np.random.default_rng(seed)
    layers = [
        gaussian_filter(rng.normal(size=(height, width, 3)), (s, s, 0.7)) * s for s in (2, 6, 18)
    ]
    flat = sum(layers)
    flat = (flat - flat.min()) / np.ptp(flat)
    return Image.fromarray((40 + 170 * flat).astype(np.uint8))


def jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def small(image, side=192):
    image = image.convert("RGB")
    image.thumbnail((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image)


def brighter(image, factor):
    return Image.fromarray((np.asarray(image) * float(factor)).clip(0, 255).astype(np.uint8))


MADE = {
    "half": (lambda im: im.resize((120, 90)), "resized or recompressed"),
    "jpeg": (lambda im: jpeg(im, 30), "resized or recompressed"),
    "crop": (lambda im: jpeg(im.crop((20, 9, 231, 167)), 90), "cropped"),
    "mirror": (lambda im: jpeg(ImageOps.mirror(im), 90), "mirrored"),
    "turn": (lambda im: im.transpose(Image.Transpose.ROTATE_90), "rotated"),
    "brighter": (lambda im: jpeg(brighter(im, 1.35), 90), "recoloured"),
    "darker": (lambda im: brighter(im, 0.6), "recoloured"),
    "grey": (lambda im: im.convert("L").convert("RGB"), "recoloured"),
    "border": (lambda im: ImageOps.expand(im, 16, (200, 30, 30)), "bordered"),
}


@pytest.mark.parametrize("name", MADE)
def test_what_was_done_to_a_copy_is_named_and_the_picture_itself_may_stay(name):
    change, kind = MADE[name]
    for seed in (1, 2):
        one = drawn(seed)
        found = compare(small(one), small(change(one)))
        assert found.worst < 0.2
        confirmed = copy(found, WORST)
        assert confirmed.kind == kind
        assert confirmed.first_stands
        assert confirmed.second_stands == (name not in ("crop", "grey"))
        swapped = copy(compare(small(change(one)), small(one)), WORST)
        assert (swapped.second_stands, swapped.first_stands) == (True, confirmed.second_stands)


def page(seed):
    rng = np.random.default_rng(seed)
    image = Image.new("L", (310, 438), 250)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(9)
    for y in range(30, 390, 10):
        text = "".join(rng.choice(list("aeinorst     mdcl"), 60))
        pen.text((30, y), text, 20, font)
    return image


def icon(seed):
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (96, 96), "white")
    pen = ImageDraw.Draw(image)
    x, y = rng.integers(10, 40, 2).tolist()
    [pen.ellipse, pen.rectangle][seed % 2]((x, y, x + 30 + seed * 3, y + 40), fill=(20, 20, 20))
    return image


def with_object(image, size):
    image = image.copy()
    image.paste(drawn(99).resize((size, size)), (110, 60))
    return image


def other_colour(image):
    """The same luminance in other colours."""
    plain = np.asarray(image).astype(float)
    light = plain @ [0.299, 0.587, 0.114]
    swapped = plain - light[..., None]
    return Image.fromarray((light[..., None] - 1.0 * swapped).clip(0, 255).astype(np.uint8))


def test_what_is_only_alike_is_not_confirmed():
    frame = drawn(3)
    vivid = Image.fromarray(
        np.stack([np.asarray(drawn(s).convert("L")) for s in (5, 6, 7)], -1).astype(np.uint8)
    )
    pairs = {
        "photographs": (drawn(1), drawn(2)),
        "pages": (page(1), page(2)),
        "icons": (icon(1), icon(2)),
        "object": (frame, with_object(frame, 18)),
        "colours": (vivid, other_colour(vivid)),
        "flat": (Image.new("RGB", (90, 90), "red"), Image.new("RGB", (90, 90), "blue")),
        "flat shades": (Image.new("L", (90, 90), 100), Image.new("L", (90, 90), 101)),
    }
    assert [n for n, (a, b) in pairs.items() if copy(compare(small(a), small(b)), WORST)] == []


def test_a_bright_picture_made_brighter_is_one_and_an_object_in_it_another():
    bright = Image.fromarray((np.asarray(drawn(8)) * 0.7 + 60).clip(0, 255).astype(np.uint8))
    for factor in (1.2, 1.35, 1.6):
        found = compare(small(bright), small(jpeg(brighter(bright, factor), 90)))
        assert copy(found, WORST).kind == "recoloured", factor
        other = jpeg(brighter(with_object(bright, 24), factor), 90)
        assert copy(compare(small(bright), small(other)), WORST) is None, factor


def test_a_gif_goes_for_a_jpeg_of_its_size_whatever_its_bytes():
    gif = Facts(pixels=100, bytes=9000, taken=1.0, path="a.gif", format="GIF")
    other = Facts(pixels=100, bytes=800, taken=2.0, path="b.jpg")
    one = Copy("resized or recompressed", 0.1, True, True)
    [tie] = ties([gif, other], {(0, 1): one}, KEEP, lambda *_: None)
    assert (tie.row, tie.kept, tie.because) == (0, 1, "less compressed")
    [tie] = ties([replace(gif, format="JPEG"), other], {(0, 1): one}, KEEP, lambda *_: None)
    assert tie.row == 1


def test_where_every_pixel_is_clipped_nothing_is_hidden():
    light = np.full((4, 4), 255.0)
    outer = Planes(light - np.eye(4) * 90, light, 0 * light, light[:0], light[:0])
    inner = replace(outer, grey=light - np.eye(4)[::-1] * 180)
    fitted = levels(outer, inner, np.ones((4, 4), bool))
    assert not fitted.free.any()
    assert fitted.gain == pytest.approx(-1 / 6)  # cov / var = -(22.5 * 45) / (45 * 135)
    assert fitted.off[0].tolist() == pytest.approx([-60, 30, 30, 0])


def test_a_rescan_of_a_page_and_a_second_frame_are_confirmed():
    rng = np.random.default_rng(0)
    rescan = np.asarray(page(1)) + rng.normal(0, 4, (438, 310))
    rescan = jpeg(Image.fromarray(rescan.clip(0, 255).astype(np.uint8)), 70)
    assert compare(small(page(1)), small(rescan)).worst < 0.15
    frame = np.asarray(drawn(3)) * 1.05 + rng.normal(0, 3, (180, 240, 3))
    again = Image.fromarray(frame.clip(0, 255).astype(np.uint8))
    assert compare(small(drawn(3)), small(again)).worst < 0.1


def test_tiny_images_moved_re_encoded_or_brighter_are_copies_and_other_digits_are_not():
    digits = (load_digits().images[:300] * 255 / 16).round().astype(np.uint8)[..., None]
    rng = np.random.default_rng(1)
    for image in digits[:40]:
        assert compare(image, duplicate_shift(image, 1, rng)).worst < 0.01
        assert compare(image, duplicate_brightness(image, 12)).worst < 0.01
        assert compare(image, duplicate_jpeg(image, 90)).worst < 0.15
    rows = digits.reshape(300, -1).astype(float)
    near = np.corrcoef(rows) - 2 * np.eye(300)
    worst = [compare(digits[i], digits[near[i].argmax()]).worst for i in range(300)]
    assert np.sum(np.array(worst) <= WORST) == 0


def test_forms_of_frequencies_are_those_of_the_pixels():
    grey = np.random.default_rng(0).uniform(0, 255, (2, 32, 32)).astype(np.float32)
    low = spectra.frequencies(grey)
    for form in align.FORMS:
        turned = np.stack([align.turned(one, form) for one in grey])
        np.testing.assert_allclose(
            spectra.turned(low, form), spectra.frequencies(turned), atol=0.01
        )
        back = align.turned(align.turned(grey[0], form), spectra.inverse(form))
        np.testing.assert_array_equal(back, grey[0])


def test_the_form_of_a_pair_turns_the_second_into_the_first():
    grey = np.random.default_rng(0).uniform(0, 255, (30, 32, 32)).astype(np.float32)
    for form in align.FORMS:
        for first, second in ((3, 9), (9, 3)):
            changed = grey.copy()
            changed[second] = align.turned(grey[first], form)
            pair = propose(spectra.frequencies(changed)).pairs[0]
            assert (pair.first, pair.second) == (3, 9)
            np.testing.assert_array_equal(align.turned(changed[9], pair.forms[0]), changed[3])


def same(kind="resized or recompressed", first=True, second=True):
    return Copy(kind, 0.1, first, second)


def facts(**changes):
    return replace(Facts(100, 50, 5.0, "a.jpg"), **changes)


def test_the_largest_least_compressed_oldest_shortest_path_stays():
    def kept(one, other, keep=KEEP):
        (tie,) = ties([one, other], {(0, 1): same()}, keep, lambda *_: None)
        return tie.kept, tie.because

    assert kept(facts(path="IMG (1).jpg"), facts(pixels=400)) == (1, "larger")
    assert kept(facts(bytes=30), facts(bytes=60)) == (1, "less compressed")
    assert kept(facts(taken=9.0), facts(taken=4.0)) == (1, "older")
    assert kept(facts(path="IMG - Copy.jpg"), facts(path="IMG.jpg")) == (1, "shorter path")
    assert kept(facts(path="b.jpg"), facts(path="a.jpg")) == (1, "first by name")
    assert kept(facts(taken=9.0, pixels=400), facts(taken=4.0), ["age"]) == (1, "older")
    assert kept(facts(part="train", pixels=400), facts(part="test")) == (1, "in test")
    assert kept(facts(part="Training", pixels=400), facts(part="Testing")) == (1, "in Testing")
    assert kept(facts(part="train"), facts(part="eval", pixels=50)) == (1, "in eval")
    with pytest.raises(InputError, match="name each of size, quality"):
        kept(facts(), facts(), ["beauty"])


def test_no_chain_marks_what_the_one_that_stays_does_not_show():
    many = [facts(pixels=300), facts(pixels=200), facts(pixels=100)]
    chain = {(0, 1): same(), (1, 2): same()}
    found = ties(many, chain, KEEP, lambda *_: None)
    assert [(tie.row, tie.kept) for tie in found] == [(1, 0)]
    found = ties(many, chain, KEEP, lambda *_: same())
    assert [(tie.row, tie.kept) for tie in found] == [(1, 0), (2, 0)]


def test_a_crop_never_stands_for_the_whole_even_if_it_is_larger():
    cut = same("cropped", first=False, second=True)
    found = ties([facts(pixels=900), facts()], {(0, 1): cut}, KEEP, lambda *_: None)
    assert [(t.row, t.kept, t.because) for t in found] == [(0, 1, "shows the whole picture")]


def test_a_file_of_several_frames_goes_only_for_one_of_the_same_bytes():
    def gone(kind, **changes):
        many = [facts(pixels=400), facts(**changes)]
        return [tie.row for tie in ties(many, {(0, 1): same(kind)}, KEEP, lambda *_: None)]

    assert gone("same file", frames=4) == gone("resized or recompressed") == [1]
    assert gone("same pixels", frames=4) == gone("resized or recompressed", frames=2) == []


def found_in(pictures, parts=None, **changes):
    """Search pictures `(h, w, 3)` of any sizes; their pixels are their hash."""
    many = [
        facts(pixels=p.shape[0] * p.shape[1], path=f"{i:02}", part=parts[i] if parts else "")
        for i, p in enumerate(pictures)
    ]

    def squares(rows, side):
        return np.stack(
            [np.asarray(Image.fromarray(pictures[r]).resize((side, side), 3)) for r in rows]
        )

    given = {"features": None, "keep": KEEP, "worst_block": WORST, "tries": 3} | changes
    found = search(
        lambda row, side: small(Image.fromarray(pictures[row]), side), squares, many,
        [None] * len(many), [f"{p.shape}{p.tobytes()}" for p in pictures], **given,
    )  # fmt: skip
    return found, table(np.arange(len(many)) + 10, many, found)


def test_a_set_with_copies_as_a_table_with_leaks():
    pictures = [np.asarray(drawn(seed)) for seed in range(8)]
    pictures += [pictures[0], np.asarray(drawn(1).resize((120, 90)))]
    pictures += [np.asarray(with_object(drawn(2), 24)), np.asarray(ImageOps.mirror(drawn(3)))]
    parts = ["train"] * 8 + ["test", "train", "train", "train"]
    found, made = found_in(pictures, parts)
    rows = {r["sample_id"]: r for r in made.to_pylist()}
    copies = {k: (r["duplicate_of"], r["kind"]) for k, r in rows.items() if r["duplicate_of"]}
    assert copies == {
        10: (18, "same pixels"),
        19: (11, "resized or recompressed"),
        21: (13, "mirrored"),
    }
    assert {k for k, r in rows.items() if r["leak"]} == {10, 18}
    assert rows[10]["kept_because"] == "in test"
    assert {k for k, r in rows.items() if r["kind"] == SIMILAR} == {12, 20}
    assert rows[20]["nearest"] == 12
    assert rows[11]["group"] == rows[19]["group"] != rows[10]["group"]
    again, same_table = found_in(pictures, parts)
    assert same_table.equals(made)
    assert found.compared == again.compared <= 36


CHANGES = [lambda im: im, *(change for change, _ in MADE.values())]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, len(CHANGES) - 1)), max_size=7))
def test_whatever_is_marked_repeats_one_that_stays(made):
    """Nothing is marked without a kept image made of the same drawing."""
    pictures = [np.asarray(CHANGES[change](drawn(seed)).convert("RGB")) for seed, change in made]
    found, _ = found_in(pictures)
    marked = {tie.row for tie in found.ties}
    for tie in found.ties:
        assert tie.kept not in marked
        assert made[tie.kept][0] == made[tie.row][0]


def test_flat_images_of_one_colour_are_the_same_pixels_and_others_stay():
    shades = [10, 10, 90, 200]
    pictures = [np.full((40, 40, 3), shade, np.uint8) for shade in shades]
    found, made = found_in(pictures)
    assert [(t.row, t.kept, t.copy.kind) for t in found.ties] == [(1, 0, "same pixels")]
    assert made.column("kind").to_pylist() == [None, "same pixels", None, None]
    assert made.column("similarity").to_pylist() == [1, 1, 0, 0]  # another colour is no likeness


def gradient(start, end, down=False):
    """From one colour to another, to the right or downwards, `(120, 160, 3)`."""
    there = np.linspace(0, 1, 120 if down else 160)[:, None]
    line = (np.array(start) * (1 - there) + np.array(end) * there).round().astype(np.uint8)
    return np.broadcast_to(line[:, None] if down else line[None], (120, 160, 3)).copy()


def test_colours_alone_tell_pictures_without_structure_apart():
    """A network calls all of these alike: here its features of them are the same."""
    colours = [(220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255), (0, 0, 0)]
    plain = [np.full((90, 90, 3), colour, np.uint8) for colour in colours]
    pairs = [(0, 4), (2, 1), (3, 0), (1, 4)]
    shades = [gradient(colours[a], colours[b], at % 2 == 0) for at, (a, b) in enumerate(pairs)]
    rest = [np.asarray(drawn(seed)) for seed in range(6)]
    pictures = [*plain, *shades, *rest]
    features = np.random.default_rng(0).normal(0, 1, (len(pictures), 8)).astype(np.float32)
    features[: len(plain) + len(shades)] = 3
    found, made = found_in(pictures, features=features)
    assert not found.ties
    assert made.column("kind").null_count == len(pictures)
    assert max(made.column("similarity").to_pylist()[: len(plain) + len(shades)]) < 0.1
    assert made.column("nearest").null_count >= len(plain)


def test_nearly_the_same_colours_are_alike_and_the_same_ones_a_copy():
    red, nearly = np.full((90, 90, 3), (220, 30, 30)), np.full((60, 60, 3), (213, 33, 30))
    shade = gradient((10, 20, 200), (240, 240, 90))
    saved = np.asarray(jpeg(Image.fromarray(shade).resize((80, 60)), 90))
    dots = np.full((100, 100, 3), (220, 30, 30))
    dots[::9, ::9] += 30  # fine structure, which no copy of one colour has
    pictures = [red, nearly, red[:40, :40], shade, saved, dots, shade[::-1, ::-1]]
    found, made = found_in([np.asarray(picture, np.uint8) for picture in pictures])
    assert {tie.row: (tie.kept, tie.copy.kind) for tie in found.ties} == {
        2: (0, "resized or recompressed"), 4: (3, "resized or recompressed"),
    }  # fmt: skip
    assert made.column("kind").to_pylist()[1] == SIMILAR
    assert 0.8 < made.column("similarity").to_pylist()[1] < 0.95
    assert made.column("similarity").to_pylist()[6] == 0


def test_one_dot_parts_two_large_white_pictures():
    blank = np.full((1400, 1000, 3), 255, np.uint8)
    spot = blank.copy()
    spot[700:702, 500:502] = 0
    found, _ = found_in([blank, spot, *[np.asarray(drawn(seed)) for seed in range(4)]])
    assert not found.ties


@pytest.mark.parametrize("size", [0, 1])
def test_sets_without_a_pair_have_no_copies(size):
    _, made = found_in([np.asarray(drawn(0))] * size)
    assert made.column("duplicate_of").null_count == made.num_rows == size


def encoded(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


def test_the_stage_writes_what_it_found_and_threads_change_no_byte(tmp_path, monkeypatch):
    made = [drawn(seed) for seed in range(14)]
    made += [made[0], made[1].resize((120, 90)), ImageOps.mirror(made[2]), brighter(made[3], 1.3)]
    made += [made[4].crop((10, 8, 225, 170)), made[5].convert("L").convert("RGB")]
    ids = np.arange(len(made))
    squares = np.stack([np.asarray(one.resize((32, 32))) for one in made])
    names = [f"{'test' if i in (1, 14) else 'train'}/{i}.jpg" for i in ids]
    tables.write_images(tmp_path / "images", tables.Images(ids, squares, ids * 0, names, ["a"]))
    with tables.pictures_writer(tmp_path / "pictures") as append:
        for one in made:
            append(encoded(one))
    rows = [
        {
            "part": name.partition("/")[0], "width": one.width, "height": one.height,
            "bytes": len(encoded(one)),
            "content_hash": hashlib.sha256(encoded(one)).hexdigest(),
            "pixel_hash": hashlib.sha256(one.tobytes()).hexdigest(),
        }
        for name, one in zip(names, made, strict=True)
    ]  # fmt: skip
    tables.write_appearance(tmp_path / "appearance", rows, {})
    (tmp_path / "features").mkdir()
    tables.write_features(
        tmp_path / "features" / "own.arrow", ids, squares[:, ::4, ::4].reshape(len(ids), -1) / 255
    )
    params = match.Params("own", KEEP, WORST, 3)
    given = {n: tmp_path / n for n in ("images", "pictures", "appearance", "features")}
    for threads in (1, 2):
        monkeypatch.setattr("os.cpu_count", lambda threads=threads: threads)
        scratch = tmp_path / "scratch" / f"{threads}"
        match.main(params, **given, duplicates=tmp_path / f"{threads}", scratch=scratch)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    monkeypatch.setattr("hardrare.matching.judge.compare", None)  # nothing is compared again
    match.main(params, **given, duplicates=tmp_path / "3", scratch=scratch)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "3").read_bytes()
    other = match.Params("own", KEEP, WORST / 2, 3)
    with pytest.raises(TypeError):
        match.main(other, **given, duplicates=tmp_path / "4", scratch=scratch)
    rows = tables.read(tmp_path / "1", "duplicates/1").to_pylist()
    copies = {
        r["sample_id"]: (r["duplicate_of"], r["kind"]) for r in rows if r["residual"] is not None
    }
    assert copies == {
        0: (14, "same file"), 15: (1, "resized or recompressed"), 2: (16, "mirrored"),
        3: (17, "recoloured"), 18: (4, "cropped"), 19: (5, "recoloured"),
    }  # fmt: skip
    assert [r["sample_id"] for r in rows if r["leak"]] == [0, 1, 14, 15]


def test_a_lossy_or_noisy_copy_is_not_called_recoloured():
    rng = np.random.default_rng(0)
    for seed in (1, 2):
        noisy = np.asarray(drawn(seed)) + rng.normal(0, 8, (180, 240, 3))
        for other in (jpeg(drawn(seed), 30), Image.fromarray(noisy.clip(0, 255).astype(np.uint8))):
            found = copy(compare(small(drawn(seed)), small(other)), WORST)
            assert found.kind == "resized or recompressed"


def test_beyond_the_bound_the_nearest_are_sought_in_cells(monkeypatch):
    rng = np.random.default_rng(0)
    given = rng.normal(size=(400, 160)).astype(np.float32)
    given[200:] = given[:200] + 0.2 * rng.normal(size=(200, 160))
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    asked = np.roll(given, 3, axis=0)
    for one in (given, asked):
        whole = list(nearest.nearest(one, given))
        monkeypatch.setattr(nearest, "ALL", 100)
        cut = list(nearest.nearest(one, given))
        monkeypatch.undo()
        for a, b in zip(whole, cut, strict=True):
            np.testing.assert_array_equal(a.others[:, 0], b.others[:, 0])
            np.testing.assert_allclose(a.cosines[:, 0], b.cosines[:, 0], atol=2e-6)
