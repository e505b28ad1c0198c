"""Agreement: correlations of pairs of scores, against known numbers and simulated truth."""

import numpy as np
import pytest
from scipy import stats
from score_tables import run_stage, score, small_study, tied, write_images, write_params

from hardrare import tables
from hardrare.agreement import over_seeds, pixel_statistics
from hardrare.agreement.correlation import partial, spearman, within_class
from hardrare.agreement.kendall import kendall
from hardrare.agreement.pairs import KENDALL_SAMPLES
from hardrare.agreement.pairs import pairs as correlate
from hardrare.numerics.ranks import dense_ranks, tie_share


def pairs(scores, label, **settings):
    return correlate(scores, label, labelled=[], **settings)[0]


def by_key(rows):
    return {(r["score_a"], r["score_b"], r["view"], r["method"]): r for r in rows}


def test_seeds_are_averaged_and_pixel_statistics_found():
    assert over_seeds([score("o/a", [[1, 2], [3, 6]]), score("o/b", [5, 7])]).tolist() == [
        [2, 4],
        [5, 7],
    ]
    names = ["o/contrast", "pixels/ink", "pixels/random", "pixels/contrast"]
    assert pixel_statistics(names).tolist() == [1, 3]


def test_rows_on_a_grid_are_the_nearest_multiples():
    rng = np.random.default_rng(0)
    scores = [score(f"o/{k}", rng.random(60)) for k in "abc"]
    label = np.arange(60) % 3
    exact = pairs(scores, label, bootstrap=5, seed=0)
    coarse = pairs(scores, label, bootstrap=5, seed=0, grid=1 / 64)
    for one, other in zip(exact, coarse, strict=True):
        for name in ("value", "low", "high"):
            assert other[name] * 64 == round(one[name] * 64)


def test_every_pair_against_scipy():
    rng = np.random.default_rng(2)
    values = tied(rng, 4, 90)
    label = np.repeat([0, 1, 2, -1], [40, 25, 15, 10])
    names = ["o/a", "o/b", "o/c", "pixels/contrast"]
    rows = pairs(
        [score(n, v) for n, v in zip(names, values, strict=True)], label, bootstrap=20, seed=0
    )
    found = by_key(rows)
    x, y, z = values[0], values[1], values[3]
    pooled = ("o/a", "o/b", "pooled")
    assert found[*pooled, "spearman"]["value"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found[*pooled, "pearson"]["value"] == pytest.approx(stats.pearsonr(x, y).statistic)
    assert found[*pooled, "kendall"]["value"] == pytest.approx(stats.kendalltau(x, y).statistic)
    inside = [stats.spearmanr(x[label == k], y[label == k]).statistic for k in (0, 1, 2)]
    within = found["o/a", "o/b", "within_class", "spearman"]
    assert within["value"] == pytest.approx(np.average(inside, weights=[40, 25, 15]))
    assert (within["n"], found[*pooled, "spearman"]["n"]) == (80, 90)
    ranks = [stats.rankdata(v) for v in (x, y, z)]
    left = [r - np.polyval(np.polyfit(ranks[2], r, 1), ranks[2]) for r in ranks[:2]]
    given = found["o/a", "o/b", "partial", "spearman"]
    assert given["value"] == pytest.approx(stats.pearsonr(*left).statistic)
    assert given["ties_a"] == pytest.approx(tie_share(dense_ranks(x[None]))[0])
    assert given["ties_b"] == 0
    assert not [k for k in found if k[2] == "partial" and "pixels/contrast" in k]
    assert len(rows) == 6 * 4 + 3
    assert all(r["low"] <= r["value"] <= r["high"] for r in rows if r["method"] == "kendall")


def test_partial_by_the_textbook_formula():
    a, b, c = 0.6, 0.5, 0.4  # r_xy, r_xz, r_yz
    matrix = np.array([[1, a, b], [a, 1, c], [b, c, 1]])
    found = partial(matrix, np.array([2]))
    assert found[0, 1] == pytest.approx((a - b * c) / np.sqrt((1 - b**2) * (1 - c**2)))
    assert np.isnan(found[2]).all()


def test_partial_with_constant_and_repeated_pixel_statistics():
    rng = np.random.default_rng(3)
    z = rng.normal(size=200)
    x, y = z + rng.normal(size=200), z + rng.normal(size=200)
    once = spearman(dense_ranks(np.stack([x, y, z])), np.ones(200))
    rows = np.stack([x, y, z, 2 * z, np.zeros(200), np.exp(z)])  # the last is z by rank
    again = partial(spearman(dense_ranks(rows), np.ones(200)), np.array([2, 3, 4]))
    assert again[0, 1] == pytest.approx(partial(once, np.array([2]))[0, 1])
    assert np.isnan(again[5]).all()


def test_within_class_leaves_out_classes_that_do_not_define_a_pair():
    x = np.array([1.0, 2, 3, 5, 5, 5, 9])
    y = np.array([1.0, 3, 2, 1, 2, 3, 4])
    members = [np.array([0, 1, 2]), np.array([3, 4, 5]), np.array([6])]
    dense = [dense_ranks(np.stack([x, y])[:, m]) for m in members]
    found = within_class(dense, members, np.ones(7))
    assert found[0, 1] == pytest.approx(0.5)  # of the first class alone
    assert found[1, 1] == pytest.approx(1.0)


def test_correlation_that_only_classes_make_vanishes_within_them():
    rng = np.random.default_rng(4)
    label = np.repeat(np.arange(4), 100)
    values = 3 * label + rng.normal(size=(2, 400))
    rows = pairs([score("o/a", values[0]), score("o/b", values[1])], label, bootstrap=20, seed=0)
    found = {r["view"]: r for r in rows if r["method"] == "spearman"}
    assert found["pooled"]["value"] > 0.8
    assert abs(found["within_class"]["value"]) < 0.12


def test_constant_scores_are_not_defined():
    rng = np.random.default_rng(6)
    scores = [score("o/a", rng.normal(size=40)), score("o/b", np.full(40, 0.1))]
    rows = pairs(scores, np.zeros(40, int), bootstrap=10, seed=0)
    assert len(rows) == 4
    assert all(np.isnan([r["value"], r["low"], r["high"]]).all() for r in rows)
    assert {(r["ties_a"], r["ties_b"]) for r in rows} == {(0.0, 1.0)}


def test_without_labels_and_pixel_statistics_only_pooled_rows():
    rng = np.random.default_rng(7)
    scores = [score("o/a", rng.normal(size=(2, 30))), score("pixels/random", rng.normal(size=30))]
    rows = pairs(scores, np.full(30, -1), bootstrap=10, seed=0)
    assert [(r["view"], r["method"]) for r in rows] == [
        ("pooled", "spearman"),
        ("pooled", "pearson"),
        ("pooled", "kendall"),
    ]


def test_row_order_changes_no_value():
    rng = np.random.default_rng(8)
    values, label, order = tied(rng, 4, 80), rng.integers(0, 3, 80), rng.permutation(80)
    names = ["o/a", "o/b", "pixels/ink", "pixels/random"]
    first, second = (
        pairs(
            [score(n, v[o]) for n, v in zip(names, values, strict=True)],
            label[o],
            bootstrap=5,
            seed=0,
        )
        for o in (np.arange(80), order)
    )
    assert [r["value"] for r in first] == pytest.approx([r["value"] for r in second])


def test_kendall_jackknife_is_leave_one_out():
    values = tied(np.random.default_rng(9), 3, 25)
    tau, low, high = kendall(values)
    one_out = [
        stats.kendalltau(np.delete(values[0], i), np.delete(values[1], i)).statistic
        for i in range(25)
    ]
    sd = np.sqrt(24 / 25 * np.sum((one_out - np.mean(one_out)) ** 2))
    assert tau[0, 1] == pytest.approx(stats.kendalltau(values[0], values[1]).statistic)
    assert high[0, 1] - tau[0, 1] == pytest.approx(1.959964 * sd, rel=1e-6)
    assert tau[0, 1] - low[0, 1] == pytest.approx(1.959964 * sd, rel=1e-6)


def test_kendall_of_many_samples_says_its_n():
    values = np.random.default_rng(10).normal(size=(2, KENDALL_SAMPLES + 50))
    rows = pairs(
        [score("o/a", values[0]), score("o/b", values[1])],
        np.full(values.shape[1], -1),
        bootstrap=2,
        seed=0,
    )
    assert {r["method"]: r["n"] for r in rows} == {
        "spearman": KENDALL_SAMPLES + 50,
        "pearson": KENDALL_SAMPLES + 50,
        "kendall": KENDALL_SAMPLES,
    }


def test_correlation_intervals_cover_the_truth():
    """Of 300 studies of 150 samples, about 95 % of the intervals hold the true correlation."""
    rho, hits, count = 0.6, dict.fromkeys(("spearman", "pearson", "kendall"), 0), 0
    truth = {
        "spearman": 6 / np.pi * np.arcsin(rho / 2),
        "pearson": rho,
        "kendall": 2 / np.pi * np.arcsin(rho),
    }
    for study in range(15):
        rng = np.random.default_rng(study)
        first, noise = rng.normal(size=(2, 20, 150))
        second = rho * first + np.sqrt(1 - rho**2) * noise
        scores = [
            score(f"{name}/{k}", v[k])
            for k in range(20)
            for name, v in (("a", first), ("b", second))
        ]
        rows = by_key(pairs(scores, np.full(150, -1), bootstrap=200, seed=study))
        for k in range(20):
            count += 1
            for method, value in truth.items():
                row = rows[f"a/{k}", f"b/{k}", "pooled", method]
                hits[method] += row["low"] <= value <= row["high"]
    assert all(0.90 <= h / count <= 0.985 for h in hits.values()), hits


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    small_study(folder)
    write_params(folder / "params.yaml", correlate={"bootstrap": 20, "seed": 0})
    return folder


def run_correlate(study, images, **made):
    given = {"scores": study / "scores", "images": study / f"{images}.arrow"}
    given |= {what: study / f"{name}.arrow" for what, name in made.items()}
    run_stage("correlate", study / "params.yaml", **given)


def test_correlate_stage(study):
    for name in ("one", "two"):
        made = {"summary": f"summary-{name}", "stability": f"stability-{name}"}
        run_correlate(study, "images", agreement=name, **made)
    assert (study / "one.arrow").read_bytes() == (study / "two.arrow").read_bytes()
    rows = by_key(tables.read(study / "one.arrow", "agreement/1").to_pylist())
    assert len({k[:2] for k in rows}) == 9 * 8 / 2
    row = rows["autoencoder/loss_mean", "autoencoder/ssim_mean", "pooled", "spearman"]
    assert row["value"] == row["low"] == row["high"] == -1
    assert rows["autoencoder/loss_mean", "supervised/aum", "within_class", "spearman"]["high"] < 0


def test_correlate_stage_refuses_images_of_other_samples(study, capsys):
    write_images(study / "other.arrow", np.arange(60), np.zeros(60, int))
    with pytest.raises(SystemExit) as stop:
        run_correlate(study, "other", agreement="none", summary="none", stability="none")
    assert stop.value.code == 1
    assert "other samples" in capsys.readouterr().err
    assert not (study / "none.arrow").exists()
