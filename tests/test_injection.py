"""Injection: shares, disjointness, order, and what is refused."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chisquare
from test_injection_formulas import CIFAR10, STRENGTH

from hardrare.errors import InputError
from hardrare.injection import Artefact, inject
from hardrare.injection._choice import draw_pairs
from hardrare.injection._registry import recipes
from hardrare.injection.audit import audit, faults
from hardrare.tables import KINDS, Images

COPIES = [name for name, one in recipes().items() if one.copies]


def make(n=200, side=8, channels=3, classes=5, seed=0) -> Images:
    """Random images, ids with gaps, labels in turn."""
    rng = np.random.default_rng(seed)
    return Images(
        sample_id=np.arange(n, dtype=np.int32) * 3 + 7,
        image=rng.integers(0, 256, (n, side, side, channels), np.uint8),
        label=(np.arange(n) % classes).astype(np.int32) if classes else np.full(n, -1, np.int32),
        file_name=[f"{i}.png" for i in range(n)],
        classes=[f"class {c}" for c in range(classes)],
    )


def entry(name, share=0.1, placement="replace", strength=None) -> Artefact:
    strength = STRENGTH.get(name, 1.0) if strength is None else strength
    return Artefact(name, share, strength, placement)


def table(rows) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema(list(KINDS["manifest/1"].items())))


def test_label_asymmetric_takes_only_classes_that_the_map_changes() -> None:
    images = replace(make(classes=10), classes=CIFAR10)
    _, rows = inject(images, [entry("label_asymmetric", 0.5)], 0)
    assert len(rows) == 100
    assert {r["label_before"] for r in rows} == {2, 3, 4, 5, 9}
    with pytest.raises(InputError, match=r"100 will do .* lower its share to 0\.5"):
        inject(images, [entry("label_asymmetric", 0.6)], 0)


PLACED = [
    (name, placement)
    for name, one in recipes().items()
    for placement in (("append",) if one.copies else ("append", "replace"))
    if not one.thins
]


@pytest.mark.parametrize(("name", "placement"), PLACED)
def test_count_order_and_audit_of_each_artefact(name: str, placement: str) -> None:
    before = make()
    after, rows = inject(before, [entry(name, 0.13, placement)], 3)
    assert len(rows) == 26  # round(0.13 * 200)
    ids = after.sample_id
    assert (np.diff(ids) > 0).all()
    assert after.image.dtype == np.uint8
    assert ids.dtype == before.sample_id.dtype
    if placement == "append":
        assert [r["sample_id"] for r in rows] == list(range(605, 631))  # the last id was 604
        assert after.file_name[200:] == [f"injected/{name}/{i}.png" for i in range(605, 631)]
        assert np.array_equal(after.image[:200], before.image)
        of = dict(zip(before.sample_id.tolist(), before.label.tolist(), strict=True))
        kept = [of[r["base_id"]] == label for r, label in zip(rows, after.label[200:], strict=True)]
        assert all(kept) != recipes()[name].relabels
    else:
        assert np.array_equal(ids, before.sample_id)
        assert after.file_name == before.file_name
        assert all(r["sample_id"] == r["base_id"] for r in rows)
        unlike = (after.image != before.image).any(axis=(1, 2, 3)) | (after.label != before.label)
        assert ids[unlike].tolist() == [r["sample_id"] for r in rows]
    found = audit(before, after, table(rows))
    assert faults(found) == []
    assert [(r["artefact"], r["n"]) for r in found] == [(name, 26), ("none", len(ids) - 26)]
    assert found[0]["deviation"] <= recipes()[name].formula.allowed


def test_all_at_once_use_each_image_once_and_audit_clean() -> None:
    before = make(n=600)
    appended = ("average", "blur", "cutmix", "label_uniform", "occlusion", *COPIES)
    places = {name: "append" if name in appended else "replace" for name in recipes()}
    artefacts = [entry(name, 0.04, place) for name, place in places.items()]
    after, rows = inject(before, [*artefacts, entry("gaussian_noise", 0.05, strength=5)], 1)
    assert {r["artefact"] for r in rows} == set(recipes())
    used = [i for r in rows for i in (r["base_id"], r["partner_id"]) if i is not None]
    assert len(used) == len(set(used))
    ids = [r["sample_id"] for r in rows]
    assert ids == sorted(set(ids))
    assert set(ids) <= set(after.sample_id.tolist())
    assert faults(audit(before, after, table(rows))) == []


def test_copies_equal_or_nearly_equal_their_base_and_are_never_placed_over_it() -> None:
    before = make()
    image = dict(zip(before.sample_id.tolist(), before.image, strict=True))
    for name in COPIES:
        after, rows = inject(before, [entry(name, 0.1, "append")], 0)
        equal = [
            np.array_equal(image[r["base_id"]], after.image[200 + i]) for i, r in enumerate(rows)
        ]
        assert set(equal) == {name == "duplicate"}
        with pytest.raises(InputError, match=f"{name}.placement is replace; set it to append"):
            inject(before, [entry(name, 0.1, "replace")], 0)


def test_partners_are_of_other_classes_even_where_one_class_dominates() -> None:
    label = np.array([0] * 60 + [1] * 30 + [2] * 10)
    before = replace(make(n=100), label=label)
    _, rows = inject(before, [entry("average", 0.4)], 0)
    assert len(rows) == 40
    of = dict(zip(before.sample_id.tolist(), label.tolist(), strict=True))
    assert all(of[r["base_id"]] != of[r["partner_id"]] for r in rows)
    assert all(r["label_after"] == r["label_before"] == of[r["base_id"]] for r in rows)
    with pytest.raises(InputError, match=r"average .* 41 of 100 .* only 40 .* share to 0\.4"):
        inject(before, [entry("average", 0.41)], 0)


def test_pairs_are_random_over_classes() -> None:
    label, counts = np.arange(40) % 4, np.zeros((4, 4))
    for seed in range(300):
        pairs = draw_pairs(label, np.arange(40), 10, np.random.default_rng(seed))
        assert len(np.unique(pairs)) == 20
        np.add.at(counts, tuple(label[pairs].T), 1)
    assert np.diag(counts).sum() == 0
    assert chisquare(counts[~np.eye(4, dtype=bool)]).pvalue > 0.01


def test_mixes_need_no_label_and_labels_stay_unknown() -> None:
    before = make(classes=0)
    after, rows = inject(before, [entry("maximum", 0.5, "append")], 0)
    assert len(rows) == 100
    assert (after.label == -1).all()
    assert rows[0]["label_before"] is None
    assert faults(audit(before, after, table(rows))) == []


def test_images_that_an_artefact_would_leave_as_they_are_are_passed_over() -> None:
    before = make(n=40)
    flat = before.image.copy()
    flat[::2] = 90
    before = replace(before, image=flat)
    _, rows = inject(before, [entry("blur", 0.5)], 0)
    assert sorted(r["base_id"] for r in rows) == before.sample_id[1::2].tolist()
    with pytest.raises(InputError, match=r"blur is to change 24 of 40 images.*only 20 will do"):
        inject(before, [entry("blur", 0.6)], 0)


def test_long_tail_keeps_its_share_and_is_applied_first() -> None:
    before = make(n=200, classes=5)  # 40 of each class
    after, rows = inject(before, [entry("average", 0.2), entry("long_tail", 0.4, strength=0.3)], 2)
    tail = [r for r in rows if r["artefact"] == "long_tail"]
    rare = {r["label_before"] for r in tail}
    assert len(rare) == 2
    assert len(tail) == 24  # 2 classes, 0.3 * 40 kept of each
    assert len(after.sample_id) == 200 - 2 * 28
    assert np.bincount(after.label, minlength=5).tolist() == [
        12 if c in rare else 40 for c in range(5)
    ]
    mixes = [r for r in rows if r["artefact"] == "average"]
    assert len(mixes) == 40
    assert not {r["base_id"] for r in mixes} & {r["sample_id"] for r in tail}
    found = audit(before, after, table(rows))
    assert faults(found) == []
    assert [r["n"] for r in found] == [40, 24, 144 - 64]


def test_an_entry_at_the_end_changes_nothing_before_it() -> None:
    before = make()
    first = [entry("average", 0.1), entry("gaussian_noise", 0.1)]
    _, short = inject(before, first, 5)
    one, long = inject(before, [*first, entry("blur", 0.1)], 5)
    two, _ = inject(before, [*first, entry("occlusion", 0.1)], 5)
    assert [r for r in long if r["artefact"] != "blur"] == short
    mine = np.isin(before.sample_id, [r["sample_id"] for r in short])
    assert np.array_equal(one.image[mine], two.image[mine])


def test_seeds_differ_and_repeat() -> None:
    before, artefacts = make(), [entry("cutmix", 0.2), entry("gaussian_noise", 0.2)]
    (one, rows), (same, again), (_, other) = (inject(before, artefacts, s) for s in (0, 0, 1))
    assert np.array_equal(one.image, same.image)
    assert rows == again
    assert [r["base_id"] for r in rows] != [r["base_id"] for r in other]


def test_an_empty_list_changes_nothing() -> None:
    before = make()
    after, rows = inject(before, [], 0)
    assert after is before
    assert rows == []
    assert faults(audit(before, after, table(rows))) == []


def test_input_is_never_written_to() -> None:
    before = make()
    before.image.setflags(write=False)
    before.label.setflags(write=False)
    artefacts = [entry("average"), entry("occlusion"), entry("label_uniform")]
    copy = before.image.copy()
    after, _ = inject(before, artefacts, 0)
    assert np.array_equal(before.image, copy)
    assert not np.shares_memory(after.image, before.image)


@pytest.mark.parametrize(
    ("artefact", "words"),
    [
        (entry("avarage"), "avarage is no artefact; known are average, blur"),
        (entry("average", share=0.0), r"average\.share is 0\.0"),
        (entry("blur", share=1.5), r"blur\.share is 1\.5"),
        (entry("average", share=0.001), "none for average"),
        (entry("average", strength=1.0), "average.strength is 1.0; give its weight w"),
        (entry("gaussian_noise", strength=-1.0), "standard deviation in grey levels, above 0"),
        (entry("label_uniform", strength=0.5), "label_uniform has no strength"),
        (entry("long_tail", placement="append"), "placement is append; set it to replace"),
        (entry("blur", placement="beside"), "placement is beside"),
        (entry("long_tail", share=1.0), "5 of 5 classes rare"),
        (entry("average", share=0.6), r"average is to change 120 .* only 100 .* lower its share"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(artefact: Artefact, words: str) -> None:
    with pytest.raises(InputError, match=words):
        inject(make(), [artefact], 0)


@pytest.mark.parametrize("name", ["label_uniform", "label_asymmetric", "long_tail"])
def test_label_artefacts_need_labels(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} needs labels"):
        inject(make(classes=0), [entry(name)], 0)


def test_too_many_artefacts_name_the_share_that_fits() -> None:
    artefacts = [entry("blur", 0.5), entry("average", 0.3)]
    with pytest.raises(InputError, match=r"average .* 60 of 200 .* share to 0\.25"):
        inject(make(), artefacts, 0)
    with pytest.raises(InputError, match="remove it or lower the other shares"):
        inject(make(), [entry("blur", 1.0), entry("average", 0.3)], 0)
