"""The tables of docs/results.md that are made of kept measurements."""

import json
import sys

import pytest
from graph import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import pruning
import results

PAGE = ROOT / "docs" / "results.md"


def test_writing_again_changes_nothing():
    text = PAGE.read_text("utf-8")
    assert results.filled(text) == text, "run: python benchmarks/results.py --write docs/results.md"
    named = [mark["file"] for mark in results.BETWEEN.finditer(text)]
    kept = {path.name for path in results.MEASURED.iterdir()}
    assert len(named) == text.count("<!-- measured ") == text.count("<!-- end -->")
    assert {*named} == kept - {"million.jsonl"}  # which docs/scale.md tells


def test_what_stands_between_marks_is_made_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "MEASURED", tmp_path)
    rows = [
        {"arm": arm, "share": 0.1, "seed": seed, "draws": False, "accuracy": at + seed / 1000}
        for arm, at in (("random", 0.5), ("full", 0.9), ("good", 0.6), ("bad", 0.4), ("so", 0.5))
        for seed in range(3)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    areas = {name: {"0.02": [0.5, 0.75]} for name in ("shown", "hidden")}
    (tmp_path / "b.json").write_text(json.dumps(areas), "utf-8")
    page = "# P\n<!-- measured a.jsonl most=2 -->\nold\n<!-- end -->\ntext\n"
    page += "<!-- measured b.json without=hidden -->\n<!-- end -->\n"
    made = results.filled(page)
    lines = made.splitlines()
    assert results.filled(made) == made
    assert "old" not in made
    assert lines[0] == "# P"
    assert lines[2] == "| kept by | 10 % |"
    assert lines[4:6] == ["| by chance (accuracy) | 50.1 |", "| all images (accuracy) | 90.1 |"]
    assert [line.split("`")[1] for line in lines[6:8]] == ["good", "so"]
    assert lines[6].startswith("| `good` | +10.00 [")
    assert "text" in lines
    assert [line for line in lines if "0.62" in line] == [
        line for line in lines if line.startswith("| `shown` | 2% | 0.62 [")
    ]
    assert "hidden |" not in made


def test_arms_stand_in_the_order_of_the_least_share_and_minus_is_minus():
    rows = pruning.results(results.MEASURED / "arms-confirm.jsonl")
    points = [made[0] for made in pruning.differences(rows)[0].values()]
    shown = [line.split("|")[2].split()[0] for line in list(pruning.table(rows))[4:]]
    assert [float(cell.replace("−", "-")) for cell in shown] == pytest.approx(
        sorted(points, reverse=True), abs=0.005
    )
    assert pruning.signed("{:+.1f} to {:+.1f}", (-1, 2)) == "−1.0 to +2.0"
