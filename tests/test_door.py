"""What `import hardrare` offers, used as a user of the library would."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import hardrare
from hardrare import shards, tables
from hardrare.errors import InputError
from hardrare.runner.graph import path_of

SPREAD = np.random.default_rng(0)


def scanned(folder: Path, hard=(0.9, 0.5, 0.1), reason=(None, None, "blurred"), names="abc"):
    """The files of a finished scan of a few images."""
    folder.mkdir(parents=True)
    files = [f"{one}.jpg" for one in names]
    order = np.argsort(np.argsort(-np.array(hard)))
    table = {"file_name": files, "hard_score": hard, "hard_rank": order + 1, "reason": reason}
    table["dropped_by"] = [None, None, "duplicate", None][: len(files)]
    pl.DataFrame(table).write_parquet(folder / "scores.parquet")
    (folder / "keep.txt").write_text("\n".join(files[:2]) + "\n")
    (folder / "drop.txt").write_text(files[2] + "\n")
    (folder / "skipped.csv").write_text("file_name,reason\nx.txt,no image\n")
    (folder / "index.html").write_text('<p title="a">the "page"</p>')
    return folder


def test_importing_imports_nothing_heavy_and_is_quick_to_say_its_version():
    code = "import sys, hardrare; hardrare.__version__; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    for heavy in ("torch", "numpy", "polars", "pyarrow", "scipy", "sklearn", "PIL", "matplotlib"):
        assert f"'{heavy}'" not in loaded
    assert hardrare.__version__.count(".") == 2


def test_only_what_is_promised_is_there():
    for name in hardrare.__all__:
        assert getattr(hardrare, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'sacn'"):
        hardrare.sacn  # noqa: B018


def test_the_version_on_the_command_line():
    done = subprocess.run([sys.executable, "-m", "hardrare", "--version"], capture_output=True)
    assert done.stdout.decode().strip() == f"hardrare {hardrare.__version__}"


def test_a_result_gives_tables_lists_and_paths(tmp_path):
    result = hardrare.Scan(str(scanned(tmp_path / "scan")))
    assert result.keep == ["a.jpg", "b.jpg"]
    assert result.drop == ["c.jpg"]
    assert result.scores["file_name"].to_list() == ["a.jpg", "b.jpg", "c.jpg"]
    assert result.skipped["reason"].to_list() == ["no image"]
    assert result.most("hard", 2)["file_name"].to_list() == ["a.jpg", "b.jpg"]
    assert repr(result) == f"Scan of 3 images in {tmp_path / 'scan'}: 1 to drop"
    with pytest.raises(InputError, match="no axis rarest; it has hard"):
        result.most("rarest")


def test_a_notebook_shows_the_page_or_a_link_where_it_is_large(tmp_path, monkeypatch):
    result = hardrare.Scan(scanned(tmp_path / "scan"))
    shown = result._repr_html_()
    assert shown.startswith("<iframe")
    assert "the &quot;page&quot;" in shown
    monkeypatch.setattr("hardrare.door.scanned.SHOWN", 10)
    assert f'<a href="{tmp_path / "scan/index.html"}">' in result._repr_html_()


def test_no_finished_scan_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no finished scan"):
        hardrare.Scan(tmp_path)


def test_what_scan_is_given_reaches_the_scan(tmp_path, monkeypatch):
    seen = {}

    def run(asked, out, started):
        seen.update(asked=asked, out=out)
        scanned(out)

    monkeypatch.setattr("hardrare.door.scanned.run_scan", run)
    monkeypatch.chdir(tmp_path)
    result = hardrare.scan(
        "photos.txt", labels=Path("l.csv"), network="resnet18", weights="w.pt", parts=True
    )
    assert result.out == Path("photos-scan")
    assert seen["asked"].folder == Path("photos.txt")
    assert (seen["asked"].labels, seen["asked"].weights) == ("l.csv", "w.pt")
    assert seen["asked"].network == "resnet18"
    assert (seen["asked"].from_scratch, seen["asked"].parts) == (False, True)


def test_ray_is_asked_for_one_scan_alone(tmp_path, monkeypatch):
    seen = []

    def run(asked, out, started):
        seen.append(os.environ[shards.ASKED])
        scanned(out)

    monkeypatch.setattr("hardrare.door.scanned.run_scan", run)
    monkeypatch.setattr("hardrare.shards.find_spec", lambda _: True)
    for before in (None, "local"):
        monkeypatch.delenv(shards.ASKED, raising=False)
        if before:
            monkeypatch.setenv(shards.ASKED, before)
        hardrare.scan("photos.txt", tmp_path / str(before), ray="auto")
        assert seen.pop() == "auto"
        assert os.environ.get(shards.ASKED) == before
    hardrare.scan("photos.txt", tmp_path / "by the environment")
    assert seen == ["local"]
    with pytest.raises(InputError, match="nonsense! is no address of Ray"):
        hardrare.scan("photos.txt", tmp_path / "no", ray="nonsense!")


def test_scan_refuses_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="does not exist; name a folder of images"):
        hardrare.scan(tmp_path / "nowhere", tmp_path / "out")


def test_scores_of_arrays():
    features = SPREAD.normal(size=(40, 6)) + 3
    features[7] = -features.mean(0) * 9  # away from all others
    loss = np.tile(np.linspace(1, 0, 5), (40, 1))
    loss[3] = 9
    table = hardrare.score(features=features, dynamics={"loss": loss}, sample_id=np.arange(40) + 5)
    assert table["sample_id"].to_list() == list(range(5, 45))
    assert table["loss_mean"][3] == 9
    assert table["knn_distance"].arg_max() == 7


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "nothing is given"),
        ({"features": np.ones((3, 2)), "label": np.ones(2, int)}, "features 3, label 2"),
        ({"label": np.ones(3, int)}, "no metric reads label alone"),
        ({"features": np.ones(3)}, r"features is float64 \(3,\); give \(N, D\)"),
        ({"features": np.array([["a"]])}, "features is no array of numbers"),
        ({"features": np.array([[1.0], [np.nan]])}, r"no number in row 1 \(1 such rows\)"),
        ({"features": np.ones((0, 2))}, "hold no sample"),
        ({"features": np.ones((3, 2)), "sample_id": ["a"] * 3}, "sample_id is no array of whole"),
        ({"features": np.ones((3, 2)), "sample_id": [1]}, "features 3, sample_id 1"),
        (
            {"features": np.ones((3, 2)), "neighbors": 2},
            "takes neighbors; near ones are neighbours",
        ),
        ({"dynamics": np.ones((3, 2))}, "dynamics is no mapping"),
        ({"dynamics": {"loss": np.ones(3)}}, r"loss \(3,\); give \(N, T\) each"),
        ({"image": np.ones((3, 2))}, r"image is float64 \(3, 2\); give uint8 \(N, H, W, C\)"),
    ],
)
def test_scores_of_nothing_are_refused(given, sentence):
    with pytest.raises(InputError, match=sentence):
        hardrare.score(**given)


@pytest.mark.parametrize(
    ("scores", "by", "sentence"),
    [
        ({"knn_distance": [1.0]}, None, "scores is a dict; give a polars.DataFrame"),
        (pl.DataFrame({"knn_distance": []}), None, "has no row"),
        (pl.DataFrame({"knn_distance": [1.0]}), "knn_distance", r"give a list of entries, \['knn"),
        (pl.DataFrame({"knn_distance": [1.0, None]}), ["knn_distance high"], "no number in row 1"),
    ],
)
def test_tables_that_cannot_be_ranked_are_refused(scores, by, sentence):
    with pytest.raises(InputError, match=sentence):
        hardrare.rank(scores, by)


def test_what_is_not_wanted_may_have_holes():
    scores = pl.DataFrame({"knn_distance": [1.0, 2.0], "hard_spread": [None, 1.0]})
    assert hardrare.rank(scores, ["knn_distance"])["sample_id"].to_list() == [1, 0]


def test_places_follow_declared_ends_and_given_ones():
    # loss_mean: high is harder, density: low is harder, msd_mean: open.
    scores = pl.DataFrame({
        "sample_id": [10, 11, 12, 13], "loss_mean": [1.0, 2.0, 3.0, 4.0],
        "density": [4.0, 3.0, 2.0, 1.0], "msd_mean": [1.0, 2.0, 3.0, 4.0],
    })  # fmt: skip
    assert hardrare.rank(scores)["sample_id"].to_list() == [13, 12, 11, 10]
    low = hardrare.rank(scores, ["msd_mean low"], share=0.25)
    assert low["sample_id"].to_list() == [10, 11, 12, 13]
    assert low["rank"].to_list() == [1, 2, 3, 4]
    assert low["member"].to_list() == [True, False, False, False]
    with pytest.raises(InputError, match="msd_mean has no declared harder end"):
        hardrare.rank(scores, ["msd_mean"])


def test_two_scans_side_by_side(tmp_path):
    first = scanned(tmp_path / "one")
    more = (None, "grainy", "blurred")
    second = scanned(tmp_path / "two", hard=(0.1, 0.5, 0.9), reason=more)
    found = hardrare.compare(first, second)
    (row,) = found.agreement.iter_rows(named=True)
    assert (row["score"], row["n"], round(row["rho"], 6)) == ("hard_score", 3, -1)
    assert found.moved.rows() == [("b.jpg", "reason", None, "grainy")]
    assert found.only.is_empty()
    assert found.places.rows() == [("a.jpg", "hard", 1, 3), ("c.jpg", "hard", 3, 1)]
    told = str(found)
    assert told.startswith("3 images in both; 0 only in 1; 0 only in 2\n")
    assert "changed of the images in both: reasons 1\n" in told
    assert "changed reasons:\n  b.jpg: none -> grainy" in told
    assert "--all" not in told


def test_images_of_one_scan_alone_are_told(tmp_path):
    more = {"hard": (0.9, 0.5, 0.1, 0.2), "reason": (None, None, "blurred", None)}
    first = scanned(tmp_path / "one", names="abcd", **more)
    second = scanned(tmp_path / "two", names="abce", **more)
    found = hardrare.compare(first, second)
    assert found.only.rows() == [("d.jpg", 1), ("e.jpg", 2)]
    first_line, *_ = str(found).splitlines()
    assert first_line == "3 images in both; 1 only in 1, such as d.jpg; 1 only in 2, such as e.jpg"
    assert "only in 2:\n  e.jpg" in found.told(everything=True)


def hashed(folder, hashes):
    """A folder of scores that also keeps the hashes of its files, as a scan does."""
    ids = pa.array(range(len(hashes)), pa.int32())
    names = pa.array(list(hashes), pa.string())
    ranking = pa.table({"sample_id": ids, "file_name": names})
    tables.write(folder / path_of("rank", "--ranking"), "ranking/2", ranking)
    look = folder / path_of("rank", "--appearance")
    rows = [{"content_hash": content} for content in hashes.values()]
    tables.write_appearance(look, rows, {})
    (folder / "scan.json").write_text("{}")
    return folder


def test_an_image_that_was_replaced_is_told_apart_and_does_not_move(tmp_path):
    hard, more = (0.9, 0.7, 0.5, 0.1), (None, None, None, "blurred")
    first = scanned(tmp_path / "one", hard=hard, reason=more, names="abcd")
    second = scanned(tmp_path / "two", hard=hard[::-1], reason=more[::-1], names="abcd")
    hashed(first, {"a.jpg": "1", "b.jpg": "2", "c.jpg": "3", "d.jpg": None})
    hashed(second, {"a.jpg": "other", "b.jpg": "2", "c.jpg": "3", "d.jpg": "4"})
    found = hardrare.compare(first, second)
    assert found.replaced.to_list() == ["a.jpg"]  # what is not known of d.jpg is not said
    assert found.count == 3
    assert found.agreement["n"].to_list() == [3]
    assert "a.jpg" not in found.places["name"].to_list()
    assert found.moved.select("name").unique().rows() == [("d.jpg",)]
    assert found.only.is_empty()
    told = str(found).splitlines()
    assert told[0] == (
        "3 images in both; 1 replaced by another file of the same name, such as a.jpg; "
        "0 only in 1; 0 only in 2"
    )
    at = told.index("replaced, so that their moves say nothing:")
    assert told[at + 1] == "  a.jpg"


def test_copies_that_came_by_a_replacement_are_marked_and_nothing_else_may_be_in_common(tmp_path):
    names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    order = np.arange(4.0)
    first = hashed(rows_of(tmp_path / "one", names, order), dict.fromkeys(names, "1"))
    copies = [("a.jpg", "b.jpg"), ("c.jpg", "d.jpg")]
    second = rows_of(tmp_path / "two", names, order, copies)
    hashed(second, dict.fromkeys(names, "1") | {"a.jpg": "2"})
    told = str(hardrare.compare(first, second))
    assert "copies that came:\n  a.jpg, of b.jpg (replaced)\n  c.jpg, of d.jpg" in told
    hashed(second, dict.fromkeys(names, "2"))
    with pytest.raises(InputError, match=r"no image in common \(all 4 of one name are other files"):
        hardrare.compare(first, second)


def test_a_scan_without_its_tables_is_compared_by_name(tmp_path):
    first = hashed(scanned(tmp_path / "one"), dict.fromkeys(["a.jpg", "b.jpg", "c.jpg"], "1"))
    second = scanned(tmp_path / "two")
    (second / "scan.json").write_text("{}")
    assert hardrare.compare(first, second).replaced.is_empty()


def rows_of(folder, names, hard, repeats=()):
    """The scores of a scan whose images repeat what `repeats` names."""
    folder.mkdir()
    of = [dict(repeats).get(name) for name in names]
    table = {"file_name": names, "hard_score": hard, "duplicate_of": pl.Series(of, dtype=pl.String)}
    pl.DataFrame(table).write_parquet(folder / "scores.parquet")
    return folder


def test_the_largest_moves_are_told_first_and_all_where_asked(tmp_path):
    names = [f"{k:02}.jpg" for k in range(40)]
    order = np.arange(40.0)
    swapped = order.copy()
    swapped[[0, 39]] = order[[39, 0]]
    swapped[1:39:2], swapped[2:39:2] = order[2:39:2], order[1:39:2]
    first = rows_of(tmp_path / "one", names, -order, [("03.jpg", "04.jpg")])
    second = rows_of(tmp_path / "two", names, -swapped, [("05.jpg", "06.jpg"), ("07.jpg", None)])
    found = hardrare.compare(first, second)
    assert found.places.rows()[:3] == [
        ("00.jpg", "hard", 1, 40), ("39.jpg", "hard", 40, 1), ("01.jpg", "hard", 2, 3),
    ]  # fmt: skip
    assert found.agreement.select("first", "stayed").rows() == [(10, 8)]  # without 00 and 09
    assert found.copies.rows() == [("03.jpg", "04.jpg", 1), ("05.jpg", "06.jpg", 2)]
    told = str(found).splitlines()
    assert told[2].endswith("8 of 10")
    assert told[3] == (
        "copies: 1 came, 1 went; changed of the images in both: reasons 0, what is repeated 2"
    )
    at = told.index("largest moves on hard, by the place among the images in both:")
    assert told[at + 1 : at + 3] == ["   1 -> 40  00.jpg", "  40 ->  1  39.jpg"]
    assert told[at + 11] == "... and 30 more"
    assert told[-1].startswith("All of them: --all")
    everything = found.told(everything=True).splitlines()
    assert sum(" -> " in line and line.endswith(".jpg") for line in everything) == 40 + 1
    assert not [line for line in everything if "more" in line or "--all" in line]


def test_of_many_scores_those_that_agree_least_are_told(tmp_path):
    rng = np.random.default_rng(0)
    base = rng.normal(size=50)
    for name in ("one", "two"):
        kept(tmp_path / name)
        ids = pl.DataFrame({"sample_id": range(50)}, schema={"sample_id": pl.Int32})
        runs = [pl.Series(f"run-0/m{k:02}", base + k * rng.normal(size=50) / 9) for k in range(30)]
        ids.with_columns(runs).write_parquet(tmp_path / name / "scores.parquet")
    found = hardrare.compare(tmp_path / "one", tmp_path / "two")
    told = str(found).splitlines()
    assert told[2].startswith("30 scores from ")
    assert told[2].endswith("the 10 that agree least:")
    assert len(told) == 3 + 10 + 2
    rho = [float(line.split()[1]) for line in told[3:13]]
    assert rho == sorted(rho)
    assert len(found.told(everything=True).splitlines()) == 2 + 30


def test_what_cannot_be_compared_is_refused(tmp_path):
    first = scanned(tmp_path / "one", names="abc")
    with pytest.raises(InputError, match="holds no scores"):
        hardrare.compare(first, tmp_path)
    with pytest.raises(InputError, match="no image in common"):
        hardrare.compare(first, scanned(tmp_path / "two", names="xyz"))


def test_tables_that_are_none_are_refused(tmp_path):
    first = scanned(tmp_path / "one")
    (tmp_path / "two").mkdir()
    (tmp_path / "two/scores.parquet").write_text("torn")
    with pytest.raises(InputError, match=r"two/scores\.parquet: cannot be read .*; make it anew"):
        hardrare.compare(first, tmp_path / "two")
    pl.DataFrame({"hard_score": [1.0]}).write_parquet(tmp_path / "two/scores.parquet")
    study = kept(tmp_path / "three")
    (study / "params.yaml").write_text("a: b: c")
    with pytest.raises(InputError, match=r"params\.yaml: is no YAML; put back"):
        hardrare.compare(study, kept(tmp_path / "four"))
    (study / "params.yaml").write_text("")
    pl.DataFrame({"run/a": [1.0]}).write_parquet(study / "scores.parquet")
    with pytest.raises(InputError, match=r"three: scores\.parquet has no column sample_id; name"):
        hardrare.compare(study, tmp_path / "four")
    (study / "params.yaml").unlink()
    pl.DataFrame({"sample_id": [1]}).write_parquet(study / "samples.parquet")
    with pytest.raises(InputError, match=r"samples\.parquet: has no column label; name two"):
        hardrare.compare(study, tmp_path / "four")


def kept(folder: Path, artefact=("", "blur"), dataset="digits", seed=0):
    """What is kept of a study of four samples, the last of them changed."""
    folder.mkdir(parents=True)
    numbers = pl.DataFrame({"sample_id": [0, 1, 2, 3]}, schema={"sample_id": pl.Int32})
    scores = numbers.with_columns(pl.Series("pixels/ink", [1.0, 2.0, 3.0, 4.0]))
    scores.write_parquet(folder / "scores.parquet")
    changed = pl.Series("artefact", [artefact[0]] * 3 + [artefact[1]])
    base = pl.Series("base_id", [None, None, None, 0], pl.Int32)
    label = pl.Series("label", [None] * 4, pl.Int16)
    numbers.with_columns(label, changed, base).write_parquet(folder / "samples.parquet")
    params = f"prepare: {{dataset: {dataset}, seed: {seed}}}\n"
    (folder / "params.yaml").write_text(params)
    return folder


def test_two_kept_studies_of_the_same_images_side_by_side(tmp_path):
    (row,) = hardrare.compare(kept(tmp_path / "one"), kept(tmp_path / "two")).agreement.iter_rows(
        named=True
    )
    assert (row["score"], row["n"], round(row["rho"], 6)) == ("pixels/ink", 4, 1)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"dataset": "mnist"}, "prepare.dataset is digits and mnist"),
        ({"seed": 1}, "prepare.seed is 0 and 1"),
        ({"artefact": ("", "duplicate")}, "artefact differs for 1 of 4 numbers that both have"),
    ],
)
def test_kept_studies_of_other_images_are_refused(tmp_path, other, sentence):
    first, second = kept(tmp_path / "one"), kept(tmp_path / "two", **other)
    with pytest.raises(InputError, match=f"are of other images .*{sentence}.*; name two alike"):
        hardrare.compare(first, second)


def test_a_kept_study_beside_a_scan_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"two: holds no samples\.parquet; name two scans or"):
        hardrare.compare(kept(tmp_path / "one"), scanned(tmp_path / "two"))


def test_the_command_compares(tmp_path):
    folders = [scanned(tmp_path / one) for one in ("one", "two")]
    command = [sys.executable, "-m", "hardrare", "compare", *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert "  hard_score  +1.000" in done.stdout
    done = subprocess.run([*command, "--all"], capture_output=True, text=True)
    assert done.returncode == 0


def test_columns_of_a_study_are_ranked_by_their_metric_and_words_take_no_part():
    columns = {"heads-0/knn_distance": [0.1, 0.4, 0.2, 0.3], "file_name": list("abcd")}
    scores = pl.DataFrame({"sample_id": [5, 6, 7, 8]} | columns)
    for by in (None, ["heads-0/knn_distance"], ["heads-0/knn_distance high"]):
        assert hardrare.rank(scores, by)["sample_id"].to_list() == [6, 8, 7, 5]
    with pytest.raises(InputError, match="no score file_name"):
        hardrare.rank(scores, ["file_name"])
