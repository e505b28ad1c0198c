"""Candidates for the axes, and the tool that judges them on a finished study's tables."""

import runpy
import sys

import numpy as np
import yaml
from score_tables import score, small_study

from hardrare import tables
from hardrare.metrics import registry
from hardrare.numerics.ranks import percentiles
from hardrare.ranking.axes import axis, combined_percentiles
from hardrare.ranking.candidates import LARGEST, POOLS, combined, pool, sets
from hardrare.tables import AXES

TOOL = "benchmarks/axes.py"


def test_every_pool_is_of_metrics_with_a_declared_end():
    assert [*POOLS, "duplicate"] == list(AXES)
    for names in POOLS.values():
        assert not [n for n in names if n in registry() and registry()[n].harder == "open"]


def test_a_set_is_combined_as_the_ranking_does():
    rng = np.random.default_rng(0)
    scores = [
        score("a/loss_mean", rng.normal(size=(2, 30))),
        score("b/alignment_mean", rng.normal(size=(2, 30)), "low"),
        score("b/lid_mle", np.ones((2, 30))),  # constant: no candidate
        score("b/msd_mean", rng.normal(size=(2, 30)), "open"),
    ]
    among = pool("hard", scores)
    assert [one.name for one in among] == ["a/loss_mean", "b/alignment_mean"]
    both = combined(among, [(0, 1)])[0]
    names = [one.name for one in among]
    placed, _ = combined_percentiles([scores[0].values, -scores[1].values])
    np.testing.assert_allclose(both, placed)
    found = axis("hard", names, scores, share=0.1)
    np.testing.assert_array_equal(found.score, percentiles(placed))


def test_sets_are_all_small_ones_once():
    found = sets(6)
    assert len(found) == len(set(found)) == 6 + 15 + 20
    assert max(map(len, found)) == LARGEST


def test_the_tool_prints_every_axis(tmp_path, monkeypatch, capsys):
    sample_id, truth = small_study(tmp_path)
    hardest = sample_id[np.argsort(-truth)[:12]]
    rows = [{"sample_id": int(i), "base_id": int(i), "artefact": "average"} for i in hardest]
    tables.write_rows(tmp_path / "manifest.arrow", "manifest/1", rows)
    rank = {"hard": ["autoencoder/loss_mean"], "rare": ["autoencoder/knn_distance"]}
    rank |= {"noisy": ["autoencoder/loss_last"]}
    tree = {"rank": rank, "pretrain": {"objectives": ["autoencoder"], "second_split": []}}
    tree["pretrain"] |= {"seeds": [0, 1], "on_features": []}
    tree |= {"cluster": {"objectives": [], "networks": []}, "embed": {"networks": []}}
    tree["supervise"] = {"kinds": ["supervised"], "on_features": [], "seeds": [0]}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(tree))
    given = {"params": "params.yaml", "scores": "scores", "manifest": "manifest.arrow"}
    words = [part for name, path in given.items() for part in (f"--{name}", str(tmp_path / path))]
    monkeypatch.setattr(sys, "argv", [TOOL, *words, "--bootstrap", "20"])
    runpy.run_path(TOOL, run_name="__main__")
    said = capsys.readouterr().out
    assert "average (12), hardest by labels (5); against 48 clean samples" in said
    assert "as in params: autoencoder/loss_mean" in said
    assert "best of 3 sets of 2 scores" in said
    assert "nothing in this study that it should find: inject long_tail" in said
    first = next(line for line in said.splitlines() if "autoencoder/loss_mean" in line)
    assert float(first.split()[0]) > 0.9
