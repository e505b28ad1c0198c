"""Signals beside the others: worlds, depths, what others make up, patches - each traced by hand."""

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import orthogonal_mp_gram

from hardrare import score as of_arrays
from hardrare import tables
from hardrare.augmentation import Augmentation
from hardrare.dissection import depth_neighbours, inside, patch_distances
from hardrare.dissection.inside import middle
from hardrare.embedding import Settings
from hardrare.errors import InputError
from hardrare.metrics import score
from hardrare.metrics.patch_anomaly import patch_anomaly
from hardrare.metrics.replaceability import replaceability
from hardrare.metrics.transition_depth import transition_depth
from hardrare.metrics.world_agreement import world_agreement
from hardrare.numerics.facility import facility_location
from hardrare.numerics.farthest import farthest_first
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred, points
from hardrare.numerics.rank_overlap import rank_biased_overlap
from hardrare.runs import LabelFreeRuns
from hardrare.scoring import worlds
from hardrare.scoring.embedding import score_embedding
from hardrare.scoring.worlds import world_columns
from stages import dissect

N = 50
IDS = np.arange(N, dtype=np.int32)
NONE = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
NETWORK = {
    "model": "tf_efficientnet_lite0", "weights": "bundled", "side": 48, "view_side": 48,
    "views": 0, "augmentation": vars(NONE),
}  # fmt: skip


def rows(seed=0, n=N, width=12):
    return np.random.default_rng(seed).standard_normal((n, width)).astype(np.float32)


# Worlds


def overlap_by_a_loop(first, second, p):
    """Equation 30 of Webber, Moffat & Zobel with lists of one length, term by term."""
    k = len(first)
    shared = [len(set(first[:d]) & set(second[:d])) for d in range(1, k + 1)]
    total = sum(shared[d - 1] / d * p**d for d in range(1, k + 1))
    return shared[-1] / k * p**k + (1 - p) / p * total


def test_rank_biased_overlap_against_its_sum():
    rng = np.random.default_rng(0)
    first, second = (np.stack([rng.permutation(14)[:9] for _ in range(20)]) for _ in range(2))
    expected = [overlap_by_a_loop(a, b, 0.9) for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(rank_biased_overlap(first, second), expected)
    assert rank_biased_overlap(first, first).tolist() == pytest.approx([1.0] * 20)
    assert rank_biased_overlap(first, second + 100).tolist() == [0.0] * 20
    assert rank_biased_overlap(np.empty((3, 0)), np.empty((3, 0))).tolist() == [0.0] * 3


def test_what_two_begin_alike_with_counts_more_than_what_they_end_with():
    own = np.arange(10)[None]
    begins, ends = own.copy(), own.copy()
    begins[:, 5:] += 100
    ends[:, :5] += 100
    assert rank_biased_overlap(own, begins) > rank_biased_overlap(own, ends) + 0.2


def test_an_image_that_networks_see_differently_has_little_agreement(tmp_path, monkeypatch):
    one, other = rows(1), rows(1)
    other[7] = -other[7]  # only this one moved
    for name, values in (("a", one), ("b", other), ("c", one)):
        tables.write_features(tmp_path / f"{name}.arrow", IDS, values)
    table, *others = (tmp_path / f"{name}.arrow" for name in "abc")
    read, beside = [], worlds.read_features
    monkeypatch.setattr(worlds, "read_features", lambda *a: read.append(a[0]) or beside(*a))
    columns = world_columns(table, one, others, IDS)
    assert read == others  # its own features were opened before
    lists = columns["world_neighbours"]
    assert lists.shape == (N, 3, 30)
    own = nearest(centred(one), 30, unit=True).index
    np.testing.assert_array_equal(lists[:, 0], own)
    agreement = world_agreement(lists)
    assert agreement.argmin() == 7
    expected = (rank_biased_overlap(lists[:, 0], lists[:, 1]) + 1) / 2
    np.testing.assert_allclose(agreement, expected)
    assert world_columns(table, one, [], IDS) == {}
    world_columns(others[0], other, [table], IDS)
    assert read == others  # nor is one opened again that stood beside another


def runs(**more):
    named = {"objectives": ["autoencoder"], "second_split": [], "on_features": ["byol"]}
    named |= {"seeds": [0, 3], "networks": ["net"], "clustered": [], "clustered_networks": ["net"]}
    return LabelFreeRuns(**named | more)


def test_worlds_are_of_one_seed_and_stand_beside_a_frozen_network_with_all():
    named = ["net", "autoencoder", "features_byol"]
    assert runs().worlds_beside(named, "autoencoder", 3) == ["net", "features_byol-3"]
    every = ["autoencoder-0", "autoencoder-3", "features_byol-0", "features_byol-3"]
    assert runs().worlds_beside(named, "net", None) == every
    assert runs().worlds_beside(["net", "autoencoder"], "features_byol", 0) == []
    assert runs().worlds_beside([], "net", None) == []


@pytest.mark.parametrize(("named", "said"), [(["pseudo_net", "net"], "none of"), (["net"], "two")])
def test_worlds_that_cannot_be_are_refused(named, said):
    with pytest.raises(InputError, match=f"score.worlds.*{said}"):
        runs().worlds_beside(named, "net", None)


# What others make up


def test_replaceability_is_that_of_scikit_learns_matching_pursuit():
    features = rows(2, 60, 30)
    unit = points(features, unit=True).astype(np.float64)
    near = nearest(features, 12, unit=True).index
    expected = []
    for own, others in zip(unit, unit[near], strict=True):
        weight = orthogonal_mp_gram(others @ others.T, others @ own, n_nonzero_coefs=4)
        expected.append(1 - np.square(own - weight @ others).sum())
    np.testing.assert_allclose(replaceability(features, neighbours=4), expected, atol=1e-5)


def test_what_is_a_mix_of_others_is_replaced_and_what_is_alone_is_not():
    features = np.eye(8, 12)[np.arange(40) % 8] + 0.01 * rows(3, 40)
    features[0] = features[1] + features[2]  # two of the three that 12 directions allow
    features[5] = 0
    features[5, 11] = 1  # a direction of its own
    found = replaceability(features, neighbours=3)
    assert found[0] > 0.98
    assert found.argmin() == 5
    assert found[5] < 0.05


def test_replaceability_of_copies_of_zeros_and_of_a_lone_sample():
    copies = np.repeat(rows(4, 10, 3), 5, axis=0)
    np.testing.assert_allclose(replaceability(copies), 1, atol=1e-5)
    assert replaceability(np.zeros((4, 3))).tolist() == [1.0] * 4
    assert replaceability(np.ones((1, 3))).tolist() == [0.0]
    order = np.random.default_rng(0).permutation(N)
    np.testing.assert_allclose(replaceability(rows()[order]), replaceability(rows())[order])


def test_what_costs_seconds_is_taken_only_where_asked_for():
    given = {"features": rows()}
    assert "replaceability" not in score(given)
    assert "replaceability" in score(given, {"also": ["replaceability"]})
    assert "replaceability" in of_arrays(features=rows(), also=["replaceability"]).columns
    with pytest.raises(InputError, match=r"'knn_distance' is none of .*, replaceability"):
        score(given, {"also": ["knn_distance"]})


# Depths


def test_the_transition_is_where_the_last_neighbours_are_found_for_good():
    last = [1, 2, 3, 4]
    half, some, none = [1, 2, 9, 8], [1, 7, 9, 8], [5, 6, 7, 8]
    lists = [
        [half, half, half, last],  # from the first depth on
        [half, none, half, last],  # lost again in between: at the third
        [none, none, some, last],  # 1/4 and 1: a third of the way from the third to the fourth
        [last, last, none, last],  # half way
    ]
    expected = [0, 2 / 3, (2 + 1 / 3) / 3, 2.5 / 3]
    np.testing.assert_allclose(transition_depth(np.array(lists)), expected)
    assert transition_depth(np.empty((2, 3, 0), int)).tolist() == [0.0, 0.0]


def test_depths_have_the_neighbours_of_their_own_features():
    first, last = rows(5), rows(6, width=7)
    lists = depth_neighbours([first, last], 5)
    assert lists.shape == (N, 2, 5)
    np.testing.assert_array_equal(lists[:, 1], nearest(centred(last), 5, unit=True).index)


# Patches


def patch_distances_by_a_loop(patches):
    made = np.zeros(patches.shape[:2])
    for i, image in enumerate(patches):
        others = np.concatenate([one for j, one in enumerate(patches) if j != i])
        for p, patch in enumerate(image):
            made[i, p] = np.sqrt(np.square(others - patch).sum(axis=1)).min()
    return made


def test_patches_are_compared_with_those_of_other_images():
    patches = np.random.default_rng(0).standard_normal((9, 4, 3))
    np.testing.assert_allclose(
        patch_distances(patches, 100), patch_distances_by_a_loop(patches), rtol=1e-4
    )
    patches[3, 2] = 50  # twice in one image, which does not excuse it
    patches[3, 1] = 50
    assert patch_anomaly(patch_distances(patches, 100)).argmax() == 3
    assert patch_distances(patches[:1], 100).tolist() == [[0.0] * 4]


def test_a_core_set_remembers_what_is_far_apart():
    line = np.array([[0.0], [1.0], [10.0], [4.0]], np.float32)
    assert farthest_first(line, 4, 0).tolist() == [0, 2, 3, 1]
    few = patch_distances(np.random.default_rng(1).standard_normal((40, 5, 3)), 60)
    assert few.shape == (40, 5)
    assert (few > 0).all()


def test_facility_location_by_hand():
    # Four rows, all looked at: sums of cosines 1 + 0.8 + 0.6 = 2.4 for the second, the most (first
    # and third: 1.8 and 1 + 0.6 + 0.96 = 2.56 is the third's). Then only the fourth is not near.
    rows = np.array([[1, 0, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [0, 0, 1.0]])
    near = np.maximum(rows @ rows.T, 0)
    first = int(near.sum(axis=1).argmax())
    chosen = facility_location(rows, 2, np.random.default_rng(0))
    assert chosen.tolist() == [first, 3]
    assert facility_location(rows, 2, np.random.default_rng(0), np.array([0, 1])).tolist() == [1, 0]


def test_facility_location_is_nearly_the_plain_greedy_search():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(400, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    near, plain = np.maximum(rows @ rows.T, 0), []
    for _ in range(40):
        best = near[:, plain].max(axis=1, initial=0)
        plain.append(int(np.maximum(near - best[:, None], 0).sum(axis=0).argmax()))
    chosen = facility_location(rows, 40, np.random.default_rng(0))
    assert len(np.unique(chosen)) == 40
    got, most = (near[:, one].max(axis=1).sum() for one in (chosen, plain))
    at_random = near[:, rng.permutation(400)[:40]].max(axis=1).sum()
    assert got > 0.985 * most > at_random


UNIT_ROWS = np.eye(4, 3, dtype=np.float32)  # the last of zeros


@pytest.mark.parametrize(
    ("rows", "count", "among", "said"),
    [
        (UNIT_ROWS, 0, None, "cannot choose 0 of 4 rows; give a whole number from 1"),
        (UNIT_ROWS, -1, None, "cannot choose -1 of 4 rows"),
        (UNIT_ROWS, 5, None, "cannot choose 5 of 4 rows"),
        (UNIT_ROWS, 2.5, None, "cannot choose 2.5 of 4 rows"),
        (UNIT_ROWS, 2, [1], "cannot choose 2 of 1 rows"),
        (UNIT_ROWS, 1, [], "cannot choose 1 of 0 rows"),
        (UNIT_ROWS[:0], 1, None, "cannot choose 1 of 0 rows"),
        (UNIT_ROWS[:, :0], 1, None, r"takes rows \(N, D\), these are \(4, 0\)"),
        (UNIT_ROWS[0], 1, None, r"takes rows \(N, D\), these are \(3,\)"),
        (UNIT_ROWS, 1, [4], "one that is none of 4; give whole numbers"),
        (UNIT_ROWS, 1, [-1], "one that is none of 4"),
        (UNIT_ROWS, 1, [0.5], "one that is none of 4"),
        (UNIT_ROWS, 1, [2, 2], "names a row twice"),
        (
            np.r_[UNIT_ROWS, [[0, np.nan, 0]]],
            1,
            None,
            "finite rows .* that of row 4 is nan; divide",
        ),
        (np.r_[UNIT_ROWS, [[0, np.inf, 0]]], 1, None, "that of row 4 is inf"),
        (UNIT_ROWS * 2, 1, None, "that of row 0 is 2; divide each by its length"),
    ],
)
def test_facility_location_says_what_it_cannot_take(rows, count, among, said):
    with pytest.raises(InputError, match=said) as caught:
        facility_location(rows, count, np.random.default_rng(0), among)
    assert "\n" not in str(caught.value)


def test_facility_location_takes_every_row_once():
    rows = np.repeat(np.eye(2), 5, axis=0)
    chosen = facility_location(rows, 10, np.random.default_rng(0))
    assert sorted(chosen.tolist()) == list(range(10))


def test_which_maps_patches_are_taken_from():
    assert middle([48, 24, 12, 6, 3], 96) == (2, 3)  # of 8 and of 16 pixels
    assert middle([24, 12, 6, 3, 2], 48) == (2, 3)
    assert middle([14] * 12, 224) == (5, 8)
    assert middle([7, 7, 4], 224) == (1, 1)  # coarser than a patch of 16 pixels


def scene(rng, ground, thing=None):
    """A frame of a fixed camera, with something small in it or not."""
    frame = ground.copy()
    if thing is not None:
        y, x = rng.integers(0, ground.shape[0] - len(thing), 2)
        frame[y : y + len(thing), x : x + thing.shape[1]] = thing
    return (frame + rng.normal(0, 3, frame.shape)).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def frames():
    """24 frames of one scene; in the sixth something small is to be seen."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(60, 180, (12, 12, 3)).astype(np.uint8)
    ground = np.asarray(Image.fromarray(coarse).resize((96, 96), Image.Resampling.BICUBIC), float)
    thing = rng.integers(0, 255, (12, 10, 3)).astype(float)
    return np.stack([scene(rng, ground, thing if k == 5 else None) for k in range(24)])


def test_something_small_in_a_fixed_scene_is_found_by_its_patches(frames, tmp_path):
    ids = np.arange(24, dtype=np.int32)
    images = tables.Images(ids, frames, np.full(24, -1), [f"{i}.png" for i in ids], [])
    tables.write_images(tmp_path / "images.arrow", images)
    with tables.pictures_writer(tmp_path / "pictures.arrow"):
        pass
    options = {"networks": ["net"], "net": NETWORK}
    params = dissect.Params(["net"], 96, 4000, options)
    paths = {"images": tmp_path / "images.arrow", "pictures": tmp_path / "pictures.arrow"}
    made = {"inside_of": tmp_path / "inside", "scratch": tmp_path / "scratch"}
    dissect.main(params, **paths, **made)
    found = tables.read_inside(tmp_path / "inside/net.arrow", ids)
    assert found["depth_neighbours"].shape == (24, 6, 23)
    assert found["patch_distance"].shape == (24, 36)
    assert patch_anomaly(found["patch_distance"]).argmax() == 5
    tables.write_features(tmp_path / "f.arrow", ids, rows(7, 24))
    tables.write_views(tmp_path / "v.arrow", ids, np.empty((24, 0, 12), np.float16))
    score_embedding(
        "net", tmp_path / "f.arrow", tmp_path / "v.arrow", {}, tmp_path / "net.arrow",
        inside=tmp_path / "inside/net.arrow",
    )  # fmt: skip
    names = {one.name for one in tables.read_scores(tmp_path, {"net": [None]})[1]}
    assert {"net/patch_anomaly", "net/transition_depth"} <= names
    with pytest.raises(InputError, match="other samples; run dissect again"):
        tables.read_inside(tmp_path / "inside/net.arrow", ids + 1)


def test_the_last_depth_is_the_networks_own_features(frames):
    from hardrare.networks import pretrained

    settings = Settings(**NETWORK | {"augmentation": NONE})
    opened = inside(settings, 48)
    depths, patches = opened.split(opened.run(frames[:2, ::2, ::2]))
    assert [one.shape[1] for one in depths] == [16, 24, 40, 112, 320, 1280]
    assert patches.shape == (2, 9, 152)
    network, expected = pretrained(NETWORK["model"], (3, 48, 48), "bundled")
    import torch

    given = torch.from_numpy(frames[:2, ::2, ::2].transpose(0, 3, 1, 2) / np.float32(255))
    mean, std = (torch.tensor(one).view(1, 3, 1, 1) for one in (expected.mean, expected.std))
    with torch.inference_mode():
        own = network.eval()((given - mean) / std).numpy()
    np.testing.assert_allclose(depths[-1], own, rtol=1e-3, atol=1e-3)


def test_networks_that_show_no_depths_are_refused(tmp_path):
    settings = Settings("small_cnn", "bundled", 48, 48, 0, NONE)
    with pytest.raises(InputError):
        inside(settings, 48)
    with pytest.raises(InputError, match=r"x.onnx does not show its depths; name"):
        inside(Settings(None, "x.onnx", 48, 48, 0, NONE), 48)
    params = dissect.Params(["other"], None, 10, {"networks": ["net"]})
    nowhere = dict.fromkeys(("images", "pictures", "inside_of", "scratch"), tmp_path)
    with pytest.raises(InputError, match=r"dissect.networks: other is none of embed.networks"):
        dissect.main(params, **nowhere)
