"""What repeats an earlier image and goes, and what stays for it: chains, large groups, seeds."""

from pathlib import Path

import numpy as np
import pytest
from score_tables import ended, write_images
from threadpoolctl import threadpool_limits

from hardrare import tables
from hardrare.errors import InputError
from hardrare.metrics import _kept
from hardrare.metrics.earlier_similarity import earlier_similarity
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import points

ROOT = Path(__file__).parents[1]
T = 0.999


def cosines(features):
    """Every pair, from differences of float32 unit rows, rounded as scores are kept."""
    rows = points(features, unit=True).astype(np.float64)
    square = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    return (1 - square / 2).astype(np.float32).astype(np.float64)


def greedy(features, threshold, neighbours=10):
    """The definition, one row after another, every pair compared."""
    cosine = cosines(features)
    found, kept = np.full(len(cosine), -1.0), np.ones(len(cosine), bool)
    for i, row in enumerate(cosine):
        others = np.delete(np.arange(len(row)), i)
        seen = row >= threshold
        seen[others[np.argsort(-row[others], kind="stable")[:neighbours]]] = True
        seen &= kept & (np.arange(len(row)) < i)
        found[i] = row[seen].max(initial=-1.0)
        kept[i] = found[i] < threshold
    return found


def clusters(seed, n=700, width=4):
    """Near copies of a few centres, near and nearer, in any order."""
    rng = np.random.default_rng(seed)
    centre = rng.standard_normal((9, width))
    noise = rng.choice([1e-4, 0.01, 0.05, 0.3], n)[:, None] * rng.standard_normal((n, width))
    return (centre[rng.integers(0, 9, n)] + noise).astype(np.float32)


def near_copies(count, among, width=32, seed=0):
    """`count` near copies of one sample, spread over `among` others, and where they are."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((count + among, width))
    where = np.sort(rng.permutation(count + among)[:count])
    features[where] = features[where[0]] + 1e-4 * rng.standard_normal((count, width))
    return features.astype(np.float32), where


def chain(count=10, degrees=2.5):
    angle = np.deg2rad(degrees * np.arange(count))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_of_a_chain_those_too_unlike_the_kept_ones_stay():
    found = earlier_similarity(chain(), duplicate_threshold=T)
    one, two = np.cos(np.deg2rad([2.5, 5]))
    assert one >= T > two  # each is like the next alone: every other one goes
    np.testing.assert_allclose(found, [-1] + [one, two] * 4 + [one], atol=1e-7)
    assert np.flatnonzero(found < T).tolist() == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("degrees", [0.5, 1.0, 2.0, 2.6])
def test_each_that_goes_has_an_earlier_one_that_stays(degrees):
    features = chain(60, degrees)
    gone = earlier_similarity(features, duplicate_threshold=T) >= T
    like = (cosines(features) >= T) & ~gone & np.tri(60, k=-1, dtype=bool)
    assert (like.any(axis=1) == gone).all()


@pytest.mark.parametrize("threshold", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_greedy_choice_of_every_pair(seed, threshold):
    features = clusters(seed)
    assert (nearest(features, 10, unit=True).distance[:, -1] < 0.04).any()  # some lists are cut
    found = earlier_similarity(features, duplicate_threshold=threshold)
    np.testing.assert_array_equal(found, greedy(features, threshold))


def test_of_a_group_larger_than_the_list_one_stays():
    features, where = near_copies(40, 0)
    found = earlier_similarity(features, duplicate_threshold=T)
    assert (found >= T).sum() == 39
    assert found[where[0]] == -1


def test_cut_lists_among_many_equal_every_pair():
    features, where = near_copies(700, 800)  # more than a block of them
    features[where[5]] = features[where[0]]
    found = earlier_similarity(features, duplicate_threshold=T)
    np.testing.assert_array_equal(found, greedy(features, T))
    assert np.flatnonzero(found >= T).tolist() == where[1:].tolist()
    assert found[where[5]] == 1


def test_exact_copies_of_many_score_one():
    features = np.tile(near_copies(1, 29)[0], (20, 1))
    for threshold in (T, 1.0):
        found = earlier_similarity(features, duplicate_threshold=threshold)
        assert (found[30:] == 1).all()
        assert (found[:30] < T).all()
    alike = earlier_similarity(np.ones((2000, 3)))
    assert alike.tolist() == [-1.0] + [1.0] * 1999
    assert earlier_similarity(np.zeros((50, 3))).tolist() == [-1.0] + [1.0] * 49


def test_neither_blocks_nor_threads_change_a_byte(monkeypatch):
    features = clusters(7, n=1500, width=16)
    whole = earlier_similarity(features, duplicate_threshold=0.9)
    for block, threads in ((17, 1), (256, 2), (4000, 2)):
        monkeypatch.setattr(_kept, "BLOCK", block)
        with threadpool_limits(threads):
            found = earlier_similarity(features, duplicate_threshold=0.9)
        assert found.tobytes() == whole.tobytes()


def test_a_score_decides_the_same_after_it_was_stored():
    angle = np.arccos(0.98 - np.linspace(-4e-8, 4e-8, 41))
    for one in angle:
        features = np.array(
            [[1, 0], [np.cos(one), np.sin(one)], [np.cos(2 * one), np.sin(2 * one)]]
        )
        found = earlier_similarity(features, duplicate_threshold=0.98)
        np.testing.assert_array_equal(found, found.astype(np.float32))
        assert (found[2] >= 0.98) == (found[1] < 0.98 <= cosines(features)[2, 1])


def test_few_neighbours_are_refused():
    with pytest.raises(InputError, match="neighbours is 0"):
        earlier_similarity(np.ones((3, 2)), neighbours=0)


def test_the_pixels_stage_takes_the_threshold(tmp_path):
    degrees = np.deg2rad([0, 20, 40])
    wave = np.arange(64).reshape(8, 8) % 2 * 2 - 1, np.arange(64).reshape(8, 8) // 8 % 2 * 2 - 1
    image = np.stack([128 + 90 * (np.cos(a) * wave[0] + np.sin(a) * wave[1]) / 2 for a in degrees])
    write_images(tmp_path / "plain.arrow", np.arange(3), np.zeros(3))
    plain = tables.read_images(tmp_path / "plain.arrow")
    given = tables.Images(plain.sample_id, np.uint8(image)[..., None], plain.label,
                          plain.file_name, [])  # fmt: skip
    tables.write_images(tmp_path / "images.arrow", given)
    found = {}
    for threshold in (0.9, 0.999):
        (tmp_path / "params.yaml").write_text(
            f"score: {{duplicate_threshold: {threshold}}}\nprepare: {{picture_side: null}}\n"
        )
        names = {"images": "images.arrow", "files": "unread.arrow"}
        names |= {"scores": "pixels.arrow", "appearance": "appearance.arrow"}
        paths = {key: tmp_path / name for key, name in names.items()}
        done = ended("pixels", tmp_path / "params.yaml", **paths)
        assert done.returncode == 0, done.stderr
        _, scores = tables.read_scores(tmp_path, {"appearance": [None]})
        [one] = [s for s in scores if s.name == "appearance/earlier_similarity"]
        found[threshold] = one.values[0]
    np.testing.assert_allclose(found[0.9], [-1, 0.94, 0.77], atol=0.01)
    np.testing.assert_allclose(found[0.999], [-1, 0.94, 0.94], atol=0.01)
