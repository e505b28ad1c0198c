"""Large tables as folders of files: the same rows, mapped; small ones are one file, as ever."""

import numpy as np
import pyarrow as pa
import pytest

from hardrare.errors import InputError
from hardrare.pieces import second_name
from hardrare.runner.contents import GONE, Contents
from hardrare.tables import (
    Images,
    features_writer,
    open_features,
    pictures_writer,
    read_appearance,
    read_features,
    read_images,
    read_pictures,
    read_views,
    rolling,
    write_appearance,
    write_features,
    write_images,
    write_views,
)
from hardrare.tables.seal import sealed

N = 10
IDS = np.arange(N, dtype=np.int32)


def images(label=0):
    pixels = np.arange(N * 12, dtype=np.uint8).reshape(N, 2, 2, 3)
    return Images(IDS, pixels, np.full(N, label), [f"{i}.png" for i in IDS], ["a"])


def rows(path):
    """What each kind of table holds."""
    write_images(path / "images", images())
    write_features(path / "features", IDS, np.arange(N * 3.0).reshape(N, 3))
    write_views(path / "views", IDS, np.arange(N * 6.0).reshape(N, 2, 3))
    write_appearance(path / "appearance", [{"part": "", "width": int(i)} for i in IDS], {})
    with pictures_writer(path / "pictures") as append:
        for i in IDS:
            append(b"picture %d" % i)
    found = read_images(path / "images")
    return {
        "images": found.image, "names": found.file_name, "label": found.label,
        "features": read_features(path / "features", IDS)[1],
        "views": read_views(path / "views", IDS, 3),
        "width": read_appearance(path / "appearance")["width"].to_pylist(),
        "pictures": read_pictures(path / "pictures")["picture"].to_pylist(),
    }  # fmt: skip


def test_rows_of_several_files_are_read_as_those_of_one(tmp_path, monkeypatch):
    one = rows(tmp_path)
    assert all((tmp_path / name).is_file() for name in ("images", "features", "views"))
    before = (tmp_path / "images").read_bytes()
    monkeypatch.setattr(rolling, "ROWS", 4)
    several = rows(tmp_path)  # in place of the files
    for name, values in one.items():
        assert np.array_equal(several[name], values), name
    for name in ("images", "features", "views", "appearance", "pictures"):
        assert [p.name for p in rolling.files_of(tmp_path / name)] == [
            "00000.arrow", "00001.arrow", "00002.arrow",
        ]  # fmt: skip
        assert sealed(tmp_path / name)
    monkeypatch.setattr(rolling, "ROWS", N)  # which just fit
    rows(tmp_path)
    assert (tmp_path / "images").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_snapshots_of_several_files_stay_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(rolling, "ROWS", 4)
    with features_writer(tmp_path / "f", (N, 2)) as append:
        for epoch in (3, 7):
            append(epoch, IDS, np.full((N, 2), float(epoch)))
    found = list(open_features(tmp_path / "f").snapshots())
    assert [epoch for epoch, _, _ in found] == [3, 7]
    assert all(np.array_equal(ids, IDS) for _, ids, _ in found)
    assert [values.mean() for _, _, values in found] == [3, 7]


def test_a_file_that_is_damaged_or_not_sealed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(rolling, "ROWS", 4)
    write_images(tmp_path / "t", images())
    file = tmp_path / "t" / "00001.arrow"
    whole = bytearray(file.read_bytes())
    whole[500] ^= 1
    file.write_bytes(whole)
    with pytest.raises(InputError, match=r"t: not an intact Arrow file \(its checksum"):
        read_images(tmp_path / "t")


def test_what_fails_leaves_what_was_there(tmp_path, monkeypatch):
    monkeypatch.setattr(rolling, "ROWS", 4)
    write_images(tmp_path / "t", images())

    def broken(append):
        for i in range(9):
            append(b"x")
            if i == 7:
                raise ValueError

    with pytest.raises(ValueError), pictures_writer(tmp_path / "p") as append:  # noqa: PT011
        broken(append)
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


def test_second_names_and_digests_of_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(rolling, "ROWS", 4)
    write_images(tmp_path / "t.arrow", images())
    second_name(tmp_path / "t.arrow", tmp_path / "scratch" / "0.arrow")
    assert read_images(tmp_path / "scratch" / "0.arrow").file_name == images().file_name
    first = next((tmp_path / "t.arrow").iterdir())
    assert first.stat().st_nlink == 2
    contents = Contents(tmp_path / "known.json")
    before = contents.of(tmp_path / "t.arrow"), contents.unlabelled(tmp_path / "t.arrow")
    write_images(tmp_path / "t.arrow", images(label=-1))
    contents = Contents(tmp_path / "known.json")
    after = contents.of(tmp_path / "t.arrow"), contents.unlabelled(tmp_path / "t.arrow")
    assert GONE not in before
    assert before[0] != after[0]
    assert before[1] == after[1]  # they differ in labels alone


def test_a_batch_larger_than_a_file_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(rolling, "ROWS", 3)
    made = []

    class File:
        def __init__(self, _):
            self.rows = []
            made.append(self.rows)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def write_batch(self, batch):
            self.rows.append(batch.num_rows)

    out = rolling.Rolling(tmp_path, File)
    for size in (2, 5, 0, 1):
        out.write_batch(pa.record_batch({"a": pa.array(range(size), pa.int32())}))
    assert made == [[2, 1], [3], [1, 0, 1]]
