"""Kinds of run with labels: their columns, their splits, and labels that stay with their images."""

import inspect
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from hardrare import tables
from hardrare.checking import check
from hardrare.errors import InputError
from hardrare.metrics.rho import rho
from hardrare.objectives import supervised
from hardrare.params import build
from hardrare.protocols import guessing
from hardrare.protocols.holdout import BestLoss
from hardrare.protocols.kinds import KINDS, Work, kind
from hardrare.scoring.run import score_learnt, score_twice
from hardrare.training import Callbacks, FeatureViews, Pixels, Recorder, Settings, single, train
from hardrare.training import plan as plans
from hardrare.training.plan import Member, Plan, holdout
from hardrare.training.probing import Probing

ROOT = Path(__file__).parents[1]
CPU = torch.device("cpu")
N, EPOCHS = 40, 3
OPTIONS = supervised.Settings("small_cnn", "adamw", 3e-3, 0.0, None)
SETTINGS = Settings(EPOCHS, 8, "triangular", "float32", "cpu", 0)
OWN = {
    "supervised": {"occasional": ["grand", "gradient_deviation", "odin"], "checkpoints": 2},
    "cross_validation": {"folds": 3},
    "second_split": {},
    "holdout": {"irreducible_epochs": 4},
    "mc_dropout": {"rate": 0.2, "passes": 5},
    "mimo": {"inputs": 3, "repetitions": 2},
    "label_triplet": {"hidden_size": 16, "output_size": 8, "margin": 0.5},
    "semi_supervised": {"share": 0.3, "rounds": 2, "steps": 6, "confidence": 0.5},
}
EVERY = {
    "loss", "correct", "predicted", "probability", "margin", "error_norm", "norm",
    "displacement", "cosine_displacement",
}  # fmt: skip
COLUMNS = {
    "supervised": EVERY | {"grand", "gradient_deviation", "odin"},
    "cross_validation": EVERY | {f"held_out_{c}" for c in EVERY},
    "second_split": {f"{half}_split_{c}" for half in ("first", "second") for c in EVERY},
    "holdout": {"loss", "irreducible_loss"},
    "mc_dropout": {"mc_dropout_entropy", "bald"},
    "mimo": {"mimo_entropy", "mimo_disagreement", "mimo_kl"},
    "label_triplet": {
        "norm",
        "displacement",
        "cosine_displacement",
        "loss",
        "gradient_norm",
        "alignment",
        "cross_correlation",
        "hardest_positive_distance",
        "hardest_negative_distance",
    },
    "semi_supervised": EVERY,
}


def image():
    return np.random.default_rng(0).integers(0, 256, (N, 8, 8, 1), np.uint8)


def labels():
    return np.arange(N) % 3


def run(folder, name, label=None, seed=0):
    """A run of a kind: dynamics and features."""
    one = build(kind(name), OWN[name], name, "test")
    pixels, path = Pixels(image(), labels() if label is None else label, CPU), folder / name
    kept = {"features": folder / f"{name}.features", "networks": one.networks}
    with Recorder(path, np.arange(N), one.phases, **kept) as recorder:
        one.run(Work(OPTIONS, SETTINGS, pixels, seed, recorder, name))
    single = one.networks == 1
    features = None if not single else tables.read_features(kept["features"])[1]
    return tables.read_dynamics(path)[1], features


class Kept:
    """Columns of every epoch, as a recorder takes them."""

    def __init__(self):
        self.epochs = []

    def record(self, part, columns, features):  # noqa: ARG002
        self.epochs.append(columns)


def test_a_kind_says_what_it_is():
    assert all(one.words[0].islower() and len(one.words) < 120 for one in KINDS.values())


@pytest.mark.parametrize("name", KINDS)
def test_columns_shapes_and_equal_bytes(tmp_path, name):
    dynamics, features = run(tmp_path, name)
    first = (tmp_path / name).read_bytes()
    assert set(dynamics) == COLUMNS[name]
    assert all(values.shape == (N, EPOCHS) for values in dynamics.values())
    assert features is None if KINDS[name].networks != 1 else features.shape == (N, 128)
    for column in ("mc_dropout_entropy", "bald", "mimo_entropy", "odin", "gradient_deviation"):
        if column in dynamics:
            assert np.isfinite(dynamics[column][:, -1]).all()
            assert np.isnan(dynamics[column][:, :-1]).all()
    run(tmp_path, name)
    assert (tmp_path / name).read_bytes() == first
    run(tmp_path, name, seed=1)
    assert (tmp_path / name).read_bytes() != first


def test_few_labels_are_told_and_no_other_is_read(tmp_path):
    rows = guessing.told(N, 0.3, 0)
    assert len(rows) == 12
    assert np.array_equal(rows, guessing.told(N, 0.3, 0))
    assert not np.array_equal(rows, guessing.told(N, 0.3, 1))
    assert len(guessing.told(N, 0.01, 0)) == 2
    run(tmp_path, "semi_supervised")
    first = (tmp_path / "semi_supervised").read_bytes()
    other = np.roll(labels(), 1)
    other[rows] = labels()[rows]
    run(tmp_path, "semi_supervised", other)
    assert (tmp_path / "semi_supervised").read_bytes() == first
    other[rows] = (labels()[rows] + 1) % 3
    run(tmp_path, "semi_supervised", other)
    assert (tmp_path / "semi_supervised").read_bytes() != first


def test_guesses_by_hand():
    # Two heaps, one label told in each: the network that learns them names the rest, and the told
    # ones keep theirs. In the second round it learns those that it was sure of, too.
    rows, seen = np.array([0, 5]), []
    given = FeatureViews(np.repeat([[0.0], [1.0]], 5, axis=0), None, None, CPU)

    def fit(samples, believed, number):
        seen.append((samples.label.numpy()[believed].tolist(), believed.tolist(), number))

        def network(batch):
            above = batch.flatten() > 0  # standardised: the second heap
            return torch.stack([4.0 * ~above, 4.0 * above], dim=1)

        return Network(network)

    told = np.array([1, 9, 9, 9, 9, 0, 9, 9, 9, 9])  # against what the network says
    guess = guessing.guessed(given, told, rows, fit, 2, 0.9)
    assert guess.tolist() == [1, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert seen[0] == ([1, 0], [0, 5], 0)
    assert seen[1] == ([1, 0, 0, 0, 0, 0, 1, 1, 1, 1], list(range(10)), 1)
    seen.clear()
    guessing.guessed(given, told, rows, fit, 2, 0.99)  # sure by 0.982 only
    assert seen[1][1] == [0, 5]


class Network(torch.nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, batch):
        return self.function(batch)


def test_few_labels_take_no_range_test(tmp_path):
    options = replace(OPTIONS, learning_rate="auto")
    one = build(kind("semi_supervised"), OWN["semi_supervised"], "x", "test")
    work = Work(options, SETTINGS, Pixels(image(), labels(), CPU), 0, None, "x")
    with pytest.raises(InputError, match="a range test would read all labels; set the rate"):
        one.run(work)


def test_units_of_columns_stand_in_the_table(tmp_path):
    for name in ("supervised", "holdout"):
        run(tmp_path, name)
        schema = tables.read(tmp_path / name, "dynamics/1").schema
        for field in schema:
            if field.name not in ("epoch", "sample_id"):
                assert field.metadata[b"unit"], field.name


def test_holdout_parts_are_disjoint_even_and_cover_everything():
    label = np.repeat([0, 1, 2], [6, 10, 4])
    models, targets = holdout(label, 3)
    for model, target in zip(models.members, targets.members, strict=True):
        assert not np.intersect1d(model.trained_on[0], target.trained_on[0]).size
        assert np.array_equal(model.measures, target.trained_on[0])
        assert np.array_equal(target.measures, target.trained_on[0])
        assert np.bincount(label[model.trained_on[0]]).tolist() == [3, 5, 2]
    both = np.concatenate([target.measures for target in targets.members])
    assert np.array_equal(np.sort(both), np.arange(20))
    other = holdout(label, 4)[0].members[0]
    assert not np.array_equal(other.measures, models.members[0].measures)
    with pytest.raises(InputError, match="holdout needs at least 4 samples"):
        holdout(np.zeros(3), 0)


def test_rho_is_what_two_plain_training_runs_give(tmp_path):
    dynamics, _ = run(tmp_path, "holdout")
    found = rho(dynamics["loss"], dynamics["irreducible_loss"])
    models, targets = holdout(labels(), 0)
    a, b = models.members[0].trained_on[0], targets.members[0].trained_on[0]
    pixels, model, target = Pixels(image(), labels(), CPU), Kept(), Kept()
    seed = int(np.random.SeedSequence([0, 3]).generate_state(1)[0])
    longer = replace(SETTINGS, epochs=OWN["holdout"]["irreducible_epochs"])
    everything = np.arange(N)
    train(
        supervised,
        OPTIONS,
        longer,
        Plan((Member((a,), everything),)),
        pixels,
        seed,
        Callbacks(model),
    )
    train(
        supervised,
        OPTIONS,
        SETTINGS,
        Plan((Member((b,), everything),)),
        pixels,
        0,
        Callbacks(target),
    )
    losses = [epoch["loss"][b] for epoch in model.epochs]
    best = losses[int(np.argmin([one.mean() for one in losses]))]
    expected = np.mean([epoch["loss"][b] - best for epoch in target.epochs], axis=0)
    np.testing.assert_allclose(found[b], expected, rtol=1e-4, atol=1e-6)


def test_the_best_checkpoint_is_by_the_loss_of_the_other_part(tmp_path):
    plan, best = holdout(labels(), 0)[0], Kept()
    dynamics, _ = run(tmp_path, "holdout")
    pixels = Pixels(image(), labels(), CPU)
    seed = int(np.random.SeedSequence([0, 3]).generate_state(1)[0])
    settings = replace(SETTINGS, epochs=4)
    callbacks = Callbacks(best, Probing(("loss",)))
    train(supervised, OPTIONS, settings, plan, pixels, seed, callbacks)
    for member in plan.members:
        means = [epoch["loss"][member.measures].mean() for epoch in best.epochs]
        chosen = dynamics["irreducible_loss"][member.measures, 0]
        assert chosen.mean() == pytest.approx(min(means), rel=1e-5)


def turned(rows):
    """Labels with those of some rows permuted among these rows."""
    label = labels()
    label[rows] = np.roll(label[rows], 1)
    assert (label[rows] != labels()[rows]).any()
    return label


def test_labels_of_a_holdout_are_sliced_with_its_images(tmp_path):
    # Trained on half A, a model judges half B: A's labels alone decide its weights, and
    # both A's (through the weights) and B's (through the loss) what it says of B.
    a = holdout(labels(), 0)[0].members[0].trained_on[0]
    b = np.setdiff1d(np.arange(N), a)
    plan, weights, losses = Plan((Member((a,), b), Member((b,), a))), {}, {}
    for name, label in {"as is": labels(), "a": turned(a), "b": turned(b)}.items():
        best = BestLoss(plan)
        pixels = Pixels(image(), label, CPU)
        modules = train(supervised, OPTIONS, SETTINGS, plan, pixels, 0, Callbacks(best))
        weights[name], losses[name] = modules[0].classifier.weight, best.loss[b]
    assert not torch.equal(weights["as is"], weights["a"])
    assert torch.equal(weights["as is"], weights["b"])
    assert not np.allclose(losses["as is"], losses["a"])
    assert not np.allclose(losses["as is"], losses["b"])


def test_labels_of_the_second_split_are_sliced_with_its_images():
    pixels, a, b = Pixels(image(), labels(), CPU), np.arange(0, N, 2), np.arange(1, N, 2)
    plan = Plan((Member((a, b), a), Member((b, a), b)))
    kept = {}
    for name, label in {"as is": labels(), "b": turned(b)}.items():
        kept[name] = Kept()
        pixels = Pixels(image(), label, CPU)
        train(supervised, OPTIONS, SETTINGS, plan, pixels, 0, Callbacks(kept[name]))
    before = [[epoch["loss"][a] for epoch in kept[name].epochs] for name in ("as is", "b")]
    np.testing.assert_array_equal(before[0][:EPOCHS], before[1][:EPOCHS])  # A is learnt alike
    assert not np.allclose(before[0][EPOCHS:], before[1][EPOCHS:])  # and forgotten otherwise


def test_labels_of_a_subset_are_sliced_with_its_images():
    rows = np.array([1, 4, 5, 9, 12, 20, 21, 33])
    rest = np.setdiff1d(np.arange(N), rows)
    weights = [
        train(supervised, OPTIONS, SETTINGS, single(N, rows), Pixels(image(), y, CPU), 0)[0]
        for y in (labels(), turned(rest), turned(rows))
    ]
    weights = [module.classifier.weight for module in weights]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize("name", KINDS)
def test_permuted_labels_give_another_result(tmp_path, name):
    (tmp_path / "b").mkdir()
    found, _ = run(tmp_path, name)
    other, _ = run(tmp_path / "b", name, np.random.default_rng(3).permutation(labels()))
    assert any(not np.array_equal(found[c], other[c], equal_nan=True) for c in found)


def test_the_networks_of_a_cross_validation_judge_what_they_never_saw(tmp_path):
    found, _ = run(tmp_path, "cross_validation")
    scores = score_twice(found)
    np.testing.assert_allclose(scores["held_out_aum"], found["held_out_margin"].mean(1), rtol=1e-5)
    np.testing.assert_allclose(scores["aum"], found["margin"].mean(1), rtol=1e-5)
    says, given = found["held_out_predicted"], labels()[:, None]
    assert np.array_equal(says == given, found["held_out_correct"].astype(bool))
    # A label that is changed is learnt by two of three networks, the third says the same.
    changed = labels()
    changed[5] = (changed[5] + 1) % 3
    with pytest.MonkeyPatch.context() as patch:  # the folds as they were: they go by the labels
        patch.setattr(plans, "_parts", lambda *_: [np.arange(k, N, 3) for k in range(3)])
        before, after = (
            run(tmp_path, "cross_validation")[0],
            run(tmp_path, "cross_validation", changed)[0],
        )
    name = "held_out_predicted"
    assert np.array_equal(before[name][2::3], after[name][2::3])  # 5 is in the third fold
    assert not np.array_equal(before["held_out_loss"][0::3], after["held_out_loss"][0::3])


def test_suggested_labels_are_what_most_votes_say(tmp_path):
    found, _ = run(tmp_path, "cross_validation")
    (tmp_path / "cross_validation").rename(tmp_path / "cross_validation-0.arrow")
    run(tmp_path, "supervised")
    (tmp_path / "supervised").rename(tmp_path / "supervised-0.arrow")
    runs = {"cross_validation": [0], "supervised": [0]}
    suggested = tables.read_suggested(tmp_path, runs, np.arange(N))
    votes = found["held_out_predicted"].astype(int)
    counts = np.stack([(votes == c).sum(1) for c in range(3)], axis=1)
    assert (counts[np.arange(N), suggested] == counts.max(1)).all()
    assert tables.read_suggested(tmp_path, {"supervised": [0]}, np.arange(N)) is None
    with pytest.raises(InputError, match="holds other samples"):
        tables.read_suggested(tmp_path, runs, np.arange(1, N + 1))
    tie = [np.array([[0, 1], [1, 0]]), np.array([[1, 0], [1, 0]])]
    assert tables.most_often(tie).tolist() == [0, 0]  # class 0 is said later
    assert tables.most_often([np.array([[2, 2, 0]])]).tolist() == [2]


def test_an_unknown_kind_is_refused():
    with pytest.raises(InputError, match="unknown kind of run 'ensemble'; known are supervised"):
        kind("ensemble")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kinds": ["ensemble"]}, "unknown kind of run 'ensemble'"),
        ({"ensemble": {}}, "unknown key supervise.ensemble"),
        ({"mimo": {"inputs": 3}}, "missing key supervise.mimo.repetitions"),
        ({"second_split": {"share": 0.5}}, "unknown key supervise.second_split.share"),
        ({"supervised": {"occasional": ["grant"], "checkpoints": 2}}, "unknown occasional probe"),
        ({"supervised": {"occasional": ["bald"], "checkpoints": 2}}, "bald needs several passes"),
        ({"supervised": {"occasional": [], "checkpoints": 0}}, "checkpoints is 0"),
        (
            {"semi_supervised": OWN["semi_supervised"] | {"share": 0.0}},
            "share and confidence are shares",
        ),
        ({"semi_supervised": OWN["semi_supervised"] | {"rounds": 0}}, "must be at least 1"),
        ({"holdout": None}, "supervise.holdout is None, expected a mapping"),
    ],
)
def test_a_study_with_a_wrong_kind_is_refused(tmp_path, change, sentence):
    tree = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    tree["supervise"]["kinds"] = list(KINDS)
    tree["supervise"] |= change
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(tree))
    with pytest.raises(InputError, match=sentence):
        check(tmp_path / "params.yaml", ROOT)


def test_only_score_supervised_can_read_a_label(tmp_path):
    from stages import score, score_supervised

    assert "images" not in inspect.signature(score.main).parameters
    assert "images" in inspect.signature(score_supervised.main).parameters
    assert "label_seeds" not in {one.name for one in fields(score.Params)}
    _, features = run(tmp_path, "supervised")
    names = [f"{i}.png" for i in range(N)]
    given = tables.Images(np.arange(N), image(), labels(), names, ["a", "b", "c"])
    tables.write_images(tmp_path / "images", given)
    tables.write_features(tmp_path / "features", np.arange(N), features)
    settings = {"neighbours": 3, "duplicate_threshold": 0.999, "aflite_rounds": 8}
    found = {}
    for name, images in (("score", None), ("score_supervised", tmp_path / "images")):
        paths = (tmp_path / one for one in ("supervised", "features"))
        score_learnt("supervised-0", *paths, settings, tmp_path / name, images)
        found[name] = set(tables.read(tmp_path / name, "scores/1").schema.names)
    assert found["score_supervised"] - found["score"] == {"vog", "aflite_predictability"}
    assert found["score"] < found["score_supervised"]
