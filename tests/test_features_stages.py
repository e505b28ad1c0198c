"""The stages of heads on frozen features: from tables to scores, no label where none is due."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
import yaml
from graph import ROOT

from hardrare import stage, tables
from hardrare.checking import check
from hardrare.errors import InputError
from hardrare.runs import LabelFreeRuns, Runs, run_name
from hardrare.scoring.clusterings import score_pseudo_labels
from hardrare.scoring.run import score_learnt
from hardrare.studies import whole
from stages import (
    pretrain_features,
    pseudo_label_features,
    score_supervised,
    supervise_features,
)

N, D, V = 32, 24, 2
SIBLINGS = {"of": "x"}


def prepared(folder, label):
    """Tables of a frozen network, images, clusterings and parameters in a folder."""
    folder.mkdir()
    rng, count = np.random.default_rng(0), len(label)
    ids = np.arange(10, 10 + count)
    rows = rng.normal(np.arange(count)[:, None] % 2, 0.3, (count, D)).astype(np.float32)
    views = rows[:, None] + rng.normal(0, 0.1, (count, V, D))
    image = rng.integers(0, 256, (count, 4, 4, 1), np.uint8)
    names = [f"{i}.png" for i in range(count)]
    tables.write_images(folder / "images", tables.Images(ids, image, label, names, ["a", "b"]))
    tables.write_features(folder / "embedded", ids, rows)
    tables.write_views(folder / "views", ids, views)
    clusters = {"sample_id": pa.array(ids, tables.ID), "k2_0": pa.array(np.arange(count) % 2)}
    tables.write(folder / "clusterings", "clusterings/1", pa.table(clusters))
    tree = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    for section in ("pretrain_features", "pseudo_label_features", "supervise_features"):
        tree[section] |= {"epochs": 8, "device": "cpu", "checkpoint_every": 2}
    tree["pretrain"] |= {"seeds": [0], "on_features": ["barlow_twins"]}
    tree["cluster"]["networks"] = ["net"]
    (folder / "params.yaml").write_text(yaml.safe_dump(tree))


def call(folder, module, siblings=("of",), **given):
    """A stage's main, its tables named as its arguments unless they are given otherwise."""
    words = [module.__file__, "--params", str(folder / "params.yaml")]
    for name, value in given.items():
        words += [f"--{name}", str(folder / (value or name))]
    everything = (*siblings, *yaml.safe_load((folder / "params.yaml").read_text())[
        module.__name__.removeprefix("stages.")
    ]) if module.__name__.endswith("_features") else ()  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", words)
        stage.run(module.main, siblings=everything)


FROZEN = {"embedded": "", "views": "", "scratch": ""}


def scores_of(folder, name):
    return {one.name for one in tables.read_scores(folder, {name: [None]})[1]}


def test_label_free_heads_leave_scores_and_read_no_label(tmp_path):
    sums = []
    for name, label in (("a", np.arange(N) % 2), ("b", np.full(N, -1))):
        folder = tmp_path / name
        prepared(folder, label)
        call(folder, pretrain_features, dynamics="d", features="f", **FROZEN)
        for part in ("embedded", "views", "clusterings"):
            (folder / f"of_{part}").mkdir()
            (folder / part).rename(folder / f"of_{part}" / "net.arrow")
        call(folder, pseudo_label_features, embedded="of_embedded", views="of_views",
             clusterings="of_clusterings", dynamics="p", scratch="")  # fmt: skip
        files = sorted([*folder.glob("d/*"), *folder.glob("p/*")])
        assert [one.stem for one in files] == ["features_barlow_twins-0", "pseudo_net-0"]
        sums.append([hashlib.md5(one.read_bytes()).hexdigest() for one in files])
    assert sums[0] == sums[1]
    paths = (folder / one / "features_barlow_twins-0.arrow" for one in "df")
    settings = {"neighbours": 5, "duplicate_threshold": 0.9}
    score_learnt("features_barlow_twins-0", *paths, settings, folder / "s.arrow")
    path = folder / "p" / "pseudo_net-0.arrow"
    score_pseudo_labels("pseudo_net-0", path, settings, folder / "t.arrow")
    assert {"s/msd_mean", "s/lgn_mean", "s/alignment_mean"} <= scores_of(folder, "s")
    assert {"t/aum", "t/held_out_aum", "t/predictive_entropy"} <= scores_of(folder, "t")


def test_heads_with_labels_leave_scores_of_networks_that_never_saw_the_sample(tmp_path):
    folder, label = tmp_path / "a", np.arange(N) % 2
    label[3] = 0  # its features are those of class 1
    prepared(folder, label)
    tree = yaml.safe_load((folder / "params.yaml").read_text())
    tree["supervise"] |= {"kinds": [], "on_features": ["cross_validation"], "seeds": [0]}
    tree["score_supervised"]["aflite_rounds"] = 2
    (folder / "params.yaml").write_text(yaml.safe_dump(tree))
    made = {"dynamics": "", "features": "", "scratch": ""}
    call(folder, supervise_features, images="", embedded="", views="", **made)
    call(folder, score_supervised, images="", scores="", **made)
    run = "features_cross_validation"
    _, found = tables.read_scores(folder / "scores", {run: [0]})
    values = {one.name.removeprefix(f"{run}/"): one.values[0] for one in found}
    assert {"aum", "held_out_aum", "held_out_confidence"} <= set(values)
    assert int(values["held_out_confidence"].argmin()) == 3
    suggested = tables.read_suggested(folder / "dynamics", {run: [0]}, np.arange(10, 10 + N))
    assert suggested[3] == 1


def test_runs_know_frozen_networks_heads_and_their_clusters(tmp_path):
    free = LabelFreeRuns(["simclr"], [], ["vicreg"], [0, 3], ["net"], ["simclr"], ["net"])
    assert {name: list(seeds) for name, seeds in free.label_free.items()} == {
        "simclr": [0, 3],
        "features_vicreg": [0, 3],
        "pseudo_simclr": [0, 3],
        "pseudo_net": [0, 3],
        "net": [None],
    }
    every = Runs(*vars(free).values(), ["supervised"], ["cross_validation"], [1])
    assert every.labelled == ["supervised", "features_cross_validation"]
    assert "net" not in every.with_dynamics
    assert every.with_features == [
        *[("simclr", 0), ("simclr", 3), ("features_vicreg", 0), ("features_vicreg", 3)],
        *[("net", None), ("supervised", 1), ("features_cross_validation", 1)],
    ]
    assert [run_name("net", None), run_name("x", 3)] == ["net", "x-3"]


@pytest.mark.parametrize(
    ("section", "change", "sentence"),
    [
        ("pretrain_features", {"of": "other"}, "pretrain_features.of names other; add it to embed"),
        ("supervise_features", {"of": "other"}, "supervise_features.of names other"),
        ("cluster", {"networks": ["other"]}, "cluster.networks names other"),
        ("pretrain", {"on_features": ["nothing"]}, "unknown objective 'nothing'"),
        ("supervise", {"on_features": ["nothing"]}, "unknown kind of run 'nothing'"),
        ("pretrain_features", {"barlow_twins": {}}, "missing key pretrain_features.barlow_twins"),
    ],
)
def test_a_study_with_wrong_heads_is_refused(tmp_path, section, change, sentence):
    tree = yaml.safe_load(whole(ROOT / "studies" / "digits.yaml"))
    tree[section] |= change
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(tree))
    with pytest.raises(InputError, match=sentence):
        check(tmp_path / "params.yaml", ROOT)
