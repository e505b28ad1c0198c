"""A study with every signal that is taken only where asked: through attribution to the report."""

import json

import numpy as np
import pytest
from tiny_study import TINY, Heard, lay

from hardrare import tables
from hardrare.params import load
from hardrare.runner.contents import Contents
from hardrare.runner.graph import path_of, stages_for, steps
from hardrare.runner.record import Record, Work
from hardrare.runner.run import run

pytestmark = pytest.mark.slow

NETWORK = "efficientnet_lite0"
ATTACKS = ("adversarial_distance", "carlini_wagner_distance")
SIGNALS = {
    "autoencoder/world_agreement", f"{NETWORK}/transition_depth", f"{NETWORK}/patch_anomaly",
    f"{NETWORK}/replaceability", "autoencoder/replaceability",
}  # fmt: skip
WITH = TINY | {
    "prepare": {"limit": 320, "test_limit": 40},
    "dissect": {"networks": [NETWORK], "memory": 400},
    "score": {"worlds": [NETWORK, "autoencoder"], "also": ["replaceability"]},
    "supervise": TINY["supervise"]
    | {"kinds": ["supervised"], "supervised": {"occasional": list(ATTACKS), "checkpoints": 2}},
    "prune": TINY["prune"] | {"sweep_arms": [], "arms": ["full", "random"]},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of the study, computed once."""
    where = tmp_path_factory.mktemp("signals")
    lay(where, WITH)
    params = load(where / "params.yaml")
    todo = steps(stages_for(["report"], {}), params)
    notes = where / "scratch"
    work = Work(todo, params, where, Record(notes / "done.json"), Contents(notes / "seen.json"), {})
    assert len(run(work, notes / "log.txt", Heard()).ran) == len(todo)
    return where


def test_attribution_takes_every_signal_and_says_what_it_adds(study):
    table = tables.read(study / path_of("attribute", "--attribution"), "attribution/1")
    names = set(table.column("name").to_pylist())
    assert names >= SIGNALS
    costs = [row for row in table.to_pylist() if row["name"] in SIGNALS]
    assert {row["inputs"] for row in costs} == {"scores"}
    assert all(np.isfinite([row["low"], row["value"], row["high"]]).all() for row in costs)


def test_the_report_shows_the_signals_and_how_often_attacks_succeeded(study):
    page = (study / path_of("report", "--page")).read_text("utf-8")
    for one in ("Further signals", "world_agreement", "patch_anomaly", "How often the attacks"):
        assert one in page.replace("<wbr>", ""), one
    numbers = json.loads((study / path_of("report", "--metrics")).read_text("utf-8"))
    rates = numbers["attacks"]
    assert set(rates) == {f"supervised, seed 0/{one}" for one in ATTACKS}
    assert all(0 < rate <= 1 for rate in rates.values())
