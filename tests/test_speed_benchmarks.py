"""The benchmarks of speed, in a tiny form: that they run and tell what they promise."""

import json
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


def test_figures_become_tables_between_their_marks(script, tmp_path, monkeypatch):
    all_of = script("all")
    said = "tiny 8x8, seeds\nsmall_cnn    no probes       3578 images/s   3.20 x plain\n"
    said += "small_cnn    plain           1107 images/s   1.00 x plain\n"
    found = list(all_of["figures"](all_of["BENCHMARKS"]["train_throughput"], said))
    assert found == [
        ["small_cnn no probes", 3578.0, "images/s"], ["small_cnn no probes", 3.2, "x plain"],
        ["small_cnn plain", 1107.0, "images/s"], ["small_cnn plain", 1.0, "x plain"],
    ]  # fmt: skip
    one = {"command": "python b.py", "status": 0, "seconds": 2.0, "processor": 3.0}
    told = {"hardware": all_of["hardware"](), "benchmarks": {"b": one | {"figures": found}}}
    page, source = tmp_path / "page.md", tmp_path / "speed.json"
    page.write_text(
        "# P\n<!-- benchmark b -->\nold\n<!-- end -->\n<!-- benchmark c -->x<!-- end -->\n"
    )
    source.write_text(json.dumps(told))
    for _ in range(2):  # again it is the same
        all_of["main"](["--from", str(source), "--write", str(page)])
        text = page.read_text()
        assert "| `python b.py` | images/s | x plain |" in text
        assert "| small_cnn no probes | 3,578 | 3.2 |" in text
        assert "old" not in text
        assert "<!-- benchmark c -->x<!-- end -->" in text
        assert text.count("small_cnn plain") == 1


def test_every_benchmark_is_run_as_a_process_and_its_failure_told(script, tmp_path, monkeypatch):
    all_of = script("all")
    for one in all_of["BENCHMARKS"].values():
        assert one.words[0] == "-m" or (ROOT / one.words[0]).is_file(), one.words
    quick = all_of["Benchmark"](("-c", "print('  1.50 s  a thing')"), {"s": all_of["SECONDS"]})
    wrong = all_of["Benchmark"](("-c", "raise SystemExit('no such thing')"), {})
    monkeypatch.setitem(all_of["BENCHMARKS"], "quick", quick)
    monkeypatch.setitem(all_of["BENCHMARKS"], "wrong", wrong)
    words = ["--only", "quick", "wrong", "--json", str(tmp_path / "s.json")]
    told = all_of["main"]([*words, "--folder", str(tmp_path)])["benchmarks"]
    assert told["quick"]["figures"] == [["a thing", 1.5, "s"]]
    assert told["wrong"]["status"] == 1
    assert "failed: no such thing" in all_of["table"](told["wrong"], all_of["hardware"]())
