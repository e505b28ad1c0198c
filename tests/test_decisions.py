"""hardrare apply: every image is kept or dropped as decided, whatever its name; nothing else."""

import csv
import json
import shutil

import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardrare import tables
from hardrare.appearance import content_hash
from hardrare.decisions import COLUMNS, Decision, outcome, read_decisions
from hardrare.errors import InputError
from hardrare.runner.graph import path_of
from hardrare.scan import command
from hardrare.scan.apply import applied, apply

HOSTILE = [
    "a 'quoted', \"twice\".png",
    "two\nlines.png",
    "<script>alert(1)<|script>.png",
    "=1+2;cmd.png",
    "abc\u202egnp.exe.png",
    "שלום/עולם.png",
    "fox 🦊👩‍👩‍👧.png",
    "caf\udce9.png",
    " leading and trailing .png",
    "back\\slash.png",
    "-rf.png",
]


def ranking(names, groups=None, labels=None):
    """A "ranking/2" of images of which the second of each group is proposed to go."""
    groups = groups or [None] * len(names)
    first, of = {None: None}, []
    for name, group in zip(map(tables.escaped, names), groups, strict=True):
        of.append(first.get(group))
        first.setdefault(group, name)
    by = ["duplicate" if stays else None for stays in of]
    columns = {
        "sample_id": pa.array(range(len(names)), pa.int32()),
        "file_name": pa.array([tables.escaped(one) for one in names], pa.string()),
        "duplicate_of": pa.array(of, pa.string()),
        "group": pa.array(groups, pa.int32()),
        "dropped_by": pa.array(by, pa.string()),
    }
    columns |= {"label": pa.array(labels, pa.string())} if labels else {}
    return pa.table(columns)


@pytest.fixture
def scan(tmp_path):
    """A folder of files with hostile names, and what a scan of it left; the second two are one."""
    photos, out = tmp_path / "photos", tmp_path / "out"
    for k, name in enumerate(HOSTILE):
        file = photos / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), (k, 0, 0)).save(file)
    groups = [None, 0, 0, *[None] * (len(HOSTILE) - 3)]
    labels = ["cat", None, *["dog"] * (len(HOSTILE) - 2)]
    tables.write(out / path_of("rank", "--ranking"), "ranking/2", ranking(HOSTILE, groups, labels))
    kinds = {k: v for k, v in tables.KINDS["appearance/1"].items() if k is not ...}
    hashes = [content_hash((photos / name).read_bytes()) for name in HOSTILE]
    rows = [{"sample_id": k, "content_hash": one} for k, one in enumerate(hashes)]
    looks = pa.Table.from_pylist(rows, schema=pa.schema(kinds.items()))
    tables.write(out / path_of("rank", "--appearance"), "appearance/1", looks)
    (out / "scan.json").write_text(json.dumps({"asked": {"folder": str(photos)}}))
    return photos, out


def saved(path, rows):
    """A file as the page saves it."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


def lines(path):
    return path.read_text("utf-8").splitlines()


def state(folder):
    """Every file below a folder: its bytes, its time of change and its inode."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return [(f, f.read_bytes(), f.stat().st_mtime_ns, f.stat().st_ino) for f in files]


def test_hostile_names_are_kept_dropped_relabeled_and_linked_unharmed(scan, tmp_path, capsys):
    photos, out = scan
    before = state(photos)
    rows = [(tables.escaped(one), "drop", "", "noisy", "") for one in HOSTILE[:2]]
    rows.append((tables.escaped(HOSTILE[2]), "relabel", 'l,"x"\n=1', "mislabeled", "a note\n2"))
    decided = apply(saved(tmp_path / "decisions.csv", rows), out, link="copy")
    stay = [tables.escaped(one) for one in HOSTILE[2:]]
    assert lines(decided / "keep.txt") == stay
    assert lines(decided / "drop.txt") == [tables.escaped(one) for one in HOSTILE[:2]]
    assert sorted(one.relative_to(decided / "images") for one in (decided / "images").rglob("*.png")
                  ) == sorted(one.relative_to(photos) for one in
                              [photos / name for name in HOSTILE[2:]])  # fmt: skip
    table = pa.parquet.read_table(decided / "metadata.parquet").to_pylist()
    assert [one["file_name"] for one in table] == stay
    assert (table[0]["label"], table[0]["decision"], table[0]["note"], table[0]["decided_on"]) == (
        'l,"x"\n=1', "relabel", "a note\n2", "mislabeled")  # fmt: skip
    assert (table[1]["label"], table[1]["decision"]) == ("dog", None)
    with (decided / "labels.csv").open(encoding="utf-8", newline="") as stream:
        labels = list(csv.DictReader(stream))
    assert labels[0] == {"file_name": stay[0], "label": 'l,"x"\n=1'}
    assert len(labels) == len(stay)
    assert "9 images stay, 2 go; decided were 3: 0 to keep, 2 to drop, 1" in capsys.readouterr().out
    assert state(photos) == before


def test_decisions_that_were_applied_are_known_until_the_file_changes(scan, tmp_path, capsys):
    _, out = scan
    rows = [(tables.escaped(HOSTILE[k]), "drop", "", "hard", "") for k in (0, 3)]
    apply(saved(tmp_path / "decisions.csv", rows), out, link=None)
    known = applied(out)
    assert [one.kind for one in known.values()] == ["drop", "drop"]
    looks = out / path_of("rank", "--appearance")
    table = tables.read(looks, "appearance/1")
    hashes = ["f" * 32, *table.column("content_hash").to_pylist()[1:]]
    at = table.column_names.index("content_hash")
    tables.write(looks, "appearance/1", table.set_column(at, "content_hash", pa.array(hashes)))
    assert list(applied(out)) == [tables.escaped(HOSTILE[3])]
    again = apply(out / "decided" / "decisions.csv", out, link=None)
    assert lines(again / "drop.txt") == [tables.escaped(HOSTILE[3])]
    assert "has changed since; passed over" in capsys.readouterr().out


def test_a_file_that_was_replaced_or_deleted_after_the_scan_is_passed_over(scan, tmp_path, capsys):
    photos, out = scan
    names = [tables.escaped(HOSTILE[k]) for k in (0, 3, 4)]
    (photos / HOSTILE[0]).write_bytes(b"another")
    (photos / HOSTILE[3]).unlink()
    rows = [(name, "drop", "", "", "") for name in names]
    apply(saved(tmp_path / "decisions.csv", rows), out, link=None)
    assert lines(out / "decided" / "drop.txt") == names[2:]
    said = capsys.readouterr().out
    assert all(f"{name}: is gone, or has changed since; passed over" in said for name in names[:2])
    with pytest.raises(InputError, match=r"have changed since .*; scan the folder again"):
        apply(saved(tmp_path / "decisions.csv", rows[:2]), out, link=None)
    (photos / HOSTILE[0]).unlink()
    with pytest.raises(InputError, match=r"have changed since .*; scan the folder again"):
        apply(saved(tmp_path / "decisions.csv", rows[:2]), out, link=None)
    shutil.rmtree(photos)  # as of an archive, of which no name is a file
    apply(saved(tmp_path / "decisions.csv", rows[:2]), out, link=None)
    assert lines(out / "decided" / "drop.txt") == names[:2]


def test_a_note_without_a_decision_is_kept_and_decides_nothing(scan, tmp_path, capsys):
    _, out = scan
    name, other = (tables.escaped(HOSTILE[k]) for k in (0, 3))
    rows = [(name, "", "", "", "ask her"), (other, "drop", "", "", "")]
    apply(saved(tmp_path / "decisions.csv", rows), out, link=None)
    assert "decided were 1: 0 to keep, 1 to drop" in capsys.readouterr().out
    assert lines(out / "decided" / "drop.txt") == [other]
    table = pl.read_parquet(out / "decided" / "metadata.parquet")
    row = table.row(by_predicate=pl.col("file_name") == HOSTILE[0], named=True)
    assert (row["decision"], row["note"]) == (None, "ask her")
    assert applied(out)[name] == Decision(
        "", note="ask her", content_hash=applied(out)[name].content_hash
    )


def test_the_rest_stays_or_follows_the_proposal_and_a_lost_group_is_told(scan, tmp_path, capsys):
    _, out = scan
    both = [(tables.escaped(HOSTILE[1]), "drop", "", "", "")]
    file = saved(tmp_path / "decisions.csv", both)
    command.main(["apply", str(file), "--out", str(out)])
    assert len(lines(out / "decided" / "keep.txt")) == len(HOSTILE) - 1
    assert "No image of a group" not in capsys.readouterr().out
    command.main(["apply", str(file), "--out", str(out), "--rest", "proposal"])
    assert len(lines(out / "decided" / "keep.txt")) == len(HOSTILE) - 2
    assert (
        r"No image of a group of copies stays: that of two\nlines.png;" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,decision\n", "has no column file_name"),
        ("file_name;decision\n", "has no column file_name"),
        ("file_name,decision\na.png,burn\n", "line 2: expected a file name and one of keep, drop"),
        ("file_name,decision\na.png,burn\n", "relabel, where burn stands; mend it"),
        ("file_name,decision\n,drop\n", "line 2: expected a file name"),
        ("file_name,decision,label\na.png,relabel,\n", "a.png is to be relabeled; give it a label"),
        ("file_name,decision\na.png,drop\na.png,keep\n", "line 3: a.png has two decisions"),
        ("file_name,decision\na.png,drop,x\n", "line 2: expected"),
        ("file_name,decision\nother.png,drop\n", "none of its 1 files is in"),
        (b"\xff\xfe", "is no CSV in UTF-8"),
    ],
)
def test_what_is_no_file_of_decisions_is_refused(scan, tmp_path, text, said):
    path = tmp_path / "decisions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=said):
        apply(path, scan[1], link=None)
    assert not (scan[1] / "decided").exists()


def test_no_file_no_scan_and_no_second_folder(scan, tmp_path, capsys):
    with pytest.raises(InputError, match="no such file; save"):
        apply(tmp_path / "none.csv", scan[1], link=None)
    with pytest.raises(InputError, match=r"is a folder; name the decisions\.csv"):
        apply(tmp_path, scan[1], link=None)
    file = saved(tmp_path / "decisions.csv", [(tables.escaped(HOSTILE[0]), "keep", "", "", "")])
    with pytest.raises(SystemExit):
        command.main(["apply", str(file), "--out", str(tmp_path)])
    assert "holds no scan" in capsys.readouterr().err
    images = apply(file, scan[1], link="symlink") / "images"
    apply(file, scan[1], link="symlink")
    capsys.readouterr()
    apply(file, scan[1], link=None)
    assert "images: is of decisions before; delete it" in capsys.readouterr().out
    (images / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"is there already and notes\.txt in it is not as it was"):
        apply(file, scan[1], link="symlink")


def test_a_spreadsheet_may_have_written_it(tmp_path):
    path = tmp_path / "decisions.csv"
    text = "decision,file_name\r\nDrop,ä.png\r\n\r\n keep ,b.png\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_decisions(path) == {"ä.png": Decision("drop"), "b.png": Decision("keep")}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_kept_and_dropped_are_all_files_once_and_follow_the_decisions(data):
    count = data.draw(st.integers(1, 12))
    groups = data.draw(st.lists(st.none() | st.integers(0, 3), min_size=count, max_size=count))
    table = ranking([f"{k}.png" for k in range(count)], groups)
    names = table.column("file_name").to_pylist()
    kinds = st.builds(Decision, st.sampled_from(["keep", "drop", "relabel"]), st.just("l"))
    decisions = data.draw(st.dictionaries(st.sampled_from(names), kinds))
    rest = data.draw(st.sampled_from(["keep", "proposal"]))
    made = outcome(table, decisions, rest)
    kept, gone = made.names(True), made.names(False)
    assert sorted(kept + gone) == sorted(names)
    for name, one in decisions.items():
        assert (name in gone) == (one.kind == "drop")
    proposed = dict(zip(names, table.column("dropped_by").to_pylist(), strict=True))
    for name in set(names) - decisions.keys():
        assert (name in gone) == (rest == "proposal" and proposed[name] is not None)
    for group in {one for one in groups if one is not None}:
        members = [name for name, one in zip(names, groups, strict=True) if one == group]
        lost = len(members) > 1 and set(members) <= set(gone)
        assert lost == bool(set(members) & set(made.lost))
    assert made.table.num_rows == count
