"""Metrics over features against slow re-derivations, and at the ends of what data can be."""

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples

from hardrare.errors import InputError
from hardrare.metrics import registry, score
from hardrare.metrics._duplicates import duplicates
from hardrare.metrics._lid import dropped_distances
from hardrare.metrics.cluster_size import cluster_size
from hardrare.metrics.density import density
from hardrare.metrics.duplicate_similarity import duplicate_similarity
from hardrare.metrics.knn_distance import knn_distance
from hardrare.metrics.lid_mle import lid_mle
from hardrare.metrics.lid_tle import lid_tle
from hardrare.metrics.prototype_distance import prototype_distance
from hardrare.metrics.silhouette_last import silhouette_last
from hardrare.numerics import blocks, neighbours
from hardrare.numerics.clusters import cluster
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import Recent, canonical_order, copies, points

ASKED = sorted(n for n, m in registry().items() if m.asked)
NAMES = sorted(n for n, m in registry().items() if m.columns == ("features",) and not m.asked)


def rng(seed=0):
    return np.random.default_rng(seed)


def blobs(n=300, width=6, seed=0):
    """Samples around five centres, float32."""
    centre = 4 * rng(seed).standard_normal((5, width))
    at = rng(seed + 1).integers(0, 5, n)
    return (centre[at] + rng(seed + 2).standard_normal((n, width))).astype(np.float32)


def unit(features):
    rows = features.astype(np.float64)
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norm > 0, norm, 1)


def sorted_distances(rows, k):
    distance = cdist(rows.astype(np.float64), rows.astype(np.float64))
    np.fill_diagonal(distance, np.inf)
    return np.sort(distance, axis=1)[:, :k]


def scored(features, **settings):
    return score({"features": features}, settings)


@pytest.fixture
def fresh(monkeypatch):
    """An empty cache of searches, and a count of the searches made."""
    calls = []
    search = neighbours._search
    monkeypatch.setattr(neighbours, "_RECENT", Recent(2))
    monkeypatch.setattr(neighbours, "_search", lambda r, k: calls.append(k) or search(r, k))
    return calls


def test_all_ten_are_registered():
    found = "cluster_size density duplicate_similarity earlier_similarity knn_distance lid_mle "
    found += "lid_tle neighbour_cluster_entropy prototype_distance silhouette_last"
    assert found.split() == NAMES


# The neighbour search


def hard_cases():
    base = rng(3).standard_normal((2600, 6)).astype(np.float32)  # enough for grouped columns
    far = base.copy()
    far[7] = 1e6
    return {
        "normal": base,
        "far from the origin": (1000 + 1e-3 * base).astype(np.float32),
        "one outlier": far,
        "two collapsed clusters": (np.sign(base[:, :1]) + 1e-4 * base).astype(np.float32),
        "huge": base * np.float32(1e30),
        "tiny": base * np.float32(1e-30),
        "copies": np.repeat(base[:130], 20, axis=0),
        "ties": rng(4).integers(0, 3, (2600, 6)).astype(np.float32),
    }


@pytest.mark.parametrize("case", hard_cases())
def test_search_finds_exactly_the_nearest(case, fresh):
    features = hard_cases()[case]
    found = nearest(features, 30)
    expected = sorted_distances(features, 30)
    np.testing.assert_allclose(found.distance, expected, rtol=1e-9, atol=1e-12 * expected.max())
    assert (found.index != np.arange(len(features))[:, None]).all()
    gap = np.linalg.norm(
        features[found.index].astype(np.float64) - features[:, None].astype(np.float64), axis=2
    )
    np.testing.assert_allclose(gap, found.distance, rtol=1e-12)
    assert all(len(set(row)) == 30 for row in found.index)


def test_rows_become_points_each_by_itself():
    wide = rng().normal(size=(40, 12_288)) * np.exp(5 * rng(1).normal(size=(40, 1)))
    wide[7] = 0  # NumPy sums rows this wide in parts that depend on what stands beside them
    together = points(wide, unit=True)
    alone = np.concatenate([points(row[None], unit=True) for row in wide])
    assert together.tobytes() == alone.tobytes()
    norm = np.linalg.norm(together.astype(np.float64), axis=1)
    np.testing.assert_allclose(norm, np.arange(40) != 7, atol=1e-6)


def test_search_does_not_depend_on_blocks_or_order(fresh, monkeypatch):
    features = hard_cases()["ties"][:600]
    whole = nearest(features, 12)
    order = rng().permutation(600)
    neighbours._RECENT.of(("other",), lambda: None)
    shuffled = nearest(features[order], 12)
    np.testing.assert_array_equal(shuffled.distance, whole.distance[order])
    np.testing.assert_array_equal(features[order][shuffled.index], features[whole.index][order])
    monkeypatch.setattr(neighbours, "_RECENT", Recent(2))
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 50_000)
    np.testing.assert_array_equal(nearest(features, 12).distance, whole.distance)
    assert fresh == [30, 30, 30]


def test_one_search_serves_smaller_k_and_a_larger_k_searches_again(fresh):
    features = blobs()
    assert nearest(features, 40).index.shape == (300, 40)
    assert nearest(features.copy(), 5).index.shape == (300, 5)
    assert fresh == [40]
    nearest(features, 41)
    assert fresh == [40, 41]


def test_nothing_is_searched_twice_in_one_score_call(fresh):
    scored(blobs(), neighbours=7)
    assert fresh == [30, 30]  # unit-length features, and raw ones


def test_changed_content_is_searched_anew(fresh):
    features = blobs()
    before = nearest(features, 3).distance.copy()
    features[0] += 100
    after = nearest(features, 3).distance
    assert after[0, 0] > before[0, 0] + 50
    np.testing.assert_allclose(after, sorted_distances(features, 3), rtol=1e-9)


def test_canonical_order_sorts_equal_rows_together_and_counts_them():
    rows = points(np.array([[1.0, 2.0], [0.0, 5.0], [1.0, 2.0], [-0.0, 5.0], [7.0, 0.0]]))
    order = canonical_order(rows)
    assert np.bincount(copies(rows[order])).tolist() in ([1, 2, 2], [2, 1, 2], [2, 2, 1])
    shuffled = rng().permutation(5)
    np.testing.assert_array_equal(rows[shuffled][canonical_order(rows[shuffled])], rows[order])


# Rarity


def test_knn_distance_and_density_against_all_pairs():
    features = blobs()
    features[10] = 0
    near = sorted_distances(unit(features), 10)
    np.testing.assert_allclose(knn_distance(features), (near**2 / 2).mean(axis=1), rtol=1e-4)
    np.testing.assert_allclose(density(features), -np.log(near[:, -1]), atol=1e-5)
    cosine = unit(features) @ unit(features).T
    np.fill_diagonal(cosine, -2)
    usual = 1 - np.sort(cosine, axis=1)[:, -10:].mean(axis=1)
    defined = np.arange(300) != 10  # the row of zeros has no usual cosine
    np.testing.assert_allclose(knn_distance(features)[defined], usual[defined], rtol=1e-4)


def test_more_neighbours_than_samples_means_all_the_others():
    features = blobs(8)
    np.testing.assert_array_equal(
        knn_distance(features, neighbours=50), knn_distance(features, neighbours=7)
    )
    everyone = sorted_distances(unit(features), 7)
    np.testing.assert_allclose(knn_distance(features), (everyone**2 / 2).mean(axis=1), rtol=1e-5)


def test_prototype_distance_and_cluster_size_against_the_clusters():
    features = blobs()
    found = cluster(features, 50, unit=True)
    assert len(found.size) == 30  # 300 / 10
    means = np.stack([unit(features)[found.label == c].mean(axis=0) for c in range(30)])
    np.testing.assert_allclose(found.centroid, means, atol=1e-6)
    expected = (1 - unit(features) @ unit(means).T).min(axis=1)
    np.testing.assert_allclose(prototype_distance(features), expected, atol=1e-6)
    np.testing.assert_array_equal(cluster_size(features), np.bincount(found.label)[found.label])


def test_kmeans_recovers_separate_groups_in_any_order():
    features = np.vstack([blobs(40, seed=s) * 0.01 + 10 * s for s in range(5)])
    truth = np.repeat(np.arange(5), 40)
    found = cluster(features, 5)
    assert sorted(found.size) == [40] * 5
    assert all(len(set(found.label[truth == group])) == 1 for group in range(5))
    order = rng().permutation(200)
    again = cluster(features[order], 5)
    np.testing.assert_array_equal(again.label, found.label[order])
    np.testing.assert_array_equal(again.centroid, found.centroid)


# Local intrinsic dimension


def slow_mle(distance):
    """The estimate from one sample's ascending positive distances, by the formula."""
    inverses = []
    for k in range(min(10, len(distance)), min(20, len(distance)) + 1):
        ratios = [np.log(distance[k - 1] / distance[j]) for j in range(k - 1)]
        inverses.append(sum(ratios) / (k - 1))
    return 1 / np.mean(inverses)


def test_lid_mle_against_the_formula():
    features = blobs(100)
    expected = [slow_mle(row) for row in sorted_distances(features, 20)]
    np.testing.assert_allclose(lid_mle(features), expected, rtol=1e-9)


def test_lid_mle_drops_copies_and_says_how_many():
    features = np.vstack([blobs(60), blobs(60)[:1], blobs(60)[:1]])  # row 0 three times
    dropped = dropped_distances(features, 20)
    assert dropped[[0, 60, 61]].tolist() == [2, 2, 2]
    assert dropped[1:60].sum() == 0
    expected = slow_mle(sorted_distances(features, 20)[0][2:])
    np.testing.assert_allclose(lid_mle(features)[[0, 60, 61]], expected, rtol=1e-9)


def exit_radius(v, w, x, r):
    """The radius t at which w is on the ball of centre v + t/r (x - v), by bisection."""
    low, high = np.zeros(v.shape[:-1]), np.full(v.shape[:-1], r)
    for _ in range(60):
        t = (low + high) / 2
        centre = v + (t / r)[..., None] * (x - v)
        inside = np.linalg.norm(w - centre, axis=-1) <= t
        low, high = np.where(inside, low, t), np.where(inside, t, high)
    return high


def slow_tle(x, near):
    """The tight local estimate from the geometry: balls inside the ball, and mirror images."""
    distance = np.linalg.norm(near - x, axis=1)
    near, distance = near[distance > 0], distance[distance > 0]
    r = distance.max()
    pairs = np.array([(i, j) for i in range(len(near)) for j in range(len(near)) if i != j])
    v, w = near[pairs[:, 0]], near[pairs[:, 1]]
    s, t = exit_radius(v, w, x, r), exit_radius(2 * x - v, w, x, r)
    kept = np.minimum(s, t) >= 1e-4 * r
    ratios = np.concatenate([s[kept], t[kept], distance, distance]) / r
    return -len(ratios) / np.log(ratios).sum()


def test_lid_tle_against_the_geometry():
    features = blobs(45, width=4)
    features[44] = features[3]  # a copy, dropped around 3 and a dropped pair elsewhere
    near = nearest(features, 30).index
    wide = features.astype(np.float64)
    expected = [slow_tle(wide[i], wide[near[i]]) for i in range(45)]
    np.testing.assert_allclose(lid_tle(features), expected, rtol=1e-6)


@pytest.mark.parametrize("estimate", [lid_mle, lid_tle])
def test_lid_knows_the_dimension_of_a_plane_in_space(estimate):
    flat = rng(5).uniform(size=(1500, 3)) @ rng(6).standard_normal((3, 20))
    middle = estimate(flat.astype(np.float32))
    line = rng(7).uniform(size=(1500, 1)) @ rng(6).standard_normal((1, 20))
    assert 2.5 < np.median(middle) < 3.5
    assert 0.8 < np.median(estimate(line.astype(np.float32))) < 1.3


@pytest.mark.parametrize("estimate", [lid_mle, lid_tle])
def test_lid_does_not_depend_on_scale_or_place(estimate):
    features = blobs(120)
    expected = estimate(features)
    for scale in (2.0**90, 2.0**-90):
        np.testing.assert_allclose(estimate(features * np.float32(scale)), expected, rtol=1e-9)
    moved = (features.astype(np.float64) + 64).astype(np.float32)
    np.testing.assert_allclose(estimate(moved), expected, rtol=1e-3)


@pytest.mark.parametrize("estimate", [lid_mle, lid_tle])
def test_lid_of_equal_distances_is_the_number_of_features(estimate):
    features = np.eye(12, dtype=np.float32)
    np.testing.assert_array_equal(estimate(features), 12.0)


# Silhouette


def test_silhouette_against_scikit_learn():
    features = blobs(400)
    label = cluster(features, 10).label
    expected = silhouette_samples(features.astype(np.float64), label)
    np.testing.assert_allclose(silhouette_last(features), expected, atol=1e-5)


def test_silhouette_is_kept_for_the_same_features_and_clusters_only():
    features = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
    first = silhouette_last(features)
    assert silhouette_last(features.copy()) is first
    assert not np.array_equal(silhouette_last(features, silhouette_clusters=3), first)
    assert not np.array_equal(silhouette_last(features[:, :2]), first)


def test_silhouette_of_a_cluster_of_one_is_zero():
    features = np.vstack([blobs(19) * 0.01, np.full((1, 6), 1000.0)]).astype(np.float32)
    assert cluster(features, 10).size.tolist() in ([19, 1], [1, 19])
    found = silhouette_last(features)
    assert found[-1] == 0
    assert (found[:-1] > 0.99).all()


# Duplicates


def slow_duplicates(features, label, centroid, sign):
    """Similarity and partner by loops over an order that is written out."""
    rows, middle = unit(features), unit(centroid)
    away = [np.sum((rows[i] - middle[label[i]]) ** 2) for i in range(len(rows))]
    similarity, partner = np.full(len(rows), -1.0), np.full(len(rows), -1)
    for i in range(len(rows)):
        for j in range(len(rows)):
            before = label[j] == label[i] and sign * away[j] > sign * away[i]
            if before and rows[i] @ rows[j] > similarity[i]:
                similarity[i], partner[i] = rows[i] @ rows[j], j
    return similarity, partner


@pytest.mark.parametrize(("keep", "sign"), [("farthest", 1), ("nearest", -1)])
def test_duplicates_against_loops(keep, sign):
    features = blobs(120)
    clusters = cluster(features, 4, unit=True)
    similarity, partner = slow_duplicates(features, clusters.label, clusters.centroid, sign)
    found = duplicates(features, 4, keep)
    np.testing.assert_allclose(found.similarity, similarity, atol=1e-6)
    np.testing.assert_array_equal(found.partner, partner)
    assert (found.partner == -1).sum() == 4


@pytest.mark.parametrize("keep", ["farthest", "nearest", "random"])
def test_of_copies_the_first_row_is_kept_and_the_others_name_it(keep):
    features = np.vstack([blobs(60), blobs(60)[[5, 9]], blobs(60)[[5]]])
    found = duplicates(features, 50, keep)
    assert found.similarity[[60, 61, 62]].tolist() == [1.0, 1.0, 1.0]
    assert found.partner[[60, 61, 62]].tolist() == [5, 9, 5]
    assert (found.similarity[:60] < 1 - 1e-6).all()


def test_one_of_two_near_duplicates_stands_out():
    features = blobs(200)
    twin = features[17] + np.float32(1e-4)
    found = duplicates(np.vstack([features, twin]))
    top = int(found.similarity.argmax())
    assert {top, int(found.partner[top])} == {17, 200}
    assert found.similarity[top] > 0.999999


def test_a_random_precedence_is_neither_of_the_others_and_belongs_to_the_rows():
    features, order = blobs(120), rng().permutation(120)
    found = {k: duplicate_similarity(features, keep=k) for k in ("farthest", "nearest", "random")}
    assert len({v.tobytes() for v in found.values()}) == 3
    shuffled = duplicate_similarity(features[order], keep="random")
    np.testing.assert_allclose(shuffled, found["random"][order], atol=1e-9)


# All of them


@pytest.mark.parametrize("name", [n for n in NAMES if n != "earlier_similarity"])
def test_permuting_samples_permutes_scores(name):
    features = np.vstack([blobs(150), rng(8).integers(0, 2, (150, 6))]).astype(np.float32)
    if name == "duplicate_similarity":
        features = features[:150]  # of copies one is kept: there the order of rows counts
    order = rng().permutation(len(features))
    one = registry()[name].function
    np.testing.assert_allclose(one(features[order]), one(features)[order], rtol=1e-12, atol=1e-12)


def degenerate():
    some = blobs(30)
    return {
        "constant": np.full((30, 4), 3.0, np.float32),
        "zero": np.zeros((30, 4), np.float32),
        "one row of zeros": np.vstack([some, np.zeros((1, 6), np.float32)]),
        "every row twice": np.vstack([some, some]),
        "two points": np.repeat(np.array([[1, 0], [0, 1]], np.float32), 15, axis=0),
        "opposite": np.vstack([some, -some]),
        "one feature": some[:, :1],
        "huge": some * np.float32(1e37),
        "smallest": np.full((30, 4), 1e-45, np.float32) * rng().integers(0, 3, (30, 4)),
        "one sample": some[:1],
        "two samples": some[:2],
        "two alike": some[[0, 0]],
        "three samples": some[:3],
        "no sample": some[:0],
        "float64": some.astype(np.float64),
        "whole numbers": rng().integers(0, 5, (30, 3)),
    }


@pytest.mark.parametrize("case", degenerate())
def test_degenerate_features_give_finite_scores_in_range_without_a_warning(case):
    features = degenerate()[case]
    n = len(features)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = scored(features)
    assert sorted(found) == NAMES
    assert ((found["knn_distance"] >= 0) & (found["knn_distance"] <= 2 + 1e-6)).all()
    assert ((found["density"] >= -0.7) & (found["density"] <= 13.82)).all()
    assert ((found["prototype_distance"] >= 0) & (found["prototype_distance"] <= 2 + 1e-6)).all()
    assert ((found["cluster_size"] >= 1) & (found["cluster_size"] <= n)).all()
    assert (np.abs(found["silhouette_last"]) <= 1).all()
    assert (np.abs(found["duplicate_similarity"]) <= 1).all()
    assert (found["lid_mle"] >= 0).all()
    assert (found["lid_tle"] >= 0).all()


@pytest.mark.parametrize("case", ["constant", "zero"])
def test_what_constant_features_score(case):
    found = scored(degenerate()[case])
    np.testing.assert_array_equal(found["knn_distance"], 0)
    np.testing.assert_allclose(found["density"], 6 * np.log(10))
    np.testing.assert_allclose(found["prototype_distance"], 0, atol=1e-12)
    np.testing.assert_array_equal(found["cluster_size"], 30)
    np.testing.assert_array_equal(found["silhouette_last"], 0)
    np.testing.assert_array_equal(found["lid_mle"], 0)
    np.testing.assert_array_equal(found["lid_tle"], 0)
    assert found["duplicate_similarity"].tolist() == [-1.0] + [1.0] * 29


def test_what_a_lone_sample_scores():
    found = {n: v.tolist() for n, v in scored(blobs(1)).items()}
    assert found.pop("prototype_distance")[0] == pytest.approx(0, abs=1e-6)
    assert found == {
        "knn_distance": [0.0],
        "density": [0.0],
        "cluster_size": [1.0],
        "silhouette_last": [0.0],
        "duplicate_similarity": [-1.0],
        "earlier_similarity": [-1.0],
        "lid_mle": [0.0],
        "lid_tle": [0.0],
        "neighbour_cluster_entropy": [0.0],
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: knn_distance(np.where(np.arange(30)[:, None] == 4, np.nan, x)), "in row 4"),
        (lambda x: cluster_size(np.where(np.arange(30)[:, None] == 6, np.inf, x)), "in row 6"),
        (lambda x: lid_mle(x.astype(np.float64) * 1e39), "not finite in row 0"),
        (lambda x: density(x[:, 0]), r"features are \(30,\)"),
        (lambda x: density(x[:, :0]), r"features are \(30, 0\)"),
        (lambda x: density(x, neighbours=0), "neighbours is 0"),
        (lambda x: cluster_size(x, clusters=0), "clusters is 0"),
        (lambda x: lid_mle(x, lid_from=1), r"lid_from..lid_to is 1..20"),
        (lambda x: lid_tle(x, tle_neighbours=1), "tle_neighbours is 1"),
        (lambda x: duplicate_similarity(x, keep="best"), "keep is 'best'"),
    ],
)
def test_wrong_features_and_settings_are_refused_in_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call(blobs(30))
