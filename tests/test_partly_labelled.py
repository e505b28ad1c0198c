"""Images without a label among others: heads learn without them, and nobody doubts them."""

import numpy as np
import pyarrow as pa
import pytest
from score_tables import duplicates, score, write_scores

from hardrare import tables
from hardrare.errors import InputError
from hardrare.gallery.choose import foremost
from hardrare.gallery.contents import ranked
from hardrare.ranking.mislabeled import doubted, suggested
from hardrare.ranking.table import ranking
from hardrare.tables import Images

EVERY = np.arange(5)
LABELLED = np.array([0, 1, 3, 4])  # sample 2 has no label
RUNS = {"heads": [0, 1]}


def test_only_labelled_samples_are_learnt(tmp_path):
    torch = pytest.importorskip("torch")
    from hardrare.training import frozen

    where, rng = (tmp_path / "f.arrow", tmp_path / "v.arrow"), np.random.default_rng(0)
    features, views = rng.normal(size=(5, 3)), rng.normal(size=(5, 2, 3))
    tables.write_features(where[0], EVERY, features)
    tables.write_views(where[1], EVERY, views)
    label, cpu = np.array([0, 1, -1, 1, 0]), torch.device("cpu")
    ids, found = frozen(*where, cpu, label=label, of=EVERY)
    assert ids.tolist() == LABELLED.tolist()
    assert found.label.tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(found.features, features[LABELLED].astype(np.float32))
    np.testing.assert_array_equal(found.stored, views[LABELLED].astype(np.float16))
    assert len(frozen(*where, cpu, label=np.abs(label), of=EVERY)[0]) == 5
    assert len(frozen(*where, cpu)[0]) == 5
    with pytest.raises(InputError, match="no image has a label; set supervise"):
        frozen(*where, cpu, label=np.full(5, -1), of=EVERY)


def test_labels_of_a_run_are_those_that_are_known():
    label = np.array([0, 1, -1, 1, 0])
    images = Images(EVERY, np.zeros((5, 1, 1, 1), np.uint8), label, list("abcde"), ["x", "y"])
    assert images.labels_of(LABELLED).tolist() == [0, 1, 1, 0]
    with pytest.raises(InputError, match="of 5 samples, not of the 4 that have a label; train"):
        images.labels_of(EVERY)


def axis_of(folder, share=0.5):
    for seed, values in enumerate(([1, 5, 2, 3], [1, 4, 2, 6])):
        write_scores(folder, f"heads-{seed}", LABELLED, {"doubt": (values, "high")})
    return doubted(["heads/doubt"], RUNS, folder, EVERY, share=share)


def test_who_has_no_label_has_no_place(tmp_path):
    found = axis_of(tmp_path)
    assert found.rank.tolist() == [4, 1, 0, 3, 1]
    assert found.member.tolist() == [False, True, False, False, True]
    assert np.isnan(found.score).tolist() == [False, False, True, False, False]
    free = [score("o/loss", [1, 2, 3, 4, 5])]
    table = ranking(EVERY, list("abcde"), free, axes={"hard": ["o/loss"]}, share=0.2,
                    duplicates=duplicates(EVERY, {}), mislabeled=found)  # fmt: skip
    assert table.column("mislabeled_rank").to_pylist() == [4, 1, None, 3, 1]
    assert table.column("mislabeled_score").to_pylist()[2] is None
    assert table.column("mislabeled_spread").to_pylist()[2] is None
    assert table.column("is_mislabeled").to_pylist() == found.member.tolist()
    assert table.column("hard_rank").to_pylist() == [5, 4, 3, 2, 1]
    on_the_page = ranked(table, "mislabeled", ["heads/doubt"])
    assert on_the_page.rank.tolist() == [4, 1, 6, 3, 1]  # after all others
    assert foremost([on_the_page], 4).tolist() == [True, True, False, True, True]


def test_scores_of_some_samples_are_told_from_those_of_others(tmp_path):
    write_scores(tmp_path, "free", EVERY, {"loss": (np.zeros(5), "high")})
    axis_of(tmp_path)
    with pytest.raises(InputError, match="scores 4 of 5 samples, those that have a label; label"):
        tables.read_scores(tmp_path, {"free": [None], **RUNS})
    with pytest.raises(InputError, match="heads is of other samples; run score again"):
        doubted(["heads/doubt"], RUNS, tmp_path, EVERY + 1, share=0.5)


def test_nothing_is_suggested_for_who_has_no_label(tmp_path):
    entries, name = ["heads/held_out_doubt"], f"{tables.HELD_OUT}predicted"
    for seed in RUNS["heads"]:
        votes = np.array([[0, 1], [1, 1], [2, 2], [0, 0]], np.float32)
        write_dynamics(tmp_path / f"heads-{seed}.arrow", LABELLED, {name: votes})
    assert suggested(entries, RUNS, tmp_path, EVERY).tolist() == [1, 1, -1, 2, 0]
    with pytest.raises(InputError, match="holds other samples than the images"):
        suggested(entries, RUNS, tmp_path, EVERY + 2)


def write_dynamics(path, sample_id, columns):
    """Columns (N, T), one record batch for each epoch."""
    schema = pa.schema(
        [("epoch", pa.int16()), ("sample_id", pa.int32()), *((n, pa.float32()) for n in columns)]
    )
    with tables.writer(path, "dynamics/1", schema) as out:
        for epoch in range(2):
            values = [one[:, epoch] for one in columns.values()]
            arrays = [np.full(len(sample_id), epoch), sample_id, *values]
            typed = [pa.array(a, f.type) for a, f in zip(arrays, schema, strict=True)]
            out.write_batch(pa.record_batch(typed, schema=schema))
