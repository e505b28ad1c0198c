"""What to label first: each strategy and judge by hand, fairness of the comparison, the stage."""

import doctest
import sys

import numpy as np
import pyarrow as pa
import pytest
from score_tables import run_stage, write_params
from sklearn.datasets import load_digits

from hardrare import tables
from hardrare.errors import InputError
from hardrare.labelling import clusters, first, strategies
from hardrare.labelling.clusters import assign, cluster
from hardrare.labelling.curve import Settings, curve, halves
from hardrare.labelling.judges import OWN, Split, beliefs, cluster_then_label, named
from hardrare.labelling.proposed import _as_sure, propose
from hardrare.labelling.prototypes import prototypes
from hardrare.labelling.samples import Samples
from hardrare.numerics.standardise import standardised
from hardrare.tables import Images

ALL = list(strategies())
PLAN = {"budgets": [0.05, 0.2], "strategies": ALL, "held_out": 0.3, "confidence": 0.9}
PLAN |= {"draws": 3, "seed": 0}


def directions(*degrees):
    """Features of length 3 in the plane."""
    angle = np.radians(degrees)
    return 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def classes_apart(n=240, classes=4, gap=4.0, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    features = gap * np.eye(6)[label] + rng.standard_normal((n, 6))
    return features.astype(np.float32), label


def axes(n):
    return {"hard": np.arange(n) / n, "rare": (np.arange(n) * 7 % n) / n}


def test_the_ends_of_an_axis_by_hand():
    values = {"hard": np.array([0.1, 0.9, 0.5, 0.7]), "rare": np.array([0.4, 0.1, 0.2, 0.3])}
    features = directions(0, 30, 60, 90)
    for strategy, expected in (("hard", [1, 3, 2]), ("easy", [0, 2, 3]), ("rare", [0, 3, 2])):
        assert first(features, 3, strategy, 0, values).tolist() == expected


def test_equal_scores_come_in_a_seeded_random_order():
    values, features = {"hard": np.zeros(200)}, directions(*range(200))
    one = first(features, 20, "hard", 0, values)
    assert np.array_equal(one, first(features, 20, "hard", 0, values))
    assert not np.array_equal(one, first(features, 20, "hard", 1, values))
    assert 40 < one.mean() < 160


def test_prototypes_by_hand():
    # Three bundles of 2, 3 and 4: the middle ones stand nearest to the centres; large ones first.
    features = directions(-2, 2, 88, 90, 92, 179, 180, 181, 180.2)
    for seed in range(3):
        found = first(features, 3, "prototypes", seed)
        assert found.tolist()[:2] == [6, 3] or found.tolist()[:2] == [8, 3]
        assert found[2] in (0, 1)


def test_typical_by_hand():
    # In each bundle one sample stands among most others; three outliers at 270 degrees are a
    # cluster too small to be typical of anything, though its samples are closest together.
    bundles = [0, 4, 5, 6, 7, 8, 20, 120, 130, 133, 135, 136, 270, 270.01, 270.02]
    found = first(directions(*bundles), 3, "typical", 0)
    samples = Samples.of(directions(*bundles), {}, 0)
    assert sorted(samples.clusters(3).size.tolist()) == [3, 5, 7]
    assert found[0] == bundles.index(6)
    assert found[1] in (bundles.index(133), bundles.index(135))
    assert found[2] not in [bundles.index(b) for b in (270, 270.01, 270.02)]


def test_typical_takes_turns_over_at_most_so_many_clusters(monkeypatch):
    monkeypatch.setattr(sys.modules["hardrare.labelling.typical"], "MOST_CLUSTERS", 2)
    features = directions(*np.linspace(0, 20, 12), *np.linspace(180, 195, 8))
    found = first(features, 6, "typical", 0)
    assert (found < 12).tolist() == [True, False] * 3


def test_typical_takes_exact_copies_in_the_order_of_the_rows():
    # Rounding would part them where distances come from products.
    features = load_digits().data[:300].astype(np.float32)
    found = first(np.concatenate([features, features[:100]]), 60, "typical", 0).tolist()
    taken = [row for row in range(100) if row + 300 in found]
    assert all(row in found[: found.index(row + 300)] for row in taken)


def test_k_center_covers_the_circle():
    # Three bundles of nine: whatever the first one, the next two lie in the other bundles.
    features = directions(*(centre + 0.1 * i for centre in (0, 120, 240) for i in range(9)))
    for seed in range(5):
        assert sorted(first(features, 3, "k_center", seed) // 9) == [0, 1, 2]


def test_k_center_against_a_plain_loop():
    features, _ = classes_apart(80)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    found = first(features, 10, "k_center", 3).tolist()
    for i in range(1, 10):
        apart = np.linalg.norm(unit[:, None] - unit[found[:i]], axis=2).min(axis=1)
        assert apart[found[i]] == pytest.approx(apart.max(), abs=1e-5)


@pytest.mark.parametrize("strategy", ALL)
@pytest.mark.parametrize("budget", [1, 7, 40])
def test_every_strategy_gives_as_many_distinct_samples_and_repeats_itself(strategy, budget):
    features, _ = classes_apart(40)
    found = first(features, budget, strategy, 5, axes(40))
    assert len(np.unique(found)) == budget
    assert np.array_equal(found, first(features, budget, strategy, 5, axes(40)))


@pytest.mark.parametrize("strategy", ALL)
def test_copies_are_chosen_once_each(strategy):
    features = np.repeat(directions(0, 90), 10, axis=0)
    assert len(np.unique(first(features, 12, strategy, 0, axes(20)))) == 12


def test_what_first_refuses():
    features = directions(0, 90)
    with pytest.raises(
        InputError, match=r"unknown labelling strategy 'best'; known are easy, facility"
    ):
        first(features, 1, "best", 0)
    for budget in (0, 3):
        with pytest.raises(InputError, match=f"budget of {budget} does not fit 2 samples"):
            first(features, budget, "random", 0)
    with pytest.raises(InputError, match="needs the rare axis"):
        first(features, 1, "rare", 0, {"hard": np.zeros(2)})
    with pytest.raises(InputError, match="not finite"):
        first(np.array([[np.nan, 1]]), 1, "random", 0)


def test_mini_batches_find_like_clusters(monkeypatch):
    rows = Samples.of(classes_apart(4000, gap=8)[0], {}, 0).rows
    whole = cluster(rows, 40, 0)
    monkeypatch.setattr(clusters, "LLOYD_UP_TO", 0)
    parts = cluster(rows, 40, 0)
    assert parts.size.sum() == 4000
    assert (parts.distance**2).sum() < 1.15 * (whole.distance**2).sum()
    assert np.array_equal(parts.label, assign(rows, parts.centroid))
    again = cluster(rows, 40, 0)
    assert np.array_equal(parts.label, again.label)


def split_of(features, free):
    rows, samples = standardised(features).astype(np.float32), Samples.of(features[free], {}, 0)
    held = np.setdiff1d(np.arange(len(features)), free)
    return Split(samples, rows[free], rows[held], Samples.of(features[held], {}, 0).rows), held


def test_cluster_then_label_by_hand(monkeypatch):
    # Two bundles of labelled samples; the third has no label and takes that of the nearest.
    features = directions(0, 1, 2, 90, 91, 92, 150, 151, 152, 3, 93, 149)
    split, held = split_of(features, np.arange(9))
    chosen = np.array([0, 1, 3])
    assert sorted(split.samples.clusters(3, OWN).size.tolist()) == [3, 3, 3]
    assert held.tolist() == [9, 10, 11]
    assert cluster_then_label(split, chosen, np.array([7, 7, 5])).tolist() == [7, 5, 5]
    # The majority decides inside a cluster.
    chosen = np.array([0, 1, 2, 3])
    own = split.samples.clusters(3, OWN)
    monkeypatch.setattr(Samples, "clusters", lambda *_: own)
    assert cluster_then_label(split, chosen, np.array([7, 6, 6, 5])).tolist() == [6, 5, 5]


def test_the_judge_has_clusters_of_its_own():
    features, label = classes_apart(240, gap=0.0)
    split, _ = split_of(features, np.arange(180))
    chosen = prototypes(split.samples, 20)[:20]
    theirs, own = split.samples.clusters(20), split.samples.clusters(20, OWN)
    assert len(theirs.centroid) == len(own.centroid) == 20
    assert len(np.unique(theirs.label[chosen])) == 20
    assert len(np.unique(own.label[chosen])) < 20  # no label in each by construction
    found = cluster_then_label(split, chosen, label[chosen])
    again, _ = split_of(features, np.arange(180))  # the judge's clusters first this time
    assert np.array_equal(again.samples.clusters(20, OWN).label, own.label)
    assert np.array_equal(again.samples.clusters(20).label, theirs.label)
    assert np.array_equal(cluster_then_label(again, chosen, label[chosen]), found)
    # It reads its own: whoever spoils those of the strategies changes nothing.
    theirs.label[:] = 0
    theirs.centroid[:] = 0
    assert np.array_equal(cluster_then_label(split, chosen, label[chosen]), found)


def test_self_training_learns_from_what_it_is_sure_of():
    # Two long strips, one label at the near end of one and one at the far end of the other:
    # alone they draw the border askew.
    rng = np.random.default_rng(0)
    along, side = rng.uniform(0, 6, 400), np.arange(400) % 2
    features = np.stack([along, 4 * side + rng.normal(0, 0.4, 400)], axis=1)
    split, held = split_of(features, np.arange(200))
    even, odd = np.arange(0, 200, 2), np.arange(1, 200, 2)
    chosen = np.array([even[along[even].argmin()], odd[along[odd].argmax()]])
    found = named(split, chosen, side[chosen], 0.7)
    right = {judge: (one == side[held]).mean() for judge, one in found.items()}
    assert right["linear_probe"] < right["self_training"]
    sure_of_nothing = named(split, chosen, side[chosen], 1.0)
    assert np.array_equal(sure_of_nothing["self_training"], sure_of_nothing["linear_probe"])


def test_labels_of_one_class_name_that_class():
    features, _ = classes_apart(60)
    split, held = split_of(features, np.arange(40))
    for found in named(split, np.array([3, 9]), np.array([2, 2]), 0.9).values():
        assert found.tolist() == [2] * len(held)


def rows_of(features, label, **changes):
    return curve(features, label, axes(len(label)), Settings(**PLAN | changes))


def test_curve_has_one_row_for_everything():
    features, label = classes_apart()
    rows = rows_of(features, label)
    assert len(rows) == 3 * 2 * len(ALL) * 3
    assert {(r["budget"], r["labels"]) for r in rows} == {(0.05, 8), (0.2, 34)}
    assert {(r["free"], r["n"]) for r in rows} == {(168, 72)}
    assert all(0 <= r["accuracy"] <= 1 and 1 <= r["classes"] <= 4 for r in rows)
    assert rows == rows_of(features, label)


def test_classes_far_apart_are_named_and_nonsense_is_not():
    features, label = classes_apart(gap=12.0)
    rows = rows_of(features, label, strategies=["random", "prototypes", "typical", "k_center"])
    assert min(r["accuracy"] for r in rows if r["budget"] == 0.2) > 0.97
    noise = np.random.default_rng(1).standard_normal(features.shape)
    chance = [r["accuracy"] for r in rows_of(noise, label, draws=8) if r["budget"] == 0.2]
    assert 0.2 < np.mean(chance) < 0.3


def test_no_label_of_a_judging_sample_is_read_but_to_judge():
    features, label = classes_apart()
    held, _ = halves(len(label), 0.3, [0, 0])
    other = label.copy()
    other[held] = (other[held] + 1) % 4
    before, after = (rows_of(features, one, draws=1) for one in (label, other))
    assert [r["classes"] for r in before] == [r["classes"] for r in after]
    flipped = rows_of(features, np.where(np.isin(np.arange(240), held), 9, label), draws=1)
    assert all(r["accuracy"] == 0 for r in flipped)


def test_all_strategies_of_a_draw_are_judged_on_the_same_samples():
    first_half, free = halves(100, 0.3, [0, 1])
    assert np.array_equal(np.sort(np.concatenate([first_half, free])), np.arange(100))
    assert len(first_half) == 30
    assert not np.array_equal(first_half, halves(100, 0.3, [0, 2])[0])
    for size, share in ((2, 0.01), (2, 0.99)):
        assert [len(part) for part in halves(size, share, [0])] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"budgets": [0.1, 1.0]}, "label_first.budgets holds 1.0, expected above 0 and below 1"),
        ({"held_out": 0.0}, "label_first.held_out holds 0.0"),
        ({"confidence": 1.2}, "label_first.confidence is 1.2"),
        ({"draws": 0}, "label_first.draws is 0"),
        ({"strategies": ["random", "best"]}, "label_first.strategies holds best, expected of"),
    ],
)
def test_bad_settings_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**PLAN | changes)


@pytest.fixture
def study(tmp_path):
    """Forty samples are wrongly labelled and have features of nonsense."""
    features, label = classes_apart(200, gap=12.0)
    sample_id = np.arange(200) + 5
    wrong = np.arange(40)
    features[wrong] = 0
    names = [f"{i}.png" for i in sample_id]
    image = np.zeros((200, 2, 2, 1), np.uint8)
    for name, given in (("images", np.where(np.arange(200) < 40, (label + 1) % 4, label)),
                        ("bare", np.full(200, -1))):  # fmt: skip
        tables.write_images(tmp_path / f"{name}.arrow", Images(sample_id, image, given, names, []))
    rows = [{"sample_id": int(sample_id[i]), "artefact": "label_uniform"} for i in wrong]
    tables.write_rows(tmp_path / "manifest.arrow", "manifest/1", rows)
    ranked = dict.fromkeys(tables.AXES, np.zeros(200)) | axes(200)
    axis = {f"{name}_score": pa.array(v, pa.float32()) for name, v in ranked.items()}
    ranking = pa.table({"sample_id": pa.array(sample_id, pa.int32()), "file_name": names, **axis})
    tables.write(tmp_path / "ranking.arrow", "ranking/2", ranking)
    for seed in (0, 1):
        tables.write_features(tmp_path / f"features/autoencoder-{seed}.arrow", sample_id, features)
    write_params(tmp_path / "params.yaml", label_first=PLAN | {"features": "autoencoder"})
    return tmp_path


def run(study, out="labelling", images="images"):
    paths = {name: study / f"{name}.arrow" for name in ("manifest", "ranking")}
    paths |= {"features": study / "features", "images": study / f"{images}.arrow"}
    run_stage("label_first", study / "params.yaml", **paths, labelling=study / f"{out}.arrow")
    return tables.read(study / f"{out}.arrow", "labelling/1").to_pylist()


def test_stage_leaves_out_what_was_changed_and_repeats_itself(study):
    rows = run(study)
    assert {r["seed"] for r in rows} == {0, 1}
    assert {r["objective"] for r in rows} == {"autoencoder"}
    assert {r["free"] + r["n"] for r in rows} == {160}
    assert min(r["accuracy"] for r in rows if r["strategy"] == "prototypes") > 0.97
    run(study, "again")
    assert (study / "labelling.arrow").read_bytes() == (study / "again.arrow").read_bytes()


def test_stage_without_labels_writes_an_empty_table(study):
    assert run(study, images="bare") == []


def test_stage_refuses_features_of_a_run_with_labels(study, capsys):
    write_params(study / "params.yaml", label_first=PLAN | {"features": "supervised"})
    with pytest.raises(SystemExit):
        run(study)
    assert "label_first.features is supervised, expected one of autoencoder" in (
        capsys.readouterr().err
    )


def test_stage_refuses_tables_of_other_samples(study, capsys):
    tables.write_features(study / "features/autoencoder-1.arrow", np.arange(200), np.ones((200, 2)))
    with pytest.raises(SystemExit):
        run(study)
    assert "autoencoder-1.arrow: holds features of other samples" in capsys.readouterr().err


def test_doctest():
    assert doctest.testmod(clusters) == (0, 2)


def test_labels_are_proposed_from_a_few_with_how_sure():
    features, label = classes_apart(400, gap=6.0)
    told = np.random.default_rng(1).permutation(400)[:40]
    found = propose(features, told, label[told] + 5, 0)
    assert np.array_equal(found.rows, np.setdiff1d(np.arange(400), told))
    right = found.label - 5 == label[found.rows]
    assert right.mean() > 0.95
    assert found.right > 0.9
    assert found.judges[right].mean() > 2.8
    assert ((found.confidence > 0) & (found.confidence <= 1)).all()
    again = propose(features, told, label[told] + 5, 0)
    assert np.array_equal(again.confidence, found.confidence)


def test_the_confidence_of_a_proposal_by_hand():
    # The told stand at 0 and 90 degrees, a third to name at 2: each judge names the first.
    features = directions(0, 1, 89, 90, 2)
    split_of = Samples.of(features, {}, 0)
    rows = standardised(features).astype(np.float32)
    split = Split(split_of, rows, rows[4:], split_of.rows[4:])
    each = beliefs(split, np.arange(4), np.array([3, 3, 8, 8]), 0.9)
    assert all(one.shape == (1, 2) and one.sum() == pytest.approx(1) for one in each.values())
    found = propose(features, np.arange(4), np.array([3, 3, 8, 8]), 0)
    assert found.label.tolist() == [3]
    assert found.judges.tolist() == [3]
    assert found.confidence[0] == pytest.approx(np.mean([one[0, 0] for one in each.values()]))
    assert np.isnan(found.right)


@pytest.mark.parametrize(
    ("told", "label", "said"),
    [([0, 1], [2, 2], "all of one class"), ([0, 1, 2, 3], [1, 2, 1, 2], "nothing to propose")],
)
def test_proposals_that_cannot_be_made_are_refused(told, label, said):
    with pytest.raises(InputError, match=said):
        propose(directions(0, 20, 40, 60), np.array(told), np.array(label), 0)


def test_a_sure_proposal_is_right_more_often_than_an_unsure_one():
    features, label = classes_apart(800, gap=2.0)
    told = np.arange(40)
    found = propose(features, told, label[told], 0)
    right, order = found.label == label[found.rows], np.argsort(-found.confidence)
    assert right[order[:300]].mean() > right[order[-300:]].mean() + 0.15


def test_beliefs_are_as_sure_as_told_labels_that_are_left_out_allow():
    features, label = classes_apart(600, gap=1.0)
    told = np.arange(60)
    found = propose(features, told, label[told], 0)
    right = (found.label == label[found.rows]).mean()
    assert right < 0.75  # these classes lie in each other
    assert abs(found.confidence.mean() - right) < 0.15
    np.testing.assert_allclose(_as_sure(np.array([[0.8, 0.2]]), 0.5), [[2 / 3, 1 / 3]])
