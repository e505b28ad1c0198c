"""Datasets: every kind of source, its subsets and sizes."""

import gzip

import numpy as np
import pytest
from dataset_files import (
    encoded,
    flat,
    pixels,
    read,
    read_all,
    write_files,
    write_idx,
    write_mnist,
    write_parquet,
)
from PIL import Image

from hardrare import tables
from hardrare.datasets import known
from hardrare.datasets._sampling import held_out, stratified
from hardrare.datasets.folder import folder
from hardrare.datasets.parquet import parquet
from hardrare.errors import InputError


def test_every_kind_is_a_file():
    kinds = ["cifar10", "coco", "digits", "fashion_mnist", "folder", "huggingface", "idx", "mnist"]
    kinds += ["parquet", "paths", "webdataset", "yolo"]
    assert known() == kinds


# ---- digits and subsets -------------------------------------------------------------------


def test_digits_have_the_bundled_pixels_in_their_order():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    train, test = read("digits", test_share=0.2)
    assert (train.image.shape, test.image.shape) == ((1438, 8, 8, 1), (359, 8, 8, 1))
    assert train.image.dtype == np.uint8
    assert train.classes == [str(k) for k in range(10)]
    assert train.sample_id.tolist() == list(range(1438))
    assert train.sample_id.dtype == np.int32
    origin = [int(name[7:12]) for name in train.file_name]  # digits/00012.png
    assert origin == sorted(origin)
    assert not set(train.file_name) & set(test.file_name)
    level = np.array([round(v * 255 / 16) for v in range(17)])
    assert level[[0, 1, 8, 16]].tolist() == [0, 16, 128, 255]
    np.testing.assert_array_equal(train.image[..., 0], level[bunch.images[origin].astype(int)])
    np.testing.assert_array_equal(train.label, bunch.target[origin])
    exact = np.bincount(bunch.target) * 359 / 1797
    assert (np.abs(np.bincount(test.label) - exact) < 1).all()


def test_the_seed_alone_decides_the_split():
    first, again, other = (read("digits", seed=s)[1].file_name for s in (0, 0, 1))
    assert first == again
    assert first != other


def test_stratified_gives_the_largest_remainders_their_place():
    # 5 of (6, 3, 1): exact 3, 1.5, 0.5; the lower of the two equal remainders wins: 3, 2, 0
    label = np.array([2, 0, 1, 0, 0, 1, 0, 1, 0, 0])
    drawn = stratified(label, 5, np.random.default_rng(0))
    assert drawn.tolist() == sorted(set(drawn.tolist()))
    assert np.bincount(label[drawn], minlength=3).tolist() == [3, 2, 0]
    assert stratified(label, 10, np.random.default_rng(0)).tolist() == list(range(10))
    assert stratified(label, 0, np.random.default_rng(0)).tolist() == []


def test_without_labels_a_subset_is_a_plain_choice():
    train, test = held_out(np.full(8, -1), 0.25, np.random.default_rng(0))
    assert (len(train), len(test)) == (6, 2)
    assert sorted([*train, *test]) == list(range(8))


def test_a_limit_keeps_order_origin_and_class_shares():
    whole, part = read("digits")[0], read("digits", limit=100, test_limit=10)[0]
    at = [whole.file_name.index(name) for name in part.file_name]
    assert at == sorted(at)
    assert part.sample_id.tolist() == list(range(100))
    np.testing.assert_array_equal(part.image, whole.image[at])
    np.testing.assert_array_equal(part.label, whole.label[at])
    exact = np.bincount(whole.label) * 100 / len(whole.label)
    assert (np.abs(np.bincount(part.label) - exact) < 1).all()
    assert part.file_name != read("digits", limit=100, seed=1)[0].file_name


# ---- IDX ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("opener", "end"), [(open, ""), (gzip.open, ".gz")])
def test_idx(tmp_path, opener, end):
    train, test = read("idx", write_mnist(tmp_path, opener, end))
    assert train.image.shape == (4, 2, 3, 1)
    assert train.image[1, :, :, 0].tolist() == [[6, 7, 8], [9, 10, 11]]
    assert train.label.tolist() == [0, 1, 2, 0]
    assert test.label.tolist() == [0, 1]
    assert train.classes == test.classes == ["0", "1", "2"]
    assert (train.file_name[3], test.file_name[1]) == ("idx/train/00003.png", "idx/test/00001.png")


def test_idx_without_labels_and_test(tmp_path):
    train, test = read("idx", write_mnist(tmp_path, parts=["train"], labels=False))
    assert (train.label.tolist(), test.label.tolist()) == ([-1] * 3, [-1])
    assert train.classes == []
    assert sorted(train.file_name + test.file_name)[0] == "idx/00000.png"
    assert len(read("idx", tmp_path, limit=2)[0].label) == 2


def test_test_images_alone_are_what_there_is(tmp_path):
    train, test = read("idx", write_mnist(tmp_path, parts=["t10k"]), test_share=0.0)
    assert train.image.ravel().tolist() == list(range(12))
    assert train.file_name == ["idx/00000.png", "idx/00001.png"]
    assert (train.label.tolist(), len(test.label)) == ([0, 1], 0)


# ---- Parquet ------------------------------------------------------------------------------


def test_parquet_folder_with_shards_names_and_unknown_labels(tmp_path):
    paths = [f"cat/{k}.png" for k in range(5)]
    images = [encoded(flat(10 * k)) for k in range(5)]
    for shard, rows in enumerate((slice(0, 3), slice(3, 5))):
        file = tmp_path / f"train-{shard:05d}-of-00002.parquet"
        label = [0, 1, None, 1, 0][rows]
        write_parquet(file, images[rows], label, paths[rows], names=["cat", "dog"])
    write_parquet(tmp_path / "test-00000-of-00001.parquet", images[:2], [1, -1], ["a.png"] * 2)
    train, test = read("parquet", tmp_path)
    assert train.image[:, 0, 0].tolist() == [[10 * k] * 3 for k in range(5)]
    assert train.label.tolist() == [0, 1, -1, 1, 0]
    assert test.label.tolist() == [1, -1]
    assert train.classes == ["cat", "dog"]
    assert train.file_name == paths
    assert test.file_name == ["parquet/test/00000.png", "parquet/test/00001.png"]  # not unique


def test_parquet_splits_in_folders_with_texts_as_labels(tmp_path):
    images = [encoded(flat(k)) for k in range(3)]
    write_parquet(tmp_path / "train" / "a.parquet", images, ["dog", "cat", "dog"], plain=True)
    write_parquet(tmp_path / "test" / "a.parquet", images[:2], ["eel", None])
    train, test = read("parquet", tmp_path)
    assert train.classes == ["cat", "dog", "eel"]
    assert (train.label.tolist(), test.label.tolist()) == ([1, 0, 1], [2, -1])
    assert train.file_name[2] == "parquet/train/00002.png"


@pytest.mark.parametrize("path", ["/tmp/a.png", "..\\a.png", "b/../a.png", "C:a.png"])
def test_parquet_paths_that_are_not_relative_are_replaced(tmp_path, path):
    file = write_parquet(tmp_path / "x.parquet", [encoded(flat(1))] * 2, None, [path, "b.png"])
    assert parquet(file).train.file_name == ["parquet/00000.png", "parquet/00001.png"]


def test_one_parquet_file_of_grey_images_without_labels(tmp_path):
    images = [encoded(flat(k)[..., 0]) for k in range(8)]
    train, test = read("parquet", write_parquet(tmp_path / "x.parquet", images))
    assert train.image.shape == (6, 4, 4, 1)
    assert sorted([*train.image[:, 0, 0, 0], *test.image[:, 0, 0, 0]]) == list(range(8))
    assert set(train.label) == {-1}


def test_grey_among_colour_becomes_colour(tmp_path):
    images = [encoded(flat(7)[..., 0]), encoded(flat(8)), encoded(flat(9)[..., 0])]
    file = write_parquet(tmp_path / "x.parquet", images)
    train, _ = read("parquet", file, test_share=0.0)
    assert train.image[:, 0, 0].tolist() == [[7] * 3, [8] * 3, [9] * 3]
    write_parquet(tmp_path / "two" / "train-0.parquet", images[:1])
    write_parquet(tmp_path / "two" / "test-0.parquet", images[1:2])
    train, test = read("parquet", tmp_path / "two")
    assert train.image[0, 0, 0].tolist() == [7] * 3
    assert test.image[0, 0, 0].tolist() == [8] * 3


def test_what_the_limit_drops_is_never_decoded(tmp_path):
    label = np.arange(40) % 4
    kept = stratified(label, 8, np.random.default_rng([5, 1]))
    images = [encoded(flat(k)) if k in kept else b"no image" for k in range(40)]
    write_parquet(tmp_path / "train-0.parquet", images, label, groups=7)
    write_parquet(tmp_path / "test-0.parquet", [encoded(flat(k)) for k in range(4)], [0, 1, 2, 3])
    train, _ = read("parquet", tmp_path, seed=5, limit=8)
    assert train.image[:, 0, 0, 0].tolist() == kept.tolist()
    train, _, skipped = read_all("parquet", tmp_path, seed=5)
    assert train.image[:, 0, 0, 0].tolist() == kept.tolist()
    assert len(skipped) == 32


# ---- folders ------------------------------------------------------------------------------


def test_folder_with_classes_and_splits(tmp_path):
    white = encoded(flat(255))
    names = ["train/dog/b.png", "train/cat/x/a.png", "train/cat/B.PNG", "test/eel/a.png"]
    write_files(tmp_path, dict.fromkeys(names, white) | {"train/cat/.a.png": b"", "a.txt": b""})
    train, test = read("folder", tmp_path)
    assert train.file_name == ["train/cat/B.PNG", "train/cat/x/a.png", "train/dog/b.png"]
    assert train.classes == ["cat", "dog", "eel"]
    assert (train.label.tolist(), test.label.tolist()) == ([0, 0, 1], [2])


def test_flat_folder_of_every_format(tmp_path):
    grey = Image.fromarray(flat(128))
    kinds = ["jpg", "png", "bmp", "webp", "gif", "tiff", "tif", "jpeg"]
    for k, end in enumerate(kinds):
        grey.save(tmp_path / f"{k}.{end}")
    train, test = read("folder", tmp_path)
    assert sorted(train.file_name + test.file_name) == [f"{k}.{e}" for k, e in enumerate(kinds)]
    assert set(train.label) == {-1}
    assert (np.abs(train.image.astype(int) - 128) <= 1).all()


def test_size_brings_all_images_to_one_shape(tmp_path):
    write_files(tmp_path, {f"{k}.png": encoded(flat(50 * k, size=4 + k)) for k in range(4)})
    with pytest.raises(InputError, match=r"1\.png is 5x5 pixels, but 0\.png .* prepare\.size"):
        read("folder", tmp_path, test_share=0.0)
    image = pixels(folder(tmp_path).train, 3)
    assert image.shape == (4, 3, 3, 3)
    assert image[:, 1, 1, 0].tolist() == [0, 50, 100, 150]


def test_resizing_is_antialiased(tmp_path):
    # stripes of one pixel: without antialiasing a quarter-size image would be black or white
    stripes = np.tile(np.array([0, 255], np.uint8), (32, 16))
    write_idx(tmp_path / "train-images-idx3-ubyte", np.stack([stripes] * 4))
    image = read("idx", tmp_path, size=8)[0].image
    assert image.shape == (3, 8, 8, 1)
    assert (np.abs(image[:, 2:6, 2:6].astype(int) - 128) <= 8).all()
    assert write_files(tmp_path / "big", {"a.jpg": encoded(flat(90, 640), "JPEG")})
    assert np.ptp(pixels(folder(tmp_path / "big").train, 8)) == 0


def test_nothing_held_out_is_an_empty_test_table(tmp_path):
    train, test = read("digits", test_share=0.0)
    assert len(train.sample_id) == 1797
    assert test.image.shape == (0, 8, 8, 1)
    tables.write_images(tmp_path / "test.arrow", test)
    assert tables.read_images(tmp_path / "test.arrow").image.shape == (0, 8, 8, 1)
