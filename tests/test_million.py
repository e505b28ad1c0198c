"""What docs/scale.md tells of ten million follows from the lines that were measured."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
import million  # noqa: E402

NUMBERS = r"(?<=N\^)[\d.]+|[\d.]+(?= s,| GB)"  # powers, seconds, memory
MEASURED = ROOT / "benchmarks" / "measured" / "million.jsonl"
ROWS = {  # of the docs, and the step that it tells of
    "search of neighbours": "neighbours", "prototypes": "prototypes",
    "proposals of copies by features": "copies_by_features", "ranks": "ranks",
}  # fmt: skip


def told(path, capsys):
    """The numbers of each step in what `exponents` prints."""
    million.exponents(path)
    lines = capsys.readouterr().out.splitlines()
    return {line.split(" x ")[0]: [*map(float, re.findall(NUMBERS, line))] for line in lines}


def test_growth_is_read_off_the_sizes_and_all_pairs_stand_apart(tmp_path, capsys):
    lines = [{"step": "a", "samples": n, "features": 2, "cpu_s": (n / 1e5) ** 2, "own_gb": n / 1e6}
             for n in (100_000, 300_000, 1_000_000)]  # fmt: skip
    lines.append({**lines[0], "samples": 10_000, "cpu_s": 900.0, "recall": 1.0})
    (tmp_path / "lines").write_text("\n".join(map(json.dumps, lines)))
    assert told(tmp_path / "lines", capsys) == {"a": [2, 2, 10_000, 10_000, 10_000, 10]}


@pytest.mark.parametrize(("row", "step"), ROWS.items())
def test_the_docs_tell_of_ten_million_what_follows(row, step, capsys):
    power, last, line, first, pair, memory = told(MEASURED, capsys)[step]
    docs = (ROOT / "docs" / "scale.md").read_text("utf-8")
    (table,) = (one for one in docs.split("\n\n") if one.startswith("| step, by one thread |"))
    (cells,) = (one.split("|")[1:-1] for one in table.splitlines() if one.startswith(f"| {row}"))
    hours = " h" in cells[2]
    said = [float(n) / (1 if hours else 3600) for n in re.findall(r"[\d.]+", cells[2])]
    assert said == pytest.approx([line / 3600, first / 3600], rel=0.01)
    assert [float(cells[1]), float(cells[3])] == [power, last]
    upper = float(re.findall(r"[\d.]+", cells[4])[-1])
    assert upper == pytest.approx(pair / 3600 if hours else pair, rel=0.01)
    assert float(re.findall(r"\d+", cells[5])[0]) == memory
