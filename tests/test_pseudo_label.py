"""Runs on pseudo-labels: folds, who judges whom, scores over clusterings, and no label read."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
import yaml
from graph import ROOT
from test_training import CPU, OPTIONS, SETTINGS, images

from hardrare import stage, tables
from hardrare.errors import InputError
from hardrare.metrics import registry
from hardrare.metrics.aum import aum
from hardrare.metrics.forgetting import forgetting
from hardrare.numerics.clusters import cluster
from hardrare.objectives import supervised
from hardrare.protocols import temi
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.scoring.clusterings import score_clusterings, score_pseudo_labels
from hardrare.scoring.table import write_scores
from hardrare.tables import HELD_OUT
from hardrare.training import Callbacks, Pixels, Probing, Recorder, train
from hardrare.training.plan import Member, Plan, folds
from stages import cluster as cluster_stage
from stages import pseudo_label as pseudo_stage

N = 40
PROBES = ("correct", "probability", "margin", "error_norm")
CLUSTERINGS = [np.arange(N) % 3, np.arange(N) // 10]


def run(folder, name="d", seed=0, count=2, clusterings=CLUSTERINGS, occasional=()):
    path = folder / f"{name}.arrow"
    given = {"parts": len(clusterings), "part": "clustering"}
    with Recorder(path, np.arange(N), **given) as recorder:
        callbacks = Callbacks(recorder, Probing(PROBES, occasional))
        arguments = Pixels(images(), None, CPU), clusterings, count, seed, callbacks, name
        train_on_clusters(OPTIONS["supervised"], SETTINGS, *arguments)
    return tables.read_clusterings(path)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_folds_cover_everything_and_judges_never_saw_what_they_judge(count):
    label = np.repeat([0, 1, 2], [20, 15, 5])
    members = folds(label, count, 0).members
    assert len(members) == count
    for member in members:
        (learnt,) = member.trained_on
        assert not np.intersect1d(learnt, member.held_out).size
        assert np.isin(member.measures, learnt).all()
        assert np.array_equal(np.sort(np.concatenate([learnt, member.held_out])), np.arange(40))
        shares = np.bincount(label[member.held_out], minlength=3)
        assert np.abs(shares - np.array([20, 15, 5]) / count).max() <= 1
    for part in ("measures", "held_out"):
        rows = np.concatenate([getattr(member, part) for member in members])
        assert np.array_equal(np.sort(rows), np.arange(40))


@pytest.mark.parametrize(
    ("count", "size", "sentence"),
    [(1, 40, "folds is 1"), (3, 5, "3 folds needs at least 6 samples, there are 5")],
)
def test_folds_that_cannot_be_are_refused(count, size, sentence):
    with pytest.raises(InputError, match=sentence):
        folds(np.zeros(size, int), count, 0)


def test_every_clustering_has_own_and_held_out_dynamics(tmp_path):
    ids, found = run(tmp_path)
    assert ids.tolist() == list(range(N))
    assert len(found) == 2
    for columns in found:
        assert set(columns) == {*PROBES, *(HELD_OUT + one for one in PROBES)}
        assert all(values.shape == (N, SETTINGS.epochs) for values in columns.values())
        assert not np.array_equal(columns["margin"], columns[HELD_OUT + "margin"])
    assert not np.array_equal(found[0]["margin"], found[1]["margin"])
    first = (tmp_path / "d.arrow").read_bytes()
    run(tmp_path)
    assert (tmp_path / "d.arrow").read_bytes() == first
    run(tmp_path, seed=1)
    assert (tmp_path / "d.arrow").read_bytes() != first


def test_values_are_those_of_networks_trained_without_the_fold(tmp_path):
    _, (columns, _) = run(tmp_path, count=3)
    key = int(np.random.SeedSequence([0, 5, 0]).generate_state(1)[0])
    plan, everything = folds(CLUSTERINGS[0], 3, key), np.arange(N)
    kept = []

    class Kept:
        def record(self, part, columns, features):  # noqa: ARG002
            kept.append(columns["margin"])

    member = plan.members[0]  # the same weights, order and views as the run's first network
    alone = Plan((Member(member.trained_on, everything),))
    pixels = Pixels(images(), CLUSTERINGS[0], CPU)
    callbacks = Callbacks(Kept(), Probing(("margin",)))
    train(supervised, OPTIONS["supervised"], SETTINGS, alone, pixels, key, callbacks)
    margin = np.stack(kept, axis=1)
    rows = member.held_out
    np.testing.assert_allclose(columns[HELD_OUT + "margin"][rows], margin[rows], rtol=1e-4)
    rows = member.measures
    np.testing.assert_allclose(columns["margin"][rows], margin[rows], rtol=1e-4)


def test_occasional_probes_are_taken_of_both(tmp_path):
    _, found = run(tmp_path, occasional=("predictive_entropy", "gradient_deviation"))
    for name in ("predictive_entropy", "gradient_deviation"):
        for prefix in ("", HELD_OUT):
            values = found[1][prefix + name]
            assert np.isfinite(values[:, -1]).all()
            assert np.isnan(values[:, :-1]).all()
        own, apart = found[0][name][:, -1], found[0][HELD_OUT + name][:, -1]
        assert not np.array_equal(own, apart)


def test_deep_clusters_find_heaps_and_repeat_themselves():
    rng = np.random.default_rng(0)
    heap = np.repeat([0, 1, 2], 20)
    rows = 3 * np.eye(3, 5)[heap] + 0.3 * rng.normal(size=(60, 5))
    settings = temi.Settings(neighbours=10, heads=4, steps=300, batch_size=32)
    found = temi.deep_clusters(rows, 3, 0, settings)
    assert len(np.unique(found)) == 3
    assert all(len(np.unique(found[heap == k])) == 1 for k in range(3))
    assert np.array_equal(found, temi.deep_clusters(rows, 3, 0, settings))
    assert not np.array_equal(found, temi.deep_clusters(rows, 3, 1, settings))


def test_information_by_hand():
    sure, other = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[0.5, 0.5]]])
    share = torch.tensor([[0.5, 0.5]])
    assert temi.information(sure, sure, share, 1.0).item() == pytest.approx(np.log(2))
    assert temi.information(sure, other, share, 1.0).item() == pytest.approx(0)  # it tells nothing
    # A rare cluster tells more: log(1 / 0.1); beta 0.5 of halves: (0.25 ** 0.5 / 0.5) twice.
    rare = torch.tensor([[0.1, 0.9]])
    assert temi.information(sure, sure, rare, 1.0).item() == pytest.approx(np.log(10))
    assert temi.information(other, other, share, 0.5).item() == pytest.approx(np.log(2))


def test_scores_are_means_over_clusterings_under_both_names(tmp_path):
    _, found = run(tmp_path)
    scores = score_clusterings("pseudo_x-0", found)
    for name, column, function in (
        ("aum", "margin", aum),
        ("forgetting", "correct", forgetting),
    ):
        for prefix in ("", HELD_OUT):
            expected = np.mean([function(one[prefix + column]) for one in found], axis=0)
            np.testing.assert_allclose(scores[prefix + name], expected)
    assert {"confidence", "el2n", "variability", "learning_time"} <= set(scores)
    assert {n for n in scores if not n.startswith(HELD_OUT)} == {
        n.removeprefix(HELD_OUT) for n in scores if n.startswith(HELD_OUT)
    }
    write_scores(tmp_path / "run-0.arrow", np.arange(N), scores)
    _, read = tables.read_scores(tmp_path, {"run": [0]})
    declared, by_name = registry(), {one.name: one for one in read}
    assert by_name[f"run/{HELD_OUT}aum"].harder == declared["aum"].harder
    assert "never trained on the sample" in by_name[f"run/{HELD_OUT}aum"].source
    assert by_name["run/aum"].source == declared["aum"].source


def test_a_diverged_clustering_is_refused():
    with pytest.raises(InputError, match="pseudo_x-0: margin is infinite"):
        score_clusterings("pseudo_x-0", [{"margin": np.full((3, 2), np.inf)}])


def test_other_seeds_of_a_clustering_are_other_clusterings():
    rows = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    first, again, other = (cluster(rows, 7, unit=True, seed=s) for s in (0, 0, 1))
    assert np.array_equal(first.label, again.label)
    assert not np.array_equal(first.size, other.size)


def stages(folder, label):
    """cluster, pseudo_label and its scores, one after the other; the dynamics' bytes."""
    folder.mkdir()
    names = [f"{i}.png" for i in range(N)]
    given = tables.Images(np.arange(N), images(), label, names, list("abc"))
    tables.write_images(folder / "images.arrow", given)
    (folder / "features").mkdir()
    features = np.random.default_rng(1).normal(size=(N, 5))
    tables.write_features(folder / "features" / "x-0.arrow", np.arange(N), features)
    tree = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    tree["pretrain"]["seeds"] = [0]
    tree["cluster"] |= {"objectives": ["x"], "networks": [], "clusters": [2, 3], "repeats": 2}
    tree["pseudo_label"] |= {"epochs": 2, "batch_size": 8, "device": "cpu", "augmentation": None}
    (folder / "params.yaml").write_text(yaml.safe_dump(tree))
    call(folder, cluster_stage, "features", "clusterings")
    call(folder, pseudo_stage, "images.arrow", "clusterings", "dynamics")
    path = folder / "dynamics" / "pseudo_x-0.arrow"
    score_pseudo_labels("pseudo_x-0", path, {}, folder / "scores.arrow")
    return path.read_bytes()


def call(folder, module, *paths):
    """A stage's main; each path is named as its argument."""
    words = [module.__file__, "--params", str(folder / "params.yaml")]
    for path in (*paths, "scratch"):
        words += [f"--{path.removesuffix('.arrow')}", str(folder / path)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", words)
        stage.run(module.main)


def test_the_stages_read_no_label(tmp_path):
    first = stages(tmp_path / "a", np.arange(N) % 3)
    assert first == stages(tmp_path / "b", np.full(N, -1))
    _, scores = tables.read_scores(tmp_path / "a", {"scores": [None]})
    assert {"scores/aum", "scores/held_out_aum", "scores/predictive_entropy"} <= {
        one.name for one in scores
    }
    table = tables.read(tmp_path / "a" / "clusterings" / "x-0.arrow", "clusterings/1")
    assert table.schema.names == ["sample_id", "k2_0", "k2_1", "k3_0", "k3_1"]
    kept = {path.name for path in (tmp_path / "a" / "scratch").glob("*/")}
    assert kept == {"cluster", "pseudo_label"}, "pieces, and no checkpoint"


def test_clusters_of_other_samples_are_refused(tmp_path, capsys):
    stages(tmp_path / "a", np.full(N, -1))
    table = {"sample_id": pa.array(np.arange(1, N + 1), tables.ID)}
    path = tmp_path / "a" / "clusterings" / "x-0.arrow"
    path.unlink()
    for extra, sentence in (
        ({}, "holds other samples than the images"),
        ({"sample_id": pa.array(np.arange(N), tables.ID)}, "names no clustering"),
    ):
        tables.write(path, "clusterings/1", pa.table({**table, **extra}))
        with pytest.raises(SystemExit):
            call(tmp_path / "a", pseudo_stage, "images.arrow", "clusterings", "dynamics")
        assert sentence in capsys.readouterr().err


def test_one_rate_for_all_clusterings(tmp_path):
    path = tmp_path / "d.arrow"
    options = replace(OPTIONS["supervised"], learning_rate="auto")
    with Recorder(path, np.arange(N), parts=2, part="clustering") as recorder:
        callbacks = Callbacks(recorder, Probing(PROBES))
        arguments = Pixels(images(), None, CPU), CLUSTERINGS, 2, 0, callbacks, "d"
        train_on_clusters(options, SETTINGS, *arguments)
    assert len(tables.read_ranges(path, "dynamics/1")) == 1
