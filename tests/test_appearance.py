"""Statistics of a picture: the examples of their docstrings, and what they are for."""

import doctest
import importlib

import imagehash
import numpy as np
import pytest
from dataset_files import encoded
from PIL import Image, ImageOps

from hardrare import appearance
from hardrare.appearance import content_hash, look, measure, statistics
from hardrare.appearance._views import tiles, views
from hardrare.tables import column, read_appearance, write_appearance


@pytest.mark.parametrize("name", sorted(statistics()))
def test_the_examples_hold_and_everything_is_declared(name):
    module = importlib.import_module(f"hardrare.appearance.{name}")
    function = getattr(module, name)
    found = doctest.DocTestFinder().find(function, name, globs=vars(module) | {"np": np})
    runner = doctest.DocTestRunner()
    for one in found:
        runner.run(one)
    assert runner.tries > 0
    assert runner.failures == 0
    told = statistics()[name]
    assert all((told.unit, told.source, told.views))
    assert told.harder in ("high", "low", "open")


def photographs(n, height=120, width=160):
    """Smooth colours with some grain, (n, height, width, 3) uint8."""
    rng = np.random.default_rng(n)
    coarse = rng.integers(0, 256, (n, 8, 8, 3), np.uint8)
    size = (width, height)
    smooth = [np.asarray(Image.fromarray(one).resize(size, Image.BICUBIC)) for one in coarse]
    return np.clip(np.array(smooth) + rng.normal(0, 3, (n, height, width, 1)), 0, 255).astype(
        np.uint8
    )


def test_a_stack_is_measured_as_each_picture_alone():
    stack = photographs(5)
    together, rows = measure(stack), look(stack)
    for k, one in enumerate(stack):
        alone = measure(one[None])
        for name, values in together.items():
            assert values.dtype == np.float32
            assert values[k] == alone[name][0] == np.float32(rows[k][name])
    assert {name: len(values) for name, values in measure(stack[:0]).items()} == dict.fromkeys(
        statistics(), 0
    )


def test_grey_and_grey_as_colour_are_alike():
    grey = photographs(3)[..., :1]
    one, three = look(grey), look(grey.repeat(3, 3))
    for a, b in zip(one, three, strict=True):
        assert a == pytest.approx(b)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (3, 3), (5, 4), (8, 8)])
def test_tiny_pictures_have_finite_statistics(shape):
    for level in (0, 128, 255):
        image = np.full((2, *shape, 3), level, np.uint8)
        found = measure(image)
        assert all(np.isfinite(values).all() for values in found.values())
        assert (found["flat_share"] == 1).all()
        assert (found["border_share"] == 1).all()
        assert (found["noise_level"] == 0).all()


def test_perceptual_hashes_are_those_of_the_library():
    for image in photographs(12):
        row, drawn = look(image[None])[0], Image.fromarray(image)
        plain = imagehash.hex_to_hash(row["perceptual_hash"])
        turned = imagehash.hex_to_hash(row["mirror_hash"])
        assert plain - imagehash.phash(drawn) <= 2  # a coefficient that is the median
        assert turned - imagehash.phash(ImageOps.mirror(drawn)) <= 2
        mirrored = look(image[None, :, ::-1])[0]
        assert imagehash.hex_to_hash(mirrored["perceptual_hash"]) - turned <= 2


def test_hashes_of_bytes_and_pixels():
    image = photographs(2)
    first, second = look(image)
    assert first["pixel_hash"] != second["pixel_hash"]
    again = np.asarray(Image.open(__import__("io").BytesIO(encoded(image[0]))))
    assert look(again[None])[0]["pixel_hash"] == first["pixel_hash"]
    turned = look(image[:1].transpose(0, 2, 1, 3))[0]
    assert turned["pixel_hash"] != first["pixel_hash"]
    assert len(content_hash(b"")) == 32


def test_planted_trouble_stands_out():
    image = photographs(4)
    noisy = np.clip(
        image + np.random.default_rng(0).normal(0, 20, image.shape[:3])[..., None], 0, 255
    )
    dark, bars = image // 16, image.copy()
    bars[:, :20] = bars[:, -20:] = 0
    plain = measure(image)
    assert (measure(noisy.astype(np.uint8))["noise_level"] > 3 * plain["noise_level"]).all()
    assert (measure(dark)["brightness_q95"] < 16).all()
    assert measure(bars)["border_share"] == pytest.approx([40 / 120] * 4, abs=0.01)
    assert (plain["border_share"] < 0.02).all()


def test_a_huge_picture_is_measured_by_tiles():
    bright = np.arange(2000 * 1500, dtype=np.uint32).astype(np.uint8).reshape(1, 1500, 2000)
    assert tiles(bright).shape == (1, 16, 256, 256)
    np.testing.assert_array_equal(tiles(bright)[0, 0], bright[0, :256, :256])
    np.testing.assert_array_equal(tiles(bright)[0, -1], bright[0, -256:, -256:])
    seen = views(np.zeros((1, 1500, 2000, 3), np.uint8))
    assert seen["histogram"].sum() <= 2**18
    assert seen["colours"].shape[1] <= 2**16


def test_the_table_keeps_facts_units_and_nothing_where_there_is_no_file(tmp_path):
    rows = [row | {"part": "train", "width": 160} for row in look(photographs(2))]
    write_appearance(tmp_path / "a.arrow", [*rows, look(photographs(1))[0]], statistics())
    table = read_appearance(tmp_path / "a.arrow")
    assert table.column("part").to_pylist() == ["train", "train", None]
    assert table.column("width").to_pylist() == [160, 160, None]
    assert table.schema.field("sharpness").metadata[b"harder"] == b"low"
    np.testing.assert_array_equal(column(table, "entropy")[0], np.float32(rows[0]["entropy"]))


def test_a_statistic_that_is_not_finite_is_an_error(monkeypatch):
    broken = appearance.Statistic(
        "x", lambda image: np.full(len(image), np.nan), "", "open", "", ("image",)
    )
    monkeypatch.setattr(appearance, "statistics", lambda: {"x": broken})
    with pytest.raises(ValueError, match="x: expected one finite value"):
        measure(photographs(1))
