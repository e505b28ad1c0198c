"""Data maps, their regions and the pictures of the report: by hand-computed numbers."""

import numpy as np
import pyarrow as pa
import pytest
from made_up_study import AXES, STABLE, Tables, study_of, synthesise

from hardrare import figures, tables
from hardrare.errors import InputError
from hardrare.numerics.intervals import counted
from hardrare.numerics.stable_ranking import Settings as StableRanking
from hardrare.report import Settings, Study, plan
from hardrare.report.over_epochs import curves
from hardrare.report.sections.images.grids import grids
from hardrare.report.sections.images.rows import partners_of
from hardrare.report.sections.map.maps import (
    DataMap,
    free,
    free_map,
    labelled,
    labelled_map,
    levels,
)
from hardrare.report.sections.map.regions import AMBIGUOUS, EASY, HARD, Regions, overlap, regions
from hardrare.report.sections.map.tables import map_tables
from hardrare.report.sections.studied.examples import examples


def record(path, sample_id, **columns):
    """A dynamics table of `(N, T)` columns."""
    types = {"epoch": pa.int16(), "sample_id": pa.int32()}
    types |= {k: pa.bool_() if v.dtype == bool else pa.float32() for k, v in columns.items()}
    schema = pa.schema(list(types.items()))
    with tables.writer(path, "dynamics/1", schema) as out:
        for epoch in range(next(iter(columns.values())).shape[1]):
            values = [np.full(len(sample_id), epoch), sample_id]
            values += [column[:, epoch] for column in columns.values()]
            arrays = [pa.array(v, t) for v, t in zip(values, types.values(), strict=True)]
            out.write_batch(pa.record_batch(arrays, schema=schema))


def test_curves_of_runs_that_ended_early_are_means_of_those_that_went_on(tmp_path):
    fields = [("epoch", tables.EPOCH), ("sample_id", tables.ID), ("loss", tables.FLOAT)]
    for seed, series in enumerate(([1.0, 3.0, 5.0], [3.0], [5.0, 5.0])):
        schema = pa.schema(fields)
        with tables.writer(tmp_path / f"a-{seed}.arrow", "dynamics/1", schema) as out:
            for epoch, value in enumerate(series):
                columns = [[epoch] * 2, [0, 1], [value, 2 * value]]
                arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
                out.write_batch(pa.record_batch(arrays, schema=schema))
    found = curves(tmp_path, "a", [0, 1, 2], np.arange(2))
    assert found["loss"].tolist() == [[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]


def study(folder, **made) -> Study:
    """A made-up study, read."""
    synthesise(folder, n=60, epochs=4, **made)
    labels = made.get("labels", True)
    settings = Settings(
        data_map="autoencoder/loss", region_share=0.33, examples=6, dataset="made up",
        objectives=["autoencoder", "barlow_twins"], seeds=[0, 1],
        kinds=["supervised"] if labels else [], label_seeds=[0, 1], arms=[], keep_fraction=0.7,
        retrain_seeds=[], epochs=4, **AXES,
        stable_ranking=StableRanking(**STABLE),
    )  # fmt: skip
    return study_of(folder, settings)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    artefacts = ("average", "label_uniform", "blur")
    return study(tmp_path_factory.mktemp("maps"), artefacts=artefacts)


def a_map(mean, variability, easy="high"):
    return DataMap("r", "c", np.array(mean), np.array(variability), easy, True, *[None] * 4)


def test_regions_by_hand():
    mean = [0.9, 0.8, 0.1, 0.5, 0.6, 0.2]
    variability = [0.1, 0.1, 0.1, 0.4, 0.5, 0.2]
    found = regions(a_map(mean, variability), 1 / 3)
    assert found.region.tolist() == [EASY, EASY, HARD, AMBIGUOUS, AMBIGUOUS, HARD]
    assert found.counts.tolist() == [2, 2, 2]
    assert 0.2 <= found.variability < 0.4
    assert 0.2 < found.level < 0.8
    turned = regions(a_map([-one for one in mean], variability, "low"), 1 / 3)
    assert turned.region.tolist() == found.region.tolist()
    assert turned.level == pytest.approx(-found.level)


def test_regions_do_not_depend_on_the_order_and_split_no_ties():
    rng = np.random.default_rng(0)
    mean, variability = rng.random(50).round(1), rng.random(50).round(1)
    order = rng.permutation(50)
    first, second = (regions(a_map(mean[o], variability[o]), 0.33) for o in (slice(None), order))
    assert first.region[order].tolist() == second.region.tolist()
    same = regions(a_map(np.ones(9), np.zeros(9)), 0.33)
    assert same.counts.tolist() == [9, 0, 0]


@pytest.mark.parametrize("share", [0.0, 0.5, -1.0])
def test_a_wrong_share_is_named(share):
    with pytest.raises(InputError, match=r"report\.region_share is"):
        regions(a_map([1.0, 2.0], [1.0, 2.0]), share)


def test_overlap_by_hand():
    first = Regions(np.array([0, 0, 1, 2]), 0, 0)
    second = Regions(np.array([0, 1, 1, 1]), 0, 0)
    found = overlap(first, second)
    assert found.counts.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    assert found.chance.tolist() == [0.25, 0.75, 0]
    assert found.same == counted(2, 4)
    assert found.same_chance == 0.5 * 0.25 + 0.25 * 0.75
    assert np.isnan(counted(0, 0)).all()


def test_map_without_labels_by_hand(tmp_path):
    ids = np.array([2, 5])
    for seed in (0, 1):
        loss = np.array([[np.nan, 1, 3 + 2 * seed], [np.nan, 2, 2]])
        ssim = np.array([[0, 0, 0.5 + 0.2 * seed], [0, 0, 1]])
        record(tmp_path / f"ae-{seed}.arrow", ids, loss=loss, ssim=ssim, alignment=-loss)
    harder = {"ae/loss_mean": "high", "ae/alignment_mean": "low"}
    found = free_map(tmp_path, "ae/loss", {"ae": [0, 1]}, harder, ids)
    assert found.mean.tolist() == [2.5, 2]
    assert found.variability.tolist() == [1.5, 0]
    assert (found.easy, found.declared, found.colour_easy) == ("low", True, "high")
    assert found.colour == pytest.approx([0.6, 1])
    assert free_map(tmp_path, "ae/alignment", {"ae": [0]}, harder, ids).easy == "high"
    assert not free_map(tmp_path, "ae/loss", {"ae": [0]}, {}, ids).declared


def test_map_with_labels_takes_the_first_run_that_records_it(tmp_path):
    ids = np.arange(2)
    record(tmp_path / "other-0.arrow", ids, loss=np.ones((2, 4)))
    probability = np.array([[0, 0.5, 0.5, 1], [0, 0, 0, 0.0]])
    correct = probability > 0.4
    record(tmp_path / "known-0.arrow", ids, probability=probability, correct=correct)
    half = np.where(ids[:, None] == 0, probability, np.nan)
    record(tmp_path / "half-0.arrow", ids, probability=half, correct=correct)
    found = labelled_map(tmp_path, {"other": [0], "half": [0], "known": [0]}, ids)
    assert found.quantity == "known/probability"
    assert found.mean.tolist() == [0.5, 0]
    assert found.variability == pytest.approx([np.sqrt(0.125), 0])
    assert found.colour.tolist() == [0.75, 0]
    assert labelled_map(tmp_path, {"other": [0]}, ids) is None
    assert labelled_map(tmp_path, {}, ids) is None


def test_levels_of_constant_values_are_one():
    place, names = levels(np.full(5, 0.3), "high", share=False)
    assert len(set(place.tolist())) == 1
    assert len(names) == 5
    assert levels(np.array([0.6, 3 * 0.2]), "high", share=True)[0].tolist() == [3, 3]


def test_tables_of_the_maps(whole):
    found = map_tables(whole)
    assert found["overlap"].counts.sum() == 60
    assert [one["name"] for one in found["wrong"]] == ["label_uniform"]
    wrong = found["wrong"][0]
    assert wrong["n"] == 6
    assert [title for title, _, _ in wrong["maps"]] == ["with labels", "without labels"]
    for _, shares, of_all in wrong["maps"]:
        assert sum(share for share, _, _ in shares) == pytest.approx(1)
        assert of_all.sum() == pytest.approx(1)
    made = {free: whole.once(free), labelled: None}
    bare = Tables(settings=whole.settings, made=made, relabelled={})
    assert map_tables(bare)["overlap"] is None
    assert map_tables(bare)["wrong"] == []


def test_region_figures_turn_losses_and_draw_every_sample(whole):
    drawings = {one.name: one for one in plan(whole)}
    labels, free = drawings["regions-labels"].values, drawings["regions-free"].values
    assert not labels["inverted"]
    assert free["inverted"]
    assert drawings["data_map-all"].values["inverted"]
    for values in (labels, free):
        assert sum(values["counts"]) == len(values["level"]) == 60
        assert set(values["level"].tolist()) <= set(range(5))
    figure = figures.draw("regions", free)
    low, high = figure.axes[0].get_ylim()
    assert low > high
    text = figures.svg(figure, "r")
    words = ("easy (", "ambiguous (", "hard (", "last epoch", "var(--page)")
    assert all(word in text for word in words)
    assert text == figures.svg(figures.draw("regions", free), "r")


def test_examples_show_what_was_before(whole):
    drawn = {one.name: one.values for one in examples(whole)}
    blur, mix, label = (drawn[f"examples-{a}"] for a in ("blur", "average", "label_uniform"))
    assert blur["captions"][:2] == ["#12\nbefore", "#12\nafter"]
    assert blur["framed"][:2] == [False, True]
    assert np.array_equal(blur["images"][0], whole.originals.image[12])
    assert np.array_equal(blur["images"][0], blur["images"][1] // 2)
    assert mix["captions"][:3] == ["#59\nfirst", "#30\nsecond", "#0\nchanged"]
    assert mix["columns"] == 3
    assert all(label["framed"])
    assert " → " in label["captions"][0]


def test_duplicates_stand_beside_their_nearest(whole):
    drawn = {one.name: one.values for one in grids(whole)}
    rows = whole.extremes("duplicate")["row"].to_list()
    captions = drawn["images-duplicate"]["captions"]
    assert len(captions) == 6
    assert captions[0].startswith(f"1. #{rows[0]}\n")
    other, cosine = whole.once(partners_of)[rows[0]]
    assert captions[1].startswith(f"{cosine:.3f}: #{other}\n".replace("-", "−"))
    assert len(drawn["images-hard"]["captions"]) == 6


def test_without_labels_there_is_one_map(tmp_path):
    bare = study(tmp_path, labels=False, artefacts=())
    names = [one.name for one in plan(bare)]
    assert "regions-free" in names
    assert "regions-labels" not in names
    assert bare.relabelled == {}
