"""What the report computes from the tables: directions, pairing, shares, order; by hand."""

import doctest
import importlib
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from made_up_study import Tables

from hardrare import figures
from hardrare.figures.correlation_matrix import grouped_order
from hardrare.report.correlations import Correlations, nearest
from hardrare.report.sections.detection.by_axes import found_by_axes
from hardrare.report.sections.detection.findings import finding
from hardrare.report.sections.pruning.arms import arms, removed_by_class
from hardrare.report.verdicts import verdicts


def test_direction_is_the_declared_one():
    def rows(*triples):
        columns = ["artefact", "score", "harder", "auroc", "auroc_low", "auroc_high"]
        data = [("x", name, harder, a, a - 0.02, a + 0.02) for name, harder, a in triples]
        rest = {"positives": 9, "n": 99, "base_rate": 1 / 11, "residual_auroc": 0.5}
        rest |= {"residual_low": 0.4, "residual_high": 0.6, "same_order_as": ""}
        frame = pl.DataFrame(data, columns, orient="row")
        return frame.with_columns(**{k: pl.lit(v) for k, v in rest.items()})

    def verdict(*triples):
        group = {"p": "pixels", "a": "free"}
        made = Tables(artefacts=["x"], detection=rows(*triples), group=lambda name: group[name[0]])
        return verdicts(made)[0]

    found = verdict(("a/flipped", "high", 0.05), ("a/open", "open", 0.3), ("p/ink", "open", 0.2))
    assert found.rows["score"].to_list() == ["p/ink", "a/open", "a/flipped"]
    assert found.best("free")["score"] == "a/open"
    assert found.best("free", "b") is None
    told = finding(found).sentences
    assert told[-1] == "So one line of arithmetic on the pixels finds it at least as well."
    ahead = verdict(("a/s", "high", 0.9), ("p/ink", "open", 0.2))
    assert "do not overlap" in finding(ahead).sentences[-1]
    overlap = verdict(("a/s", "high", 0.82), ("p/ink", "open", 0.19))
    assert "intervals overlap" in finding(overlap).sentences[-1]
    chance = verdict(("a/s", "high", 0.51), ("p/ink", "open", 0.5))
    assert "better than chance" in finding(chance).sentences[-1]


def test_arms_are_paired_by_seed():
    data = [("full", 0, 90), ("full", 1, 94), ("random", 0, 88), ("random", 1, 90)]
    rows = [
        {"arm": a, "seed": s, "view": v, "class": None, "correct": c, "n": 100, "kept": 7}
        for a, s, c in data
        for v in ("equal_steps", "equal_epochs")
    ]
    frame = pl.DataFrame(rows, schema_overrides={"class": pl.Int32}).with_columns(steps=pl.lit(5))
    made = SimpleNamespace(settings=SimpleNamespace(arms=["full", "random"]), accuracy=frame)
    full, random = arms(made)[:2]
    assert full.accuracy[0] == 92
    assert full.difference.round(2).tolist() == [3, -9.71, 15.71]  # 3 +- 12.706 * 1
    assert np.isnan(random.difference).all()


def test_removed_share_of_each_class():
    images = SimpleNamespace(
        sample_id=np.array([0, 1, 2, 5]), label=np.array([0, 0, 1, -1]), classes=["a", "b"]
    )
    kept = {"full": [images.sample_id], "random": [np.array([0, 2]), np.array([1, 5])]}
    shares = removed_by_class(SimpleNamespace(images=images, kept=kept))
    assert {arm: share.tolist() for arm, share in shares.items()} == {"random": [50, 50]}


def test_nearest_score_counts_either_sign():
    value = np.array([[1, 0.4, -0.6], [0.4, 1, 0], [-0.6, 0, 1]])
    table = Correlations(
        ["s/a", "f/b", "f/c"], ["labelled", "free", "free"], *[np.stack([value] * 3)] * 3, {}
    )
    assert nearest(table, 0, "free").name == "f/c"
    assert nearest(table, 0, "pixels") is None


def test_metrics_of_pseudo_labels_leave_the_references_what_they_are():
    names, groups = ["s/aum", "s/loss", "f/loss", "pseudo_f/aum"], ["labelled"] * 2 + ["free"] * 2
    table = Correlations(names, groups, *[np.zeros((3, 4, 4))] * 3, {})
    assert table.references == [0]


def test_alike_rows_stand_together_inside_their_group():
    rows = np.array([[0.0], [9.0], [0.1], [9.1], [5.0]])
    order = grouped_order(rows, ["u", "u", "u", "u", "v"]).tolist()
    assert order[4] == 4
    assert {frozenset(order[:2]), frozenset(order[2:4])} == {frozenset({0, 2}), frozenset({1, 3})}


def test_constant_and_one_sample_figures():
    one = {"mean": np.ones(1), "variability": np.zeros(1), "marked": np.zeros(1, bool)}
    one["hidden"] = one["marked"]
    drawing = figures.draw("data_map", one | {"title": "t", "quantity": "q"})
    text = figures.svg(drawing, "one")
    assert not any(light in text for light, _ in figures.THEME.values())
    assert 'id="one-' in text
    blank = np.full((2, 2), np.nan)
    axis = {"rows": ["a", "b"], "columns": ["a", "b"], "title": "t"}
    groups = {"row_groups": ["", ""], "column_groups": ["", ""]}
    assert figures.svg(figures.draw("correlation_matrix", {"values": blank} | axis | groups), "n")


@pytest.mark.parametrize(
    "module",
    [
        *("words", "numbers", "sections.map.maps"),
        *("sections.questions.question", "sections.questions.ties"),
    ],
)
def test_doctests(module):
    found = doctest.testmod(importlib.import_module(f"hardrare.report.{module}"))
    assert found.attempted
    assert not found.failed


def test_an_axis_is_bold_only_where_its_interval_clears_the_pixels():
    def row(low, pixels):
        ends = {"best_pixel_auroc_low": pixels[0], "best_pixel_auroc_high": pixels[1]}
        best = {"best_pixel": "pixels/ink" if np.isfinite(pixels[0]) else ""}
        return {"auroc": low + 0.05, "auroc_low": low, "auroc_high": low + 0.1, **ends, **best}

    nothing = (np.nan, np.nan)
    axes = {
        "hard": row(0.70, (0.40, 0.62)),  # above both ends
        "rare": row(0.61, (0.40, 0.62)),  # overlaps the high end
        "noisy": row(0.62, (0.35, 0.45)),  # overlaps what pixels tell the other way round
        "duplicate": row(0.51, nothing),
    }
    verdict = SimpleNamespace(artefact="average", axes=axes)
    study = SimpleNamespace(settings=SimpleNamespace(axes={one: ["o/a", "o/b"] for one in axes}))
    found = found_by_axes(study, [verdict])
    assert found["axes"]["rare"] == "o/a, o/b"
    ((artefact, cells),) = found["rows"]
    assert artefact == "average"
    assert [more for _, more in cells] == [True, False, False, True]
    assert cells[0][0] == "0.75 [0.70, 0.80]"
