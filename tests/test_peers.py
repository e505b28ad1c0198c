"""Benchmarks that compare: what counts as found, and which set of scores is chosen elsewhere."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def imported(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import axes_left_out
    import peers

    return peers, axes_left_out


def test_a_copy_is_found_with_its_own_original_alone(imported):
    peers, _ = imported
    truth = pl.DataFrame(
        {
            "file_name": ["a", "b", "c", "d", "e", "f"],
            "kind": ["photograph", "exact", "photograph", "crop", "photograph", "document"],
            "original": ["", "a", "", "c", "", ""],
        }
    )
    for kind in {*peers.plants.DEFECTS, *peers.plants.COPIES, "static", "flat"} - {"exact", "crop"}:
        row = {"file_name": [kind], "kind": [kind], "original": [""]}
        truth = truth.vstack(pl.DataFrame(row))
    told = {"flags": {"dark": ["dark", "e"], "odd_size": ["a", "c"]}, "sets": [["a", "b", "e"]]}
    line = peers.found(told, truth)
    assert (line["exact"], line["crop"]) == ("1 of 1", "0 of 1")
    assert (line["dark"], line["blurred"]) == ("1 of 1", "0 of 1")
    assert line["untouched, called hurt"] == "1 of 3"
    assert line["untouched, called a copy"] == "1 of 1"
    assert line["pages, called a copy"] == "0 of 1"


def test_the_smallest_of_nearly_equal_sets_is_chosen_and_shown_elsewhere(imported, capsys):
    _, left_out = imported

    def areas(one, two, both):
        named = {("a",): one, ("b",): two, ("a", "b"): both}
        return {key: np.array([value, value, value]) for key, value in named.items()}

    studies = {
        "x": areas(0.70, 0.6, 0.704),
        "y": areas(0.72, 0.6, 0.723),
        "z": areas(0.5, 0.9, 0.6),
    }
    assert left_out.best(studies, ["x", "y"]) == ("a",)
    left_out.report("hard", studies)
    printed = capsys.readouterr().out
    assert "| z | a | 0.500 [0.500, 0.500] |" in printed
    assert "| x | b | 0.600 [0.600, 0.600] |" in printed
