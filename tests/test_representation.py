"""What features know of the classes: the judges against loops, chance, and the stage."""

import warnings

import numpy as np
import pyarrow as pa
import pytest
from score_tables import run_stage

from hardrare import tables
from hardrare.errors import InputError
from hardrare.representation import Settings, assess, joined, judged, thinned
from hardrare.representation.knn import knn_correct
from hardrare.representation.probe import probe_correct
from hardrare.tables import Images

SETTINGS = Settings(samples=1000, temperature=0.07, bootstrap=400, seed=0)


def rng(seed=0):
    return np.random.default_rng(seed)


def neighbours(features, k):
    """Index and distance of the k nearest by a plain sort."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    apart = np.linalg.norm(unit[:, None] - unit, axis=2)
    np.fill_diagonal(apart, np.inf)
    index = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return index, np.take_along_axis(apart, index, axis=1)


def classes_apart(n=300, classes=3, gap=6.0):
    """Features around one centre for each class, and the classes."""
    label = rng(1).integers(0, classes, n)
    return gap * np.eye(8)[label] + rng(2).standard_normal((n, 8)), label


def judges(features, label, k=20):
    rows = assess(features, *neighbours(features, k), label, SETTINGS)
    return {row["judge"]: row for row in rows}


def test_knn_against_a_plain_loop():
    features, label = classes_apart(120, gap=1.5)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    expected = []
    for i in range(120):
        cosine = [(unit[i] @ unit[j], j) for j in range(120) if j != i]
        votes = dict.fromkeys(range(3), 0.0)
        for s, j in sorted(cosine, reverse=True)[:20]:
            votes[label[j]] += np.exp(s / 0.07)
        expected.append(max(votes, key=votes.get) == label[i])
    found = knn_correct(*neighbours(features, 20), label, 0.07)
    assert found.tolist() == expected
    assert 0.4 < found.mean() < 0.95


def test_a_near_neighbour_outvotes_two_far_ones():
    index, distance = np.array([[1, 2, 3]]), np.array([[0.1, 1.0, 1.0]])
    label = np.array([0, 0, 1, 1])
    index, distance = np.repeat(index, 4, axis=0), np.repeat(distance, 4, axis=0)
    assert knn_correct(index, distance, label, 0.07)[0]
    assert not knn_correct(index, distance, label, 100.0)[0]  # here every vote counts alike


def test_a_sample_alone_is_given_the_first_class():
    nobody = np.empty((2, 0), int), np.empty((2, 0))
    assert knn_correct(*nobody, np.array([0, 1]), 0.07).tolist() == [True, False]


def test_both_judges_know_classes_that_lie_apart():
    found = judges(*classes_apart())
    assert found["knn"]["accuracy"] == 1
    assert found["probe"]["accuracy"] > 0.99
    assert (found["knn"]["n"], found["probe"]["n"]) == (300, 150)
    assert found["knn"]["classes"] == 3


def test_features_that_know_nothing_are_at_chance():
    label = rng(1).integers(0, 4, 800)
    for one in judges(rng(2).standard_normal((800, 8)), label).values():
        assert abs(one["accuracy"] - 0.25) < 0.07
        assert 0.25 <= one["chance"] < 0.3


def test_permuted_labels_give_chance():
    features, label = classes_apart(800, 4)
    for one in judges(features, rng(5).permutation(label)).values():
        assert one["accuracy"] < one["chance"] + 0.05
        assert one["low"] < 0.26


def test_a_linear_probe_knows_lines_and_no_rings():
    angle, ring = rng(1).uniform(0, 6.28, 600), rng(2).integers(0, 2, 600)
    rings = np.column_stack([np.cos(angle), np.sin(angle)]) * (1 + 3 * ring)[:, None]
    rest, correct = probe_correct(rings, ring, rng())
    assert correct.mean() < 0.65
    assert len(rest) == len(correct) == 300
    side = (rings @ [1.0, -2.0] > 0).astype(int)
    assert probe_correct(rings, side, rng())[1].mean() > 0.95


def test_the_probe_is_judged_on_what_it_was_not_fitted_on():
    label = rng(1).integers(0, 2, 100)
    memory = rng(2).standard_normal((100, 200))  # room to learn every label by heart
    rest, correct = probe_correct(memory, label, rng())
    assert sorted(set(rest.tolist())) == rest.tolist()
    assert correct.mean() < 0.75


@pytest.mark.parametrize(
    "features",
    [np.zeros((40, 3)), np.full((40, 3), 1e30), 1e-30 * rng().standard_normal((40, 3))],
    ids=["zeros", "huge and constant", "tiny"],
)
def test_odd_features_raise_no_warning(features):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        correct = probe_correct(features, np.arange(40) % 2, rng())[1]
    assert correct.shape == (20,)


def test_a_half_of_one_class_names_that_class():
    rest, correct = probe_correct(np.zeros((2, 1)), np.array([0, 1]), rng())
    assert (len(rest), correct.tolist()) == (1, [False])


def test_the_interval_is_that_of_resampled_samples():
    features, label = classes_apart(400, gap=1.5)
    one = judges(features, label)["knn"]
    flags = knn_correct(*neighbours(features, 20), label, 0.07)
    drawn = flags[rng(9).integers(0, 400, (4000, 400))].mean(axis=1)
    np.testing.assert_allclose(
        [one["low"], one["high"]], np.quantile(drawn, [0.025, 0.975]), atol=0.01
    )
    assert one["accuracy"] == flags.mean()
    assert one["chance"] == np.bincount(label).max() / 400


def test_who_judges():
    ids, label = np.array([0, 1, 2, 5, 6]), np.array([0, 1, -1, 1, 0])
    changed = np.array([1])
    assert judged(ids, label, changed).tolist() == [True, False, False, True, True]
    nobody = judged(ids, np.full(5, -1), changed)
    assert not nobody.any()
    assert not judged(ids, np.zeros(5, int), changed).any()  # one class: nothing to tell


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": 1}, "samples is 1"),
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"bootstrap": 0}, "bootstrap is 0"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        Settings(**{"samples": 9, "temperature": 0.07, "bootstrap": 10, "seed": 0, **change})


def test_two_features_side_by_side_weigh_alike():
    found = joined(
        np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[0.0, 0.0, 100.0], [1.0, 0.0, 0.0]])
    )
    np.testing.assert_allclose(found, [[0.6, 0.8, 0, 0, 1], [0, 0, 1, 0, 0]], rtol=1e-6)


# The stage


def study(folder, labels=True, samples=1000):
    """Features of two runs, one that knows the classes, for images of noise."""
    good, label = classes_apart(200)
    label = np.append(label, 0)
    good = np.vstack([good, 1 + 6 * np.eye(8)[:1] * -1]).astype(np.float32)  # a changed sample
    pixels = rng(4).integers(0, 255, (201, 4, 4, 1)).astype(np.uint8)
    known = label if labels else np.full(201, -1)
    images = Images(np.arange(201), pixels, known, [f"{i}.png" for i in range(201)], list("abc"))
    tables.write_images(folder / "images.arrow", images)
    row = {"sample_id": 200, "artefact": "average", "base_id": 0, "seed": 0, "strength": 0.5}
    tables.write_rows(folder / "manifest.arrow", "manifest/1", [row])
    pairs = (
        np.hstack([good[:, :3], np.zeros((201, 5), np.float32)]) + 50
    )  # one corner, as rectified
    runs = {"autoencoder-0": good, "supervised-3": rng(5).standard_normal((201, 8)), "net": pairs}
    for name, values in runs.items():
        tables.write_features(folder / "features" / f"{name}.arrow", np.arange(201), values)
    (folder / "params.yaml").write_text(
        f"represent: {{samples: {samples}, neighbours: 20, temperature: 0.07,\n"
        "  bootstrap: 50, seed: 0}\n"
        "pretrain: {objectives: [autoencoder], second_split: [], on_features: [], seeds: [0]}\n"
        "cluster: {objectives: [], networks: []}\n"
        "embed: {networks: [net]}\n"
        "supervise: {kinds: [supervised], on_features: [], seeds: [3]}\n"
    )


def represent(folder, out="representation.arrow"):
    run_stage(
        "represent", folder / "params.yaml", features=folder / "features",
        images=folder / "images.arrow", manifest=folder / "manifest.arrow",
        representation=folder / out,
    )  # fmt: skip
    return tables.read(folder / out, "representation/2").to_pylist()


def test_the_stage_judges_every_run_and_the_pixels(tmp_path):
    study(tmp_path)
    rows = represent(tmp_path)
    found = {(row["objective"], row["seed"], row["judge"]): row for row in rows}
    assert len(found) == len(rows) == 10
    assert found["net", None, "knn"]["accuracy"] > 0.95  # of all cosines near 1, the mean taken off
    assert found["net+autoencoder", 0, "knn"]["accuracy"] == 1
    assert found["net+autoencoder", 0, "probe"]["n"] == 100
    assert found["autoencoder", 0, "knn"]["accuracy"] == 1
    assert found["autoencoder", 0, "probe"]["accuracy"] > 0.99
    for name, seed in (("supervised", 3), ("pixels", None)):
        for judge in ("knn", "probe"):
            assert found[name, seed, judge]["accuracy"] < 0.5
    assert {row["n"] for row in rows} == {200, 100}  # without the changed sample
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in rows)
    represent(tmp_path, "again.arrow")
    first, again = (tmp_path / f"{n}.arrow" for n in ("representation", "again"))
    assert first.read_bytes() == again.read_bytes()


def test_no_more_samples_judge_than_asked(tmp_path):
    study(tmp_path, samples=120)
    rows = represent(tmp_path)
    assert {row["n"] for row in rows} == {120, 60}
    chosen = np.arange(300) % 3 > 0
    found = thinned(chosen, 50, 0)
    assert found.sum() == 50
    assert chosen[found].all()
    assert (thinned(chosen, 50, 1) != found).any()
    assert thinned(chosen, 200, 0) is chosen


def test_without_labels_the_table_is_empty(tmp_path):
    study(tmp_path, labels=False)
    assert represent(tmp_path) == []
    table = tables.read(tmp_path / "representation.arrow", "representation/2")
    assert table.schema.field("accuracy").type == pa.float32()


def test_features_of_other_samples_are_refused(tmp_path, capsys):
    study(tmp_path)
    tables.write_features(tmp_path / "features/autoencoder-0.arrow", np.arange(5), np.ones((5, 2)))
    with pytest.raises(SystemExit):
        represent(tmp_path)
    assert "holds other samples than the images" in capsys.readouterr().err
    assert not (tmp_path / "representation.arrow").exists()
