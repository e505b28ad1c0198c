"""Sweep and labelling on the page: pairing, intervals and sentences, by hand."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from made_up_study import Tables

from hardrare.labelling.curve import described
from hardrare.numerics.intervals import t_interval
from hardrare.report.sections import pruning as section
from hardrare.report.sections.labelling import labelling_findings, labelling_tables
from hardrare.report.sections.labelling.budgets import judged, said
from hardrare.report.sections.pruning.arms import arms
from hardrare.report.sections.pruning.sweep import over_shares, shares, sweep_drawings, sweep_table

ACCURACY = {
    "full": [95, 97], "random": [90, 92], "drop_low-o-loss": [91, 90],
    "class_matched-drop_low-o-loss": [89, 87], "random@0.5": [84, 88], "random@0.9": [93, 95],
    "drop_low-o-loss@0.5": [86, 89], "drop_low-o-loss@0.9": [93, 94],
}  # fmt: skip
SETTINGS = {"arms": ["full", "random"], "keep_fraction": 0.7, "sweep": [0.9, 0.5]}
SETTINGS |= {"sweep_arms": ["random", "drop_low-o-loss"]}


def pruned(**changes):
    rows = [
        {"arm": arm, "seed": seed, "view": view, "class": one, "correct": right, "n": 100}
        for arm, accuracies in ACCURACY.items()
        for seed, right in enumerate(accuracies)
        for view in ("equal_steps", "equal_epochs")
        for one in (None, 3)
        if (arm, seed) != ("drop_low-o-loss@0.9", 1) or view == "equal_steps"
    ]
    accuracy = pl.DataFrame(rows, schema_overrides={"class": pl.Int32})
    settings = SimpleNamespace(**SETTINGS | changes)
    swept = {f"{a}@{s}": (a, s) for a in settings.sweep_arms for s in settings.sweep}
    settings.swept = swept
    return Tables(settings=settings, accuracy=accuracy)


def test_an_arm_is_paired_with_random_and_with_its_own_classes():
    names = ["full", "random", "drop_low-o-loss", "class_matched-drop_low-o-loss"]
    rows = [{"kept": 70, "steps": 100}] * len(pruned().accuracy)
    study = pruned(arms=names)
    study.accuracy = study.accuracy.hstack(pl.DataFrame(rows))
    found = {arm.name: arm for arm in arms(study) if arm.view == "equal_steps"}
    drop = found["drop_low-o-loss"]
    assert (drop.accuracy[0], drop.difference[0], drop.matched[0]) == (90.5, -0.5, 2.5)
    np.testing.assert_allclose(drop.matched[1:], [2.5 - 6.353, 2.5 + 6.353], atol=1e-3)
    assert found["class_matched-drop_low-o-loss"].difference[0] == -3
    assert all(np.isnan(found[n].matched).all() for n in ("full", "random", names[-1]))
    assert np.isnan(found["random"].difference).all()


@pytest.mark.parametrize("view", ["equal_steps", "equal_epochs"])
def test_one_view_alone_is_shown_alone(view):
    names = ["random", "full", "drop_low-o-loss"]
    study = pruned(arms=names)
    rows = [{"kept": 70, "steps": 100}] * len(study.accuracy)
    study.accuracy = study.accuracy.hstack(pl.DataFrame(rows)).filter(pl.col("view") == view)
    (drawing,) = section._differences(study)
    assert drawing.values["names"] == [study.arm_name(one) for one in names[1:]]
    assert list(drawing.values["differences"]) == [view]
    np.testing.assert_allclose(drawing.values["differences"][view][:, 0], [5, -0.5])
    made = section.pruned(arms(study))
    assert [row["steps"].name for row in made] == ["full", "random", "drop_low-o-loss"]
    assert {row["steps"].kept for row in made} == {70}


def test_sweep_is_paired_seed_by_seed_at_each_share():
    study = pruned()
    assert shares(study) == [0.5, 0.7, 0.9]
    random, drop = over_shares(study)
    assert (random.name, drop.name) == ("random", "drop_low-o-loss")
    assert random.accuracy[:, 0].tolist() == [86, 91, 94]
    assert np.isnan(random.difference).all()
    np.testing.assert_allclose(drop.accuracy[:, 0], [87.5, np.nan, 93.5])
    np.testing.assert_allclose(drop.difference[:, 0], [1.5, np.nan, -0.5])
    # Differences 2 and 1: mean 1.5, standard error 0.5, t of one degree of freedom 12.706.
    np.testing.assert_allclose(drop.difference[0], [1.5, 1.5 - 6.353, 1.5 + 6.353], atol=1e-3)


def test_sweep_table_and_figures():
    table = sweep_table(pruned())
    assert table["shares"] == ["50 %", "70 %", "90 %"]
    assert table["rows"][1] == (
        "without the lowest o/loss",
        [("87.5", "1.5 [−4.9, 7.9]"), ("–", "–"), ("93.5", "−0.5 [−6.9, 5.9]")],
    )
    names = [drawing.name for drawing in sweep_drawings(pruned())]
    assert names == ["sweep-accuracy", "sweep-difference"]
    alone = pruned(sweep_arms=["random"])
    assert [drawing.name for drawing in sweep_drawings(alone)] == ["sweep-accuracy"]
    for off in ({"sweep": []}, {"sweep_arms": []}):
        assert sweep_table(pruned(**off)) == {}
        assert sweep_drawings(pruned(**off)) == []


def test_an_interval_for_the_best_of_several_is_wider():
    values = np.array([1.0, 2.0, 3.0])
    alone, best = t_interval(values), t_interval(values, 5)
    assert best[0] == alone[0] == 2
    # t of two degrees of freedom at 1 - 0.025 / 5 is 9.925.
    assert best[2] == pytest.approx(2 + 9.925 / np.sqrt(3), abs=1e-3)


def nearest_mean(sample, label, free, held):
    """Accuracy on `held` of the nearer of the two class means of `free`."""
    means = np.stack([sample[free][label[free] == one].mean(axis=0) for one in (0, 1)])
    apart = ((sample[held][:, None] - means) ** 2).sum(axis=2)
    return (apart.argmin(axis=1) == label[held]).mean()


def test_the_corrected_interval_covers_the_truth_and_the_plain_one_does_not():
    # Fresh data sets of 100 samples, each split ten times into 70 and 30, as a study does; the
    # truth is the mean over data sets, of an accuracy and of a paired difference of two.
    rng = np.random.default_rng(0)
    label = np.arange(100) % 2
    studies = np.empty((400, 10, 2))
    for study in studies:
        sample = rng.standard_normal((100, 5)) + 1.2 * np.outer(label, np.eye(5)[0])
        for one in study:
            order = rng.permutation(100)
            one[0] = nearest_mean(sample, label, order[30:], order[:30])
            one[1] = one[0] - nearest_mean(sample[:, :2], label, order[30:], order[:30])
    for values in np.moveaxis(studies, 2, 0):
        truth, covered = values.mean(), {}
        for overlap in (0.0, 30 / 70):
            ends = np.stack([t_interval(own, overlap=overlap)[1:] for own in values])
            covered[overlap] = np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
        assert covered[30 / 70] >= 0.90
        assert covered[0.0] < 0.90


def labelled(**strategies):
    """Strategy to {budget: accuracy of four splits}; the judge is the linear probe."""
    rows = [
        {"objective": "o", "seed": i % 2, "draw": i // 2, "strategy": name, "budget": budget}
        | {"labels": round(100 * budget), "classes": 3, "judge": judge, "accuracy": accuracy}
        | {"chance": 0.25, "free": 100, "n": 40}
        for name, budgets in strategies.items()
        for budget, values in budgets.items()
        for i, accuracy in enumerate(values)
        for judge in ("linear_probe", "self_training", "cluster_then_label")
    ]
    return Tables(labelling=pl.DataFrame(rows), said=described(strategies))


EVEN = [0.40, 0.50, 0.40, 0.50]
BETTER = [0.60, 0.71, 0.61, 0.70]
WORSE = [0.30, 0.41, 0.31, 0.40]
ALIKE = [0.45, 0.49, 0.38, 0.53]


def test_strategies_are_paired_split_by_split():
    study = labelled(random={0.1: EVEN}, typical={0.1: BETTER})
    ((random, typical),) = judged(study, "linear_probe")
    assert np.isnan(random.difference).all()
    assert typical.labels == 10
    assert typical.accuracy[0] == pytest.approx(65.5)
    # Differences 20, 21, 21, 20: mean 20.5, deviation 0.577, t of three degrees 3.182; the
    # four splits overlap, each with 40 samples that judge and 100 that may be labelled.
    half = 3.182 * 0.57735 * np.sqrt(1 / 4 + 40 / 100)
    np.testing.assert_allclose(typical.difference, [20.5, 20.5 - half, 20.5 + half], atol=1e-3)
    # Accuracies 60, 71, 61, 70: mean 65.5, deviation 5.802; the splits themselves differ.
    wide = 3.182 * 5.802 * np.sqrt(1 / 4 + 40 / 100)
    np.testing.assert_allclose(typical.accuracy, [65.5, 65.5 - wide, 65.5 + wide], atol=1e-2)
    assert typical.widened == typical.difference[1]  # the only one beside random
    ((_, _, one),) = judged(
        labelled(random={0.1: EVEN}, hard={0.1: WORSE}, typical={0.1: BETTER}), "linear_probe"
    )
    # t of three degrees at 1 - 0.025 / 2 is 4.177.
    assert one.widened == pytest.approx(20.5 - half * 4.177 / 3.182, abs=1e-3)


def test_sentences_say_what_is_clear_and_what_is_not():
    clear = said(labelled(random={0.1: EVEN}, typical={0.1: BETTER}, hard={0.1: WORSE}))
    assert clear == [
        "With 10 labels (10 %), labelling typical ones first does best: 66 % of the other images "
        "named right, random labels 45 %; 20.5 [19.0, 22.0] percentage points more, "
        "clear even though picked as the best of 2.",
        "Clearly worse than random there: the hardest.",
    ]
    both = labelled(
        random={0.1: EVEN, 0.5: EVEN},
        typical={0.1: BETTER, 0.5: ALIKE},
        hard={0.1: WORSE, 0.5: WORSE},
    )
    told = said(both)
    assert len(told) == 3
    assert "of difference, not clear once it was picked as the best of 2" in told[1]
    assert told[2] == "Clearly worse than random at every budget: the hardest."
    assert [one.topic for one in labelling_findings(both)] == ["What to label first"]


def test_labelling_tables_put_the_best_first_and_are_empty_without_labels():
    table = labelling_tables(labelled(random={0.1: EVEN}, hard={0.1: WORSE}, easy={0.1: BETTER}))
    assert table["free"] == 100
    assert (table["seeds"], table["draws"], table["judged"]) == (2, 2, 40)
    assert [name for name, _ in table["tables"]] == [
        "linear probe", "self-training", "cluster, then label",
    ]  # fmt: skip
    rows = table["tables"][0][1]["rows"]
    assert [name for name, _ in rows] == ["the easiest", "random", "the hardest"]
    assert rows[1][1] == [("45.0", "–", "3.0")]
    empty = Tables(labelling=labelled(random={0.1: EVEN}).labelling.head(0))
    assert labelling_tables(empty) == {}
    assert labelling_findings(empty) == []
