"""The scores of a frozen network: centring, views, and how well its features fit the images."""

import numpy as np
import pytest

from hardrare import tables
from hardrare.metrics.knn_distance import knn_distance
from hardrare.metrics.neighbour_cluster_entropy import neighbour_cluster_entropy
from hardrare.metrics.view_agreement import view_agreement
from hardrare.numerics.points import centred
from hardrare.scoring.embedding import score_embedding
from hardrare.scoring.fit import fit

N, D = 60, 8
IDS = np.arange(N, dtype=np.int32)


def network(folder, noise, views=3, length=None, seed=0):
    """Tables of a network whose features of views lie about those of the images."""
    rng = np.random.default_rng(seed)
    plain = (5 + rng.standard_normal((N, D))).astype(np.float32)
    if length is not None:
        plain *= length / np.linalg.norm(plain, axis=1, keepdims=True)
    seen = plain[:, None] + noise * rng.standard_normal((N, views, D))
    tables.write_features(folder / "f.arrow", IDS, plain)
    tables.write_views(folder / "v.arrow", IDS, seen.astype(np.float16))
    score_embedding(
        "net", folder / "f.arrow", folder / "v.arrow", {"neighbours": 5}, folder / "net.arrow"
    )
    scores = tables.read_scores(folder, {"net": [None]})[1]
    return plain, seen, {s.name.removeprefix("net/"): s.values[0] for s in scores}


def test_cosines_are_of_features_less_their_mean(tmp_path):
    plain, _, scores = network(tmp_path, 0.1)
    moved = plain - plain.mean(axis=0)
    np.testing.assert_allclose(scores["knn_distance"], knn_distance(moved, neighbours=5), rtol=1e-4)
    assert scores["knn_distance"].mean() > 5 * knn_distance(plain, neighbours=5).mean()
    np.testing.assert_allclose(scores["feature_norm"], np.linalg.norm(plain, axis=1), rtol=1e-5)
    wanted = {"prototype_distance", "cluster_size", "density", "lid_mle", "duplicate_similarity"}
    assert wanted | {"view_agreement", "neighbour_cluster_entropy"} <= set(scores)
    assert not [name for name in scores if name.endswith(("_var", "_std"))]


def test_centred_is_the_same_in_blocks(monkeypatch):
    rows = np.random.default_rng(1).standard_normal((50, 4)) + 3
    whole = centred(rows)
    monkeypatch.setattr("hardrare.numerics.points.COPIES", 10**6)
    np.testing.assert_allclose(centred(rows), whole, atol=1e-6)
    np.testing.assert_allclose(whole, rows - rows.mean(axis=0), atol=1e-6)


def test_without_views_and_of_one_length_these_scores_are_left_out(tmp_path):
    _, _, scores = network(tmp_path, 0.1, views=0, length=2.0)
    assert "knn_distance" in scores
    assert not {"view_agreement", "feature_norm"} & set(scores)
    assert tables.read_fit(tmp_path / "net.arrow") is None


def test_view_agreement_against_a_loop():
    seen = np.random.default_rng(2).standard_normal((7, 4, 5)) + 1
    moved = seen - seen.mean(axis=(0, 1))
    unit = moved / np.linalg.norm(moved, axis=2, keepdims=True)
    pairs = [(v, w) for v in range(4) for w in range(4) if v != w]
    expected = [np.mean([one[v] @ one[w] for v, w in pairs]) for one in unit]
    np.testing.assert_allclose(view_agreement(seen), expected, atol=1e-6)


def test_neighbour_cluster_entropy_is_high_between_clusters():
    rng = np.random.default_rng(3)
    centres = 20 * np.eye(4)[rng.integers(0, 4, 80)]
    between = np.full((4, 4), 5.0) + rng.standard_normal((4, 4))
    features = np.vstack([centres + rng.standard_normal((80, 4)), between])
    entropy = neighbour_cluster_entropy(features, neighbours=8)
    assert entropy[80:].mean() > entropy[:80].mean()
    assert 0 <= entropy.min() <= entropy.max() <= np.log(8)


@pytest.mark.parametrize(("noise", "low", "high"), [(0.01, 0.95, 1.0), (30.0, 0.0, 0.15)])
def test_fit_tells_steady_features_from_noise(tmp_path, noise, low, high):
    _, seen, _ = network(tmp_path, noise)
    figures = tables.read_fit(tmp_path / "net.arrow")
    assert low <= figures["view_retrieval"] <= high
    assert (figures["samples"], figures["neighbours"]) == (N, 10)
    chance = 10 / (N - 1)
    agreement = figures["neighbour_agreement"]
    assert agreement > 0.9 if noise < 1 else abs(agreement - chance) < 0.06
    assert figures == {k: round(v, 4) for k, v in fit(seen.astype(np.float16)).rows().items()}


def test_fit_of_many_samples_is_of_as_many_and_always_the_same():
    seen = np.random.default_rng(4).standard_normal((1100, 2, 4)).astype(np.float16)
    assert fit(seen) == fit(seen)
    assert fit(seen).samples == 1000
    assert fit(seen[:2]) is fit(seen[:, :1]) is None


def test_twice_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        network(tmp_path / name, 0.1)
        made.append((tmp_path / name / "net.arrow").read_bytes())
    assert made[0] == made[1]
