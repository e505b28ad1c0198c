"""Neighbours past the exact search, for any number of threads; LID against scikit-dimension."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from threadpoolctl import threadpool_limits

from hardrare.metrics import score
from hardrare.metrics.lid_mle import lid_mle
from hardrare.metrics.lid_tle import lid_tle
from hardrare.numerics import blocks, cells, clusters, neighbours
from hardrare.numerics.blocks import each_block, row_blocks
from hardrare.numerics.exact import corpus, nearest_among, searchable
from hardrare.numerics.neighbours import nearest, stated_recall
from hardrare.numerics.points import Recent, canonical_order


def rng(seed=0):
    return np.random.default_rng(seed)


def blobs(n=3000, width=6, centres=40):
    centre = 4 * rng(1).standard_normal((centres, width))
    rows = centre[rng(2).integers(0, centres, n)] + rng(3).standard_normal((n, width))
    return rows.astype(np.float32)


def true_distances(rows, k):
    apart = cdist(rows.astype(np.float64), rows.astype(np.float64))
    np.fill_diagonal(apart, np.inf)
    return np.sort(apart, axis=1)[:, :k]


@pytest.fixture
def approximate(monkeypatch):
    """A search that is approximate from 100 samples on."""
    monkeypatch.setattr(neighbours, "_RECENT", Recent(2))
    monkeypatch.setattr(neighbours, "EXACT_BELOW", 100)
    return neighbours._RECENT


def test_the_exact_search_states_a_recall_of_one():
    assert nearest(blobs(200), 5).recall == 1.0
    assert neighbours.EXACT_BELOW == 100_000


def test_the_approximate_search_finds_what_it_states(approximate):
    features = blobs()
    found = nearest(features, 30)
    assert 0.95 < found.recall <= 1
    true = true_distances(features, 30)
    share = (found.distance <= true[:, -1:] * (1 + 1e-9)).mean()
    assert share == pytest.approx(found.recall, abs=0.02)
    assert share < 1  # else this compares nothing
    assert (np.diff(found.distance, axis=1) >= 0).all()
    assert (found.index != np.arange(len(features))[:, None]).all()
    assert all(len(set(row)) == 30 for row in found.index)
    step = features[found.index].astype(np.float64) - features[:, None]
    np.testing.assert_allclose(np.linalg.norm(step, axis=2), found.distance, rtol=1e-12)


def test_the_lower_recall_is_stated_without_a_further_search(approximate, monkeypatch):
    features = blobs()
    score({"features": features})
    made = [nearest(features, 5).recall, nearest(features, 5, unit=True).recall]
    monkeypatch.setattr(neighbours, "_search", None)
    assert stated_recall(features) == min(made) < 1


def test_the_approximate_search_does_not_compare_all_pairs(approximate, monkeypatch):
    seen = []
    among = cells.nearest_among
    monkeypatch.setattr(
        cells, "nearest_among",
        lambda given, own, others, k: seen.append((len(own), len(others.row)))
        or among(given, own, others, k),
    )  # fmt: skip
    features = blobs()
    nearest(features, 10)
    pairs = sum(own * others for own, others in seen if others < len(features))
    assert sum(own for own, others in seen if others < len(features)) == len(features)
    assert pairs < 0.5 * len(features) ** 2


def test_where_there_is_no_structure_more_cells_are_looked_at(approximate):
    noise = rng().standard_normal((2000, 64)).astype(np.float32)
    found = nearest(noise, 30)
    true = true_distances(noise, 30)
    share = (found.distance <= true[:, -1:] * (1 + 1e-9)).mean()
    assert found.recall > 0.95
    assert share > 0.95


def test_the_approximate_search_does_not_depend_on_the_order_of_samples(approximate):
    features, order = blobs(), rng(5).permutation(3000)
    whole = nearest(features, 10)
    shuffled = nearest(features[order], 10)
    assert shuffled.recall == whole.recall
    np.testing.assert_array_equal(shuffled.distance, whole.distance[order])
    np.testing.assert_array_equal(features[order][shuffled.index], features[whole.index][order])


@pytest.mark.parametrize(
    "features",
    [
        np.zeros((150, 3), np.float32),
        np.repeat(blobs(3), 50, axis=0),
        np.vstack([blobs(149), np.full((1, 6), 1e6)]).astype(np.float32),
        blobs(100),
    ],
    ids=["constant", "three points", "an outlier", "as few as cells allow"],
)
def test_the_approximate_search_of_hard_cases(features, approximate):
    found = nearest(features, 30)
    assert found.index.shape == (len(features), 30)
    assert (found.index != np.arange(len(features))[:, None]).all()
    assert (np.diff(found.distance, axis=1) >= 0).all()
    assert found.recall > 0.9
    true = true_distances(features, 30)
    assert (found.distance <= true[:, -1:] * (1 + 1e-9)).mean() > 0.9


@pytest.mark.parametrize("rows", ["apart", "collapsed"])
def test_rows_that_are_not_kept_at_both_precisions_find_the_same(rows):
    made = blobs(300)
    if rows == "collapsed":  # float32 cannot part them: they are searched again
        made = 1000 + (made * 1e-4).astype(np.float32)
        made[7] = made[9]
    made = made[canonical_order(made)]
    own, some = np.arange(0, 300, 7), np.arange(0, 300, 7)
    for among in (None, some):
        kept, lean = (
            nearest_among(given, own, corpus(given, among), 5)
            for given in (searchable(made), searchable(made, keep=False))
        )
        np.testing.assert_array_equal(kept[0], lean[0])
        np.testing.assert_array_equal(kept[1], lean[1])


def test_rows_are_sorted_where_they_are(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 50 * 4)  # four columns at a time
    rows = rng().random((50, 11)).astype(np.float32)
    order = rng(1).permutation(50)
    expected, at = rows[order], rows.ctypes.data
    neighbours._sort(rows, order)
    np.testing.assert_array_equal(rows, expected)
    assert rows.ctypes.data == at


def test_k_means_of_many_is_fitted_on_a_sample(monkeypatch):
    monkeypatch.setattr(clusters, "_RECENT", Recent(4))
    centre = 20 * np.eye(5, 8)
    rows = (centre[np.arange(2000) % 5] + rng().standard_normal((2000, 8))).astype(np.float32)
    whole = clusters.cluster(rows, 5)
    monkeypatch.setattr(clusters, "_RECENT", Recent(4))
    monkeypatch.setattr(clusters, "FITTED_WHOLE", 1000)
    monkeypatch.setattr(clusters, "SAMPLE", 300)
    asked = []
    fit = clusters._fit
    monkeypatch.setattr(
        clusters, "_fit", lambda some, *rest: asked.append(len(some)) or fit(some, *rest)
    )
    sampled = clusters.cluster(rows, 5)
    assert asked == [300]
    assert sampled.size.tolist() == [400] * 5
    pairs = set(zip(whole.label.tolist(), sampled.label.tolist(), strict=True))
    assert len(pairs) == 5  # the same clusters
    for a, b in pairs:
        np.testing.assert_allclose(sampled.centroid[b], whole.centroid[a], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("threshold", [100, 100_000])
def test_the_same_bytes_for_any_number_of_threads(threshold, monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT_BELOW", threshold)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 19)
    features, found = blobs(1500, 24), []
    for threads in (1, 2, 2):
        monkeypatch.setattr(neighbours, "_RECENT", Recent(2))
        with threadpool_limits(threads, user_api="blas"):
            scores = score({"features": features})
        found.append({name: values.tobytes() for name, values in scores.items()})
    assert len(found[0]) >= 8
    assert found[0] == found[1] == found[2]


def test_blocks_cover_the_rows_and_pass_errors_on():
    seen = np.zeros(1000, int)

    def count(block):
        seen[block] += 1

    each_block(count, 1000, 10, budget=70)
    assert (seen == 1).all()
    assert [b.stop - b.start for b in row_blocks(10, 4, 16)] == [4, 4, 2]
    with pytest.raises(ZeroDivisionError):
        each_block(lambda block: 1 // block.start, 10, 1)


def bent(n=5000):
    """A noisy sheet of six dimensions in 24, in no order."""
    flat = rng(7).standard_normal((n, 6)) @ rng(8).standard_normal((6, 24))
    return (np.sin(flat) + 0.05 * rng(9).standard_normal((n, 24))).astype(np.float32)


def test_lid_tle_is_that_of_scikit_dimension():
    skdim = pytest.importorskip("skdim", reason="needs scikit-dimension")
    features = bent()
    with np.errstate(divide="ignore", invalid="ignore"):  # theirs divides by zero on its diagonal
        theirs = skdim.id.TLE().fit(features.astype(np.float64), n_neighbors=30).dimension_pw_
    np.testing.assert_allclose(lid_tle(features), theirs, rtol=1e-5)


def test_lid_mle_is_that_of_scikit_dimension():
    skdim = pytest.importorskip("skdim", reason="needs scikit-dimension")
    features = bent()
    found = nearest(features, 20)
    inverse = [
        1 / skdim.id.MLE().fit(
            features, precomputed_knn_arrays=(found.distance[:, :k], found.index[:, :k])
        ).dimension_pw_
        for k in range(10, 21)
    ]  # fmt: skip
    np.testing.assert_allclose(lid_mle(features), 1 / np.mean(inverse, axis=0), rtol=1e-5)
    theirs = skdim.id.MLE().fit(features.astype(np.float64), n_neighbors=20).dimension_pw_
    np.testing.assert_allclose(lid_mle(features, lid_from=20), theirs, rtol=1e-5)
