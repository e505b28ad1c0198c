"""Images in tar files of WebDataset and in folders that Hugging Face datasets saved."""

import io
import json
import tarfile

import numpy as np
import pyarrow as pa
import pytest
from dataset_files import encoded, flat, pixels, read_all, write_parquet
from test_objects import labels

from hardrare.datasets.huggingface import holds_huggingface, huggingface
from hardrare.datasets.parquet import parquet
from hardrare.datasets.webdataset import holds_webdataset, webdataset
from hardrare.errors import InputError
from hardrare.runner.contents import Contents
from hardrare.scan.source import look


def write_shard(file, members):
    """A tar file of names and bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w") as shard:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            shard.addfile(entry, io.BytesIO(content))
    return file


def grey(level):
    return encoded(flat(level))


def levels(split):
    return pixels(split)[:, 0, 0, 0].tolist()


def test_a_sample_is_its_files_of_one_name(tmp_path):
    write_shard(tmp_path / "00000.tar", {
        "000.jpg.png": grey(10), "000.cls": b"7\n", "001.txt": b"a caption", "001.png": grey(20),
        "001.json": json.dumps({"caption": "x", "label": "fox"}).encode(),
        "sub/002.png": grey(30), "sub/002.seg.png": grey(99), "003.txt": b"no image",
        "004.PNG": grey(40), "004.json": b"{broken",
    })  # fmt: skip
    write_shard(tmp_path / "00001.tar", {"../evil.png": grey(50)})
    (tmp_path / "00000.parquet").write_bytes(b"of img2dataset, no images in it")
    source = webdataset(tmp_path)
    names = ["00000/000.jpg.png", "00000/001.png", "00000/sub/002.png", "00000/004.PNG"]
    assert source.train.file_name == [*names, "00001/evil.png"]
    assert labels(source.train, source.classes) == ["7", "fox", None, None, None]
    assert levels(source.train) == [10, 20, 30, 40, 50]
    assert {one.file_name: one.reason for one in source.skipped} == {
        "00000/003": "no image: a sample without one",
        "00000/sub/002.seg.png": "further image of a sample",
    }
    some = source.train.read(np.array([1, 4]))
    assert [len(one) > 0 for one in some] == [True, True]


@pytest.mark.parametrize("where", ["{part}-000.tar", "{part}/000.tar", "imagenet_{part}_7.tar"])
def test_parts_by_the_names_of_shards_or_folders(tmp_path, where):
    for k, part in enumerate(("train", "val", "test")):
        write_shard(tmp_path / where.format(part=part), {"a.png": grey(k), "a.cls": b"%d" % k})
    source = webdataset(tmp_path)
    assert source.parts().keys() == {"train", "test", "val"}
    assert [levels(one) for one in source.parts().values()] == [[0], [2], [1]]
    assert source.classes == ["0", "1", "2"]


def test_shards_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no tar file"):
        webdataset(tmp_path)
    file = write_shard(tmp_path / "a.tar", {"a.txt": b"text"})
    with pytest.raises(InputError, match="its tar files hold no image"):
        webdataset(file)
    file.write_bytes(b"\x1f\x8b and so on")
    with pytest.raises(InputError, match=r"a\.tar: no complete, uncompressed tar file") as said:
        webdataset(file)
    assert "\n" not in str(said.value)
    assert holds_webdataset(file)
    assert not holds_webdataset(tmp_path / "b")


def write_saved(folder, columns, names=None, of="datasets"):
    """One split as `save_to_disk` lays it."""
    folder.mkdir(parents=True)
    table = pa.table(columns)
    if names:
        about = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(about)})
    with pa.ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as out:
        out.write_table(table, max_chunksize=2)
    state = {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_split": None}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def rows(levels, paths=None):
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    paths = paths or [None] * len(levels)
    content = [None if k is None else grey(k) for k in levels]
    return pa.array([{"bytes": b, "path": p} for b, p in zip(content, paths, strict=True)], kind)


def test_a_saved_dataset(tmp_path):
    where = tmp_path / "else.png"
    where.write_bytes(grey(3))
    images = rows([1, 2, None], ["a.png", "b.png", str(where)])
    folder = write_saved(
        tmp_path / "birds", {"image": images, "label": pa.array([1, None, 0])}, ["owl", "emu"]
    )
    source = huggingface(folder)
    assert source.train.file_name == [f"birds/0000{k}.png" for k in range(3)]  # one is absolute
    assert labels(source.train, source.classes) == ["emu", None, "owl"]
    assert levels(source.train) == [1, 2, 3]


def test_splits_of_a_saved_dataset_are_parts(tmp_path):
    for k, split in enumerate(("train", "validation", "test")):
        write_saved(tmp_path / split, {"image": rows([k, 9], ["a.png", "b.png"])})
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "validation", "test"]}')
    source = huggingface(tmp_path)
    assert source.parts().keys() == {"train", "validation", "test"}
    assert source.others["validation"].file_name == ["validation/a.png", "validation/b.png"]
    assert [levels(one) for one in source.parts().values()] == [[0, 9], [2, 9], [1, 9]]
    train, _, _ = read_all("huggingface", tmp_path, splits="parts", test_share=0.0)
    assert len(train.file_name) == 6


def test_what_is_no_saved_dataset_is_refused(tmp_path):
    folder = write_saved(tmp_path / "a", {"text": ["x"]})
    with pytest.raises(InputError, match="has columns text, expected img or image"):
        huggingface(folder)
    state = {"_data_files": [], "_indices_data_files": [{"filename": "indices.arrow"}]}
    (folder / "state.json").write_text(json.dumps(state))
    with pytest.raises(InputError, match=r"call flatten_indices\(\)"):
        huggingface(folder)
    (folder / "state.json").write_text("{}")
    (folder / "data-00000-of-00001.arrow").write_bytes(b"cut short")
    with pytest.raises(InputError, match="no complete dataset") as said:
        huggingface(folder)
    assert "\n" not in str(said.value)
    (tmp_path / "dataset_dict.json").write_text("[]")
    with pytest.raises(InputError, match="names no splits"):
        huggingface(tmp_path)
    assert not holds_huggingface(tmp_path / "nowhere")


def test_parquet_with_labels_of_another_name(tmp_path):
    table = pa.table({"jpg": [grey(1), grey(2)], "fine_label": [1, 0]})
    pa.parquet.write_table(table, tmp_path / "x.parquet")
    source = parquet(tmp_path / "x.parquet")
    assert (labels(source.train, source.classes), levels(source.train)) == (["1", "0"], [1, 2])


def test_a_scan_knows_each_by_what_lies_there(tmp_path):
    known = Contents(tmp_path / "known.json")
    write_shard(tmp_path / "w" / "0.tar", {"a.png": grey(1)})
    write_parquet(tmp_path / "w" / "0.parquet", [grey(1)])
    write_saved(tmp_path / "h", {"image": rows([1, 2])})
    write_parquet(tmp_path / "p" / "x.parquet", [grey(1)])
    found = {name: look(tmp_path / name, None, known, 1) for name in ("w", "h", "p")}
    assert {name: one.dataset for name, one in found.items()} == {
        "w": "webdataset", "h": "huggingface", "p": "parquet",
    }  # fmt: skip
    write_shard(tmp_path / "w" / "0.tar", {"a.png": grey(2)})
    assert look(tmp_path / "w", None, known, 1).mark != found["w"].mark
    assert look(tmp_path / "w" / "0.tar", None, known, 1).dataset == "webdataset"


def test_what_webdataset_writes(tmp_path):
    wds = pytest.importorskip("webdataset")
    with wds.ShardWriter(str(tmp_path / "train-%03d.tar"), maxcount=2, verbose=0) as out:
        for k in range(5):
            out.write({"__key__": f"s{k:03}", "png": flat(10 * k), "cls": k % 2, "json": {"x": k}})
    source = webdataset(tmp_path)
    assert source.train.file_name[::2] == [f"train-00{k}/s00{2 * k}.png" for k in range(3)]
    assert (levels(source.train), source.train.label.tolist()) == (
        [0, 10, 20, 30, 40],
        [0, 1, 0, 1, 0],
    )


def test_what_datasets_saves(tmp_path):
    datasets = pytest.importorskip("datasets")
    files = []
    for k in range(4):
        files.append(str(tmp_path / f"{k}.png"))
        (tmp_path / f"{k}.png").write_bytes(grey(10 * k))
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["owl", "emu"])}
    )
    made = datasets.Dataset.from_dict({"image": files, "label": [0, 1, 1, 0]}, features=features)
    made.select([3, 0, 1]).save_to_disk(str(tmp_path / "one"))
    datasets.DatasetDict(train=made, test=made.select([2])).save_to_disk(str(tmp_path / "two"))
    one, two = huggingface(tmp_path / "one"), huggingface(tmp_path / "two")
    assert levels(one.train) == [30, 0, 10]
    assert labels(one.train, one.classes) == ["owl", "owl", "emu"]
    assert (levels(two.train), levels(two.test)) == ([0, 10, 20, 30], [20])
    assert holds_huggingface(tmp_path / "one")
    assert holds_huggingface(tmp_path / "two")
    made.to_parquet(str(tmp_path / "x.parquet"))
    assert labels(parquet(tmp_path / "x.parquet").train, ["owl", "emu"]) == [
        "owl",
        "emu",
        "emu",
        "owl",
    ]
