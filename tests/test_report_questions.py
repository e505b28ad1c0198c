"""The seven questions of a reader: groups, ties, changes, wrong labels and seeds, by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_up_study import Tables
from scipy import stats

from hardrare.numerics.intervals import rank_interval
from hardrare.report.correlations import VIEWS, Correlations, correlations
from hardrare.report.sections.questions.groups import agree, groups
from hardrare.report.sections.questions.nearest_free import near
from hardrare.report.sections.questions.seeds import seeds
from hardrare.report.sections.questions.ties import ceiling, tied, ties
from hardrare.report.sections.questions.within_class import within
from hardrare.report.sections.questions.wrong_labels import blind, finders
from hardrare.report.stability import Stable
from hardrare.report.verdicts import Verdict
from hardrare.tables import Score

NAMES = ["s/aum", "s/el2n", "s/rho", "f/loss", "f/norm", "pixels/ink"]
GROUPS = ["labelled", "labelled", "labelled", "free", "free", "pixels"]
#          aum   el2n  rho   loss  norm  ink
POOLED = [[1.00, -0.9, 0.10, -0.6, 0.20, 0.30],
          [-0.9, 1.00, 0.05, 0.55, 0.10, -0.7],
          [0.10, 0.05, 1.00, 0.15, -0.3, 0.05],
          [-0.6, 0.55, 0.15, 1.00, 0.25, 0.10],
          [0.20, 0.10, -0.3, 0.25, 1.00, 0.40],
          [0.30, -0.7, 0.05, 0.10, 0.40, 1.00]]  # fmt: skip


def table(pooled=None, names=NAMES, of=GROUPS, inside=None):
    """Correlations with intervals of -+ 0.04; half as large given pixels."""
    views = []
    pooled = np.array(POOLED) if pooled is None else np.array(pooled)
    for value in (pooled, pooled if inside is None else inside, pooled / 2):
        views.append(np.stack([value, value - 0.04, value + 0.04]))
    return Correlations(list(names), list(of), *views, dict.fromkeys(VIEWS, 500))


NOTHING = table(np.ones((1, 1)), ["f/loss"], ["free"])


def text(answer):
    return " ".join(answer.sentences)


def test_groups_by_hand():
    found = groups(np.array(POOLED), [0, 1, 2], np.array([-1, 1, 1, 1, 1, 1]))
    assert [group.members for group in found] == [[0, 1], [2]]
    assert found[0].turned == [False, False]  # declared low and high, so -0.9 is agreement
    assert groups(np.array(POOLED), [0, 1], np.ones(6))[0].turned == [False, True]
    assert groups(np.ones((1, 1)), [], np.ones(1)) == []


def test_groups_as_an_answer():
    harder = dict.fromkeys(NAMES, "high") | {"s/aum": "low"}
    found = agree(table(), harder)
    assert "3 metrics that only labels allow, compared on 500 images: 1 group" in text(found)
    assert "1 that stands alone" in text(found)
    assert "median 0.10, from 0.05 to 0.90" in text(found)
    assert found.table.rows[0][:4] == ["s/aum, s/el2n", "2", "0.90", "−0.90 [−0.94, −0.86]"]
    assert found.table.rows[1] == ["s/rho", "1", "–", "–", "s/aum", "0.10 [0.06, 0.14]"]
    assert "(−)" in agree(table(), dict.fromkeys(NAMES, "high")).table.rows[0][0]
    assert "nothing to compare" in text(agree(NOTHING, {"f/loss": "high"}))


def test_constant_metrics_are_left_out_of_groups():
    value = np.array(POOLED)
    value[2] = value[:, 2] = np.nan
    found = agree(table(value), dict.fromkeys(NAMES, "high"))
    assert "2 metrics" in text(found)
    assert "Left out as the same for all images: 1." in text(found)


def test_nearest_in_three_views():
    found = near(table())
    assert [row[:2] for row in found.table.rows] == [
        ["s/aum", "f/loss"],
        ["s/el2n", "f/loss"],
        ["s/rho", "f/norm"],
    ]
    assert found.table.rows[0][2:5] == [
        "−0.60 [−0.64, −0.56]", "−0.60 [−0.64, −0.56]", "−0.30 [−0.34, −0.26]",
    ]  # fmt: skip
    assert "Of 3 metrics with labels, 2 have a score without labels" in text(found)
    assert "For 1 of them a pixel statistic is at least as near" in text(found)
    assert "keeps 50 % of the size" in text(found)
    assert "No run used labels" in text(near(NOTHING))


def test_what_a_run_with_labels_shares_with_others_is_shown_on_demand():
    names = ["s/aum", "s/loss", "f/loss"]
    made = table(np.array(POOLED)[np.ix_([0, 1, 3], [0, 1, 3])], names, ["labelled"] * 2 + ["free"])
    found = near(made).table
    assert [row[0] for row in found.rows] == ["s/aum"]
    assert [row[0] for row in found.more] == ["s/loss"]


def test_changes_within_class():
    inside = np.array(POOLED)
    inside[0, 3] = inside[3, 0] = 0.3  # -0.6 pooled: turns
    inside[0, 4] = inside[4, 0] = 0.15  # 0.2 pooled: changes, intervals overlap
    inside[1, 5] = inside[5, 1] = -0.5  # clearly smaller
    found = within(table(inside=inside), 10)
    # near copies: s/el2n copies s/aum (0.9), so the pairs are 2 x 3 and s/aum with s/rho
    assert "Of 7 pairs" in text(found)
    assert "the sign turns in 1 " in text(found)
    assert "in 1 the pooled and the within-class interval do not overlap" in text(found)
    first = found.table.rows[0]
    assert first[:2] == ["s/aum", "f/loss"]
    assert first[4:] == ["0.90", "turns"]
    blank = table(inside=np.full((6, 6), np.nan))
    assert "No pair of scores has a correlation within class" in text(within(blank, 0))
    assert "No run used labels" in text(within(NOTHING, 0))


def score(name, *rows, harder="high"):
    return Score(name, np.array(rows, float), "1", harder, "s")


def test_ties_by_hand():
    found = ties(score("s/ssft", [1, 1, 1, 2], [1, 1, 3, 3]))
    assert (found.single, found.mean, found.distinct) == ((0.75 + 1) / 2, 0.5, 3)
    assert found.block == 0.5
    values = np.array([1.0, 1, 1, 2, 3, 3])
    best = np.array([0.0, 1, 2, 3, 4, 5])  # untied, and in the order of the values
    expected = stats.spearmanr(values, best).statistic
    assert ceiling(np.unique(values, return_counts=True)[1]) == pytest.approx(expected)
    assert ceiling(np.array([5])) == 0
    assert ceiling(np.array([1])) == 1


def test_ties_as_an_answer():
    made = table(np.eye(3), ["s/ssft", "s/aum", "f/loss"], ["labelled", "labelled", "free"])
    scores = [
        score("s/ssft", [1, 1, 1, 2]),
        score("s/aum", range(4)),
        score("f/loss", [1, 1, 2, 3]),
    ]
    found = tied(made, scores)
    assert "Of 2 metrics with labels, 1 ties more than half of the 4 images" in text(found)
    assert "Ties cost s/ssft most: 75.0 % of the images" in text(found)
    assert "Of 1 score without labels, 1 ties 10 % of the images or more: f/loss." in text(found)
    assert [row[0] for row in found.table.rows] == ["s/ssft", "s/aum"]
    assert [row[0] for row in found.table.more] == ["f/loss"]
    bare = tied(NOTHING, [score("f/loss", [1, 2])])
    assert "only scores without labels are counted" in text(bare)
    assert bare.table is None


def verdict(*rows, artefact="label_uniform"):
    """Rows of name, group, declared end, AUROC and half the width of its interval."""
    columns = {"score": [], "group": [], "harder": [], "auroc": [], "auroc_low": []}
    columns |= {"auroc_high": []}
    for name, group, harder, auroc, half in rows:
        cells = (name, group, harder, auroc, auroc - half, auroc + half)
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    rest = {"residual_auroc": 0.5, "residual_low": 0.4, "residual_high": 0.6}
    rest |= {"auprc": 0.5, "base_rate": 0.1, "same_order_as": ""}
    frame = pl.DataFrame(columns).with_columns(**{k: pl.lit(v) for k, v in rest.items()})
    title = {"label_uniform": "wrong label"}.get(artefact, artefact.replace("_", " "))
    return Verdict(artefact, frame, 50, 500, 0.1, axes={}, title=title)


def test_wrong_labels_are_found_by_metrics_with_labels():
    rows = [("s/aum", "labelled", "low", 0.97, 0.02), ("s/el2n", "labelled", "high", 0.92, 0.04)]
    rows += [("s/rho", "labelled", "open", 0.48, 0.05), ("s/other", "labelled", "open", 0.4, 0.05)]
    found = finders(table(), [verdict(*rows)], {"label_uniform"})
    assert "Wrong label (50 of 500 images): of 3 metrics that only labels allow, 1 has" in text(
        found
    )
    assert "the interval of 1 holds 0.5" in text(found)
    assert "s/aum, 0.97 [0.95, 0.99]" in text(found)
    assert [row[0] for row in found.table.rows] == ["s/aum", "s/el2n", "s/rho"]
    assert [row[0] for row in found.table.more] == ["s/other"]
    assert "nobody can say" in text(finders(table(), [verdict(*rows)], set()))
    none = finders(table(), [verdict(("f/loss", "free", "high", 0.5, 0.1))], {"label_uniform"})
    assert "No metric that only labels allow was judged" in text(none)
    assert none.table is None


def test_scores_without_labels_are_blind_unless_the_table_says_otherwise():
    rows = [("f/loss", "free", "high", 0.53, 0.04), ("f/norm", "free", "open", 0.45, 0.048)]
    rows += [("pixels/ink", "pixels", "open", 0.5, 0.05), ("pixels/random", "pixels", "open", 0, 0)]
    found = blind([verdict(*rows)], {"label_uniform"})
    said = text(found)
    assert "2 scores without labels have AUROC 0.45 to 0.53, median 0.49" in said
    assert "1 of their intervals leaves out 0.5" in said
    assert "The farthest, f/norm, has 0.45 [0.40, 0.50]; widened for the choice among 2" in said
    assert "its interval holds 0.5" in said  # 0.45 + 1.1436 * 0.048 = 0.505
    assert "drawn without looking at the images" in said
    assert [row[0] for row in found.table.rows] == ["f/norm", "f/loss", "pixels/ink"]
    seen = blind([verdict(("f/loss", "free", "high", 0.8, 0.03))], {"label_uniform"})
    assert "its interval leaves out 0.5" in text(seen)
    made = verdict(*rows)
    again = made.rows.with_columns(same_order_as=pl.Series(["", "f/loss", "", ""]))
    once = blind([replace(made, rows=again)], {"label_uniform"})
    assert "1 score without labels has AUROC 0.53" in text(once)
    own = blind([verdict(("f/a", "free", "high", 0.5, 0.1), artefact="own")], {"own"})
    assert "without looking" not in text(own)
    assert "nothing that a score without labels could know" in text(blind([], {"label_uniform"}))


def test_seeds_needed():
    def row(name, needed, reliability):
        agree = (2, 0.5, 0.4, 0.6, 0.3, 0.2, 0.4, reliability)
        return Stable(name, "learning", *agree, needed, 2, np.inf, 500, "labelled")

    rows = [row("s/aum", 19.0, 0.66), row("s/el2n", 2.0, 0.96), row("s/rho", np.inf, np.nan)]
    found = seeds(table(), rows, 500)
    assert "With the study's 2 seeds, 1 of 3 metrics with labels reaches" in text(found)
    assert "The median metric needs 19 seeds; fewest s/el2n with 2 seeds" in text(found)
    assert "most s/rho with more than 1,000 seeds" in text(found)
    assert [line[0] for line in found.table.rows] == ["s/el2n", "s/aum", "s/rho"]
    assert found.table.rows[1][-1] == "19 [2, > 1,000]"
    assert "have one seed" in text(seeds(table(), [], 500))
    assert "No run used labels" in text(seeds(NOTHING, [], 500))


def test_rank_interval_covers_the_truth():
    low, high = rank_interval(0.5, 103)
    half = 1.959964 * np.sqrt(1.125 / 100)
    assert (np.arctanh(low), np.arctanh(high)) == pytest.approx(
        (np.arctanh(0.5) - half, np.arctanh(0.5) + half)
    )
    assert rank_interval(1.0, 50)[1] == pytest.approx(1)
    assert rank_interval(0.2, 3) == (-1, 1)
    rng, inside, truth = np.random.default_rng(0), 0, 6 / np.pi * np.arcsin(0.6 / 2)
    for _ in range(200):
        a, b = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 80).T
        low, high = rank_interval(stats.spearmanr(a, b).statistic, 80)
        inside += low <= truth <= high
    assert 0.9 <= inside / 200 <= 0.99


def test_every_view_of_the_agreement_table_is_read():
    rows = [
        {"score_a": "s/a", "score_b": "f/b", "view": view, "method": "spearman", "value": value,
         "low": value - 0.1, "high": value + 0.1, "n": n}
        for view, value, n in zip(VIEWS, (0.5, -0.25, 0.125), (9, 8, 9), strict=True)
    ]  # fmt: skip
    scores = [score("s/a", [1, 2]), score("f/b", [1, 1]), score("pixels/random", [1, 2])]
    made = Tables(
        scores=scores,
        agreement=pl.DataFrame(rows),
        group=lambda name: {"s": "labelled", "f": "free"}[name[0]],
    )
    found = correlations(made)
    assert found.names == ["s/a", "f/b"]
    assert found.pooled[:, 0, 1] == pytest.approx([0.5, 0.4, 0.6])
    assert found.within[:, 1, 0] == pytest.approx([-0.25, -0.35, -0.15])
    assert found.given[0, 0, 1] == 0.125
    assert found.samples == {"pooled": 9, "within_class": 8, "partial": 9}
    assert found.value[0, 0] == 1
    assert np.isnan(found.value[1, 1])  # constant
