"""Detection: AUROC and residuals, against known numbers and simulated truth."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from score_tables import run_stage, score, small_study, tied, write_params
from sklearn.metrics import average_precision_score, roc_auc_score

from hardrare import tables
from hardrare.detection.auroc import analytic, auroc
from hardrare.detection.detection import SEEN_BY_PIXELS, detection
from hardrare.detection.residual import residuals
from hardrare.errors import InputError
from hardrare.numerics.intervals import newcombe


def detect(sample_id, scores, artefacts, budgets=(0.1,), bootstrap=50, aside=()):
    given = {"aside": np.array(aside, int), "budgets": budgets, "bootstrap": bootstrap}
    rows = detection(sample_id, scores, artefacts, **given, seed=0)
    return {(row["artefact"], row["score"]): row for row in rows}


def test_auroc_against_sklearn_with_ties():
    values = tied(np.random.default_rng(11), 5, 120)
    positive = {"a": np.arange(30), "b": np.arange(25, 40)}
    found = auroc(values, np.arange(50, 120), positive, bootstrap=20, seed=0)
    for name, positions in positive.items():
        flag = np.r_[np.ones(len(positions)), np.zeros(70)]
        held = np.r_[positions, 50:120]
        expected = [roc_auc_score(flag, row[held]) for row in values]
        np.testing.assert_allclose(found[name].value, expected)
        assert (found[name].low <= found[name].high).all()


def test_auroc_draws_of_a_group_do_not_depend_on_other_groups():
    values = np.random.default_rng(12).normal(size=(2, 60))
    groups = {"b": np.arange(10), "a": np.arange(10, 30)}
    both = auroc(values, np.arange(30, 60), groups, bootstrap=30, seed=1)
    alone = auroc(values, np.arange(30, 60), {"b": groups["b"]}, bootstrap=30, seed=1)
    np.testing.assert_array_equal(both["b"].low, alone["b"].low)


def test_auroc_intervals_cover_the_truth():
    """400 studies of 60 positives and 240 negatives one standard deviation apart."""
    truth, hits = stats.norm.cdf(1 / np.sqrt(2)), 0
    for study in range(8):
        values = np.random.default_rng(100 + study).normal(size=(50, 300))
        values[:, :60] += 1.0
        found = auroc(values, np.arange(60, 300), {"x": np.arange(60)}, bootstrap=200, seed=study)[
            "x"
        ]
        hits += ((found.low <= truth) & (truth <= found.high)).sum()
    assert 0.91 <= hits / 400 <= 0.98, hits


@pytest.mark.parametrize(
    ("positives", "truth"), [(29, 0.99), (29, 0.995), (44, 0.98), (144, 0.995)]
)
def test_intervals_near_one_cover_the_truth(positives, truth):
    """300 studies of few positives far above 800 negatives."""
    size, shift = positives + 800, np.sqrt(2) * stats.norm.ppf(truth)
    values = np.random.default_rng(positives).normal(size=(300, size))
    values[:, :positives] += shift
    groups = {"x": np.arange(positives)}
    found = auroc(values, np.arange(positives, size), groups, bootstrap=200, seed=0)["x"]
    _, low, high = analytic(values, positives)
    for one, other in ((found.low, found.high), (low, high)):
        assert np.mean((one <= truth) & (truth <= other)) >= 0.93


def test_analytic_intervals_cover_the_truth_and_agree_with_the_bootstrap():
    truth, positives = stats.norm.cdf(1 / np.sqrt(2)), 60
    values = np.random.default_rng(100).normal(size=(400, 300))
    values[:, :60] += 1.0
    area, low, high = analytic(values, positives)
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.995
    groups = {"x": np.arange(60)}
    found = auroc(values, np.arange(60, 300), groups, bootstrap=400, seed=0)["x"]
    np.testing.assert_allclose(area, found.value)
    np.testing.assert_allclose(np.mean(high - low), np.mean(found.high - found.low), rtol=0.05)


def test_newcombe_solves_its_equation():
    area, m, n = np.array([0.0, 0.3, 0.5, 0.97, 1.0]), 30, 60
    low, high = newcombe(area, m, n)
    assert (low[0], high[-1]) == (0, 1)
    for t, given in ((low[1:], area[1:]), (high[:-1], area[:-1])):
        spread = t * (1 - t) * (1 + (45 - 1) * ((1 - t) / (2 - t) + t / (1 + t))) / (m * n)
        np.testing.assert_allclose(np.abs(t - given), 1.959964 * np.sqrt(spread), atol=1e-9)
    np.testing.assert_allclose(low, 1 - newcombe(1 - area, m, n)[1])


def case(size=600, positives=100):
    """Samples of which the first are injected, and their flag."""
    return np.arange(size) + 7, (np.arange(size) < positives).astype(float)


def test_a_score_equal_to_the_artefact_its_negative_and_random():
    sample_id, flag = case()
    rng = np.random.default_rng(14)
    scores = [
        score("o/equal", flag),
        score("o/negative", -flag),
        score("o/turned", -flag, "low"),
        score("o/open", -flag, "open"),
        score("pixels/random", rng.permutation(600), "open"),
        score("pixels/ink", rng.normal(size=600), "open"),
        score("o/constant", np.full(600, 3.0)),
    ]
    found = detect(sample_id, scores, {"average": sample_id[:100]}, bootstrap=200)
    row = {name: found["average", name] for _, name in found}
    assert [row[f"o/{n}"]["auroc"] for n in ("equal", "negative", "turned", "open")] == [1, 0, 1, 0]
    assert 0.96 < row["o/equal"]["auroc_low"] < row["o/equal"]["auprc"] == 1
    assert row["o/equal"]["residual_auroc"] > 0.95
    assert row["o/equal"]["stump_accuracy"] == row["o/open"]["stump_accuracy"] == 1
    assert row["o/negative"]["stump_balanced_accuracy"] == 0.5
    control = row["pixels/random"]
    assert control["auroc_low"] < 0.5 < control["auroc_high"]
    assert control["residual_low"] < 0.5 < control["residual_high"]
    constant = row["o/constant"]
    assert (constant["auroc"], constant["residual_auroc"]) == (0.5, 0.5)
    assert constant["auprc"] == pytest.approx(1 / 6) == constant["base_rate"]
    assert constant["precision_at_10"] == pytest.approx(1 / 6)
    # a declared score that points the wrong way gets no credit, an open one does
    assert [row[f"o/{n}"]["flagged"] for n in ("equal", "negative", "open")] == [
        "",
        SEEN_BY_PIXELS,
        "",
    ]
    assert {r["best_pixel"] for r in row.values()} == {"pixels/ink"}
    assert (row["o/equal"]["n"], row["o/equal"]["positives"]) == (600, 100)
    assert row["o/equal"]["recall_at_10"] == pytest.approx(0.6)
    assert row["o/equal"]["precision_at_injected"] == row["o/equal"]["recall_at_injected"] == 1


def test_a_score_that_is_only_contrast_has_no_residual():
    sample_id, flag = case()
    rng = np.random.default_rng(15)
    contrast = rng.normal(size=600) - 1.5 * flag
    scores = [
        score("pixels/contrast", contrast, "open"),
        score("pixels/ink", rng.normal(size=600), "open"),
        score("o/same", np.exp(-contrast)),
        score("o/noisy", 0.7 * rng.normal(size=600) - contrast),
        score("o/more", 1.5 * flag + rng.normal(size=600)),
    ]
    found = detect(sample_id, scores, {"average": sample_id[:100]}, bootstrap=200)
    same, noisy = found["average", "o/same"], found["average", "o/noisy"]
    assert min(same["auroc"], noisy["auroc"]) > 0.75
    assert same["residual_auroc"] == 0.5
    assert noisy["residual_low"] < 0.5 < noisy["residual_high"]
    assert {same["flagged"], noisy["flagged"]} == {SEEN_BY_PIXELS}
    assert found["average", "o/more"]["residual_low"] > 0.7
    baseline = found["average", "pixels/contrast"]
    assert np.isnan(baseline["residual_auroc"])
    assert baseline["flagged"] == ""
    assert baseline["best_pixel_auroc"] == pytest.approx(baseline["auroc"])
    assert baseline["auroc"] < 0.25


def curves(shares):
    """The columns of the regression, one by one."""
    columns = [np.ones(shares.shape[1])]
    for row in shares:
        columns += [row - 0.5, *(np.maximum(row - k / 9, 0) for k in range(1, 9))]
    pairs = [(i, j) for i in range(len(shares)) for j in range(i + 1, len(shares))]
    return np.stack([*columns, *((shares[i] - 0.5) * (shares[j] - 0.5) for i, j in pairs)])


def test_residuals_against_least_squares_fold_by_fold():
    rng = np.random.default_rng(16)
    values, place = rng.normal(size=(4, 500)), rng.permutation(500)
    values[0] += values[1] ** 2
    found = residuals(values, np.array([1, 2]), place)
    shares = np.stack([[np.mean(r < v) + np.mean(r == v) / 2 for v in r] for r in values])
    design = curves(shares[[1, 2]])
    for fold in range(5):
        own, others = place % 5 == fold, place % 5 != fold
        for k in (0, 3):
            slopes = np.linalg.lstsq(design[:, others].T, shares[k, others])[0]
            expected = shares[k, own] - slopes @ design[:, own]
            np.testing.assert_allclose(found[k, own], expected, atol=2e-6)
    assert (found[[1, 2]] == 0).all()
    assert found[0].std() < 0.8 * found[3].std()  # a square of a statistic is explained


def test_functions_of_pixel_statistics_keep_no_residual():
    """Twelve studies of 200 samples with far higher contrast among 2,000."""
    flag = np.arange(2000) < 200
    areas = {}
    for study in range(12):
        rng = np.random.default_rng([17, study])
        pixels = rng.normal(size=(6, 2000))
        pixels[0] += 2 * flag
        contrast, ink, noise = *pixels[:2], rng.normal(size=2000)
        made = {
            "sum": contrast + ink,
            "square": (contrast - 1) ** 2,
            "absolute": np.abs(contrast),
            "product": contrast * ink,
            "largest": np.maximum(contrast, ink),
            "noisy": contrast + 0.7 * noise,
            "more": 1.5 * flag + noise,
        }
        values = np.vstack([pixels, *made.values()])
        left = analytic(residuals(values, np.arange(6), rng.permutation(2000))[6:], 200)
        for name, area in zip(made, left.T, strict=True):
            areas.setdefault(name, []).append(area)
    mean = {name: np.mean(found, axis=0)[0] for name, found in areas.items()}
    more = mean.pop("more")
    assert max(abs(one - 0.5) for one in mean.values()) < 0.06, mean
    assert 0.65 < more < 0.85  # of 0.86, for the contrast knows a part of the flag itself


def test_where_pixels_tell_the_artefact_nothing_is_left():
    flag, rng = np.arange(1000) < 200, np.random.default_rng(18)
    values = np.vstack([flag + 0.01 * rng.normal(size=1000), flag + rng.normal(size=1000)])
    _, low, high = analytic(residuals(values, np.array([0]), rng.permutation(1000)), 200)[:, 1]
    assert low < 0.5 < high
    assert roc_auc_score(flag, values[1]) > 0.7


def test_negatives_are_the_unchanged_samples():
    sample_id = np.arange(10)
    scores = [score("o/a", np.arange(10))]
    found = detect(
        sample_id, scores, {"x": np.array([8, 9]), "y": np.array([0, 1]), "gone": np.array([77])}
    )
    assert {key[0] for key in found} == {"x", "y"}
    assert (found["x", "o/a"]["n"], found["x", "o/a"]["positives"]) == (8, 2)
    assert (found["x", "o/a"]["auroc"], found["y", "o/a"]["auroc"]) == (1, 0)
    assert found["x", "o/a"]["best_pixel"] == ""
    assert detect(sample_id, scores, {}) == {}
    with pytest.raises(InputError, match="every scored sample was changed"):
        detect(sample_id, scores, {"x": sample_id})
    with pytest.raises(InputError, match=r"detect.budgets holds 1.5"):
        detect(sample_id, scores, {"x": sample_id[:2]}, budgets=(0.1, 1.5))


def test_samples_set_aside_are_neither_changed_nor_clean():
    scores = [score("o/a", np.arange(10))]
    row = detect(np.arange(10), scores, {"duplicate": np.array([9])}, aside=[0, 8])
    assert row["duplicate", "o/a"]["n"] == 8
    manifest = [
        {"sample_id": 9, "artefact": "duplicate_shift", "base_id": 8},
        {"sample_id": 3, "artefact": "blur", "base_id": 3},
    ]
    assert [one.tolist() for one in _written(manifest)] == [[3], [9], [8]]


def _written(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.arrow"
        tables.write_rows(path, "manifest/1", rows)
        found = tables.read_manifest(path)
        return [*found.artefacts.values(), found.aside]


def test_review_intervals_cover_the_truth():
    """200 studies: AUPRC, precision and balanced accuracy of a score one deviation apart."""
    big = np.random.default_rng(50).normal(size=400_000)
    flag = np.arange(400_000) < 80_000
    big[flag] += 1
    down = np.argsort(-big)
    hits_at = np.cumsum(flag[down])
    truth = {"auprc": average_precision_score(flag, big)}
    truth["precision_at_10"] = hits_at[39_999] / 40_000
    truth["stump_balanced_accuracy"] = stats.norm.cdf(0.5)
    hits = dict.fromkeys(truth, 0)
    for study in range(10):
        values = np.random.default_rng(study).normal(size=(20, 400))
        values[:, :80] += 1
        scores = [score(f"o/{k}", row) for k, row in enumerate(values)]
        rows = detect(np.arange(400), scores, {"x": np.arange(80)}, bootstrap=200)
        for row in rows.values():
            for name, value in truth.items():
                hits[name] += row[f"{name}_low"] <= value <= row[f"{name}_high"]
    assert min(hits["auprc"], hits["precision_at_10"]) >= 180, hits
    assert hits["stump_balanced_accuracy"] >= 165, hits  # a fitted threshold is below the best one


def test_a_score_that_orders_as_one_before_it_of_its_run_says_so():
    values = np.random.default_rng(3).random((2, 80))
    given = {"o/std": values, "o/var": values**2, "o/mean": values[::-1], "other/std": values}
    scores = [score(name, each) for name, each in given.items()]
    found = detect(np.arange(80), scores, {"a": np.arange(10)})
    said = {name: row["same_order_as"] for (_, name), row in found.items()}
    assert said == {"o/std": "", "o/var": "o/std", "o/mean": "", "other/std": ""}


def test_row_order_changes_no_value():
    rng = np.random.default_rng(8)
    values, order = tied(rng, 4, 80), rng.permutation(80)
    names = ["o/a", "o/b", "pixels/ink", "pixels/random"]
    artefact = {"average": np.arange(20)}
    scores = [score(n, v) for n, v in zip(names, values, strict=True)]
    moved = [score(n, v[order]) for n, v in zip(names, values, strict=True)]
    before, after = detect(np.arange(80), scores, artefact), detect(order, moved, artefact)
    fixed = ("auroc", "residual_auroc", "auprc", "spearman", "precision_at_10", "flagged")
    for key, row in before.items():
        assert [row[f] for f in fixed] == pytest.approx([after[key][f] for f in fixed], nan_ok=True)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    sample_id, _ = small_study(folder)
    rows = [
        {"sample_id": int(i), "artefact": a} for i, a in zip(sample_id, "abba" * 5, strict=False)
    ]
    tables.write_rows(folder / "manifest.arrow", "manifest/1", rows)
    tables.write_rows(folder / "nothing.arrow", "manifest/1", [])
    columns = {f"{axis}_score": pa.array(sample_id / 63, pa.float32()) for axis in tables.AXES}
    names = {"file_name": pa.array([f"{i}.png" for i in sample_id])}
    table = pa.table({"sample_id": pa.array(sample_id, pa.int32()), **names, **columns})
    tables.write(folder / "ranking.arrow", "ranking/2", table)
    write_params(
        folder / "params.yaml",
        detect={"bootstrap": 20, "seed": 0, "budgets": [0.01, 0.05, 0.125]},
    )
    return folder


def run_detect(study, manifest, detection):
    tables_of = {"scores": study / "scores", "ranking": study / "ranking.arrow"}
    tables_of |= {"manifest": study / f"{manifest}.arrow", "detection": study / detection}
    run_stage("detect", study / "params.yaml", **tables_of)


def test_detect_stage(study):
    for name in ("first", "again"):
        run_detect(study, "manifest", f"{name}.arrow")
    assert (study / "first.arrow").read_bytes() == (study / "again.arrow").read_bytes()
    table = tables.read(study / "first.arrow", "detection/1")
    assert table.num_rows == 2 * (9 + len(tables.AXES))
    assert {"precision_at_1", "recall_at_12.5", "precision_at_injected"} <= set(table.column_names)
    rows = {(r["artefact"], r["score"]): r for r in table.to_pylist()}
    assert (rows["a", "supervised/aum"]["n"], rows["a", "supervised/aum"]["positives"]) == (50, 10)
    assert rows["b", "autoencoder/constant"]["auroc"] == 0.5
    assert rows["a", "ranking/hard"]["auroc"] == 0  # the changed samples come first in the table
    assert rows["a", "ranking/hard"]["harder"] == "high"


def test_a_ranking_of_other_samples_is_refused(study):
    with pytest.raises(InputError, match="ranks other samples than were scored"):
        tables.read_axes(study / "ranking.arrow", np.arange(3))


def test_detect_stage_with_nothing_injected(study):
    run_detect(study, "nothing", "empty.arrow")
    assert tables.read(study / "empty.arrow", "detection/1").num_rows == 0
