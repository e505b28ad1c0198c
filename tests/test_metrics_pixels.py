"""Pixel statistics by hand and by loops, the random control, and the stage that writes them."""

import hashlib
import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from score_tables import ended

from hardrare.appearance import measure, statistics
from hardrare.errors import InputError
from hardrare.metrics import _pixels, registry, score
from hardrare.metrics.brightness import brightness
from hardrare.metrics.compressed_size import compressed_size
from hardrare.metrics.contrast import contrast
from hardrare.metrics.earlier_similarity import earlier_similarity
from hardrare.metrics.gradient_energy import gradient_energy
from hardrare.metrics.ink import ink
from hardrare.metrics.oddity import oddity
from hardrare.metrics.pixel_max import pixel_max
from hardrare.metrics.pixel_min import pixel_min
from hardrare.metrics.random import random
from hardrare.metrics.saturation import saturation
from hardrare.scoring.appearance import appearance_columns, thumbnails
from hardrare.tables import Images, read, read_scores, write_images

ROOT = Path(__file__).parents[1]
PIXELS = {n: m.function for n, m in registry().items() if m.columns == ("image",)}


def images(n=20, height=7, width=5, channels=3, seed=0):
    shape = (n, height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def one(*rows):
    """One grey image (1, H, W, 1) from its rows."""
    return np.array(rows, np.uint8)[None, :, :, None]


def test_eight_pixel_statistics_are_open_and_carry_their_units():
    units = {n: m.unit for n, m in registry().items() if n in PIXELS}
    assert units == {
        "brightness": "grey levels",
        "compressed_size": "bytes",
        "contrast": "grey levels",
        "gradient_energy": "grey levels squared",
        "ink": "share",
        "pixel_max": "grey levels",
        "pixel_min": "grey levels",
        "saturation": "share",
    }
    assert {registry()[n].harder for n in [*PIXELS, "random"]} == {"open"}


def test_moments_and_range_by_hand():
    image = one([0, 0, 255], [255, 255, 255])
    assert brightness(image) == [170.0]
    assert contrast(image) == pytest.approx([np.sqrt((2 * 170**2 + 4 * 85**2) / 6)])
    assert pixel_min(image) == [0.0]
    assert pixel_max(image) == [255.0]


def test_contrast_is_the_population_deviation_over_channels_too():
    red = np.zeros((1, 4, 4, 3), np.uint8)
    red[..., 0] = 90
    assert contrast(red) == pytest.approx([np.sqrt((60**2 + 2 * 30**2) / 3)])


def test_gradient_energy_by_hand():
    image = one([0, 3, 7], [1, 3, 0])  # across 3, 4, 2, -3; down 1, 0, -7; no wrap of uint8
    assert gradient_energy(image) == pytest.approx([(9 + 16 + 4 + 9) / 4 + (1 + 0 + 49) / 3])
    assert gradient_energy(one([5, 9, 9])) == pytest.approx([16 / 2])
    assert gradient_energy(one([5])) == [0.0]


def test_saturation_by_hand():
    image = np.array([[255, 0, 0], [0, 0, 0], [80, 100, 60], [7, 7, 7]], np.uint8)
    assert saturation(image.reshape(1, 2, 2, 3)) == pytest.approx([(1 + 0 + 0.4 + 0) / 4])
    assert saturation(images(channels=1)).tolist() == [0.0] * 20
    grey = np.repeat(images(channels=1), 3, axis=3)
    assert saturation(grey).tolist() == [0.0] * 20


def test_saturation_leaves_an_alpha_channel_out():
    rgb = images()
    with_alpha = np.concatenate([rgb, images(channels=1, seed=1)], axis=3)
    np.testing.assert_array_equal(saturation(with_alpha), saturation(rgb))


def test_ink_by_hand():
    image = np.full((1, 4, 5, 1), 200, np.uint8)  # border 14 pixels, inside 6
    image[0, 1, 1:4, 0] = [175, 174, 255]  # 25, 26 and 55 levels off
    image[0, 0, 0, 0] = 0  # a border pixel that is ink does not move the median
    assert ink(image) == pytest.approx([3 / 20])
    assert ink(image, ink_tolerance=24) == pytest.approx([4 / 20])
    assert ink(image, ink_tolerance=255) == [0.0]


def test_ink_takes_the_median_of_each_channel_and_counts_a_pixel_once():
    image = np.zeros((1, 3, 3, 3), np.uint8)
    image[..., 2] = 250
    image[0, 1, 1] = [90, 90, 90]
    assert ink(image) == pytest.approx([1 / 9])


def test_ink_where_all_pixels_are_border():
    assert ink(one([0, 0], [0, 200])) == pytest.approx([1 / 4])
    assert ink(one([0, 200])) == pytest.approx([1.0])  # median 100, both 100 off
    assert ink(one([9])) == [0.0]


def test_compressed_size_is_the_length_of_a_png_that_decodes_to_the_image():
    for channels, mode in [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")]:
        given = images(6, channels=channels)
        sizes = []
        for pixels in given:
            file = io.BytesIO()
            shown = pixels[..., 0] if channels == 1 else pixels
            Image.fromarray(shown).save(file, "PNG", compress_level=6)
            again = Image.open(io.BytesIO(file.getvalue()))
            assert again.mode == mode
            np.testing.assert_array_equal(np.asarray(again), shown)
            sizes.append(len(file.getvalue()))
        assert compressed_size(given).tolist() == sizes


def test_compressed_size_orders_flat_coarse_and_noisy():
    flat = np.full((1, 32, 32, 1), 9, np.uint8)
    coarse = images(1, 8, 8, 1).repeat(4, axis=1).repeat(4, axis=2)
    noisy = images(1, 32, 32, 1)
    sizes = compressed_size(np.concatenate([flat, coarse, noisy]))
    assert sizes[0] < sizes[1] < 512
    assert sizes[2] > 1024


@pytest.mark.parametrize("name", PIXELS)
def test_blocks_do_not_change_a_bit(name, monkeypatch):
    given = images(50)
    whole = PIXELS[name](given)
    for values in (1, 7 * 5 * 3 * 7):  # one image, and seven, at a time
        monkeypatch.setattr(_pixels, "BLOCK_VALUES", values)
        np.testing.assert_array_equal(PIXELS[name](given), whole)


@pytest.mark.parametrize("name", PIXELS)
def test_permuting_images_permutes_scores(name):
    given, order = images(40), np.random.default_rng(1).permutation(40)
    np.testing.assert_array_equal(PIXELS[name](given[order]), PIXELS[name](given)[order])


@pytest.mark.parametrize("name", PIXELS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 3), (9, 1, 1), (2, 2, 3), (3, 3, 4)])
def test_small_and_narrow_images_score_without_a_warning(name, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for given in (images(4, *shape), np.zeros((4, *shape), np.uint8)):
            found = PIXELS[name](given)
            assert found.shape == (4,)
            assert np.isfinite(found).all()
        assert PIXELS[name](images(0, *shape)).shape == (0,)


@pytest.mark.parametrize("name", PIXELS)
def test_memory_mapped_images_are_read_as_they_are(name, tmp_path):
    given = images()
    np.save(tmp_path / "images.npy", given)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    np.testing.assert_array_equal(PIXELS[name](mapped), PIXELS[name](given))


@pytest.mark.parametrize("name", PIXELS)
def test_other_than_uint8_images_are_refused(name):
    with pytest.raises(InputError, match="image is float64"):
        PIXELS[name](images().astype(np.float64))
    with pytest.raises(InputError, match="expected uint8"):
        PIXELS[name](images()[0])


def test_wrong_channels_and_settings_are_refused():
    with pytest.raises(InputError, match="5 channels"):
        compressed_size(images(channels=5))
    with pytest.raises(InputError, match="ink_tolerance is -1"):
        ink(images(), ink_tolerance=-1)


# The control


def test_random_is_splitmix64():
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]  # from state 0
    expected = [(value >> 11) / 2**53 for value in published]
    assert random(np.arange(3, dtype=np.int32)).tolist() == expected


def test_random_belongs_to_the_id_and_not_to_the_row():
    ids = np.array([5, 900, 17, 2**31 - 1], np.int32)
    assert random(ids)[::-1].tolist() == random(ids[::-1]).tolist()
    assert random(ids[:2]).tolist() == random(ids)[:2].tolist()


def test_random_is_even_and_independent_of_the_id_and_of_other_seeds():
    ids = np.arange(50_000)
    value, other = random(ids), random(ids, seed=1)
    assert len(np.unique(value)) == len(ids)
    assert np.abs(np.histogram(value, 10, (0, 1))[0] / 5000 - 1).max() < 0.05
    assert np.abs(np.corrcoef([value, other, ids])[np.triu_indices(3, 1)]).max() < 0.02
    assert np.abs(np.corrcoef(value[1:], value[:-1])[0, 1]) < 0.02


# The stage


def table(path, n=30):
    ids = np.concatenate([np.arange(n - 5), np.arange(100, 105)]).astype(np.int32)
    names = [f"{i}.png" for i in ids]
    write_images(path, Images(ids, images(n), np.full(n, -1), names, []))
    return ids


def stage(images_path, scores_path):
    looks = scores_path.with_name(f"{scores_path.stem}_looks.arrow")
    return ended(
        "pixels", ROOT / "params.yaml",
        images=images_path, files="none", scores=scores_path, appearance=looks,
    )  # fmt: skip


def test_stage_writes_every_pixel_statistic_and_the_control(tmp_path):
    ids = table(tmp_path / "images.arrow")
    done = stage(tmp_path / "images.arrow", tmp_path / "a" / "pixels.arrow")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found_ids, scores = read_scores(tmp_path / "a", {"pixels": [None]})
    np.testing.assert_array_equal(found_ids, ids)
    assert [s.name for s in scores] == sorted(f"pixels/{n}" for n in [*PIXELS, "random"])
    expected = score({"image": images(30), "sample_id": ids})
    for one_score in scores:
        name = one_score.name.removeprefix("pixels/")
        np.testing.assert_array_equal(one_score.values[0], np.float32(expected[name]))
        assert (one_score.unit, one_score.harder) == (registry()[name].unit, "open")


def test_stage_writes_how_images_look(tmp_path):
    ids = table(tmp_path / "images.arrow")
    assert stage(tmp_path / "images.arrow", tmp_path / "pixels.arrow").returncode == 0
    found_ids, scores = read_scores(tmp_path, {"pixels_looks": [None]})
    np.testing.assert_array_equal(found_ids, ids)
    names = {one_score.name.partition("/")[2] for one_score in scores}
    assert {"oddity", "incompressibility", "earlier_similarity", "knn_distance"} <= names
    assert not (names - set(statistics())) & {*PIXELS, "random"}
    measured = measure(images(30))
    told = {one_score.name.partition("/")[2]: one_score for one_score in scores}
    for name, one in statistics().items():
        np.testing.assert_array_equal(told[name].values[0], measured[name])
        assert (told[name].unit, told[name].harder) == (one.unit, one.harder)


def test_thumbnails_by_hand():
    image = np.zeros((2, 16, 16, 1), np.uint8)
    image[0, :2, :2] = 64  # one of 64 cells, so that the mean is 1
    made = thumbnails(image)
    assert made.shape == (2, 64)
    assert made[0].tolist() == [63.0] + [-1.0] * 63
    assert not made[1].any()
    assert thumbnails(np.ones((3, 5, 40, 3), np.uint8)).shape == (3, 5 * 8 * 3)


def test_copies_and_odd_images_stand_out():
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (60, 8, 8, 3))
    image = coarse.repeat(4, 1).repeat(4, 2).astype(np.uint8)
    image[40] = np.roll(image[7], 1, axis=1)  # moved by a pixel
    image[41] = (image[8] * 0.9).astype(np.uint8)  # darker
    image[50:54] = 90  # flat
    image[54:58] = rng.integers(0, 256, (4, 32, 32, 3))
    columns = appearance_columns(image, score({"image": image}))
    similar = earlier_similarity(columns["features"])
    assert set(np.argsort(-similar)[:5]) == {40, 41, 51, 52, 53}
    assert set(np.argsort(-oddity(columns["statistics"], crowd=5))[:8]) == set(range(50, 58))


def test_stage_gives_equal_bytes_for_equal_images(tmp_path):
    table(tmp_path / "images.arrow")
    digests = set()
    for run in ("a", "b"):
        assert stage(tmp_path / "images.arrow", tmp_path / f"{run}.arrow").returncode == 0
        files = [tmp_path / f"{run}{end}.arrow" for end in ("", "_looks")]
        digests.add(hashlib.md5(b"".join(f.read_bytes() for f in files)).hexdigest())
    assert len(digests) == 1
    assert read(tmp_path / "a.arrow", "scores/1").num_rows == 30


def test_stage_without_images_says_so_in_one_line_and_writes_nothing(tmp_path):
    done = stage(tmp_path / "none.arrow", tmp_path / "pixels.arrow")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "none.arrow: no such table" in done.stderr
    assert list(tmp_path.iterdir()) == []
