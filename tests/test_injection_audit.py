"""The audit of the injection, which must fail on what is made wrongly, and the inject stage."""

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from score_tables import Ended, ended
from sklearn.datasets import load_digits
from test_injection import COPIES, entry, make, table

from hardrare.injection import inject
from hardrare.injection._noise import noise_moments
from hardrare.injection._registry import recipes
from hardrare.injection.audit import audit, faults
from hardrare.tables import Images, read, read_images, write_images, write_rows

ROOT = Path(__file__).parents[1]


def injected(name="average", placement="replace"):
    """A clean injection to spoil: before, after, rows."""
    before = make()
    after, rows = inject(before, [entry(name, 0.1, placement)], 0)
    return before, after, rows


def spoilt(after: Images, rows, make_pixels) -> Images:
    """The images with the manifest's samples made anew."""
    image, place = after.image.copy(), {int(s): i for i, s in enumerate(after.sample_id)}
    for row in rows:
        image[place[row["sample_id"]]] = make_pixels(row)
    return replace(after, image=image)


def test_audit_sees_mixes_made_wrongly() -> None:
    before, after, rows = injected()
    place = {int(s): i for i, s in enumerate(before.sample_id)}

    def mixed(row, shift=0):
        a, b = (
            before.image[place[row[c]] - shift].astype(float) for c in ("base_id", "partner_id")
        )
        return (a + b) / 2

    def as_bytes(row):
        return np.frombuffer(mixed(row).tobytes(), np.uint8)[:192].reshape(8, 8, 3)

    clean = spoilt(after, rows, lambda row: np.rint(mixed(row)))
    assert faults(audit(before, clean, table(rows))) == []
    for make_pixels in (
        as_bytes,  # a float array read as bytes: the earlier study's mistake
        lambda row: np.rint(mixed(row, shift=1)),  # images off by one
        lambda row: np.rint(mixed(row)) + 1,  # a grey level too bright
        lambda row: before.image[place[row["partner_id"]]],  # not mixed at all
    ):
        found = audit(before, spoilt(after, rows, make_pixels), table(rows))
        assert found[0]["deviation"] >= 1
        assert any("grey levels from its formula" in fault for fault in faults(found))
    swapped = [
        dict(r, partner_id=o["partner_id"]) for r, o in zip(rows, rows[1:] + rows[:1], strict=True)
    ]
    assert audit(before, after, table(swapped))[0]["deviation"] > 10


@pytest.mark.parametrize("name", ["contrast_matched", "cutmix", "occlusion", "blur", "maximum"])
def test_audit_measures_each_formula(name: str) -> None:
    before, after, rows = injected(name)
    image = after.image.copy()
    places = np.flatnonzero(np.isin(after.sample_id, [r["sample_id"] for r in rows]))
    image[places[0], 0, 0, 0] ^= 64
    found = audit(before, replace(after, image=image), table(rows))
    assert found[0]["deviation"] >= 63


@pytest.mark.parametrize("name", COPIES)
def test_audit_sees_copies_that_are_none(name: str) -> None:
    before, after, rows = injected(name, "append")
    assert faults(audit(before, after, table(rows))) == []
    bases = {int(s): image for s, image in zip(before.sample_id, before.image, strict=True)}
    other = spoilt(after, rows, lambda row: np.roll(bases[row["base_id"]], 4, axis=(0, 1)))
    assert audit(before, other, table(rows))[0]["deviation"] > 20
    idle = spoilt(after, rows, lambda row: bases[row["base_id"]])
    assert audit(before, idle, table(rows))[0]["unchanged"] == (0 if name == "duplicate" else 20)
    itself = [dict(row, sample_id=row["base_id"]) for row in rows]
    assert audit(before, before, table(itself))[0]["unchanged"] == 20


def test_audit_sees_noise_that_is_too_strong() -> None:
    before, after, rows = injected("gaussian_noise")
    wild = spoilt(after, rows, lambda _: np.random.default_rng(0).integers(0, 256, (8, 8, 3)))
    assert audit(before, wild, table(rows))[0]["deviation"] > 20
    assert audit(before, after, table(rows))[0]["deviation"] == 0


def noisy(image, strength, made):
    """The audit's deviation of one image `made` from `image (H, W, C)`."""
    before = replace(make(n=1), image=image[None])
    after = replace(before, image=np.asarray(made, np.uint8)[None])
    row = {"sample_id": int(before.sample_id[0]), "base_id": int(before.sample_id[0])}
    row |= {"artefact": "gaussian_noise", "strength": float(strength), "box": None}
    row |= {"partner_id": None, "label_before": 0, "label_after": 0}
    return audit(before, after, table([row]))[0]["deviation"]


def ground(kind, side, rng):
    """An image to put noise on."""
    if kind == "random":
        return rng.integers(0, 256, (side, side, 3), np.uint8)
    level = {"black": 0, "white": 255, "flat": int(rng.integers(256))}[kind]
    return np.full((side, side, 1), level, np.uint8)


def add_noise(image, strength, rng):
    return np.rint((image + rng.normal(0, strength, image.shape)).clip(0, 255))


@pytest.mark.parametrize("side", [4, 8, 32])
@pytest.mark.parametrize("kind", ["black", "white", "flat", "random"])
def test_audit_passes_noise_that_is_right(kind: str, side: int) -> None:
    rng = np.random.default_rng(3)
    for strength in (1, 5, 12, 25, 40, 80):
        for _ in range(25):
            image = ground(kind, side, rng)
            made = recipes()["gaussian_noise"].function(image, strength, rng)
            assert noisy(image, strength, made) == 0


@pytest.mark.parametrize("strength", [15, 40, 90])
def test_audit_passes_noise_on_two_thousand_digits(strength: int) -> None:
    image = np.rint(np.resize(load_digits().images, (2000, 8, 8)) * 255 / 16).astype(np.uint8)
    before = replace(make(n=2000), image=image[..., None])
    after, rows = inject(before, [entry("gaussian_noise", 1.0, strength=strength)], strength)
    assert len(rows) == 2000
    assert faults(audit(before, after, table(rows))) == []


@pytest.mark.parametrize("side", [8, 32])
def test_audit_sees_noise_that_is_none(side: int) -> None:
    flat = np.full((side, side, 1), 100, np.uint8)
    for image in (flat, np.zeros_like(flat)):
        one = image.copy()
        one[0, 0] += 1
        assert noisy(image, 40, one) > 5  # one pixel, one level
        assert noisy(image, 40, image) > 5
    assert noisy(flat, 40, flat + 40) > 5  # no noise, but a shift of its strength


@pytest.mark.parametrize("kind", ["black", "flat", "random"])
def test_audit_sees_noise_of_another_strength_or_mean(kind: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        image = ground(kind, 32, rng)
        assert noisy(image, 40, add_noise(image, 20, rng)) > 1
        assert noisy(image, 40, add_noise(image, 80, rng)) > 1
    flat = ground("flat", 32, rng) // 4 + 100
    assert noisy(flat, 40, flat + 10) > 5  # a shift alone
    assert noisy(flat, 20, add_noise(flat, 20, rng) + 10) > 3  # the right noise, shifted


def test_moments_of_noise_against_many_draws() -> None:
    rng = np.random.default_rng(5)
    for strength in (0.4, 3.0, 40.0, 300.0):
        for level in (0, 2, 100, 255):
            change = add_noise(np.full(400_000, level), strength, rng) - level
            drawn = [change.mean(), change.var(), (change**2).mean(), (change**2).var()]
            expected = noise_moments(strength)[level]
            np.testing.assert_allclose(expected, drawn, rtol=0.03, atol=0.02 * strength)


def test_audit_counts_what_is_wrong() -> None:
    before, after, rows = injected()
    idle = replace(after, image=before.image)
    assert audit(before, idle, table(rows))[0]["unchanged"] == 20
    assert audit(before, after, table(rows[1:]))[-1]["unlisted"] == 1
    shuffled = replace(after, label=np.roll(after.label, 1))  # labels not sliced along
    assert audit(before, shuffled, table(rows))[0]["label_errors"] == 20
    assert audit(before, shuffled, table(rows))[-1]["unlisted"] == 180
    twice = [*rows, dict(rows[0], sample_id=rows[1]["sample_id"])]
    assert audit(before, after, table(twice))[0]["reused"] == 4
    strange = [dict(rows[0], sample_id=9999), *rows[1:]]
    found = audit(before, after, table(strange))
    assert (found[0]["absent"], found[-1]["unlisted"]) == (1, 1)
    one = make(classes=1)
    same = audit(replace(before, label=one.label), replace(after, label=one.label), table(rows))
    assert same[0]["same_class"] == 20
    assert faults(found) == ["average: 1 absent", "none: 1 unlisted"]


def test_audit_sees_labels_and_rarity_that_are_not_there() -> None:
    before, after, rows = injected("label_uniform")
    found = audit(before, replace(after, label=before.label), table(rows))
    assert (found[0]["unchanged"], found[0]["label_errors"]) == (20, 20)
    touched = spoilt(after, rows, lambda _: np.zeros((8, 8, 3)))
    assert audit(before, touched, table(rows))[0]["deviation"] > 200
    before, after, rows = injected("long_tail")
    assert faults(audit(before, after, table(rows))) == []
    assert audit(before, before, table(rows))[0]["unchanged"] == len(rows) == 12
    assert audit(before, after, table([]))[-1]["unlisted"] == 28


def stage(folder: Path, yaml: str, before: Images) -> Ended:
    folder.mkdir()
    (folder / "params.yaml").write_text(yaml, encoding="utf-8")
    write_images(folder / "in.arrow", before)
    paths = {"images": "in.arrow", "injected": "out.arrow"}
    paths |= {"manifest": "manifest.arrow", "audited": "audit.arrow"}
    paths = {name: folder / path for name, path in paths.items()}
    return ended("inject", folder / "params.yaml", **paths)


ENTRIES = """prepare: {picture_side: null}
inject:
  seed: 4
  artefacts:
    - {artefact: cutmix, share: 0.1, strength: 0.3, placement: append}
    - {artefact: long_tail, share: 0.2, strength: 0.5, placement: replace}
    - {artefact: gaussian_noise, share: 0.1, strength: 30, placement: replace}
"""


def test_stage_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        done = stage(tmp_path / name, ENTRIES, make())
        assert done.returncode == 0, done.stderr
        assert "cutmix: 20 samples" in done.stdout
        files = [tmp_path / name / f for f in ("out.arrow", "manifest.arrow")]
        digests.append([hashlib.md5(f.read_bytes()).hexdigest() for f in files])
    assert digests[0] == digests[1]
    manifest = read(tmp_path / "one" / "manifest.arrow", "manifest/1")
    after = read_images(tmp_path / "one" / "out.arrow")
    assert manifest.num_rows == 60
    assert len(after.sample_id) == 200
    assert faults(audit(make(), after, manifest)) == []
    kept = read(tmp_path / "one" / "audit.arrow", "audit/1").to_pylist()
    assert [(r["artefact"], r["n"], r["unchanged"]) for r in kept] == [
        ("cutmix", 20, 0),
        ("gaussian_noise", 20, 0),
        ("long_tail", 20, 0),
        ("none", 140, 0),
    ]
    assert kept[0]["deviation"] == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("strength: 0.3", "strenght: 0.3", "unknown key inject.artefacts[0].strenght"),
        (", placement: append", "", "missing key inject.artefacts[0].placement"),
        ("placement: append", "placement: beside", "expected one of append, replace"),
        ("cutmix", "cutmicks", "cutmicks is no artefact"),
    ],
)
def test_stage_refuses_bad_entries_in_one_sentence(tmp_path, old, new, words) -> None:
    done = stage(tmp_path / "bad", ENTRIES.replace(old, new), make())
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    left = sorted(p.name for p in (tmp_path / "bad").iterdir())
    assert left == ["in.arrow", "params.yaml"]


def test_manifest_rows_are_written_as_they_are(tmp_path: Path) -> None:
    _, rows = inject(make(), [entry("cutmix", 0.1, strength=0.3), entry("label_uniform")], 0)
    write_rows(tmp_path / "m.arrow", "manifest/1", rows)
    assert read(tmp_path / "m.arrow", "manifest/1").to_pylist() == rows
    write_rows(tmp_path / "none.arrow", "manifest/1", [])
    assert read(tmp_path / "none.arrow", "manifest/1").num_rows == 0


def off_by_one(before, rows):
    """Each mix made of the images one row before the named ones."""
    place = {int(s): i for i, s in enumerate(before.sample_id)}
    first, second = ([place[r[c]] - 1 for r in rows] for c in ("base_id", "partner_id"))
    return np.rint((before.image[first].astype(float) + before.image[second]) / 2)


def bytes_as_pixels(before, rows):
    """The right mixes as a float array whose bytes are taken for pixels."""
    place = {int(s): i for i, s in enumerate(before.sample_id)}
    first, second = ([place[r[c]] for r in rows] for c in ("base_id", "partner_id"))
    mixed = (before.image[first].astype(float) + before.image[second]) / 2
    return np.frombuffer(mixed.tobytes(), np.uint8)[: mixed.size].reshape(mixed.shape)


@pytest.mark.parametrize(
    ("make_wrongly", "words"),
    [
        (lambda after, _, __: replace(after, image=after.image // 2), "grey levels from its"),
        (bytes_as_pixels, "grey levels from its formula"),
        (off_by_one, "grey levels from its formula"),
        (lambda after, _, __: replace(after, label=np.roll(after.label, 1)), "20 label_errors"),
    ],
    ids=["dark", "float bytes read as pixels", "images off by one", "labels not sliced"],
)
def test_stage_leaves_nothing_where_the_audit_fails(tmp_path, monkeypatch, make_wrongly, words):
    spec = importlib.util.spec_from_file_location("inject_stage", ROOT / "stages" / "inject.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    before, after, rows = injected()
    write_images(tmp_path / "in.arrow", before)
    if make_wrongly in (off_by_one, bytes_as_pixels):
        image, place = after.image.copy(), {int(s): i for i, s in enumerate(after.sample_id)}
        image[[place[r["sample_id"]] for r in rows]] = make_wrongly(before, rows)
        wrong = replace(after, image=image)
    else:
        wrong = make_wrongly(after, before, rows)
    monkeypatch.setattr(script, "inject", lambda *_: (wrong, rows))
    paths = {"images": "in.arrow", "injected": "out.arrow", "manifest": "manifest.arrow"}
    paths = {name: tmp_path / path for name, path in (paths | {"audited": "audit.arrow"}).items()}
    with pytest.raises(RuntimeError, match=f"average: .*{words}"):
        script.main(script.Params(seed=0, artefacts=[], picture_side=None), **paths)
    assert [p.name for p in tmp_path.iterdir()] == ["in.arrow"]
