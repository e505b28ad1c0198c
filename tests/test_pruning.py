"""Pruning: each rule by hand, its refusals, and the stage."""

import doctest
import importlib

import numpy as np
import pytest
from score_tables import run_stage, score, small_study, write_images, write_params

from hardrare import tables
from hardrare.errors import InputError
from hardrare.metrics._duplicates import duplicates
from hardrare.pruning import arm_words, coverage, d2, kept, quota, rules, subset, sweep, zcore
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import even, proportional_to
from hardrare.pruning.sweep import swept

SCORES = {
    "o/loss": score("o/loss", [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    "o/ssim": score("o/ssim", np.arange(10), "low"),
    "second_split/msd_mean": score("second_split/msd_mean", np.arange(10), "open"),
    "pseudo_o/aum": score("pseudo_o/aum", np.arange(10), "low"),
    "features_semi_supervised/aum": score("features_semi_supervised/aum", -np.arange(10), "low"),
    "o/tied": score("o/tied", np.zeros(10)),
    "o/duplicate_similarity": score(
        "o/duplicate_similarity",
        [[-1, 0.9, 0.2, 0.3, -1, 1, 1, 0.4, 0.5, 0.1], [0.9, -1, 1, 0, 0, 0, 0, 0, 1, 1]],
    ),
}
FEATURES = np.random.default_rng(0).normal(size=(10, 4))
CLUSTER = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2])


def pool(**changes):
    plan = {
        "label": np.arange(10) % 2,
        "scores": SCORES,
        "keep_fraction": 0.7,
        "draws": 3,
        "seed": 0,
        "cluster": lambda: CLUSTER,
        "features": lambda: FEATURES,
        "hard_cutoff": 0.1,
        "strata": 3,
    }
    return Pool(**plan | changes)


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("full", range(10)),
        ("drop_easy-o-loss", range(3, 10)),
        ("drop_hard-o-loss", range(7)),
        ("drop_easy-o-ssim", range(7)),
        ("drop_hard-o-ssim", range(3, 10)),
        ("drop_low-o-ssim", range(3, 10)),
        ("drop_high-second_split-msd_mean", range(7)),
        ("drop_low-second_split-msd_mean", range(3, 10)),
        # 6, 3 and 1 samples in three clusters. Even counts of 7: 1, 3 and 3; of each the hardest.
        ("balanced-drop_easy-o-loss", [3, 4, 5, 6, 7, 8, 9]),
        ("balanced-drop_hard-o-loss", [0, 1, 2, 6, 7, 8, 9]),
        # Shares of 7 in 10: 4.2, 2.1 and 0.7, by largest remainders 4, 2 and 1.
        ("proportional-drop_easy-o-loss", [2, 3, 4, 5, 7, 8, 9]),
        ("proportional-drop_low-o-ssim", [2, 3, 4, 5, 7, 8, 9]),
        # Of ten the hardest goes (0.1 x 10), then the three easiest.
        ("double_end-o-loss", range(2, 9)),
        ("double_end-o-ssim", range(1, 8)),
        ("elfs-pseudo_o", range(1, 8)),
        ("semiprune-features_semi_supervised", range(2, 9)),
    ],
)
def test_deterministic_arms_by_hand(arm, expected):
    assert [draw.tolist() for draw in kept(arm, pool())] == [list(expected)]


def test_seeds_are_averaged():
    values = [[0, 0, 0, 9, 1, 1, 1, 1, 1, 1], [8, 8, 8, 0, 8, 8, 8, 8, 8, 8]]
    scores = {"o/a": score("o/a", values)}  # means 4, 4, 4, 4.5, 4.5, ...
    assert kept("drop_low-o-a", pool(scores=scores))[0].tolist() == list(range(3, 10))


def test_random_draws_are_independent_and_seeded():
    label = np.zeros(1000, int)
    draws = kept("random", pool(label=label, scores={}, draws=4))
    assert [len(np.unique(d)) for d in draws] == [700] * 4
    shared = [len(np.intersect1d(draws[0], d)) for d in draws[1:]]
    assert all(455 < s < 525 for s in shared)  # 490 expected
    again = kept("random", pool(label=label, scores={}, draws=2))
    assert all(np.array_equal(a, b) for a, b in zip(draws, again, strict=False))
    other = kept("random", pool(label=label, scores={}, seed=1))
    assert not np.array_equal(draws[0], other[0])


def test_ties_fall_in_a_seeded_random_order():
    size = 400
    scores = {"o/tied": score("o/tied", np.r_[np.zeros(size), np.ones(100)])}
    plan = {"label": np.zeros(size + 100, int), "scores": scores, "keep_fraction": 0.6}
    first = kept("drop_low-o-tied", pool(**plan))[0]
    assert np.isin(np.arange(size, size + 100), first).all()
    low = first[first < size]
    assert len(low) == 200
    assert 150 < low.mean() < 250  # neither the first nor the last ids
    assert np.array_equal(first, kept("drop_low-o-tied", pool(**plan))[0])
    assert not np.array_equal(first, kept("drop_low-o-tied", pool(**plan, seed=1))[0])


def test_class_matched_keeps_the_counts_of_the_arm():
    label = np.repeat([0, 1, 2], [50, 30, 20])
    scores = {"o/loss": score("o/loss", np.arange(100))}  # easy are all of class 0
    plan = pool(label=label, scores=scores)
    arm = kept("drop_easy-o-loss", plan)[0]
    draws = kept("class_matched-drop_easy-o-loss", plan)
    assert len(draws) == 3
    for draw in draws:
        assert len(np.unique(draw)) == 70
        assert np.bincount(label[draw]).tolist() == np.bincount(label[arm]).tolist() == [20, 30, 20]
    assert not np.array_equal(draws[0], draws[1])


def test_class_matched_follows_the_draws_of_its_arm():
    plan = pool(label=np.array([0, 0, 1, 1, 1, 1, 0, 0, 0, 0]), keep_fraction=0.3, strata=1)
    arm = kept("semdedup-o", plan)
    draws = kept("class_matched-semdedup-o", plan)
    assert [plan.label[d].sum() for d in arm] == [plan.label[d].sum() for d in draws[:2]]
    assert plan.label[arm[0]].sum() == plan.label[draws[2]].sum()


def test_coverage_by_hand():
    # Of 12 samples the hardest goes (0.1 x 12, floored). The others lie in 0..9, in three strata
    # of width 3: 1, 3 and 7 samples. Even counts of 8: 1, 3 (share 3) and 4 of the seven.
    values = [0, 3.5, 4, 5, 6, 7, 7, 8, 8.5, 8.9, 9, 50]
    scores = {
        "o/loss": score("o/loss", values),
        "o/ssim": score("o/ssim", -np.array(values), "low"),
    }
    plan = pool(label=np.zeros(12, int), scores=scores, keep_fraction=8 / 12, draws=20)
    draws = kept("coverage-o-loss", plan)
    for draw in draws:
        assert draw[:4].tolist() == [0, 1, 2, 3]
        assert len(np.unique(draw)) == 8
        assert draw[-1] < 11
    assert np.unique(np.concatenate(draws)).tolist() == list(range(11))
    assert all(d[:4].tolist() == [0, 1, 2, 3] for d in kept("coverage-o-ssim", plan))
    assert len(kept("coverage-o-tied", pool())[0]) == 7


def test_coverage_refuses_a_cutoff_that_leaves_too_few():
    with pytest.raises(InputError, match=r"leaves 6 samples and 7 are to be kept; lower it"):
        kept("coverage-o-loss", pool(hard_cutoff=0.4))
    # 0.1 of 515 and 0.9 of 515 both round up: what is left must still suffice.
    loss = score("o/loss", np.arange(515))
    plan = pool(label=np.zeros(515, int), scores={"o/loss": loss}, keep_fraction=0.9)
    assert len(kept("coverage-o-loss", plan)[0]) == plan.keep == 464


def test_double_end_refuses_a_cutoff_that_leaves_too_few():
    with pytest.raises(InputError, match=r"elfs-pseudo_o-aum: prune.hard_cutoff 0.4 leaves 6"):
        kept("elfs-pseudo_o", pool(hard_cutoff=0.4))


def test_covered_by_hand():
    # 40 samples, of which 20 are kept, hence two clusters: 30 near one direction, 10 near another.
    # The four hardest go (0.1 x 40), all of the small cluster. Left are 30 and 6, which keep 20/36:
    # 16.7 and 3.3, by largest remainders 17 and 3, the hardest of each.
    rng = np.random.default_rng(0)
    small = np.arange(40) >= 30
    features = np.where(small[:, None], [0.0, 1.0], [1.0, 0.0]) + 0.01 * rng.normal(size=(40, 2))
    plan = {"label": np.zeros(40, int), "keep_fraction": 0.5, "features": lambda: features}
    plan["scores"] = {"o/loss": score("o/loss", np.arange(40))}
    (draw,) = kept("covered-o-loss", pool(**plan))
    assert draw.tolist() == [*range(13, 30), 33, 34, 35]


def test_d2_by_hand():
    # Twelve samples, six copies of one and six of another at a right angle; the hardest, 11, goes.
    # A copy of the harder five gains 0.6 + ... + 1 = 4 and a bit of the far one that is its fifth
    # neighbour, each easier copy 0 + ... + 0.5 = 1.5. Once one of the harder is chosen, its copies
    # lose all that, so the next is one of the easier, though all five are easier than the rest.
    plan = {"label": np.zeros(12, int), "keep_fraction": 2 / 12}
    plan["scores"] = {"o/loss": score("o/loss", np.arange(12))}
    features = np.repeat(np.eye(2), 6, axis=0)
    (draw,) = kept("d2-o-loss", pool(**plan, features=lambda: features))
    assert (draw // 6).tolist() == [0, 1]


def test_neighbours_of_d2_are_those_that_are_left():
    near = np.array([[1, 2, 3], [0, 2, 3], [3, 1, 0], [2, 1, 0]])
    away = np.array([[1.0, 2, 3], [1, 4, 5], [1, 4, 6], [1, 5, 7]])
    index, distance = d2.left(np.array([3, 0]), near, away)  # 1 and 2 are gone
    assert index[:, 0].tolist() == [1, 0]
    assert distance.tolist() == [[7, np.inf, np.inf], [3, np.inf, np.inf]]


def test_messages_of_d2_by_hand():
    # 0 and 1 are at 0, 2 at distance 1 of 0. Sums: 0.6 + 0.9, 0.9 + 0.6, 0.5 + 0.6 / e = 0.72.
    # The tie goes to 0; then 1 has 1.5 - 1.5 = 0 and 2 has 0.72 (no neighbour of 0): 2, then 1.
    near, away = np.array([[1], [0], [0]]), np.array([[0.0], [0.0], [1.0]])
    assert d2.passed(np.array([0.6, 0.9, 0.5]), near, away, 3).tolist() == [0, 2, 1]
    # 2 takes 0.90 x 0.72 of 0 when it is chosen first: difficulty 2 makes it so.
    assert d2.passed(np.array([0.6, 0.9, 2.0]), near, away, 3).tolist() == [2, 1, 0]


def test_zcore_by_hand():
    # One feature, five copies at 0 and samples at 6, 7, 8, 9, 10: median 3. Of the triangular
    # distribution of 0, 3, 10 a share of 3 in 10 lies below 3, where the first copy is nearest and
    # the second loses as much, and 1 - 3.5^2 / 70 - 3 / 10 = 0.525 in 3..6.5, where 6 is, but for a
    # penalty that it shares when 7 wins (3.5^2 - 2.5^2 of 70: 0.086, nearly half of that).
    rows = np.r_[np.zeros(5), 6, 7, 8, 9, 10.0][:, None]
    score = zcore.covering(rows, 4000, np.random.default_rng(0)) / 4000
    assert np.allclose(score[[0, 1]], [0.3, -0.3], atol=0.03)
    assert np.abs(score[2:5]).max() < 0.01
    assert abs(score[5] - (0.525 - 0.086 / 2)) < 0.03
    draw = kept("zcore", pool(features=lambda: rows, keep_fraction=0.5))[0]
    assert 5 in draw
    assert len(kept("zcore", pool(features=lambda: np.ones((10, 2))))[0]) == 7


def test_facility_location_keeps_one_of_each_bundle():
    # Directions at 0, 90 and 180 degrees with six, three and one sample: of three kept one of each.
    angle = np.deg2rad([0, 1, 2, 3, 4, 5, 90, 91, 92, 180])
    rows = np.c_[np.cos(angle), np.sin(angle)]
    draw = kept("facility_location", pool(features=lambda: rows, keep_fraction=0.3))[0]
    assert [int((draw < 6).sum()), int(((draw >= 6) & (draw < 9)).sum()), 9 in draw] == [1, 1, True]


def test_semdedup_by_hand():
    # Seed 0: 1.0 twice and 0.9 go. Seed 1: three of 1.0 go.
    draws = kept("semdedup-o", pool())
    assert [d.tolist() for d in draws] == [[0, 2, 3, 4, 7, 8, 9], [0, 1, 3, 4, 5, 6, 7]]


def test_semdedup_of_real_features_drops_the_copies_and_keeps_one_of_each():
    features = np.array([[1, 0], [2, 0], [0, 1], [0, 3], [-1, 0.1], [1, 1]], float)
    similarity = duplicates(features, clusters=1).similarity
    scores = {"o/duplicate_similarity": score("o/duplicate_similarity", similarity)}
    plan = pool(label=np.zeros(6, int), scores=scores, keep_fraction=4 / 6)
    (draw,) = kept("semdedup-o", plan)
    assert draw.tolist() == [0, 2, 4, 5]


def test_quota_of_random_draws():
    cluster = np.repeat([0, 1, 2], [10, 100, 490])
    plan = pool(label=np.zeros(600, int), scores={}, cluster=lambda: cluster, keep_fraction=0.5)
    for arm, expected in (("balanced", [10, 100, 190]), ("proportional", [5, 50, 245])):
        draws = kept(f"{arm}-random", plan)
        assert [np.bincount(cluster[d]).tolist() for d in draws] == [expected] * 3
        assert 60 < len(np.intersect1d(draws[0], draws[1])) < 250
        again = kept(f"{arm}-random", plan)
        assert all(np.array_equal(a, b) for a, b in zip(draws, again, strict=True))


def test_counts_always_sum_to_what_is_kept():
    rng = np.random.default_rng(0)
    for _ in range(300):
        size = rng.integers(0, 40, rng.integers(1, 12))
        if not size.sum():
            continue
        total = int(rng.integers(0, size.sum() + 1))
        for share in (even, proportional_to):
            counts = share(size, total)
            assert counts.sum() == total
            assert (counts >= 0).all()
            assert (counts <= size).all()
        counts = even(size, total)
        full = counts == size
        assert full.all() or counts[~full].max() - counts[~full].min() <= 1
        assert full.all() or not full.any() or size[full].max() <= counts[~full].max()


def test_sweep_by_hand():
    assert swept(["full", "random"], 0.7, [0.9, 0.3], ["random", "drop_low-o-loss"]) == {
        "full": ("full", 0.7),
        "random": ("random", 0.7),
        "random@0.9": ("random", 0.9),
        "random@0.3": ("random", 0.3),
        "drop_low-o-loss@0.9": ("drop_low-o-loss", 0.9),
        "drop_low-o-loss@0.3": ("drop_low-o-loss", 0.3),
    }
    assert swept(["full"], 0.7, [], ["random"]) == {"full": ("full", 0.7)}
    for given, arms, sentence in (
        ([1.0], ["random"], "holds 1.0, expected above 0 and below 1"),
        ([0.7], ["random"], "whose arms are trained already"),
        ([0.5, 0.5], ["random"], "names a share twice"),
        ([0.5], ["full"], "holds full, which keeps every sample"),
    ):
        with pytest.raises(InputError, match=sentence):
            swept([], 0.7, given, arms)


def test_keep_count_is_rounded():
    assert len(kept("drop_low-o-loss", pool(keep_fraction=0.56))[0]) == 6
    assert len(kept("drop_low-o-loss", pool(keep_fraction=1.0))[0]) == 10


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ("drop_some-o-loss", "begins with no rule; known are balanced, class_matched"),
        ("drop_easy", "does not name a score; write drop_easy-<objective>-<metric>"),
        ("drop_easy-o", "does not name a score"),
        ("drop_easy-o-loss-mean", "does not name a score"),
        ("drop_low-o-los", "no score o/los; near ones are o/loss"),
        ("drop_hard-second_split-msd_mean", "no declared harder end; use drop_low or drop_high"),
        ("full-o-loss", "full takes no argument"),
        ("random-o-loss", "random takes no argument"),
        ("class_matched-random", "matches no arm that drops"),
        ("class_matched-class_matched-drop_low-o-loss", "matches no arm that drops"),
        ("class_matched-drop_easy-o-los", "no score o/los"),
        ("balanced-full", "sets a quota for no arm that has an order"),
        ("proportional-class_matched-drop_low-o-loss", "sets a quota for no arm"),
        ("balanced-drop_easy-o-los", "no score o/los"),
        ("coverage-o", "coverage-o does not name a score"),
        ("coverage-second_split-msd_mean", "has no declared harder end"),
        ("semdedup", "names no run; write semdedup-<objective>"),
        ("semdedup-o-loss", "names no run"),
        ("double_end-o", "double_end-o does not name a score"),
        ("covered-second_split-msd_mean", "has no declared harder end"),
        ("elfs-o", "names no run on pseudo-labels; write elfs-pseudo_<run>"),
        ("elfs-pseudo_x", "no score pseudo_x/aum"),
        ("semiprune-supervised", "names no run on few labels; write one of semiprune-semi_superv"),
        ("semiprune-semi_supervised", "no score semi_supervised/aum"),
        ("d2-second_split-msd_mean", "has no declared harder end"),
        ("zcore-o", "zcore takes no argument"),
        ("facility_location-o", "facility_location takes no argument"),
        ("semdedup-second_split", "no score second_split/duplicate_similarity"),
    ],
)
def test_bad_arms_are_refused(arm, message):
    with pytest.raises(InputError, match=message):
        kept(arm, pool())


def test_bad_plans_are_refused():
    for fraction in (0.0, -0.1, 1.01):
        with pytest.raises(InputError, match=r"prune\.keep_fraction is"):
            pool(keep_fraction=fraction)
    with pytest.raises(InputError, match="keeps none of 10 samples"):
        pool(keep_fraction=0.01)
    with pytest.raises(InputError, match=r"prune\.draws is 0"):
        pool(draws=0)
    with pytest.raises(InputError, match=r"prune\.hard_cutoff is 1"):
        pool(hard_cutoff=1.0)
    with pytest.raises(InputError, match=r"prune\.strata is 0"):
        pool(strata=0)
    with pytest.raises(InputError, match="needs the label of every sample"):
        kept("class_matched-drop_low-o-loss", pool(label=np.r_[np.zeros(9, int), -1]))


def test_every_rule_keeps_as_many_as_asked():
    examples = {
        "full": [10], "random": [7] * 3, "drop_easy-o-loss": [7], "drop_hard-o-loss": [7],
        "drop_low-o-loss": [7], "drop_high-o-loss": [7], "balanced-random": [7] * 3,
        "proportional-random": [7] * 3, "coverage-o-loss": [7] * 3, "semdedup-o": [7] * 2,
        "class_matched-coverage-o-loss": [7] * 3, "double_end-o-loss": [7], "elfs-pseudo_o": [7],
        "semiprune-features_semi_supervised": [7], "covered-o-loss": [7], "d2-o-loss": [7],
        "zcore": [7], "facility_location": [7],
    }  # fmt: skip
    assert sorted(arm.partition("-")[0] for arm in examples) == list(rules())
    for arm, sizes in examples.items():
        draws = kept(arm, pool())
        assert [len(np.unique(d)) for d in draws] == sizes
        assert all((np.diff(d) > 0).all() for d in draws)


def test_subset_table_by_hand():
    table = subset(np.array([3, 5, 8]), [np.array([0, 2]), np.array([1])])
    assert table.to_pydict() == {"sample_id": [3, 8, 5], "draw": [0, 0, 1]}


PRUNE = {
    "keep_fraction": 0.5,
    "draws": 2,
    "seed": 0,
    "arms": [
        "full",
        "random",
        "drop_easy-autoencoder-ssim_mean",
        "class_matched-drop_hard-supervised-aum",
        "drop_low-pixels-contrast",
        "balanced-drop_easy-autoencoder-ssim_mean",
        "semdedup-autoencoder",
    ],
    "sweep": [0.8, 0.2],
    "sweep_arms": ["random", "coverage-autoencoder-loss_mean"],
    "features": "autoencoder",
    "clusters": 4,
    "hard_cutoff": 0.1,
    "strata": 5,
}
SWEPT = {f"{arm}@{share}": share for arm in PRUNE["sweep_arms"] for share in PRUNE["sweep"]}


@pytest.fixture
def study(tmp_path):
    sample_id, _ = small_study(tmp_path)
    features = np.random.default_rng(0).normal(size=(len(sample_id), 3))
    tables.write_features(tmp_path / "features.arrow", sample_id, features)
    write_params(tmp_path / "params.yaml", prune=PRUNE)
    return tmp_path


def run_prune(study, out="subsets", images="images"):
    run_stage(
        "prune",
        study / "params.yaml",
        scores=study / "scores",
        images=study / f"{images}.arrow",
        features=study / "features.arrow",
        subsets=study / out,
    )


def test_prune_stage(study):
    run_prune(study)
    run_prune(study, "again")
    assert sorted(p.stem for p in (study / "subsets").iterdir()) == sorted([*PRUNE["arms"], *SWEPT])
    sample_id = tables.read_images(study / "images.arrow").sample_id
    two = ("random", "class", "coverage", "semdedup")  # draws; two seeds of the autoencoder
    for arm in [*PRUNE["arms"], *SWEPT]:
        path = study / "subsets" / f"{arm}.arrow"
        assert path.read_bytes() == (study / "again" / path.name).read_bytes()
        table = tables.read(path, "subset/1")
        draws = tables.column(table, "draw")
        size = 60 if arm == "full" else round(60 * SWEPT.get(arm, 0.5))
        expected = [size] * (2 if arm.startswith(two) else 1)
        assert np.bincount(draws).tolist() == expected
        assert np.isin(tables.column(table, "sample_id"), sample_id).all()


def test_prune_stage_without_labels_refuses_and_writes_nothing(study, capsys):
    sample_id = tables.read_images(study / "images.arrow").sample_id
    write_images(study / "bare.arrow", sample_id, np.full(len(sample_id), -1))
    with pytest.raises(SystemExit):
        run_prune(study, images="bare")
    assert "needs the label of every sample" in capsys.readouterr().err
    assert not (study / "subsets").exists()


def test_prune_stage_with_no_arm_writes_an_empty_folder(study):
    write_params(study / "params.yaml", prune=PRUNE | {"arms": [], "sweep": []})
    run_prune(study)
    assert list((study / "subsets").iterdir()) == []


def test_prune_stage_refuses_features_of_other_samples(study, capsys):
    tables.write_features(study / "features.arrow", np.arange(60), np.ones((60, 2)))
    with pytest.raises(SystemExit):
        run_prune(study)
    assert "features.arrow: holds features of other samples" in capsys.readouterr().err


def test_prune_stage_takes_clusters_from_a_label_free_run_alone(study, capsys):
    write_params(study / "params.yaml", prune=PRUNE | {"features": "supervised"})
    with pytest.raises(SystemExit):
        run_prune(study)
    assert "prune.features is supervised, expected one of autoencoder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "module", [quota, sweep, coverage, d2, importlib.import_module(arm_words.__module__)]
)
def test_doctests(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed
