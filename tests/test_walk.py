"""Every file below a folder is in exactly one list; parts and classes; links, loops, odd names."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from dataset_files import encoded, flat, loaded, read_all, write_files
from hypothesis import given, settings
from hypothesis import strategies as st

from hardrare.datasets import told
from hardrare.datasets._parts import role_of
from hardrare.datasets._walk import walk
from hardrare.tables import escaped, read_images, unescaped, write_images

IMAGE = encoded(flat(9))
SCAN = {"splits": "parts", "test_share": 0.0, "size": 4}


def parts(found):
    """File name to part, and file name to class."""
    names = [*found.train.classes, None]
    labels = [names[k] for k in found.train.label]
    by_part = [row["part"] for row in found.rows]
    return dict(zip(found.train.file_name, zip(by_part, labels, strict=True), strict=True))


def test_a_class_called_train_beside_other_classes_is_a_class(tmp_path):
    names = ["aeroplane/a.png", "bird/a.png", "train/a.png", "test/b.png"]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    found = loaded("folder", tmp_path, **SCAN)
    assert found.train.classes == ["aeroplane", "bird", "test", "train"]
    assert set(parts(found).values()) == {("", k) for k in found.train.classes}


def test_parts_are_a_column_of_a_scan_and_splits_of_a_study(tmp_path):
    names = ["train/cat/a.png", "train/dog/a.png", "VAL/cat/b.png", "test/dog/c.png"]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    found = loaded("folder", tmp_path, **SCAN)
    assert parts(found) == {
        "VAL/cat/b.png": ("VAL", "cat"),
        "test/dog/c.png": ("test", "dog"),
        "train/cat/a.png": ("train", "cat"),
        "train/dog/a.png": ("train", "dog"),
    }
    assert told(found)[0] == "4 files: 4 ranked"
    train, test, skipped = read_all("folder", tmp_path)
    assert train.file_name == ["train/cat/a.png", "train/dog/a.png"]
    assert test.file_name == ["test/dog/c.png"]
    assert [(one.file_name, one.reason) for one in skipped] == [
        ("VAL/cat/b.png", "in a part that is neither training nor test: VAL")
    ]


@pytest.mark.parametrize(
    ("folder", "role"),
    [
        ("train", "train"), ("Training", "train"), ("train2017", "train"),
        ("TRAIN_images", "train"),
        ("images_train", "train"), ("split=train", "train"), ("training set", "train"),
        ("test2015", "test"), ("testing", "test"), ("test-1", "test"), ("val2017", "other"),
        ("validation_set", "other"), ("dev", "other"), ("trains", None), ("tester", None),
        ("value", None), ("devil", None), ("valid8or", None), ("cat", None),
        ("train_station", None),
    ],
)  # fmt: skip
def test_names_of_parts(folder, role):
    assert role_of(folder) == role


def test_an_image_beside_train_and_test_makes_them_classes(tmp_path):
    names = ["train/a.png", "test/b.png", "cover.png"]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    found = loaded("folder", tmp_path, **SCAN)
    assert parts(found) == {
        "cover.png": ("", None), "test/b.png": ("", "test"), "train/a.png": ("", "train"),
    }  # fmt: skip


def test_parts_and_classes_below_one_folder_are_found(tmp_path):
    deep = {f"data/images/{p}/{c}/a.png": IMAGE for p in ("train", "valid") for c in "xy"}
    write_files(tmp_path, deep | {"README.md": b"hello"})
    found = loaded("folder", tmp_path, **SCAN)
    assert sorted(parts(found).values()) == [
        ("train", "x"), ("train", "y"), ("valid", "x"), ("valid", "y"),
    ]  # fmt: skip


def test_parquet_parts_are_ranked_too(tmp_path):
    from dataset_files import write_parquet

    for part in ("train", "test"):
        write_parquet(tmp_path / f"{part}-0.parquet", [IMAGE] * 3, [0, 1, 0])
    found = loaded("parquet", tmp_path, **SCAN)
    assert [row["part"] for row in found.rows] == ["test"] * 3 + ["train"] * 3
    assert found.train.label.tolist() == [0, 1, 0] * 2


def test_links_are_followed_and_each_file_is_taken_once(tmp_path):
    root = tmp_path / "scan"
    write_files(tmp_path, {"far/c.png": IMAGE, "far/deep/d.png": IMAGE, "e.png": IMAGE})
    write_files(root, {"z/real.png": IMAGE, "z/deep/same.png": IMAGE})
    (root / "a.png").symlink_to("z/real.png")  # sorts before, and is a link
    (root / "b").symlink_to(tmp_path / "far")
    (root / "b2").symlink_to("b")
    (root / "loop").symlink_to(".")
    (root / "up").symlink_to("..")
    (root / "outside.png").symlink_to("../e.png")
    (tmp_path / "far" / "back").symlink_to(root)
    found = walk(root)
    assert found.images == [
        "b/c.png", "b/deep/d.png", "outside.png", "z/deep/same.png", "z/real.png",
    ]  # fmt: skip
    assert {one.file_name: one.reason for one in found.skipped} == {
        "a.png": "same file by link: z/real.png",
        "b2": "same folder by link: b",
        "b/back": "same folder by link: the folder itself",
        "loop": "same folder by link: the folder itself",
        "up": "link to a folder around this one",
    }


def test_a_folder_that_links_made_is_read(tmp_path):
    """As `--link symlink` writes it, and as a DVC cache beside it has it."""
    write_files(tmp_path, {".dvc/cache/ab": IMAGE, ".dvc/cache/cd": encoded(flat(8))})
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.png").symlink_to("../.dvc/cache/ab")
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "b.png").symlink_to(tmp_path / ".dvc" / "cache" / "cd")
    found = loaded("folder", tmp_path, **SCAN)
    assert found.train.file_name == ["cat/a.png", "dog/b.png"]
    assert told(found)[0] == "4 files: 2 ranked, 2 hidden or of the system"


def test_the_sum_is_said(tmp_path):
    write_files(tmp_path, {f"{k}.png": encoded(flat(k)) for k in range(4)} | {"e.jpg": b""})
    write_files(tmp_path, {"metadata.csv": b"file_name,label\n0.png,a\n1.png,b\nlost.png,a\n"})
    (tmp_path / "l.png").symlink_to("0.png")
    found = loaded("folder", tmp_path, **SCAN)
    assert told(found) == [
        "7 files: 4 ranked, 1 could not be read, 1 copy of the same file by link, "
        "1 table of labels",
        "images of 4x4x3, labels of 2 classes",
        "1 named in a table or list is not there",
        "2 without a label, which go on without: 2.png, 3.png",
    ]


LEAVES = st.sampled_from(
    ["image", "copy", "empty", "text", "hidden", "link", "up", "broken", "pipe"]
)
NAMES = st.text("aB.é:\n\\ ", min_size=1, max_size=3).filter(lambda one: one not in (".", ".."))
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=12)


def grow(root, tree, top):
    """Make what a tree says below a folder, and count the entries that are no folders."""
    made = 0
    for name, one in tree.items():
        path = root / name
        if isinstance(one, dict):
            path.mkdir()
            made += grow(path, one, top)
            continue
        made += 1
        if one == "link":
            path.symlink_to(top / "first.png")
        elif one == "up":
            path.symlink_to("..")
        elif one == "broken":
            path.symlink_to("nowhere")
        elif one == "pipe":
            os.mkfifo(path)
        else:
            path = path.with_name(f".{name}") if one == "hidden" else path
            made -= path.exists()
            path.write_bytes({"image": IMAGE, "copy": IMAGE, "text": b"hello"}.get(one, b""))
    return made


@settings(max_examples=60, deadline=None)
@given(tree=st.dictionaries(NAMES, TREES, max_size=5))
def test_the_lists_hold_every_file_once(tree):
    with tempfile.TemporaryDirectory() as here:
        root = Path(here)
        (root / "first.png").write_bytes(IMAGE)
        try:
            made = 1 + grow(root, tree, root)
        except FileExistsError:  # `.a` that is hidden, and `.a` by its name
            return
        found = loaded("folder", root, **SCAN)
    names = [*found.train.file_name, *(one.file_name for one in found.skipped)]
    assert len(names) == len(set(names)) == made
    assert int(told(found)[0].partition(" file")[0].replace(",", "")) == made


@pytest.mark.parametrize(
    "name",
    ["a.png", "5:30.jpg", "C:a.png", "a\\b.png", "a\nb", "\udce9t\udcff", "\x85\u2028", "\\n", "é"],
)
def test_names_go_there_and_back_as_one_line(tmp_path, name):
    text = escaped(name)
    assert unescaped(text) == name
    assert text.encode().decode().isprintable()
    images = loaded("digits", limit=10).train
    named = type(images)(
        images.sample_id, images.image, images.label, [text, *images.file_name[1:]], images.classes
    )
    write_images(tmp_path / "t.arrow", named)
    assert read_images(tmp_path / "t.arrow").file_name[0] == text


@given(st.text(st.characters(codec="utf-8")))
def test_any_name_goes_there_and_back(name):
    assert unescaped(escaped(name)) == name
    assert "\n" not in escaped(name)


def test_names_of_escapes_are_told_apart():
    assert len({escaped("a\nb"), escaped("a\\nb"), escaped("a\\\nb")}) == 3


def test_too_few_is_said_before_a_file_is_decoded(tmp_path, monkeypatch):
    from hardrare.datasets import _decode
    from hardrare.errors import InputError

    write_files(tmp_path, {"a.png": IMAGE, "b.png": IMAGE})
    monkeypatch.setattr(_decode, "opened", lambda *_: pytest.fail("decoded"))
    with pytest.raises(InputError, match="only 2 usable training images, at least 3"):
        loaded("folder", tmp_path, **SCAN | {"min_images": 3})


def test_counts_of_a_limit_are_in_the_sum(tmp_path):
    write_files(tmp_path, {f"{k}.png": IMAGE for k in range(9)})
    found = loaded("folder", tmp_path, **SCAN | {"limit": 5})
    assert told(found)[0] == "9 files: 5 ranked, 4 not drawn (prepare.limit)"
    assert np.isfinite(found.rows[0]["entropy"])


LATIN = r"""
import os, sys
from hardrare.tables.names import escaped, unescaped
name = os.listdir(sys.argv[1])[0]
assert unescaped(escaped(name)) == name
print(ascii(escaped(name)), ascii(escaped("\u2603")))
"""


def test_names_in_tables_do_not_depend_on_the_locale(tmp_path):
    (tmp_path / "Z\u00fcrich \u2603.png").write_bytes(b"")
    other = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    words = [sys.executable, "-c", LATIN, str(tmp_path)]
    done = subprocess.run(words, env=os.environ | other, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == r"'Z\xfcrich \u2603.png' '\u2603'"
