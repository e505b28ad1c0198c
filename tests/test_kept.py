"""What a study keeps for others: every score, labels and artefacts, readable without this code."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import yaml
from scipy.stats import spearmanr

from hardrare import tables
from hardrare.errors import InputError
from hardrare.kept import keep, page
from hardrare.kept.bits import as_ranked
from hardrare.kept.figures import agreeing, finding, knowing, pruned, repeated
from hardrare.kept.scores import Column, Kept, opened
from hardrare.numerics.rounding import rounded

N = 12
ROOT = Path(__file__).parents[1]
SAID = {"code": "abc", "command": "make study", "hardware": "a <GPU>", "seconds": {"a": 1}}


def study(folder):
    """A finished study of 12 samples: two runs, two changed samples, one of them twice."""
    ids = pa.array(range(N), pa.int32())
    for run, shift in (("barlow_twins-0", 0.0), ("pixels", 1.0)):
        values = pa.array(np.arange(N) / 7 + shift)
        scores = pa.table({"sample_id": ids, "msd_mean": values, "msd_var": values})
        tables.write(folder / f"data/scores/{run}.arrow", "scores/1", scores)
    image = np.zeros((N, 2, 2, 1), np.uint8)
    names = [f"{i}.png" for i in range(N)]
    made = tables.Images(np.arange(N), image, np.arange(N) % 3, names, ["a", "b", "c"])
    tables.write_images(folder / "data/injected/train.arrow", made)
    rows = [
        {"sample_id": 3, "artefact": "blur", "base_id": 3, "partner_id": None},
        {"sample_id": 11, "artefact": "average", "base_id": 1, "partner_id": 5},
        {"sample_id": 3, "artefact": "label_uniform", "base_id": 3, "partner_id": None},
    ]
    more = {"strength": 1.0, "seed": 0, "label_before": 2, "label_after": 0, "box": None}
    tables.write_rows(
        folder / "data/injected/manifest.arrow", "manifest/1", [r | more for r in rows]
    )
    params = "prepare: {path: /home/me/photos, labels: null, seed: 0}\nprune: {}\n"
    (folder / "params.yaml").write_text(params)
    return folder


def test_every_score_is_there_but_for_what_ranks_as_another(tmp_path):
    files = keep(study(tmp_path / "study"), tmp_path / "out", SAID)
    tables = ["samples.parquet", "scores.parquet"]
    assert files == ["index.html", "params.yaml", "provenance.yaml", *tables]
    scores = pl.read_parquet(tmp_path / "out/scores.parquet")
    assert scores.columns == ["sample_id", "barlow_twins-0/msd_mean", "pixels/msd_mean"]
    got, wanted = scores["pixels/msd_mean"].to_numpy(), np.arange(N) / 7 + 1
    assert np.abs(got / wanted - 1).max() <= 2**-5 * 1.01
    assert spearmanr(got, wanted).statistic >= 0.999
    assert yaml.safe_load((tmp_path / "out/provenance.yaml").read_text()) == SAID
    params = yaml.safe_load((tmp_path / "out/params.yaml").read_text())
    assert params == {"prepare": {"path": None, "labels": None, "seed": 0}, "prune": {}}


@pytest.mark.parametrize("spread", [1e-2, 1e-1, 1.0])
def test_a_score_keeps_the_bits_that_its_ranking_needs(spread):
    # Of values near 100 the leading bits are the same: the closer they lie, the more are kept.
    wanted = 100 + spread * np.random.default_rng(0).normal(size=500)
    got = as_ranked(wanted)
    assert spearmanr(got, wanted).statistic >= 0.999
    assert not np.array_equal(got, rounded(wanted, 4))
    assert np.array_equal(as_ranked(np.full(5, np.pi)), rounded(np.full(5, np.pi), 4))
    holes = as_ranked(np.r_[wanted, np.nan, np.inf])
    assert np.array_equal(holes[:500], got)
    assert [np.isnan(holes[500]), np.isinf(holes[501])] == [True, True]


@pytest.mark.parametrize(
    "values",
    [
        [1e39, 2e39, 3e40, 1.0],  # beyond float32
        [3.4028235e38, 1.0, 2.0],  # the largest of float32 would round up to infinity
        [1e-50, 2e-50, 3e-50],  # all 0 in float32
        [1 + 1e-12, 1.0, 1 - 1e-12],  # all 1 in float32
        [1e39, 1e39],
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_score_that_few_bits_cannot_rank_stays_as_it_is(values):
    wanted = np.array([*values, np.nan, np.inf, -np.inf])
    got = as_ranked(wanted)
    assert got.dtype == np.float64
    assert np.array_equal(got, wanted, equal_nan=True)


@pytest.mark.parametrize(
    "values", [[], [np.nan] * 3, [np.inf, -np.inf], [7.0], [0.0, 0.0], [np.nan, 5.0, 5.0, np.inf]]
)
@pytest.mark.filterwarnings("error")
def test_a_score_without_an_order_takes_the_fewest_bits(values):
    got = as_ranked(np.array(values, float))
    assert got.dtype == np.float32
    assert np.array_equal(got, rounded(np.array(values, float), 4), equal_nan=True)


def test_a_kept_score_beyond_float32_is_read_as_it_was(tmp_path):
    large = np.arange(N) * 1e300
    made = study(tmp_path / "study")
    scores = pa.table({"sample_id": pa.array(range(N), pa.int32()), "msd_mean": pa.array(large)})
    tables.write(made / "data/scores/pixels.arrow", "scores/1", scores)
    keep(made, tmp_path / "out", SAID)
    kept = {column.name: column.values for column in opened(tmp_path / "out").columns}
    assert kept["pixels/msd_mean"].tolist() == large.tolist()


def test_samples_have_their_label_and_all_their_artefacts(tmp_path):
    keep(study(tmp_path / "study"), tmp_path / "out", SAID)
    samples = pl.read_parquet(tmp_path / "out/samples.parquet")
    assert samples["label"].to_list() == [i % 3 for i in range(N)]
    changed = samples.filter(pl.col("artefact").cast(pl.String) != "")
    assert changed["sample_id"].to_list() == [3, 11]
    assert changed["artefact"].cast(pl.String).to_list() == ["blur+label_uniform", "average"]
    assert changed["partner_id"].to_list() == [None, 5]


def test_a_study_without_scores_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no scores; run the study first"):
        keep(tmp_path, tmp_path / "out", SAID)


def test_how_it_was_made_must_be_said(tmp_path):
    own = study(tmp_path / "study")
    with pytest.raises(InputError, match="nothing says its code, hardware; give --said"):
        keep(own, tmp_path / "out", {"command": "make study", "seconds": 3, "code": ""})
    assert not (tmp_path / "out").exists()
    (own / "provenance.yaml").write_text("code: abc\nhardware: a GPU\n")
    keep(own, tmp_path / "out", {"command": "make study", "seconds": 3})
    known = yaml.safe_load((tmp_path / "out/provenance.yaml").read_text())
    assert (known["code"], known["seconds"]) == ("abc", 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "holds no keys"),
        ("", "holds no keys"),
        ("a: [1", "cannot be read"),
        (None, "cannot"),
    ],
)
def test_damaged_parameters_leave_nothing(tmp_path, text, said):
    file = study(tmp_path / "study") / "params.yaml"
    file.unlink() if text is None else file.write_text(text)
    with pytest.raises(InputError, match=said):
        keep(tmp_path / "study", tmp_path / "out", SAID)
    assert not (tmp_path / "out").exists()


def test_what_is_no_kept_study_is_never_written_over(tmp_path):
    own = study(tmp_path / "study")
    (tmp_path / "file").write_text("mine")
    for out in (own, tmp_path / "file", tmp_path):
        with pytest.raises(InputError, match=r"holds something else|is a file"):
            keep(own, out, SAID)
    keep(own, tmp_path / "out", SAID)
    keep(own, tmp_path / "out", SAID | {"again": 1})
    assert "again" in (tmp_path / "out/provenance.yaml").read_text()


# ---- its page -----------------------------------------------------------------------------


def column(run, metric, values, harder="high"):
    return Column(run, metric, harder, np.asarray(values, float))


def kept(*columns):
    """Ten samples: the last two blurred, the one before them copied."""
    artefact = np.array([""] * 7 + ["duplicate", "blur", "blur+label_uniform"], object)
    return Kept(list(columns), np.arange(10) % 2, artefact)


def test_what_finds_an_artefact_is_against_untouched_samples_by_the_declared_end():
    study = kept(
        column("autoencoder", "loss_mean", [0, 0, 0, 0, 0, 0, 9, 99, 5, 10]),  # 6.5 of 7, then all
        column("pixels", "contrast", range(10, 0, -1), "open"),
        column("supervised", "aum", [1, 1, 1, 1, 1, 1, 1, 0, 0, 2], "low"),
        column("autoencoder", "earlier_similarity", range(10)),
        column("autoencoder", "loss_std", [np.nan] * 10),
    )
    found = finding(study)
    assert list(found) == ["blur", "duplicate", "label_uniform"]
    told = [(row.name, row.end, row.group, round(row.value, 3)) for row in found["blur"]]
    assert told == [
        ("autoencoder/loss_mean", "high", "free", round(13 / 14, 3)),
        ("pixels/contrast", "low", "pixels", 1.0),
        ("supervised/aum", "low", "labelled", 0.5),
    ]
    assert all(row.low < row.value or row.value == 0.5 for row in found["blur"])
    assert found["duplicate"][0].value == 1.0


def test_agreement_is_of_untouched_samples_with_the_ranks_of_all_judges():
    hard = [0, 1, 2, 3, 4, 5, 6, 0, 0, 0]
    study = kept(
        column("supervised", "aum", [-one for one in hard], "low"),
        column("supervised", "el2n", hard),
        column("autoencoder", "loss_mean", [6, 5, 4, 3, 2, 1, 0, 7, 8, 9]),
        column("barlow_twins", "msd_mean", hard, "open"),
    )
    assert [(r.name, r.end, round(r.value, 6)) for r in agreeing(study)] == [
        ("barlow_twins/msd_mean", "high", 1.0), ("autoencoder/loss_mean", "high", -1.0)
    ]  # fmt: skip
    assert agreeing(kept(column("autoencoder", "loss_mean", hard))) == []


def test_seeds_are_compared_by_ranks():
    seeds = [range(10), [one**3 for one in range(10)], range(10, 0, -1)]
    study = kept(*(column("barlow_twins", "msd_mean", one) for one in seeds))
    (row,) = repeated(study)
    assert (round(row.low), round(row.high), round(row.value, 3)) == (-1, 1, -0.333)


def test_features_are_told_of_their_last_epoch_and_arms_by_their_mean():
    known = {"objective": ["a", "a", "f"], "judge": ["knn"] * 3, "epoch": [9, 19, None]}
    table = pl.DataFrame(known | {"accuracy": [0.1, 0.5, 0.7], "chance": [0.1] * 3})
    assert knowing(table) == [("a", "knn", 0.5, 0.1), ("f", "knn", 0.7, 0.1)]
    rows = {"arm": ["x", "x", "y"], "kept": [5, 5, 7], "view": ["equal_steps"] * 3}
    rows |= {"class": [None, None, None], "correct": [8, 6, 9], "n": [10] * 3}
    first, second = pruned(pl.DataFrame(rows, schema_overrides={"class": pl.Int32}))
    assert (first[0], second[0], second[1], round(second[2][0], 6)) == ("y", "x", 5, 0.7)
    assert np.isnan(first[2][1:]).all()
    assert (knowing(None), pruned(None)) == ([], [])


def test_the_page_is_made_of_the_folder_alone(tmp_path):
    keep(study(tmp_path / "study"), tmp_path / "out", SAID)
    text = page(tmp_path / "out")
    assert (tmp_path / "out/index.html").read_text("utf-8") == text
    assert "a &lt;GPU&gt;" in text
    assert "12 samples of 3 classes, copies and mixes" in text
    assert "2 runs" in text
    assert text.count("<h3>") == 3
    assert "http" not in text
    with pytest.raises(InputError, match=r"holds no scores\.parquet"):
        page(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("dvc"), reason="needs dvc")
def test_a_clone_pulls_each_kept_study_and_makes_its_page(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--shared", ROOT, clone], check=True)
    studies = sorted((clone / "studies").glob("*.dvc"))
    assert {file.stem for file in studies} >= {"cifar10-gpu", "fashion-mnist", "photographs"}
    for file in studies:
        subprocess.run(
            [sys.executable, "-m", "dvc", "pull", "-q", f"studies/{file.name}"],
            cwd=clone,
            check=True,
        )
        scores = pl.read_parquet(file.with_suffix("") / "scores.parquet")
        assert {"sample_id", "pixels/contrast"} <= set(scores.columns)
        text = page(file.with_suffix(""))
        assert f"{len(scores):,} samples" in text
        assert text.count("<h3>") >= 3
