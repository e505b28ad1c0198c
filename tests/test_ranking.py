"""Ranking: axes by hand, refusals, and the copies for people."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from score_tables import (
    duplicates,
    run_stage,
    score,
    small_study,
    write_images,
    write_params,
)

from hardrare import tables
from hardrare.errors import InputError
from hardrare.numerics.ranks import percentiles
from hardrare.ranking.axes import axis, reasons
from hardrare.ranking.drop import Drop, dropped
from hardrare.ranking.mislabeled import named
from hardrare.ranking.table import ranking

RANK = {
    "hard": ["autoencoder/loss_mean", "autoencoder/ssim_mean"],
    "rare": ["autoencoder/ssim_mean"],
    "noisy": ["autoencoder/loss_mean"],
    "mislabeled": [],
    "any_of": [],
    "share": 0.05,
    "drop": [{"axis": "duplicate", "share": None}, {"axis": "noisy", "share": 0.1}],
}


PARTS = ("score", "rank", "spread", "is")


def test_percentiles_by_hand():
    assert percentiles(np.array([10.0, 30, 20, 30])).tolist() == [0.125, 0.75, 0.375, 0.75]
    assert percentiles(np.ones((2, 4))).tolist() == [[0.5] * 4] * 2


def test_axis_by_hand():
    # percentiles of seed 0: .125 .375 .625 .875; of seed 1: .125 .375 .875 .625
    first = score("o/loss", [[1, 2, 3, 4], [1, 2, 4, 3]])
    # turned, since low is harder: .125 .375 .625 .875 in both seeds
    second = score("o/ssim", [[4, 3, 2, 1], [40, 30, 20, 10]], "low")
    found = axis("hard", ["o/loss", "o/ssim"], [second, first], share=0.25)
    # places .125 .375 .6875 .8125, and as percentiles
    np.testing.assert_allclose(found.score, [0.125, 0.375, 0.625, 0.875])
    # seeds' places: .125/.125, .375/.375, .625/.75, .875/.75; of seed 1 the last two tie
    np.testing.assert_allclose(found.spread, [0, 0, 0.0625, 0.0625])
    assert found.rank.tolist() == [4, 3, 2, 1]
    assert found.member.tolist() == [False, False, False, True]


def test_axis_with_ties_never_has_more_members_than_the_share():
    found = axis("hard", ["o/a"], [score("o/a", [5, 5, 5, 1, 0, 0, 0, 0, 0, 0])], share=0.2)
    assert found.rank.tolist() == [1, 1, 1, 4] + [5] * 6
    assert not found.member.any()
    assert axis("hard", ["o/a"], [score("o/a", [5, 5, 1, 0])], share=0.5).member.sum() == 2
    assert not axis("hard", ["o/a"], [score("o/a", np.ones(10))], share=0.5).member.any()


def test_where_one_score_suffices_the_largest_percentile_counts():
    # percentiles .125 .375 .625 .875, the same in both seeds, and .875 .375 .625 .125
    scores = [score("o/a", [[1, 2, 3, 4]] * 2), score("appearance/b", [4, 2, 3, 1])]
    wanted = ["o/a", "appearance/b"]
    found = axis("rare", wanted, scores, share=0.5, one_suffices=True)
    # places .875 .375 .625 .875; the two largest share the mean of the percentiles .625 and .875
    np.testing.assert_allclose(found.score, [0.75, 0.125, 0.375, 0.75])
    assert found.rank.tolist() == [1, 4, 3, 1]
    assert found.spread.tolist() == [0, 0, 0, 0]
    mean = axis("rare", wanted, scores, share=0.5)
    np.testing.assert_allclose(mean.score, [0.5, 0.125, 0.875, 0.5])  # of .5 .375 .625 .5


@pytest.mark.parametrize("one_suffices", [False, True])
def test_a_score_of_an_axis_is_a_percentile(one_suffices):
    rng = np.random.default_rng(1)
    scores = [score(f"o/{name}", rng.normal(size=(3, 200))) for name in "abc"]
    wanted = [one.name for one in scores]
    found = axis("hard", wanted, scores, share=0.05, one_suffices=one_suffices)
    for made in (found,):
        np.testing.assert_array_equal(made.score, percentiles(-made.rank.astype(float)))
        assert made.score.mean() == pytest.approx(0.5)
        assert made.score.max() > 0.99
        assert made.score.min() < 0.01
    assert found.member.sum() == (found.score > 0.95).sum()
    by_seed = [axis("hard", wanted, [score(s.name, s.values[i]) for s in scores], share=0.05,
                    one_suffices=one_suffices).score for i in range(3)]  # fmt: skip
    np.testing.assert_allclose(found.spread, np.std(by_seed, axis=0))


def severity(name, values, reason):
    return replace(score(f"appearance/defect_{name}", values), reason=reason)


def test_of_severities_the_largest_counts_and_one_makes_a_member():
    scores = [severity("dark", [0.2, 1.5, 0, 1], "nearly black"),
              severity("blurred", [0.9, 1.2, 0.1, 0], "blurred")]  # fmt: skip
    wanted = [one.name for one in scores]
    found = axis("noisy", wanted, scores, share=0.05)
    assert found.rank.tolist() == [3, 1, 4, 2]
    assert found.member.tolist() == [False, True, False, True]
    assert not axis("noisy", wanted[1:], [severity("blurred", [0.9, 0.2], "blurred")], share=0.5
                    ).member.any()  # fmt: skip
    # the first in the order of the entries is the reason: no sharp edge where all is black
    assert reasons("noisy", wanted, scores) == [None, "nearly black", None, "nearly black"]
    assert reasons("noisy", wanted[::-1], scores) == [None, "blurred", None, "nearly black"]


def test_an_entry_names_the_end_of_an_open_score_and_no_other():
    scores = [score("o/msd_mean", [3, 1, 2], "open"), score("o/loss", [3, 1, 2])]
    assert axis("hard", ["o/msd_mean low"], scores, share=0.5).rank.tolist() == [3, 1, 2]
    assert axis("hard", ["o/msd_mean high"], scores, share=0.5).rank.tolist() == [1, 3, 2]
    assert axis("hard", ["o/loss high"], scores, share=0.5).rank.tolist() == [1, 3, 2]
    with pytest.raises(InputError, match="o/loss is declared harder where high; leave out `low`"):
        axis("hard", ["o/loss low"], scores, share=0.5)
    with pytest.raises(InputError, match="o/loss up ends in up; write low or high"):
        axis("hard", ["o/loss up"], scores, share=0.5)


def test_reasons_labels_and_facts_stand_in_the_table():
    scores = [score("supervised/aum", [3, -1], "low"),
              severity("dark", [2, 0], "nearly black")]  # fmt: skip
    table = ranking(
        np.array([0, 1]),
        ["a.png", "b.png"],
        scores,
        axes={"noisy": ["appearance/defect_dark"]},
        mislabeled=axis("mislabeled", ["supervised/aum"], scores, share=0.5),
        duplicates=duplicates(np.arange(2), {}),
        share=0.5,
        drop=[Drop("noisy", None), Drop("hard", None)],
        facts={"width": pa.array([500, 32], pa.int32())},
        labels={"label": named(np.array([1, -1]), ["cat", "dog"])},
    )
    rows = table.to_pylist()
    assert [(one["reason"], one["width"], one["label"]) for one in rows] == [
        ("nearly black", 500, "dog"),
        (None, 32, None),
    ]
    assert [one["mislabeled_rank"] for one in rows] == [2, 1]
    assert [one["dropped_by"] for one in rows] == ["noisy", None]
    assert b"doubt" in table.schema.field("mislabeled_score").metadata[b"definition"]


def test_one_seed_has_no_spread():
    assert np.isnan(axis("hard", ["o/a"], [score("o/a", [1, 2, 3])], share=0.5).spread).all()


def test_refusals():
    scores = [score("autoencoder/loss_mean", [1, 2]), score("o/msd_mean", [1, 2], "open")]
    scores.append(score("o/distance", [1, 2], "low"))
    with pytest.raises(
        InputError,
        match="no score autoencoder/los_mean; near ones are autoencoder/loss_mean",
    ):
        axis("hard", ["autoencoder/los_mean"], scores, share=0.1)
    with pytest.raises(InputError, match=r"rank\.rare names no score"):
        axis("rare", [], scores, share=0.1)
    with pytest.raises(InputError, match=r"rank\.rare: o/msd_mean has no declared harder end"):
        axis("rare", ["o/msd_mean"], scores, share=0.1)
    with pytest.raises(InputError, match=r"rank\.share is 0"):
        axis("rare", ["o/distance"], scores, share=0.0)


def test_row_order_moves_rows_and_nothing_else():
    rng = np.random.default_rng(0)
    values, order = np.round(rng.normal(size=(2, 30)), 1), rng.permutation(30)
    names = [f"{i}.png" for i in range(30)]
    copies = duplicates(np.arange(30), {9: 3})

    def made(o):
        scores = [score("o/a", values[:, o])]
        axes = {"hard": ["o/a"], "rare": ["o/a"]}
        return ranking(
            np.arange(30)[o],
            [names[i] for i in o],
            scores,
            axes=axes,
            duplicates=copies,
            share=0.2,
        )

    assert made(order).sort_by("sample_id").equals(made(np.arange(30)))


@pytest.fixture
def study(tmp_path):
    small_study(tmp_path)
    write_params(tmp_path / "params.yaml", rank=RANK)
    return tmp_path


def test_an_axis_may_read_the_appearance(study):
    write_params(study / "params.yaml", rank=RANK | {"rare": ["appearance/oddity"]})
    run_rank(study)
    _, [odd] = tables.read_scores(study / "scores", {"appearance": [None]})
    rank = tables.read(study / "ranking.arrow", "ranking/2").column("rare_rank").to_numpy()
    assert (np.argsort(rank) == np.argsort(-odd.values[0])).all()


def run_rank(study, images="images", out="ranking"):
    run_stage(
        "rank",
        study / "params.yaml",
        scores=study / "scores",
        dynamics=study / "dynamics",
        images=study / f"{images}.arrow",
        appearance=study / "appearance.arrow",
        duplicates=study / "duplicates.arrow",
        ranking=study / f"{out}.arrow",
        parquet=study / f"{out}.parquet",
        csv=study / f"{out}.csv",
        metadata=study / f"{out}-metadata.parquet",
        keep=study / f"{out}-keep.txt",
        drop=study / f"{out}-drop.txt",
    )


def test_rank_stage_writes_three_equal_tables(study):
    run_rank(study)
    table = tables.read(study / "ranking.arrow", "ranking/2")
    assert table.column_names == [
        "sample_id",
        "file_name",
        "part",
        "width",
        "height",
        *(f"{a}_{c}" if c != "is" else f"is_{a}" for a in ("hard", "rare", "noisy") for c in PARTS),
        "reason",
        *(f"duplicate_{c}" if c != "is" else "is_duplicate" for c in PARTS),
        "duplicate_of",
        "duplicate_kind",
        "duplicate_similarity",
        "nearest",
        "nearest_id",
        "group",
        "leak",
        "duplicate_of_is",
        "dropped_by",
    ]
    definition = table.schema.field("rare_score").metadata[b"definition"]
    assert definition == b"far from other images, or one of few"
    parquet = pyarrow.parquet.read_table(study / "ranking.parquet")
    assert parquet.column_names[:2] == ["file_name", "sample_id"]
    assert parquet.select(table.column_names).to_pylist() == table.to_pylist()
    csv = pyarrow.csv.read_csv(study / "ranking.csv").to_pylist()
    assert [(r["file_name"], r["hard_rank"], r["is_rare"]) for r in csv] == [
        (r["file_name"], r["hard_rank"], r["is_rare"]) for r in table.to_pylist()
    ]
    rows = table.to_pylist()
    assert sum(r["is_hard"] for r in rows) == 3
    assert all(r["is_hard"] == (r["hard_rank"] <= 3) for r in rows)
    by_name = {r["file_name"]: r for r in rows}
    copies = [r for r in rows if r["is_duplicate"]]
    assert sorted(r["duplicate_rank"] for r in copies) == [1, 1, 1]  # equal residuals
    assert [by_name[r["duplicate_of"]]["group"] for r in copies] == [r["group"] for r in copies]
    assert {r["duplicate_of"] for r in copies} == {rows[2]["file_name"], rows[12]["file_name"]}
    others = sorted((r for r in rows if not r["is_duplicate"]), key=lambda r: r["duplicate_rank"])
    assert (np.diff([r["duplicate_similarity"] for r in others]) <= 0).all()
    assert all(0 < r["hard_score"] < 1 for r in rows)


def test_rank_stage_reads_no_label_and_gives_equal_bytes(study):
    sample_id = tables.read_images(study / "images.arrow").sample_id
    write_images(study / "unlabelled.arrow", sample_id, np.full(len(sample_id), -1))
    run_rank(study)
    run_rank(study, images="unlabelled", out="second")
    for kind in (".arrow", ".parquet", ".csv", "-keep.txt", "-drop.txt"):
        assert (study / f"ranking{kind}").read_bytes() == (study / f"second{kind}").read_bytes()


def test_lists_of_what_stays_and_what_goes(study):
    run_rank(study)
    rows = tables.read(study / "ranking.arrow", "ranking/2").to_pylist()
    keep, drop = ((study / f"ranking-{n}.txt").read_text().splitlines() for n in ("keep", "drop"))
    assert sorted(keep + drop) == sorted(r["file_name"] for r in rows)
    assert drop == [r["file_name"] for r in rows if r["dropped_by"]]
    gone = {r["file_name"] for r in rows if r["noisy_rank"] <= 6}  # a tenth of sixty
    by_name = {r["file_name"]: r for r in rows}
    for row in rows:
        noisy = "noisy" if row["file_name"] in gone else None
        kept = by_name.get(row["duplicate_of"], row)
        rarer = row["is_rare"] and not kept["is_rare"] and row["duplicate_kind"] != "same pixels"
        repeats = row["is_duplicate"] and row["duplicate_of"] not in gone and not rarer
        assert row["dropped_by"] == ("duplicate" if repeats else noisy)
    assert {r["dropped_by"] for r in rows} == {None, "duplicate", "noisy"}


def test_no_copy_goes_for_an_image_that_goes_itself():
    table = copies(is_noisy=[True, False, False, False, False])
    steps = [Drop("duplicate", None), Drop("noisy", None)]
    assert dropped(table, steps) == ["noisy", None, None, None, "duplicate"]
    assert dropped(table, steps[:1]) == [None, "duplicate", "duplicate", None, "duplicate"]


def copies(**columns):
    """Five images: b and c repeat a, e repeats d; all in one group, as a crop may tie them."""
    return pa.table({
        "file_name": list("abcde"), "duplicate_of": [None, "a", "a", None, "d"],
        "is_duplicate": [False, True, True, False, True], "group": [0] * 5,
        "duplicate_kind": [None, "mirrored", "same pixels", None, "cropped"],
    } | columns)  # fmt: skip


def test_a_rare_image_does_not_go_for_a_common_one():
    steps = [Drop("duplicate", None)]
    rare = copies(is_rare=[False, True, True, True, True])
    assert dropped(rare, steps) == [None, None, "duplicate", None, "duplicate"]


def test_a_whole_image_does_not_go_for_a_hurt_one():
    steps = [Drop("duplicate", None)]
    hurt = copies(reason=["grainy", None, None, "blurred", "blurred"])
    assert dropped(hurt, steps) == [None, None, "duplicate", None, "duplicate"]
    noisy = copies(reason=["grainy", None, "", None, None], is_noisy=[True, *[False] * 4])
    assert dropped(noisy, [Drop("noisy", None), *steps]) == ["noisy", *[None] * 3, "duplicate"]


def test_ties_at_the_edge_of_a_share_all_stay():
    table = pa.table({"noisy_rank": [1, 2, 2, 2, 5], "is_noisy": [True, False, False, False, True]})
    assert dropped(table, [Drop("noisy", 0.4)]) == ["noisy", None, None, None, None]
    assert dropped(table, [Drop("noisy", 0.8)]) == ["noisy"] * 4 + [None]
    assert dropped(table, [Drop("noisy", None)]) == ["noisy", None, None, None, "noisy"]
    assert dropped(table, []) == [None] * 5


def test_wrong_labels_are_a_rule_of_what_to_drop_where_labels_were_read():
    columns = {"is_mislabeled": [True, False, True], "mislabeled_rank": [2, 3, 1],
               "is_noisy": [True, False, False], "noisy_rank": [1, 2, 3]}  # fmt: skip
    table = pa.table(columns)
    steps = [Drop("noisy", None), Drop("mislabeled", None)]
    assert dropped(table, steps) == ["noisy", None, "mislabeled"]
    assert dropped(table, steps[::-1]) == ["mislabeled", None, "mislabeled"]
    assert dropped(table, [Drop("mislabeled", 0.34)]) == [None, None, "mislabeled"]
    without = table.drop_columns(["is_mislabeled", "mislabeled_rank"])
    assert dropped(without, steps) == ["noisy", None, None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hard": ["supervised/aum"]}, "label-free scores: no score supervised/aum"),
        ({"noisy": ["autoencoder/msd_mean"]}, "no declared harder end"),
        ({"share": 2.0}, "rank.share is 2.0"),
        ({"drop": [{"axis": "noisy", "share": 1.5}]}, "rank.drop: share is 1.5"),
        ({"drop": [{"axis": "duplicate", "share": 0.1}]}, "the duplicate axis takes no share"),
        ({"drop": [{"axis": "odd", "share": 0.1}]}, "expected one of hard, rare"),
        ({"drop": [{"axis": "hard"}]}, "missing key rank.drop[0].share"),
        ({"any_of": ["duplicate"]}, "rank.any_of names duplicate"),
    ],
)
def test_rank_stage_refuses_and_writes_nothing(study, capsys, change, message):
    write_params(study / "params.yaml", rank=RANK | change)
    with pytest.raises(SystemExit):
        run_rank(study)
    assert message in capsys.readouterr().err
    assert not list(study.glob("*ranking*"))
