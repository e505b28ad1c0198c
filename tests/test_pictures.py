"""Pictures of the samples: written while files are decoded, read whichever table holds them."""

from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
from dataset_files import encoded, loaded
from PIL import Image

from hardrare.errors import InputError
from hardrare.pictures import Pictures, open_pictures
from hardrare.tables import Images, pictures_writer, write_images

SCAN = {"splits": "parts", "test_share": 0.0, "size": 8}


def prepared(tmp_path, side):
    """Pictures of three files: a photograph of 200 x 100, a grey one of 40 x 60, a tiny PNG."""
    folder = tmp_path / "files"
    folder.mkdir()
    x, y = np.meshgrid(np.arange(200), np.arange(100))
    smooth = np.stack([x, y, x // 2 + y], -1).astype(np.uint8)
    Image.fromarray(smooth).save(folder / "a.jpg", quality=95)
    Image.fromarray(smooth[:60, :40, 0]).save(folder / "b.jpg", quality=95)
    (folder / "c.png").write_bytes(encoded(smooth[:20, :30]))
    with pictures_writer(tmp_path / "pictures.arrow") as keep:
        found = loaded("folder", folder, keep, picture_side=side, **SCAN)
    write_images(tmp_path / "images.arrow", found.train)
    return smooth, open_pictures(tmp_path / "pictures.arrow", tmp_path / "images.arrow")


def test_pictures_keep_their_aspect(tmp_path):
    smooth, pictures = prepared(tmp_path, 64)
    assert (len(pictures), pictures.whole) == (3, True)
    assert pictures.sample_id.tolist() == [0, 1, 2]
    kinds = [Image.open(BytesIO(pictures.encoded(row))) for row in range(3)]
    assert [(one.format, one.size) for one in kinds] == [
        ("JPEG", (64, 32)), ("JPEG", (40, 60)), ("PNG", (30, 20)),
    ]  # fmt: skip
    np.testing.assert_array_equal(pictures.longest(2, 99), smooth[:20, :30])
    assert pictures.longest(0, 32).shape == (16, 32, 3)
    assert pictures.longest(1, 30).shape == (30, 20, 3)
    squares = pictures.squares([2, 0, 0], 24)
    assert squares.shape == (3, 24, 24, 3)
    np.testing.assert_array_equal(squares[1], squares[2])
    whole = Image.fromarray(smooth).resize((24, 24), Image.BICUBIC)
    assert np.abs(squares[1].astype(int) - np.asarray(whole)).max() <= 8


def test_a_picture_of_one_line_is_shown():
    line = BytesIO()
    Image.new("RGB", (320, 1), "red").save(line, "JPEG")
    pictures = Pictures(
        np.arange(1), np.zeros((1, 32, 32, 3), np.uint8), pa.array([line.getvalue()])
    )
    assert pictures.longest(0, 160, enough=1).shape == (1, 160, 3)
    assert pictures.longest(0, 32).shape == (1, 32, 3)


def test_images_of_one_size_stand_in_for_pictures(tmp_path):
    grey = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    ids = np.array([7], np.int32)
    write_images(tmp_path / "i.arrow", Images(ids, grey, np.array([-1]), ["a.png"], []))
    with pictures_writer(tmp_path / "p.arrow"):
        pass
    pictures = open_pictures(tmp_path / "p.arrow", tmp_path / "i.arrow")
    assert (len(pictures), pictures.whole, pictures.sample_id.tolist()) == (1, False, [7])
    np.testing.assert_array_equal(pictures.squares([0], 8)[0], grey[0].repeat(3, 2))
    assert pictures.longest(0, 99).shape == (8, 8, 3)
    assert pictures.longest(0, 4).shape == (4, 4, 3)
    assert Image.open(BytesIO(pictures.encoded(0))).size == (8, 8)


def test_many_pictures_are_written_in_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("hardrare.tables.pictures.BATCH", 100)
    ids = np.arange(50, dtype=np.int32)
    image = np.zeros((50, 4, 4, 3), np.uint8)
    names = [f"{k}.png" for k in ids]
    write_images(tmp_path / "i.arrow", Images(ids, image, ids * 0 - 1, names, []))
    with pictures_writer(tmp_path / "p.arrow") as keep:
        for k in ids:
            keep(encoded(np.full((3, 3, 3), k, np.uint8)))
    pictures = open_pictures(tmp_path / "p.arrow", tmp_path / "i.arrow")
    assert pictures.squares(ids[::-1], 3)[:, 0, 0, 0].tolist() == ids[::-1].tolist()


def test_pictures_of_other_samples_are_refused(tmp_path):
    prepared(tmp_path, 64)
    with pictures_writer(tmp_path / "p.arrow") as keep:
        keep(encoded(np.zeros((3, 3, 3), np.uint8)))
    with pytest.raises(InputError, match=r"is of other samples than .*; run prepare again"):
        open_pictures(tmp_path / "p.arrow", tmp_path / "images.arrow")
