"""Bad input to prepare: one sentence each, nothing half-written; and what prepare imports."""

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from dataset_files import (
    DEFAULTS,
    encoded,
    flat,
    read,
    write_files,
    write_idx,
    write_mnist,
    write_parquet,
)
from score_tables import ended

from hardrare.errors import InputError
from hardrare.tables import read_images

ROOT = Path(__file__).parents[1]
TRAIN_IDX, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def refused(message, dataset, path=None, **settings):
    """One sentence that names the thing and the remedy."""
    with pytest.raises(InputError, match=message) as caught:
        read(dataset, path, **settings)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert "; " in text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"limit": 1349}, r"prepare\.limit .* is 1349, but there are only 1348; lower"),
        ({"test_limit": 450}, r"prepare\.test_limit .* is 450, but there are only 449"),
        ({"limit": 9}, r"prepare\.limit .* is 9, but there are 10 classes; raise"),
        ({"limit": 0}, r"prepare\.limit .* is 0"),
        ({"test_limit": -1}, r"prepare\.test_limit .* is -1"),
        ({"test_share": 1e-9}, r"prepare\.test_share is 1e-09, which leaves .* 1797 images empty"),
        ({"test_share": 1.0}, r"prepare\.test_share is 1\.0"),
        ({"test_share": float("nan")}, r"prepare\.test_share is nan"),
        ({"seed": -1}, r"prepare\.seed is -1"),
        ({"size": 0}, r"prepare\.size is 0"),
    ],
)
def test_impossible_settings(settings, message):
    refused(message, "digits", **settings)


def test_unknown_dataset_and_paths(tmp_path):
    known = (
        "cifar10, coco, digits, fashion_mnist, folder, huggingface, idx, mnist, parquet, paths, "
        "webdataset, yolo"
    )
    refused(f"prepare.dataset is 'imagenet'; known are {known}", "imagenet")
    refused("known are", "_source")
    for dataset in ("idx", "parquet", "folder", "paths"):
        refused(rf"{dataset} needs prepare\.path", dataset)
        refused(r"prepare\.path .*absent does not exist", dataset, tmp_path / "absent")
    refused("holds no train-images-idx3-ubyte", "idx", tmp_path)
    refused("holds no Parquet file to train on", "parquet", tmp_path)
    refused(r"holds no image \(JPEG, PNG", "folder", tmp_path)
    file = write_files(tmp_path, {"a.txt": b"x"}) / "a.txt"
    refused("a.txt: is no folder", "folder", file)
    for content in (b"", b"\n \n", b"absent.png\n"):
        file.write_bytes(content)
        refused("a.txt: lists no file that is there", "paths", file)
    file.write_bytes(gzip.compress(b"a.png"))
    refused("a.txt: is no text", "paths", file)
    refused("cannot be read", "paths", tmp_path)


def test_damaged_idx(tmp_path):
    file = write_mnist(tmp_path) / TRAIN_IDX
    whole = file.read_bytes()
    for content, message in [
        (b"", "starts with , expected 00000803"),
        (b"\x00\x00\x0d\x03" + whole[4:], "starts with 00000d03"),
        (whole[:10], "ends inside its header"),
        (whole[:-1], "holds 23 bytes where its header says 24"),
        (whole + b"x", "holds 25 bytes where its header says 24"),
    ]:
        file.write_bytes(content)
        refused(f"{TRAIN_IDX}: {message}", "idx", tmp_path)
    write_idx(file, np.zeros((0, 2, 3)))
    write_idx(tmp_path / TRAIN_LABELS, np.zeros(0))
    refused("a split holds no image", "idx", tmp_path)
    write_idx(file, np.zeros((5, 2, 3)))
    write_idx(tmp_path / TRAIN_LABELS, np.zeros(3))
    refused("holds 3 labels for the 5 images of", "idx", tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "no gzip"])
def test_damaged_gzip(tmp_path, damage):
    file = write_mnist(tmp_path, gzip.open, ".gz") / f"{TRAIN_IDX}.gz"
    whole = file.read_bytes()
    flipped = whole[:40] + bytes(255 - b for b in whole[40:48]) + whole[48:]
    file.write_bytes({"cut": whole[:-9], "flipped": flipped, "no gzip": b"hello there"}[damage])
    refused(r"ubyte\.gz: cannot be read", "idx", tmp_path)


def test_damaged_parquet(tmp_path):
    images = [encoded(flat(k)) for k in range(4)]
    file = write_parquet(tmp_path / "x.parquet", images, [0, 1, 0, 1])
    whole = file.read_bytes()
    for content in (b"", b"hello there, no Parquet", whole[: len(whole) // 2], whole[:-1]):
        file.write_bytes(content)
        refused(r"x\.parquet: no complete Parquet file \(", "parquet", file)
    file.write_bytes(whole[:4] + bytes(len(whole) // 2 - 4) + whole[len(whole) // 2 :])
    refused(r"x\.parquet: no complete Parquet file \(", "parquet", file)


def test_parquet_of_other_columns(tmp_path):
    images, file = [encoded(flat(k)) for k in range(4)], tmp_path / "x.parquet"
    refused("label is double", "parquet", write_parquet(file, images, [0.5, 1, 0, 1]))
    write_parquet(file, images, [0, 1, 2, 5], names=["cat", "dog", "eel"])
    refused(r"parquet/00003\.png has label 5, expected -1 \(unknown\) to 2", "parquet", file)
    refused("has label -2", "parquet", write_parquet(file, images, [0, 1, -2, 1]))
    refused("a split holds no image", "parquet", write_parquet(file, []))
    write_parquet(tmp_path / "two" / "train-0.parquet", images, [0, 1, 0, 1])
    write_parquet(tmp_path / "two" / "train-1.parquet", images, ["a", "b", "a", "b"])
    refused("its label is of another type", "parquet", tmp_path / "two")
    (tmp_path / "two" / "train-1.parquet").rename(tmp_path / "two" / "test-1.parquet")
    refused("its label is of another type", "parquet", tmp_path / "two")
    (tmp_path / "two" / "train-0.parquet").unlink()
    refused("holds no Parquet file to train on", "parquet", tmp_path / "two")
    pq.write_table(pa.table({"pixels": [1], "image": ["a.png"]}), file)
    refused("has columns pixels, image, expected img or image", "parquet", file)


def test_folders_that_cannot_be_read_as_a_dataset(tmp_path):
    image = encoded(flat(1))
    write_files(tmp_path, {"b/train/1.txt": b"no image"})
    refused("b: holds no image", "folder", tmp_path / "b")
    write_files(tmp_path, {"d/train/1.png": image, "d/test/1.png": encoded(flat(1, 5))})
    refused(r"pixels, but .* \(height x width\); set prepare\.size", "folder", tmp_path / "d")


def prepare(tmp_path, section):
    """Run the stage with a parameter file of its own."""
    params, out = tmp_path / "params.yaml", tmp_path / "out"
    params.write_text(yaml.safe_dump({"prepare": section}))
    files = {"train": "train.arrow", "test": "test.arrow", "pictures": "pictures.arrow"}
    files |= {"appearance": "appearance.arrow", "skipped": "skipped.csv", "scratch": "scratch"}
    return out, ended("prepare", params, **{key: out / name for key, name in files.items()})


def section(dataset, path=None, **settings):
    return {"dataset": dataset, "path": path and str(path)} | DEFAULTS | settings


def test_the_stage_leaves_nothing_behind(tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    write_files(tmp_path / "images", {"a.png": b"", "b.png": b"", "c.png": b""})
    for given, message in [
        (section("imagenet"), "known are"),
        (section("parquet", tmp_path / "bad.parquet"), "no complete Parquet file"),
        (section("folder", tmp_path / "images"), "only 0 usable training images"),
        (section("digits", limit="all"), "prepare.limit is 'all', expected a whole number"),
    ]:
        out, done = prepare(tmp_path, given)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert message in done.stderr
        assert not out.exists() or not list(out.iterdir())


def test_the_stage_gives_equal_bytes(tmp_path):
    given = section("digits", limit=50, test_limit=20, size=10)
    out, done = prepare(tmp_path, given)
    assert done.returncode == 0, done.stderr
    assert "1,797 files: 50 ranked, 20 held out for tests, 1,727 not drawn" in done.stdout
    assert "images of 10x10x1, labels of 10 classes" in done.stdout
    assert sorted(file.name for file in out.iterdir()) == [
        "appearance.arrow",
        "pictures.arrow",
        "skipped.csv",
        "test.arrow",
        "train.arrow",
    ]
    table, first = read_images(out / "train.arrow"), (out / "train.arrow").read_bytes()
    direct, _ = read("digits", limit=50, test_limit=20, size=10)
    np.testing.assert_array_equal(table.image, direct.image)
    assert (table.file_name, table.classes) == (direct.file_name, direct.classes)
    assert table.sample_id.tolist() == list(range(50))
    prepare(tmp_path, given)
    assert (out / "train.arrow").read_bytes() == first


def test_the_stage_lists_what_it_left_out_in_equal_bytes(tmp_path):
    files = {f"{k}.png": encoded(flat(k)) for k in range(6)} | {"a.png": b"", "b.txt": b"x"}
    write_files(tmp_path / "images", files)
    given = section("folder", tmp_path / "images", test_share=0.0, min_images=6)
    out, done = prepare(tmp_path, given)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "8 files: 6 ranked, 1 could not be read, 1 no image\n" in done.stdout
    text = "file_name,reason\na.png,empty\nb.txt,no image: it is a text\n"
    assert (out / "skipped.csv").read_text("utf-8") == text
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    prepare(tmp_path, given)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    _, done = prepare(tmp_path, given | {"min_images": 7})
    assert done.returncode == 1
    assert "only 6 usable training images, at least 7 are needed" in done.stderr


def test_local_files_are_read_without_torch(tmp_path):
    write_mnist(tmp_path / "idx")
    write_parquet(tmp_path / "p" / "train-0.parquet", [encoded(flat(k)) for k in range(4)])
    write_files(tmp_path / "f", {f"{k}.png": encoded(flat(k)) for k in range(4)})
    (tmp_path / "f.txt").write_text("".join(f"f/{k}.png\n" for k in range(4)))
    code = f"""
import sys
sys.path[:0] = [{str(ROOT / "stages")!r}, {str(ROOT / "tests")!r}]
import prepare
from pathlib import Path
from dataset_files import read
where = Path({str(tmp_path)!r})
for dataset, path in [("digits", None), ("idx", "idx"), ("mnist", "idx"), ("parquet", "p"),
                      ("cifar10", "p"), ("folder", "f"), ("paths", "f.txt")]:
    train, test = read(dataset, path and where / path)
    assert len(train.label) and len(test.label)
assert not {{"torch", "torchvision", "lightly"}} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
