"""`hardrare.scan` called for real, as its users call it."""

import csv
import os

import numpy as np
import polars as pl
import pytest
from PIL import Image, ImageFilter
from test_matching import drawn

import hardrare
from hardrare.errors import InputError

PHOTOGRAPHS = 34


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Some forty small pictures: one blurred, one black, two repeated, one torn."""
    folder = tmp_path_factory.mktemp("door") / "photos"
    (folder / "more").mkdir(parents=True)
    for seed in range(PHOTOGRAPHS):
        place = folder / "more" if seed % 2 else folder
        grain = np.random.default_rng(seed).integers(-9, 10, (90, 120, 3))
        noisy = np.asarray(drawn(seed, 120, 90)) * 1.0 + grain
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(place / f"{seed:02}.png")
    whole = Image.open(folder / "02.png")
    whole.resize((60, 45)).save(folder / "small, of 02.png")
    (folder / "copy.png").write_bytes((folder / "more" / "05.png").read_bytes())
    later = (folder / "copy.png").stat().st_mtime + 100
    os.utime(folder / "copy.png", (later, later))
    drawn(90, 120, 90).filter(ImageFilter.GaussianBlur(9)).save(folder / "soft.png")
    Image.new("RGB", (120, 90), (3, 2, 4)).save(folder / "black.png")
    (folder / "torn.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def result(photos, tmp_path_factory):
    """Its scan, with a folder of what is kept."""
    return hardrare.scan(photos, tmp_path_factory.mktemp("scan") / "out", link="copy")


@pytest.mark.slow
def test_the_tables_of_a_scan(photos, result):
    there = {path.relative_to(photos).as_posix() for path in photos.rglob("*.png")}
    scores = result.scores
    assert set(scores["file_name"]) == there
    assert len(scores) == len(there) == PHOTOGRAPHS + 4
    for axis in ("duplicate", "noisy", "rare", "hard"):
        places = scores[f"{axis}_score"]
        assert places.is_between(0, 1, closed="none").all()
        assert scores[f"{axis}_rank"].min() == 1
        first = result.most(axis, 5)
        assert first[f"{axis}_rank"].is_sorted()
        assert first[f"{axis}_score"][0] == places.max()
    rows = {row["file_name"]: row for row in scores.iter_rows(named=True)}
    assert rows["small, of 02.png"]["duplicate_of"] == "02.png"
    assert rows["small, of 02.png"]["duplicate_kind"] == "resized or recompressed"
    copied = rows["copy.png"]
    assert (copied["duplicate_of"], copied["duplicate_kind"]) == ("more/05.png", "same file")
    assert copied["duplicate_of_is"] == "older"
    assert copied["dropped_by"] == "duplicate"
    assert (rows["black.png"]["reason"], rows["black.png"]["noisy_rank"]) == ("nearly black", 1)
    assert rows["soft.png"]["noisy_rank"] <= 5
    assert (rows["02.png"]["width"], rows["02.png"]["height"]) == (120, 90)
    assert rows["02.png"]["reason"] is None
    assert result.skipped.rows() == [("torn.jpg", "no image: it is a text")]
    with pytest.raises(InputError, match="no axis mislabeled; it has "):
        result.most("mislabeled")


@pytest.mark.slow
def test_the_files_of_a_scan(photos, result):
    assert sorted([*result.keep, *result.drop]) == sorted(result.scores["file_name"])
    assert sorted(result.drop) == ["copy.png", "small, of 02.png"]
    assert repr(result) == f"Scan of {PHOTOGRAPHS + 4} images in {result.out}: 2 to drop"
    for name in ("index.html", "scores.csv", "scores.parquet", "keep.txt", "skipped.csv"):
        assert (result.out / name).is_file()
    with (result.out / "scores.csv").open(newline="", encoding="utf-8") as file:
        listed = [row["file_name"] for row in csv.DictReader(file)]
    assert listed == result.scores["file_name"].to_list()
    kept = result.out / "kept"
    made = {one.relative_to(kept).as_posix() for one in kept.rglob("*.png")}
    assert made == set(result.keep)
    assert (kept / "02.png").read_bytes() == (photos / "02.png").read_bytes()
    assert result.page.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.slow
def test_a_notebook_shows_the_scan(result):
    shown = result._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts allow-downloads"')
    assert f'title="Scan of {PHOTOGRAPHS + 4} images' in shown
    assert "&lt;!doctype html&gt;" in shown


@pytest.mark.slow
def test_called_again_only_what_is_new_is_done(photos, result, capsys):
    again = hardrare.scan(photos, result.out)
    assert "steps are done" in capsys.readouterr().out
    assert again.scores.equals(pl.read_parquet(result.out / "scores.parquet"))
    assert again.drop == result.drop


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"link": "move"}, "link is 'move'; choose one of hardlink, symlink, copy"),
        ({"link": "copy", "crops": True}, "link is for whole images"),
        ({"ray": "nonsense!"}, "nonsense! is no address of Ray"),
        ({"labels": "nowhere.csv"}, r"nowhere\.csv"),
        ({"weights": "nowhere.pt"}, r"nowhere\.pt"),
        ({"embeddings": "nowhere.npy"}, r"nowhere\.npy"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_done(photos, tmp_path, given, sentence):
    with pytest.raises(InputError, match=sentence):
        hardrare.scan(photos, tmp_path / "out", **given)
    assert not (tmp_path / "out" / "data").exists()


def test_links_are_refused_where_there_is_no_folder_of_files(photos, tmp_path):
    listed = tmp_path / "photos.txt"
    listed.write_text("\n".join(str(path) for path in sorted(photos.glob("*.png"))) + "\n")
    with pytest.raises(InputError, match="--link needs a folder of images"):
        hardrare.scan(listed, tmp_path / "out", link="copy")
    assert not (tmp_path / "out").exists()
