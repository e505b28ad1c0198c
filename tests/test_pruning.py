"""Pruning: each rule by hand, its refusals, and the stage."""

import numpy as np
import pytest
from score_tables import run_stage, score, small_study, write_images, write_params

from hardrare import tables
from hardrare.errors import InputError
from hardrare.pruning import RULES, kept, subset
from hardrare.pruning.pool import Pool

SCORES = {
    "o/loss": score("o/loss", [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    "o/ssim": score("o/ssim", np.arange(10), "low"),
    "second_split/msd_mean": score("second_split/msd_mean", np.arange(10), "open"),
    "o/tied": score("o/tied", np.zeros(10)),
}


def pool(**changes):
    plan = {
        "label": np.arange(10) % 2,
        "scores": SCORES,
        "keep_fraction": 0.7,
        "draws": 3,
        "seed": 0,
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


def test_keep_count_is_rounded():
    assert len(kept("drop_low-o-loss", pool(keep_fraction=0.56))[0]) == 6
    assert len(kept("drop_low-o-loss", pool(keep_fraction=1.0))[0]) == 10


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ("drop_some-o-loss", "begins with no rule; known are full, random"),
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
    with pytest.raises(InputError, match="needs the label of every sample"):
        kept("class_matched-drop_low-o-loss", pool(label=np.r_[np.zeros(9, int), -1]))


def test_every_rule_is_tested_here():
    assert sorted(RULES) == sorted(
        ["full", "random", "drop_easy", "drop_hard", "drop_low", "drop_high", "class_matched"]
    )


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
    ],
}


@pytest.fixture
def study(tmp_path):
    small_study(tmp_path)
    write_params(tmp_path / "params.yaml", prune=PRUNE)
    return tmp_path


def run_prune(study, out="subsets", images="images"):
    run_stage(
        "prune",
        study / "params.yaml",
        scores=study / "scores",
        images=study / f"{images}.arrow",
        subsets=study / out,
    )


def test_prune_stage(study):
    run_prune(study)
    run_prune(study, "again")
    assert sorted(p.stem for p in (study / "subsets").iterdir()) == sorted(PRUNE["arms"])
    sample_id = tables.read_images(study / "images.arrow").sample_id
    for arm in PRUNE["arms"]:
        path = study / "subsets" / f"{arm}.arrow"
        assert path.read_bytes() == (study / "again" / path.name).read_bytes()
        table = tables.read(path, "subset/1")
        draws = tables.column(table, "draw")
        expected = (
            [60] if arm == "full" else [30, 30] if "random" in arm or "class" in arm else [30]
        )
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
    write_params(study / "params.yaml", prune=PRUNE | {"arms": []})
    run_prune(study)
    assert list((study / "subsets").iterdir()) == []
