"""Files to go on with: metadata for the image-folder loader, and a folder of the kept images."""

import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dataset_files import encoded, flat, read, write_files

from hardrare.errors import InputError
from hardrare.export import LINKS, METADATA, image_folder, metadata, write_metadata

NAMES = ["cat/0.png", "cat/x/1.png", "dog/0.png", "é b,c.png"]


def source(where):
    return write_files(where, {n: encoded(flat(50 * k)) for k, n in enumerate(NAMES)})


def ranking():
    columns = {
        "sample_id": pa.array(range(4), pa.int32()),
        "file_name": NAMES,
        "hard_score": pa.array([0.1, 0.4, 0.2, 0.3], pa.float32()),
        "hard_spread": pa.array([None] * 4, pa.float32()),
        "is_duplicate": [False, True, False, False],
    }
    return pa.table(columns).replace_schema_metadata({"hardrare.table": "ranking/2"})


def state(folder):
    """Every path of a folder with its bytes and times."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return [(str(p), p.read_bytes(), p.lstat().st_mtime_ns, p.lstat().st_nlink) for p in files]


def test_metadata_has_the_name_first_and_nothing_of_the_schema(tmp_path):
    write_metadata(tmp_path / METADATA, ranking(), ["dog/0.png", "cat/0.png", "cat/0.png"])
    table = pq.read_table(tmp_path / METADATA)
    assert table.column_names[:2] == ["file_name", "sample_id"]
    assert table.column("file_name").to_pylist() == ["cat/0.png", "dog/0.png"]  # ranking's order
    assert table.schema.metadata is None
    first = (tmp_path / METADATA).read_bytes()
    write_metadata(tmp_path / METADATA, ranking(), ["cat/0.png", "dog/0.png"])
    assert (tmp_path / METADATA).read_bytes() == first
    assert metadata(ranking()).num_rows == 4
    with pytest.raises(InputError, match=r"2 of the images to keep .* the first is a\.png; take"):
        metadata(ranking(), ["cat/0.png", "a.png", "b.png"])


@pytest.mark.parametrize("link", LINKS)
def test_the_kept_images_in_a_folder_of_their_own(tmp_path, link):
    root, out = source(tmp_path / "images"), tmp_path / "deep" / "kept"
    before = [entry[:3] for entry in state(root)]
    kept = ["é b,c.png", "cat/x/1.png"]
    assert image_folder(ranking(), kept, root, out, link) == 2
    assert [entry[:3] for entry in state(root)] == before
    made = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if not p.is_dir())
    assert made == ["cat/x/1.png", METADATA, "é b,c.png"]
    for name in kept:
        assert (out / name).read_bytes() == (root / name).read_bytes()
        assert (out / name).is_symlink() == (link == "symlink")
        assert (out / name).samefile(root / name) == (link != "copy")
    assert pq.read_table(out / METADATA).column("sample_id").to_pylist() == [1, 3]
    assert sorted(p.name for p in out.parent.iterdir()) == ["kept"]


def test_the_folder_is_a_source_again(tmp_path):
    root = source(tmp_path / "images")
    image_folder(ranking(), NAMES[:3], root, tmp_path / "kept", "copy")
    train, _ = read("folder", tmp_path / "kept", test_share=0.0)
    assert train.file_name == NAMES[:3]
    assert train.image[:, 0, 0, 0].tolist() == [0, 50, 100]
    assert [train.classes[k] for k in train.label] == ["cat", "cat", "dog"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"link": "move"}, "link is 'move'; choose one of hardlink, symlink, copy"),
        ({"kept": []}, "there is no image to keep"),
        ({"kept": ["a.png"]}, "not in the ranking"),
        ({"target": "images/kept"}, "lies in the folder of the source"),
        ({"target": "images"}, "lies in the folder of the source"),
        ({"target": "there"}, "is there already"),
        ({"target": "broken"}, "is there already"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path, change, message):
    source(tmp_path / "images")
    (tmp_path / "there").mkdir()
    (tmp_path / "broken").symlink_to("absent")
    given = {"kept": NAMES, "target": "kept", "link": "copy"} | change
    before = sorted(p for p in tmp_path.rglob("*"))
    with pytest.raises(InputError, match=message) as caught:
        image_folder(
            ranking(), given["kept"], tmp_path / "images", tmp_path / given["target"], given["link"]
        )
    assert "\n" not in str(caught.value)
    assert sorted(p for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "cat", "lost.png"])
def test_a_name_that_is_no_image_of_the_source_is_refused(tmp_path, name):
    root = source(tmp_path / "images")
    write_files(tmp_path, {"secret.png": b"x"})
    forged = ranking().set_column(1, "file_name", pa.array([name, *NAMES[1:]]))
    with pytest.raises(InputError, match="is no image below"):
        image_folder(forged, [NAMES[1], name], root, tmp_path / "kept", "symlink")
    assert not list(tmp_path.glob("*kept*"))


@pytest.mark.parametrize("link", ["hardlink", "symlink", "copy"])
def test_links_and_escaped_names_are_exported_as_they_are(tmp_path, link):
    root = source(tmp_path / "images")
    write_files(tmp_path, {"far.png": b"far"})
    (root / "cat" / "out.png").symlink_to("../../far.png")
    write_files(root, {"two\nlines.png": b"odd"})
    names = ["cat/out.png", "two\\nlines.png"]
    told = ranking().set_column(1, "file_name", pa.array([*names, *NAMES[2:]]))
    image_folder(told, names, root, tmp_path / "kept", link)
    assert (tmp_path / "kept" / "cat" / "out.png").read_bytes() == b"far"
    assert (tmp_path / "kept" / "two\nlines.png").read_bytes() == b"odd"


def test_a_failure_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    root, copied = source(tmp_path / "images"), []

    def full(source, target):
        if len(copied) == 2:
            raise OSError(28, "No space left on device")
        copied.append(target.write_bytes(source.read_bytes()))

    before = state(root)
    monkeypatch.setitem(LINKS, "copy", full)
    with pytest.raises(OSError, match="No space left"):
        image_folder(ranking(), NAMES, root, tmp_path / "kept", "copy")
    assert len(copied) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["images"]
    assert state(root) == before


def test_another_file_system_is_one_sentence(tmp_path, monkeypatch):
    def crossing(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", crossing)
    with pytest.raises(InputError, match=r"no hard link .* link with symlink or copy\."):
        image_folder(ranking(), NAMES, source(tmp_path / "i"), tmp_path / "kept", "hardlink")
    assert not list(tmp_path.glob("*kept*"))


# ---- the tools that take them --------------------------------------------------------------

LOAD = """
import sys
from datasets import load_dataset
rows = load_dataset("imagefolder", data_dir=sys.argv[1], split="train")
for row in rows:
    print(row["sample_id"], row["image"].convert("RGB").getpixel((0, 0))[0], row["hard_spread"])
"""


def loaded(folder, cache):
    """Sample id, grey level and spread of each image as Hugging Face's loader gives them."""
    offline = dict.fromkeys(["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"], "1")
    offline |= {"HF_HOME": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1"}
    words = [sys.executable, "-c", LOAD, str(folder)]
    ended = subprocess.run(
        words, env={**os.environ, **offline}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split("\n")[:-1]


def test_hugging_faces_image_folder_loader_takes_it(tmp_path):
    pytest.importorskip("datasets", reason="Hugging Face's datasets is not installed")
    root = source(tmp_path / "images")
    image_folder(ranking(), NAMES[1:], root, tmp_path / "kept", "hardlink")
    kept = ["1 50 None", "2 100 None", "3 150 None"]
    assert loaded(tmp_path / "kept", tmp_path / "cache") == kept
    write_metadata(root / METADATA, ranking())
    assert loaded(root, tmp_path / "cache") == ["0 0 None", *kept]
    write_metadata(root / METADATA, ranking(), NAMES[1:])  # the kept part of the whole folder
    assert loaded(root, tmp_path / "cache") == kept


@pytest.mark.parametrize("link", ["hardlink", "symlink", "copy"])
def test_what_was_made_and_left_alone_is_made_anew(tmp_path, link):
    root, kept = source(tmp_path / "images"), tmp_path / "kept"
    image_folder(ranking(), NAMES, root, kept, link)
    image_folder(ranking(), NAMES[:2], root, kept, "copy")
    made = {p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()}
    assert made == {*NAMES[:2], METADATA}
    assert pq.read_table(kept / METADATA).column("file_name").to_pylist() == NAMES[:2]


@pytest.mark.parametrize("change", ["more", "edited", "no table", "gone"])
def test_what_people_did_to_it_is_never_removed(tmp_path, change):
    root, kept = source(tmp_path / "images"), tmp_path / "kept"
    image_folder(ranking(), NAMES, root, kept, "copy")
    if change == "more":
        (kept / "mine.txt").write_text("notes")
    elif change == "edited":
        (kept / NAMES[0]).write_bytes(b"turned")
    elif change == "no table":
        (kept / METADATA).unlink()
    else:
        (root / NAMES[0]).unlink()  # what was copied is the last of it
    before = sorted(p for p in kept.rglob("*"))
    with pytest.raises(InputError, match=r"is there already and .*; choose another place or move"):
        image_folder(ranking(), NAMES[1:], root, kept, "copy")
    assert sorted(p for p in kept.rglob("*")) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["images", "kept"]
