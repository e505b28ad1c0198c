"""The benchmarks of speed, in a tiny form: that they run and tell what they promise."""

import runpy

import pytest
import torch
from graph import ROOT

BENCHMARKS = str(ROOT / "benchmarks")


@pytest.fixture
def script(monkeypatch):
    """The names of a benchmark by its own, as if called from its folder."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return lambda name: runpy.run_path(f"{BENCHMARKS}/{name}.py")


def test_what_training_makes_of_a_device(script, tmp_path, capsys):
    words = ["--networks", "small_cnn", "--images", "64", "--side", "8", "--batch", "16"]
    words += ["--device", "cpu", "--json", str(tmp_path / "gpu.json")]
    told = script("gpu")["main"](words)
    for name in ("no_probes", "all_probes", "in_step", "plain"):
        assert told[f"small_cnn {name}_images_per_second"] > 0
    assert told["small_cnn mean_difference_of_a_weight"] < 1e-5
    assert "left_out" not in told
    assert not any("graph" in key or "waits" in key for key in told)  # of a GPU
    assert (tmp_path / "gpu.json").exists()
    assert "small_cnn" in capsys.readouterr().out
    told = script("gpu")["main"]([*words, "--seconds", "-1"])
    assert told["left_out"][0] == "small_cnn share_of_network"


def test_networks_together_are_those_alone(script):
    row = script("many_networks")["compared"](3, 8, 16, torch.device("cpu"), rounds=1)
    assert row["differ"] < 1e-5
    assert row["networks"] == 3
    assert min(row["alone"], row["vmap"], row["gain"]) > 0
