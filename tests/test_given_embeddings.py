"""Embeddings that people bring: every format, any order, and each mistake in one sentence."""

import json

import numpy as np
import polars as pl
import pytest

from hardrare.embedding import read_given
from hardrare.errors import InputError

NAMES = ["b.png", "a/c.png", "d.png", "e.png"]
ROWS = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
ORDER = [2, 0, 3, 1]


def saved(folder, kind, rows=ROWS, names=NAMES):
    """A file of these rows."""
    path = folder / f"given.{kind.partition(' ')[0]}"
    columns = {f"f{i}": list(column) for i, column in enumerate(np.transpose(rows))}
    if kind == "npy":
        np.save(path, rows)
    elif kind == "csv":
        pl.DataFrame({"file_name": names, **columns}).write_csv(path)
    elif kind == "parquet of columns":
        pl.DataFrame({"file_name": names, **columns}).write_parquet(path)
    elif kind == "parquet of arrays":
        lists = pl.Series("embedding", rows, pl.Array(pl.Float32, rows.shape[1]))
        pl.DataFrame({"file_name": names, "embedding": lists}).write_parquet(path)
    else:
        lists = [list(map(float, row)) for row in rows]
        pl.DataFrame({"file_name": names, "split": "x", "embedding": lists}).write_parquet(path)
    return str(path)


TABLES = ["csv", "parquet", "parquet of columns", "parquet of arrays"]


@pytest.mark.parametrize("kind", TABLES)
def test_rows_go_by_name_whatever_their_order(tmp_path, kind):
    path = saved(tmp_path, kind, ROWS[ORDER], [NAMES[i] for i in ORDER])
    found = read_given(path, NAMES)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, ROWS, rtol=1e-6)


@pytest.mark.parametrize("kind", [np.float64, np.float16, np.int8])
def test_a_matrix_is_in_the_order_of_the_images(tmp_path, kind):
    rows = (10 * ROWS).astype(kind)
    np.testing.assert_array_equal(read_given(saved(tmp_path, "npy", rows), NAMES), rows)


def changed(rows=ROWS, **values):
    rows = rows.copy()
    rows[2] = values.get("row", rows[2])
    return rows


@pytest.mark.parametrize("kind", ["npy", *TABLES])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        (np.nan, "the embedding of d.png is not finite in float32 .1 such rows."),
        (np.inf, "d.png is not finite"),
        (0.0, "the embedding of d.png is all zeros"),
    ],
)
def test_rows_that_say_nothing_are_refused(tmp_path, kind, row, message):
    with pytest.raises(InputError, match=message):
        read_given(saved(tmp_path, kind, changed(row=row)), NAMES)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    ("rows", "names", "message"),
    [
        (ROWS[:3], NAMES[:3], "lacks e.png .1 of 4 images.; add"),
        (np.vstack([ROWS, ROWS[:1]]), [*NAMES, "z.png"], "has z.png, which is none of the images"),
        (np.vstack([ROWS, ROWS[:1]]), [*NAMES, "b.png"], "has b.png more than once"),
    ],
)
def test_names_missing_extra_or_twice(tmp_path, kind, rows, names, message):
    with pytest.raises(InputError, match=message) as caught:
        read_given(saved(tmp_path, kind, rows, names), NAMES)
    assert "\n" not in str(caught.value)


def test_a_matrix_of_another_length(tmp_path):
    with pytest.raises(InputError, match="has 3 rows for 4 images; save one for each"):
        read_given(saved(tmp_path, "npy", ROWS[:3]), NAMES)


def written(path, content):
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
    return str(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.npy", b"no matrix", r"x.npy: not readable as embeddings \(numpy.save did not write it"),
        ("x.parquet", b"no table", "x.parquet: not readable as embeddings"),
        ("x.csv", "name,a\nb.png,1\n", "has no column file_name"),
        ("x.csv", "file_name,a\nb.png,red\na/c.png,1\nd.png,1\ne.png,1\n", "column a holds no num"),
        ("x.csv", "file_name\nb.png\na/c.png\nd.png\ne.png\n", "holds no features"),
        ("x.csv", "file_name,a\nb.png,1\na/c.png,\nd.png,1\ne.png,1\n", "a/c.png is not finite"),
        ("x.json", json.dumps({}), "come as .npy, .parquet or .csv"),
    ],
)
def test_files_that_are_no_embeddings(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message) as caught:
        read_given(written(tmp_path / name, content), NAMES)
    assert "\n" not in str(caught.value)


def test_matrices_and_lists_of_the_wrong_shape(tmp_path):
    np.save(tmp_path / "flat.npy", ROWS[:, 0])
    with pytest.raises(InputError, match=r"holds float32 of shape \(4,\)"):
        read_given(str(tmp_path / "flat.npy"), NAMES)
    np.save(tmp_path / "objects.npy", np.array([{}] * 4), allow_pickle=True)
    with pytest.raises(InputError, match="not readable as embeddings"):
        read_given(str(tmp_path / "objects.npy"), NAMES)
    lists = [[1.0], [1.0, 2.0], [1.0], [1.0]]
    pl.DataFrame({"file_name": NAMES, "v": lists}).write_parquet(tmp_path / "ragged.parquet")
    with pytest.raises(InputError, match="lists of v differ in length"):
        read_given(str(tmp_path / "ragged.parquet"), NAMES)
    two = pl.DataFrame({"file_name": NAMES, "v": lists, "w": lists})
    two.write_parquet(tmp_path / "two.parquet")
    with pytest.raises(InputError, match="has lists in v, w; leave one"):
        read_given(str(tmp_path / "two.parquet"), NAMES)


def test_no_file():
    with pytest.raises(InputError, match=r"embed\.given\.file is null"):
        read_given(None, NAMES)
    with pytest.raises(InputError, match=r"absent\.npy: no such file of embeddings"):
        read_given("absent.npy", NAMES)
