"""Labels from tables: metadata beside images as Hugging Face has it, and prepare.labels."""

import json
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dataset_files import encoded, flat, loaded, read, read_all, write_files, write_parquet

from hardrare.datasets import told
from hardrare.errors import InputError
from hardrare.tables import Skipped

IMAGE = encoded(flat(9))


def labelled(images):
    """File name to class name, None where unknown."""
    names = [*images.classes, None]
    return dict(zip(images.file_name, (names[k] for k in images.label), strict=True))


def write_table(file, rows):
    """Rows of (file_name, label) in the format that the ending names."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".csv":
        lines = [f"{name},{'' if label is None else label},x" for name, label in rows]
        file.write_text("\n".join(["file_name,label,caption", *lines]) + "\n", "utf-8-sig")
    elif file.suffix == ".jsonl":
        text = "\n".join(json.dumps({"file_name": n, "label": k, "n": {"a": 1}}) for n, k in rows)
        file.write_text(text + "\n\n", "utf-8")
    else:
        names, labels = zip(*rows, strict=True)
        pq.write_table(pa.table({"label": pa.array(labels), "file_name": names}), file)
    return file


@pytest.mark.parametrize("end", ["csv", "jsonl", "parquet"])
def test_metadata_beside_images(tmp_path, end):
    write_files(tmp_path, dict.fromkeys(["a.png", "b/a.png", "b/b.png", "c.png"], IMAGE))
    rows = [("a.png", "dog"), ("./b/a.png", "ant"), ("b\\b.png", None)]
    write_table(tmp_path / f"metadata.{end}", rows)
    train, _, skipped = read_all("folder", tmp_path, test_share=0.0)
    assert train.classes == ["ant", "dog"]
    assert labelled(train) == {"a.png": "dog", "b/a.png": "ant", "b/b.png": None, "c.png": None}
    assert skipped == [Skipped(f"metadata.{end}", "read as a table")]


def test_the_nearest_table_decides_and_then_the_folder(tmp_path):
    names = ["train/cat/a.png", "train/dog/a.png", "train/dog/b.png", "train/a.png", "test/a.png"]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    write_table(tmp_path / "train" / "dog" / "metadata.csv", [("a.png", "wolf")])
    (tmp_path / "metadata.csv").write_text("file_name,caption\ntrain/a.png,hello\n")  # no label
    train, test = read("folder", tmp_path)
    assert labelled(train) == {
        "train/a.png": None,
        "train/cat/a.png": "cat",
        "train/dog/a.png": "wolf",
        "train/dog/b.png": None,
    }
    assert labelled(test) == {"test/a.png": None}
    assert train.classes == test.classes == ["cat", "wolf"]


@pytest.mark.parametrize(
    ("labels", "classes", "numbers"),
    [
        (["10", "9", "9"], ["9", "10"], [1, 0, 0]),  # by number, not as texts
        (["1.0", "0.0", ""], ["0", "1"], [1, 0, -1]),  # as pandas writes whole numbers beside NaN
        ([3, -1, 3], ["3"], [0, -1, 0]),
        (["007", "7", "nan"], ["007", "7"], [0, 1, -1]),
        ([True, False, True], ["False", "True"], [1, 0, 1]),
    ],
)
def test_labels_become_places_in_their_sorted_list(tmp_path, labels, classes, numbers):
    names = ["a.png", "b.png", "c.png"]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    table = write_table(tmp_path / "l.jsonl", list(zip(names, labels, strict=True)))
    train, _ = read("folder", tmp_path, labels=table, test_share=0.0)
    assert (train.classes, train.label.tolist()) == (classes, numbers)


def test_prepare_labels_replaces_those_of_the_source(tmp_path):
    write_files(tmp_path / "i", dict.fromkeys(["cat/a.png", "cat/b.png", "dog/c.png"], IMAGE))
    rows = [("cat/a.png", "x"), ("dog/c.png", "y"), ("dog/lost.png", "z"), ("cat/a.png", "x")]
    table = write_table(tmp_path / "labels.csv", rows)
    train, _, skipped = read_all("folder", tmp_path / "i", labels=table, test_share=0.0)
    assert labelled(train) == {"cat/a.png": "x", "cat/b.png": None, "dog/c.png": "y"}
    assert train.classes == ["x", "y"]
    assert skipped == [Skipped("dog/lost.png", "not there: named in labels.csv")]
    (tmp_path / "list.txt").write_text("i/cat/a.png\ni/dog/c.png\n")
    write_table(table, [("i/dog/c.png", 5)])
    train, _ = read("paths", tmp_path / "list.txt", labels=table, test_share=0.0)
    assert labelled(train) == {"i/cat/a.png": None, "i/dog/c.png": "5"}
    file = write_parquet(tmp_path / "x.parquet", [IMAGE] * 2, [0, 1], ["a.png", "b.png"])
    write_table(table, [("a.png", "ant"), ("b.png", "bee")])
    train, _ = read("parquet", file, labels=table, test_share=0.0)
    assert labelled(train) == {"a.png": "ant", "b.png": "bee"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a.png,cat\n", "line 1 names no column file_name but a.png, cat; mend"),
        (b"", "line 1 names no column file_name"),
        (b"\n\nname;x\n", "line 3 names no column label"),
        (b"file_name,label\na.png,cat\na, b.png,dog\n", "line 3 has 3 cells and the header 2"),
        (b"file_name\na.png\n", "line 1 names no column label; add"),
        (
            b"file_name,label\nimages/a.png,cat\n",
            "is a.png, in the table stands images/a.png",
        ),
        (b"file_name,label\n", "there is a.png, in the table stands nothing"),
        (
            b"file_name,label\na.png,cat\na.png,dog\n",
            "two labels, cat and dog .the latter in line 3.; mend",
        ),
        (b"file_name,label\n,cat\n", "line 2 has no file name; mend"),
        (b"file_name,label\na.png,cat\n\xff,cat\n", "first in line 3; save it as UTF-8"),
        (b'file_name,label\n"a.png,cat\n', "line 2 is no CSV"),
        (b"PK\3\4" + bytes(60), "is an archive or a spreadsheet; save it as CSV; mend"),
        (b"\xd0\xcf\x11\xe0" + bytes(60), "is a spreadsheet or a database; save it as CSV"),
    ],
)
def test_tables_that_prepare_labels_refuses(tmp_path, content, message):
    write_files(tmp_path / "i", {"a.png": IMAGE})
    write_files(tmp_path, {"labels.csv": content})
    with pytest.raises(InputError, match=message) as caught:
        read("folder", tmp_path / "i", labels=tmp_path / "labels.csv", test_share=0.0)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"prepare\.labels .*absent does not exist"):
        read("folder", tmp_path / "i", labels=tmp_path / "absent")


def test_a_limit_is_stratified_by_the_given_labels(tmp_path):
    names = [f"{k:02}.png" for k in range(20)]
    write_files(tmp_path, dict.fromkeys(names, IMAGE))
    table = write_table(tmp_path / "metadata.csv", [(n, k % 2) for k, n in enumerate(names)])
    train, _ = read("folder", tmp_path, limit=10, test_share=0.0)
    assert np.bincount(train.label).tolist() == [5, 5]
    assert labelled(train) == labelled(
        read("folder", tmp_path, limit=10, test_share=0.0, labels=table)[0]
    )


NAMED = [("a.png", "cat"), ("b/c d.png", "dog"), ("Caf\u00e9.png", "cat")]
PLAIN = "file_name,label\n" + "".join(f"{name},{label}\n" for name, label in NAMED)
TABLES = {
    "comma": PLAIN.encode(),
    "semicolon": PLAIN.replace(",", ";").encode(),
    "tab": PLAIN.replace(",", "\t").encode(),
    "bar": PLAIN.replace(",", "|").encode(),
    "space after the comma": PLAIN.replace(",", ", ").encode(),
    "space before the comma": PLAIN.replace(",", " ,").encode(),
    "quoted": b"file_name,label\n"
    + "".join(f'"{name}","{label}"\n' for name, label in NAMED).encode(),
    "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
    "old Mac": PLAIN.replace("\n", "\r").encode(),
    "mark of UTF-8": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-16 of other order": PLAIN.encode("utf-16-be"),
    "letter and accent apart": unicodedata.normalize("NFD", PLAIN).encode(),
    "header in capitals": PLAIN.replace("file_name,label", "File_Name,LABEL").encode(),
    "path and class": PLAIN.replace("file_name,label", "Path,Class").encode(),
    "filename and category": PLAIN.replace("file_name,label", "Filename,category").encode(),
    "image and species": PLAIN.replace("file_name,label", "image,species").encode(),
    "backslashes": PLAIN.replace("/", "\\").encode(),
    "the folder above": PLAIN.replace("\n", "\ni/", 3).encode(),
    "without endings": PLAIN.replace(".png", "").encode(),
    "in capitals": PLAIN.replace(".png", ".PNG").replace("b/c", "B/C").encode(),
    "delimiter said": b"sep=;\n" + PLAIN.replace(",", ";").encode(),
    "a dot before": PLAIN.replace("b/", "./b/").encode(),
    "empty lines": PLAIN.replace("\n", "\n\n").encode() + b",\n",
    "further columns": PLAIN.replace("\n", ",7,x\n").replace("label,7,x", "label,n,m").encode(),
}


ABSOLUTE = ("absolute", "absolute through a link", "of another machine")


@pytest.mark.parametrize("kind", [*TABLES, *ABSOLUTE])
def test_tables_as_people_have_them(tmp_path, kind):
    root = tmp_path / "i"
    write_files(root, {name: IMAGE for name, _ in NAMED})
    (tmp_path / "link").symlink_to("i")
    above = dict(zip(ABSOLUTE, (root, root.resolve(), "/home/anna/i"), strict=True)).get(kind)
    content = (
        TABLES.get(kind)
        or "".join(
            ["file_name,label\n", *(f"{above}/{name},{label}\n" for name, label in NAMED)]
        ).encode()
    )
    write_files(tmp_path, {"labels.csv": content})
    given = tmp_path / "link" if "link" in kind else root
    train, _, skipped = read_all("folder", given, labels=tmp_path / "labels.csv", test_share=0.0)
    assert labelled(train) == dict(NAMED)
    assert skipped == []


def test_a_mac_names_files_in_another_form_than_its_table(tmp_path):
    names = [unicodedata.normalize("NFD", f"Z\u00fcrich {k}.png") for k in range(3)]
    write_files(tmp_path / "i", dict.fromkeys(names, IMAGE))
    rows = [(unicodedata.normalize("NFC", name), k % 2) for k, name in enumerate(names)]
    train, _ = read(
        "folder", tmp_path / "i", labels=write_table(tmp_path / "l.csv", rows), test_share=0.0
    )
    assert train.label.tolist() == [0, 1, 0]


def test_an_image_without_a_label_is_named_and_goes_on(tmp_path):
    names = [f"{k:03}.png" for k in range(9)]
    write_files(tmp_path / "i", dict.fromkeys(names, IMAGE))
    rows = [(name, k % 2) for k, name in enumerate(names) if k != 7]
    table = write_table(tmp_path / "l.csv", rows)
    found = loaded("folder", tmp_path / "i", labels=table, test_share=0.0)
    assert found.train.label.tolist() == [0, 1, 0, 1, 0, 1, 0, -1, 0]
    assert "1 without a label, which goes on without: 007.png" in told(found)


def test_a_name_that_may_mean_two_images_means_none(tmp_path):
    write_files(tmp_path / "i", dict.fromkeys(["a.png", "a.jpg", "B.png", "b.png", "c.png"], IMAGE))
    table = write_table(tmp_path / "l.csv", [("a", "x"), ("b.PNG", "x"), ("C", "x"), ("b.png", 1)])
    train, _, skipped = read_all("folder", tmp_path / "i", labels=table, test_share=0.0)
    assert labelled(train) == {
        "B.png": None, "a.jpg": None, "a.png": None, "b.png": "1", "c.png": "x",
    }  # fmt: skip
    assert [one.file_name for one in skipped] == ["a", "b.PNG"]


def test_a_spaces_own_file_is_not_taken_for_another(tmp_path):
    write_files(tmp_path / "i", {"a.png": IMAGE, " a.png": IMAGE})
    write_files(tmp_path, {"l.tsv": b'file_name\tlabel\na.png\tx\n" a.png"\ty\n'})
    train, _ = read("folder", tmp_path / "i", labels=tmp_path / "l.tsv", test_share=0.0)
    assert labelled(train) == {" a.png": "y", "a.png": "x"}
