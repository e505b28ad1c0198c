"""The benchmark's plants: what is planted, from what, and the same again with the same seed."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import planted_photos

    return planted_photos


def test_each_kind_is_planted_once_and_from_its_own_photograph(benchmark):
    plants = sys.modules["plants"]
    rng = np.random.default_rng(0)
    smooth = [np.kron(rng.integers(40, 200, (4, 5, 3)), np.ones((8, 8, 1))) for _ in range(15)]
    whole = [plants.encoded(Image.fromarray(one.astype(np.uint8))) for one in smooth]
    files = benchmark.planted(whole, plants.STRENGTHS, 0.01, seed=3)
    kinds = [kind for kind, *_ in files]
    planted = {*plants.DEFECTS, *plants.MADE, *plants.COPIES}
    assert {kind: kinds.count(kind) for kind in planted} == dict.fromkeys(planted, 1)
    assert kinds.count("photograph") == 15 - len(plants.DEFECTS)
    assert kinds.count("broken") == plants.BROKEN
    copied = {kind: original for kind, original, *_ in files if kind in plants.COPIES}
    assert len(set(copied.values())) == len(plants.COPIES)
    assert all(kinds[original] == "photograph" for original in copied.values())
    by_kind = {kind: content for kind, _, _, content in files}
    assert by_kind["exact"] == whole[copied["exact"]]
    assert plants.opened(by_kind["half_size"]).size == (20, 16)
    assert plants.opened(by_kind["rotated"]).size == (32, 40)
    assert np.asarray(plants.opened(by_kind["dark"])).max() <= 15
    assert files == benchmark.planted(whole, plants.STRENGTHS, 0.01, seed=3)


def test_auroc_by_hand(benchmark):
    assert benchmark.auroc(np.array([3, 1]), np.array([2, 1, 0])) == 4.5 / 6


def finished(folder):
    """A manifest and a scan made by hand: one of each kind, one copy missed, one page marked."""
    kinds = {
        "a.jpg": ("photograph", ""), "b.jpg": ("exact", "a.jpg"), "c.jpg": ("photograph", ""),
        "d.jpg": ("crop", "c.jpg"), "e.jpg": ("blurred", ""), "f.jpg": ("dark", ""),
        "g.jpg": ("document", ""), "h.jpg": ("flat", ""), "i.jpg": ("broken", ""),
        "j.jpg": ("photograph", ""),
    }  # fmt: skip
    lines = [f"{n},{kind},{original},0\n" for n, (kind, original) in kinds.items()]
    manifest = "".join(["file_name,kind,original,strength\n", *lines])
    folder.with_name(f"{folder.name}.manifest.csv").write_text(manifest)
    noisy = {"e.jpg": (0.9, "blurred"), "f.jpg": (0.8, "grainy"), "h.jpg": (0.7, "one colour"),
             "j.jpg": (0.6, "nearly black")}  # fmt: skip
    copies = {"b.jpg": ("a.jpg", "same file"), "g.jpg": ("h.jpg", "recoloured")}
    rows = ["file_name,hard_score,rare_score,noisy_score,duplicate_score,is_duplicate,reason,"
            "duplicate_of,duplicate_kind\n"]  # fmt: skip
    for name, (kind, _) in kinds.items():
        if kind != "broken":
            score, reason = noisy.get(name, (0.1, ""))
            of, how = copies.get(name, ("", ""))
            marked = str(bool(of)).lower()
            rows.append(f"{name},0.5,0.5,{score},{float(bool(of))},{marked},{reason},{of},{how}\n")
    out = folder.with_name("out")
    out.mkdir()
    (out / "scores.csv").write_text("".join(rows))
    (out / "drop.txt").write_text("b.jpg\ng.jpg\n")
    return out


def test_a_finished_scan_is_judged(benchmark, tmp_path, capsys):
    out = finished(tmp_path / "in")
    benchmark.judge(tmp_path / "in", out)
    said = capsys.readouterr().out.splitlines()
    for line in (
        "AUROC against 3 untouched photographs",
        "| blurred | 1 | 0.500 | 0.500 | 1.000 | 0.500 |",
        "| document | 1 | 0.500 | 0.500 | 0.333 | 1.000 |",
        "| dark | 1 | 0 | 0 | grainy |",
        "reason right: 3 of 4 = 0.750",
        "untouched photographs with a reason: 1 of 3",
        "  j.jpg nearly black",
        "| exact | 1 | 1 | 1 | same file |",
        "| crop | 1 | 0 | 0 |  |",
        "photographs and pages without a copy: 1 of 4 marked = 250.0 per 1,000",
        "untouched and without a copy, but in drop.txt: 1 of 2",
        "not ranked: 1, of them 0 that are no broken file",
    ):
        assert line in said, "\n".join(said)


def test_peers_read_a_finished_scan(benchmark, tmp_path):
    import peers

    out = finished(tmp_path / "in")
    told = peers.scanned(out)
    assert told["flags"]["blurry"] == ["e.jpg"]
    assert told["flags"]["low_information"] == ["h.jpg"]
    assert sorted(told["sets"]) == [["b.jpg", "a.jpg"], ["g.jpg", "h.jpg"]]
