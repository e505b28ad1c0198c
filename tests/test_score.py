"""The table of scores, and the stage that writes one for a run."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml
from score_tables import Ended, ended

from hardrare import tables
from hardrare.metrics import registry, score
from hardrare.scoring.table import RECALL, write_scores

METRICS, RUN = registry(), "autoencoder-0.arrow"
IDS = np.arange(6, dtype=np.int32)
SCORES = score({"loss": np.random.default_rng(0).random((6, 5)), "correct": np.eye(6, 5) > 0})


def test_scores_table_carries_what_metrics_declare(tmp_path):
    write_scores(tmp_path / "run-0.arrow", IDS, SCORES)
    ids, scores = tables.read_scores(tmp_path, {"run": [0]})
    assert ids.tolist() == IDS.tolist()
    assert [s.name for s in scores] == [f"run/{name}" for name in SCORES]
    for one in scores:
        declared = METRICS[one.name.removeprefix("run/")]
        assert (one.unit, one.harder, one.source) == (
            declared.unit,
            declared.harder,
            declared.source,
        )
        np.testing.assert_allclose(one.values[0], SCORES[declared.name], rtol=1e-6)


def test_a_recall_is_stated_where_neighbours_were_not_all_looked_at(tmp_path):
    write_scores(tmp_path / "run-0.arrow", IDS, SCORES, 0.98765)
    write_scores(tmp_path / "run-1.arrow", IDS, SCORES)
    stated, exact = (tables.read(tmp_path / f"run-{i}.arrow", "scores/1") for i in (0, 1))
    assert stated.schema.metadata[RECALL] == b"0.9877"
    assert RECALL not in exact.schema.metadata


def test_equal_scores_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_scores(tmp_path / name, IDS, SCORES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"no_such": np.zeros(2)}, "no_such: no such metric"),
        ({"loss_last": np.zeros(3)}, "loss_last: expected 2 values"),
        ({"loss_last": np.array([0.0, 1e300])}, "finite in float32"),
        ({"loss_last": np.array([0.0, np.nan])}, "finite in float32"),
    ],
)
def test_scores_table_refuses_what_it_cannot_hold(tmp_path, scores, message):
    with pytest.raises(ValueError, match=message):
        write_scores(tmp_path / "run-0.arrow", np.arange(2), scores)
    assert not list(tmp_path.iterdir())


def write_run(folder: Path, loss: np.ndarray) -> None:
    """Dynamics and features of a run of 12 samples, ids with a gap."""
    ids = np.r_[0:10, 15, 20].astype(np.int32)
    fields = [("epoch", tables.EPOCH), ("sample_id", tables.ID), ("loss", tables.FLOAT)]
    schema = pa.schema(fields)
    with tables.writer(folder / "dynamics" / RUN, "dynamics/1", schema) as out:
        for epoch in range(loss.shape[1]):
            arrays = [np.full(12, epoch, np.int16), ids, loss[:, epoch].astype(np.float32)]
            out.write_batch(pa.record_batch([pa.array(a) for a in arrays], schema=schema))
    features = np.random.default_rng(0).standard_normal((12, 4))
    tables.write_features(folder / "features" / RUN, ids, features)


def run_stage(folder: Path) -> Ended:
    lists = {"objectives": ["autoencoder"], "second_split": [], "on_features": [], "seeds": [0]}
    params = {
        "score": {"neighbours": 3, "duplicate_threshold": 0.9, "worlds": []}, "pretrain": lists,
        "cluster": {"objectives": [], "networks": []}, "embed": {"networks": []},
        "dissect": {"networks": []},
    }  # fmt: skip
    params["score"]["also"] = ["replaceability"]
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    names = ["dynamics", "features", "frozen", "views", "inside-of", "scores", "scratch"]
    return ended("score", folder / "params.yaml", **{name: folder / name for name in names})


def test_the_stage_scores_a_run(tmp_path):
    loss = np.random.default_rng(0).random((12, 4))
    write_run(tmp_path, loss)
    done = run_stage(tmp_path)
    assert done.returncode == 0, done.stderr
    ids, scores = tables.read_scores(tmp_path / "scores", {"autoencoder": [0]})
    assert ids.tolist() == [*range(10), 15, 20]
    by_name = {s.name: s.values[0] for s in scores}
    np.testing.assert_allclose(by_name["autoencoder/loss_last"], loss[:, 3], rtol=1e-6)
    np.testing.assert_allclose(by_name["autoencoder/loss_mean"], loss.mean(axis=1), rtol=1e-6)
    read = {"loss", "features", *(f"snapshot_{name}" for name in METRICS)}
    expected = {n for n, m in METRICS.items() if set(m.columns) <= read}
    assert {"lid_tle_mean", "silhouette_std"} <= expected
    assert set(by_name) == {f"autoencoder/{n}" for n in expected}


def test_the_stage_refuses_features_of_other_samples(tmp_path):
    write_run(tmp_path, np.ones((12, 2)))
    tables.write_features(tmp_path / "features" / RUN, np.arange(12), np.ones((12, 4)))
    done = run_stage(tmp_path)
    assert done.returncode == 1
    assert "holds other samples than" in done.stderr
    assert "train autoencoder-0 again" in done.stderr
    assert not list((tmp_path / "scores").rglob("*.arrow"))


def test_the_stage_refuses_a_diverged_run(tmp_path):
    write_run(tmp_path, np.full((12, 2), np.inf))
    done = run_stage(tmp_path)
    assert done.returncode == 1
    assert "autoencoder-0: loss is infinite" in done.stderr
