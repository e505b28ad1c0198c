"""No file that a study reads can run code, lead elsewhere, or be damaged unnoticed."""

import ast
import configparser

import graph
import numpy as np
import pyarrow as pa
import pytest
from graph import ROOT

from hardrare import tables
from hardrare.errors import InputError
from hardrare.tables import TABLE, Images

SOURCES = sorted(p for d in ("hardrare", "stages", "benchmarks") for p in (ROOT / d).rglob("*.py"))
# CIFAR-10's authors publish pickled batches. Its reader refuses every class but NumPy's arrays,
# which test_known_datasets tries with a pickle that would call a function.
READS_A_PICKLE = "hardrare/datasets/cifar10.py"


def calls(path):
    """Every call in a file: the whole as text, its dotted name and its keywords' values."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
            yield ast.unparse(node), ast.unparse(node.func), keywords


SAFE_YAML = "yaml.load(text, getattr(yaml, 'CSafeLoader', yaml.SafeLoader))"  # of safe_load, in C
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def test_no_module_that_unpickles_is_imported():
    using = {p.relative_to(ROOT).as_posix() for p in SOURCES if UNSAFE & graph.imported(p)}
    assert using == {READS_A_PICKLE}


def test_nothing_is_loaded_that_could_run_code():
    for path, call, name, given in ((one, *call) for one in SOURCES for call in calls(one)):
        if name == "torch.load":
            assert given.get("weights_only") == "True", f"{path}: {name}"
        if name in {"np.load", "numpy.load"}:
            assert given.get("allow_pickle", "False") == "False", f"{path}: {name}"
        unsafe = {"pickle.load", "pickle.loads", "eval", "exec", "yaml.load"}
        assert name not in unsafe or call == SAFE_YAML, path


def test_dvc_sends_no_analytics_and_looks_for_no_update():
    config = configparser.ConfigParser()
    config.read_string("\n".join(map(str.strip, (ROOT / ".dvc" / "config").open("r"))))
    assert config["core"]["analytics"] == "false"
    assert config["core"]["check_update"] == "false"


def some_table(path, kind):
    """A table of a kind that is written compressed, or of one that is mapped."""
    ids = np.arange(40, dtype=np.int32)
    if kind == "features/2":
        tables.write_features(path, ids, np.random.default_rng(0).normal(size=(40, 8)))
    else:
        epochs = pa.array(np.zeros(40), pa.int16())
        loss = pa.array(np.random.default_rng(0).normal(size=40), pa.float32())
        columns = {"epoch": epochs, "sample_id": pa.array(ids), "loss": loss}
        tables.write(path, kind, pa.table(columns))
    return path


@pytest.mark.parametrize("kind", ["features/2", "dynamics/1"])
def test_every_flipped_bit_is_noticed(tmp_path, kind):
    whole = some_table(tmp_path / "whole.arrow", kind).read_bytes()
    assert tables.read(tmp_path / "whole.arrow", kind).num_rows == 40
    flipped = tmp_path / "flipped.arrow"
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << (at % 8)
        flipped.write_bytes(data)
        with pytest.raises(InputError, match=r"flipped\.arrow: (not an intact|lacks its checksum)"):
            tables.read(flipped, kind)


@pytest.mark.parametrize("kind", ["features/2", "dynamics/1"])
def test_every_cut_is_noticed(tmp_path, kind):
    whole = some_table(tmp_path / "whole.arrow", kind).read_bytes()
    cut = tmp_path / "cut.arrow"
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut\.arrow: not an intact Arrow file .*again\.$"):
            tables.read(cut, kind)
    cut.write_bytes(whole + b"more")
    with pytest.raises(InputError, match="not an intact Arrow file"):
        tables.read(cut, kind)


def test_tables_of_others_are_refused_by_name(tmp_path):
    path, table = tmp_path / "foreign.arrow", pa.table({"sample_id": pa.array([1, 2], pa.int32())})
    for metadata, sentence in [
        (None, "holds a foreign table, expected features/2"),
        ({TABLE: b"features/9"}, "holds a features/9 table, expected features/2"),
        ({TABLE: b"features/2"}, "lacks its checksum"),
    ]:
        one = table.replace_schema_metadata(metadata)
        with pa.ipc.new_file(path, one.schema) as out:
            out.write_table(one)
        with pytest.raises(InputError, match=rf"foreign\.arrow: {sentence}"):
            tables.read(path, "features/2")
    path.write_text("sample_id,features\n")
    with pytest.raises(InputError, match=r"foreign\.arrow: not an intact Arrow file"):
        tables.read(path, "features/2")
    with pytest.raises(InputError, match="not an intact Arrow file"):
        tables.read(tmp_path, "features/2")


def test_images_and_large_features_are_mapped_and_other_tables_compressed(tmp_path, monkeypatch):
    rows = np.zeros((400, 64), np.float32)
    rows[:, ::3] = np.random.default_rng(0).normal(size=rows[:, ::3].shape)
    tables.write_features(tmp_path / "small.arrow", np.arange(400), rows)
    tables.write_views(tmp_path / "views.arrow", np.arange(400), rows.reshape(400, 2, 32))
    assert (tmp_path / "small.arrow").stat().st_size < 0.6 * rows.nbytes
    assert (tmp_path / "views.arrow").stat().st_size < 0.6 * rows.nbytes / 2
    np.testing.assert_array_equal(tables.read_features(tmp_path / "small.arrow")[1], rows)
    views = tables.read_views(tmp_path / "views.arrow", np.arange(400), 32)
    np.testing.assert_array_equal(views, rows.reshape(400, 2, 32).astype(np.float16))
    monkeypatch.setattr("hardrare.tables.files.SMALL", 100)
    features = some_table(tmp_path / "features.arrow", "features/2")
    held = pa.total_allocated_bytes()
    table = tables.read(features, "features/2")
    assert pa.total_allocated_bytes() == held
    assert table.num_rows == 40
    ids, zeros = pa.array(np.arange(9999), pa.int32()), np.zeros(9999)
    rows = {"epoch": pa.array(zeros, pa.int16()), "sample_id": ids, "loss": pa.array(zeros, "f4")}
    tables.write(tmp_path / "dynamics.arrow", "dynamics/1", pa.table(rows))
    assert (tmp_path / "dynamics.arrow").stat().st_size < 9999 * 10 / 2


@pytest.mark.parametrize(
    "name",
    ["../a.png", "a/../../b.png", "/etc/passwd", "C:/a.png", "a\\b.png", "", "..", "a\0.png"],
)
def test_a_file_name_that_leads_elsewhere_is_neither_written_nor_read(tmp_path, name, monkeypatch):
    images = Images(
        np.arange(2), np.zeros((2, 2, 2, 1), np.uint8), np.zeros(2, int), ["a/..b.png", name], []
    )
    with pytest.raises(InputError, match="is no relative path"):
        tables.write_images(tmp_path / "x.arrow", images)
    assert not list(tmp_path.iterdir())
    with monkeypatch.context() as patch:  # as a program without the check would write it
        patch.setattr("hardrare.tables.images._require_relative", lambda *_: None)
        tables.write_images(tmp_path / "x.arrow", images)
    with pytest.raises(InputError, match=r"x\.arrow: file_name .* is no relative path"):
        tables.read_images(tmp_path / "x.arrow")


def test_texts_that_repeat_are_numbers_in_the_file_and_texts_again_when_read(tmp_path):
    rows = [{"score_a": f"run/{i % 7}", "method": "spearman", "value": 0.5} for i in range(5000)]
    tables.write_rows(tmp_path / "a.arrow", "agreement/1", rows)
    with pa.ipc.open_file(tmp_path / "a.arrow") as file:
        assert pa.types.is_dictionary(file.schema.field("score_a").type)
    table = tables.read(tmp_path / "a.arrow", "agreement/1")
    assert table.schema.field("score_a").type == pa.string()
    assert table["score_a"].to_pylist() == [row["score_a"] for row in rows]
    assert table["view"].null_count == 5000


def test_a_kind_is_declared_once_beside_what_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr("hardrare.tables.kinds.KINDS", dict(tables.KINDS))
    columns = {"sample_id": tables.ID, "value": tables.FLOAT}
    assert tables.declare("mine/1", columns) == tables.declare("mine/1", columns) == "mine/1"
    with pytest.raises(ValueError, match="mine/1 is declared twice"):
        tables.declare("mine/1", {"sample_id": tables.ID})
