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
