"""The page to look through: what it holds and escapes, its size, what it says of an image."""

import base64
import json
import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
import yaml
from graph import ROOT
from page_contents import EVIL, FIT, made, pictures
from PIL import Image

from hardrare import tables
from hardrare.gallery import alike as alikeness
from hardrare.gallery.alike import alike, typical
from hardrare.gallery.choose import choose, evenly, with_company
from hardrare.gallery.contents import Contents
from hardrare.gallery.heat import read_heat
from hardrare.gallery.judges import Judges, judges
from hardrare.gallery.maps import of_features, over_epochs
from hardrare.gallery.notes import groups, leaks, notes, of_files, partners, placed
from hardrare.gallery.packed import order
from hardrare.gallery.page import page, with_scan
from hardrare.gallery.read import _several
from hardrare.gallery.thumbnails import larger, thumbnails
from hardrare.scan import options
from hardrare.tables import AXES, Score, meanings


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])


def ranks(html, axis):
    return numbers(next(one for one in data_of(html)["axes"] if one["name"] == axis)["rank"])


def numbers(packed):
    return np.frombuffer(base64.b64decode(packed), "<i4")


def test_the_page_holds_every_name_and_number_and_loads_nothing():
    html = page(made())
    data = data_of(html)
    assert data["names"][: len(EVIL)] == EVIL
    assert ranks(html, "hard").tolist() == list(range(1, 151))
    assert not re.search(r'(src|href)="(?!data:|#)', html)
    assert "<script>alert" not in html
    assert html.count("<img") == 1  # of the large view
    assert "&lt;b&gt;cut" in html
    assert (
        "The network some_network, never trained on them, looked at every image; small heads"
        in html
    )
    assert "share 71 % of their 10 nearest images, and in 90 % of 1,000 images the one" in html
    assert "<b>1</b> leak\n" in html or "<b>1</b> leak between parts" in html
    assert "one range" not in html
    wide = Contents(**vars(made()) | {"wide": "100 to 900"})
    assert "with one range for all of them: 100 to 900" in page(wide)


def test_the_page_opens_on_the_first_axis_that_marks_something():
    def opening(contents):
        return re.findall(r'name="axis" value="(\w+)" checked', page(contents))

    contents = made()
    assert opening(contents) == [contents.axes[0].name]
    none = np.zeros(150, bool)
    axes = [replace(axis, member=none) for axis in contents.axes]
    assert opening(replace(contents, axes=[axes[0], *contents.axes[1:]])) == [axes[1].name]
    assert opening(replace(contents, axes=axes)) == [axes[0].name]


def test_equal_contents_give_equal_bytes_and_only_a_scan_adds_what_it_knows():
    html = page(made())
    assert html == page(made())
    known = {"took": "Took 3 min.", "source": "../</script>", "decided": {EVIL[0]: ["drop"]}}
    stamped = with_scan(html, known)
    assert "../\\u003c/script" in stamped
    assert stamped.count("</script>") == html.count("</script>")
    assert with_scan(with_scan(html, {"took": "later"}), known) == stamped
    assert with_scan(stamped, {}) == html


def test_pictures_are_found_by_their_place_in_the_blocks():
    contents = made(n=300)
    html, ordered = page(contents), order(contents)
    assert contents.axes[0].rank[ordered[0]] == 1
    for name, files in (("thumbnails", contents.thumbnails), ("larger", contents.larger)):
        pack = data_of(html)[name]
        slot, lengths = (numbers(pack[one]) for one in ("slot", "lengths"))
        for k in (0, 7, 299):
            block, at = divmod(int(slot[k]), pack["block"])
            text = re.search(rf'id="{name}-{block}">(.*?)</script>', html, re.S)[1]
            start = lengths[block * pack["block"] :][:at].sum()
            assert base64.b64decode(text[start : start + lengths[slot[k]]]) == files[k]


def test_one_seed_says_that_no_spread_is_known():
    assert "trained once" in page(made(seeds=1))
    assert "trained twice" in page(made(seeds=2))
    assert "every image was read" in page(made(skipped=[]))


def test_thumbnails_keep_the_aspect_and_fit_the_budget():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (60, 120, 240, 3), np.uint8)  # the worst that a WebP can meet
    every = thumbnails(pictures(noise), np.arange(60), 160, 10**7)
    assert {Image.open(BytesIO(one)).size for one in every} == {(160, 80)}
    assert every == thumbnails(pictures(noise), np.arange(60), 160, 10**7)
    few = thumbnails(pictures(noise), np.arange(60), 160, 40_000)
    assert sum(map(len, few)) <= 40_000 < sum(map(len, every))
    tiny = np.zeros((3, 8, 8, 1), np.uint8)
    tiny[1, 2:4] = 255
    made_of = thumbnails(pictures(tiny), np.arange(3), 160, 10**7)
    back = np.asarray(Image.open(BytesIO(made_of[1])).convert("L"))
    np.testing.assert_array_equal(back, tiny[1, ..., 0])  # without loss


def test_larger_copies_are_made_of_the_first_as_far_as_there_is_room():
    noise = np.random.default_rng(0).integers(0, 256, (200, 60, 80, 3), np.uint8)
    backwards = np.arange(200)[::-1]
    every = larger(pictures(noise), np.arange(200), backwards, 80, 40, 10**9)
    assert len(every) == 200
    assert Image.open(BytesIO(every[0])).size == (80, 60)
    half = larger(
        pictures(noise), np.arange(200), backwards, 80, 40, sum(map(len, every.values())) // 2
    )
    assert set(half) == set(range(136, 200))  # the first of the order, 64 at a time
    assert larger(pictures(noise), np.arange(200), backwards, 40, 40, 10**9) == {}
    assert larger(pictures(noise), np.arange(200), backwards, 320, 100, 10**9) == {}


def test_a_page_of_many_images_stays_small():
    n = 100_000
    contents = made(n=n, side=8, shown=np.arange(0, n, 25), names=(), copies={})
    html = page(contents)
    assert len(html.encode()) < 20_000_000
    assert len(data_of(html)["names"]) == 4000
    assert "holds 4,000 of 100,000 images" in html


def test_what_a_ranking_says_of_an_image_is_on_the_page_where_it_says_it():
    table = pa.table({
        "file_name": ["a", "b", "c"], "duplicate_of": [None, "a", None],
        "duplicate_kind": [None, "mirrored", "similar"], "duplicate_similarity": [0.5, 1.0, None],
        "reason": [None, None, "nearly black"], "part": ["", "", ""],
        "width": pa.array([640, 0, None], pa.int32()), "height": pa.array([480, 0, 3], pa.int32()),
    })  # fmt: skip
    assert partners(table, "duplicate_of") == {1: 0}
    assert groups(table).tolist() == [-1, -1, -1]
    assert leaks(table) == 0
    assert groups(table.append_column("group", pa.array([0, 0, None], pa.int32()))).tolist() == [
        0,
        0,
        -1,
    ]
    assert leaks(table.append_column("leak", pa.array([True, True, False]))) == 1
    assert notes(table) == {
        "reason": [None, None, "nearly black"], "kind": [None, "mirrored", "similar"],
        "similarity": ["0.500", "1.000", None], "size": ["640 × 480", None, None],
    }  # fmt: skip
    bare = table.select(["file_name", "duplicate_similarity"])
    assert (partners(bare, "nearest"), list(notes(bare))) == ({}, ["similarity"])


def test_the_page_says_who_judged():
    axes = ["features_barlow_twins/msd_mean low", "lite0/density", "appearance/defect_dark"]
    found = judges(axes, ["lite0", "unused"], {"lite0": FIT}, 2)
    assert found == Judges({"lite0": FIT, "unused": None}, True, False, 2)
    assert found.lead().endswith(
        "looked at every image; small heads learnt from what it sees, twice."
    )
    assert judges(["lite0/density"], ["lite0", "unused"], {}, 2).networks == {"lite0": None}
    own = judges(["autoencoder/loss_mean", "appearance/oddity"], ["lite0"], {}, 1)
    assert own.lead() == "Small networks learnt from these images alone."
    assert own.fits() == []
    given = judges(["given/density"], ["given"], {}, 1)
    assert given.lead() == "Features that you brought, never trained on them, tell of every image."


def test_choose_takes_the_first_of_each_axis_then_what_is_marked_and_spreads_the_rest():
    contents = made(n=1000, names=())
    rows = choose(contents.axes, 10, 300)
    assert len(rows) == 300
    for axis in contents.axes:
        assert set(np.flatnonzero(axis.rank <= 10)) <= set(rows)
        assert set(np.flatnonzero(axis.member)) <= set(rows)
    some = choose(contents.axes, 10, 100)
    assert len(some) == 100
    best = np.min([axis.rank for axis in contents.axes], axis=0)
    marked = np.any([axis.member for axis in contents.axes], axis=0)
    assert (
        best[marked & np.isin(np.arange(1000), some)].max()
        <= best[marked & ~np.isin(np.arange(1000), some)].min()
    )
    assert choose(contents.axes, 10, 0).size <= 50
    assert choose(contents.axes, 5000, 4000).tolist() == list(range(1000))
    assert evenly(np.arange(10), 4).tolist() == [0, 2, 5, 7]
    assert evenly(np.arange(3), 4).tolist() == [0, 1, 2]


def test_whole_groups_and_what_stays_come_with_what_is_shown():
    group = np.array([0, -1, 0, 1, 1, -1, 0])
    kept = {2: 0, 6: 0, 4: 3}
    assert with_company(np.array([1, 2]), group, kept, [5]).tolist() == [0, 1, 2, 5, 6]


@pytest.mark.parametrize("pairs", [alikeness.EXACT, 0])
def test_the_most_alike_come_first_and_never_the_image_itself(monkeypatch, pairs):
    monkeypatch.setattr(alikeness, "EXACT", pairs)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 90)).astype(np.float32)
    rows[7] = rows[3] + 0.01 * rows[7]
    found = alike(rows, np.array([3, 7, 9]), 5)
    assert found[0, 0] == 7
    assert found[1, 0] == 3
    assert not (found == np.array([[3], [7], [9]])).any()
    unit = rows - rows.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    exact = np.argsort(-(unit @ unit[9]))[1:6]
    if pairs:
        assert found[2].tolist() == exact.tolist()
    assert len(set(exact) & set(found[2])) >= 4  # where sought among the first components
    assert alike(rows[:2], np.array([0, 1]), 3).tolist() == [[1, -1, -1], [0, -1, -1]]
    assert alike(np.ones((1, 4)), np.array([0]), 2).tolist() == [[-1, -1]]


def test_typical_images_of_a_label_are_the_sure_ones_near_its_mean():
    features = np.array([[1, 0], [1, 0.1], [0, 1], [1, 0.05], [0.1, 1]], np.float32)
    label, doubt = ["a", "a", "a", "a", None], np.array([4, 3, 1, 2, 6])
    assert typical(features, label, doubt, ["a", "none"], 2) == {"a": [1, 0]}


def test_heat_is_read_for_what_is_shown(tmp_path):
    rows = pa.table({
        "sample_id": pa.array([5, 9], pa.int32()), "axis": ["hard", "hard"],
        "heat": pa.array([bytes([0, 1, 2, 255]), bytes(4)], pa.binary()),
    })  # fmt: skip
    tables.write(tmp_path / "heat.arrow", "heat/1", rows)
    found = read_heat([tmp_path / "heat.arrow"] * 2, np.array([3, 5]))
    assert list(found) == ["hard"]
    assert found["hard"].rows.tolist() == [1]
    assert found["hard"].warm.tolist() == [[[0, 1], [2, 255]]]
    assert read_heat([tmp_path / "heat.arrow"], np.array([3])) == {}


def test_facts_of_files_and_places_by_scores():
    kinds = {k: v for k, v in tables.KINDS["appearance/1"].items() if k is not ...}
    rows = [{"sample_id": 4, "format": "PNG", "bytes": 10, "content_hash": "000000ff" + "0" * 24},
            {"sample_id": 6}]  # fmt: skip
    looks = pa.Table.from_pylist(rows, schema=pa.schema(kinds.items()))
    texts, numbers = of_files(looks, np.array([6, 4, 5]))
    assert texts == {"format": [None, "PNG", None]}
    np.testing.assert_array_equal(numbers["bytes"], [np.nan, 10, np.nan])
    np.testing.assert_array_equal(numbers["mark"], [np.nan, 255, np.nan])
    assert set(numbers) == {"bytes", "mark"}
    one = Score("a/b", np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]]), "", "high", "")
    assert placed([one], np.array([0, 2]))["a/b"].tolist() == [255, 128]


def test_map_over_epochs_by_hand():
    first = np.array([[np.nan, 1.0, 3.0], [np.nan, 2.0, 2.0]])
    np.testing.assert_allclose(over_epochs([first, first + 2]), [[1, 3], [0, 3]])


@pytest.mark.parametrize("features", [np.zeros((20, 4)), np.eye(3), np.ones((1, 5))])
def test_a_map_of_little_is_finite(features):
    assert np.isfinite(of_features(features)).all()
    assert of_features(features).shape == (len(features), 2)


def test_the_map_of_features_is_the_same_each_time_and_keeps_groups():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 40)
    rows = 4 * np.eye(6)[group] + rng.normal(0, 0.2, (80, 6))
    where = of_features(rows)
    np.testing.assert_array_equal(where, of_features(rows))
    centre = [where[group == g].mean(axis=0) for g in (0, 1)]
    spread = max(where[group == g].std() for g in (0, 1))
    assert np.linalg.norm(centre[0] - centre[1]) > spread


def test_the_axes_mean_the_same_on_the_page_and_in_the_manual():
    axes = yaml.safe_load(options.default())["rank"]
    meant = meanings({name: axes.get(name, []) for name in (*AXES, "mislabeled")})
    manual = (ROOT / "docs" / "photos.md").read_text("utf-8").partition("## Words")[2]
    rows = [line.strip("| ").split(" | ") for line in manual.splitlines() if line.startswith("| ")]
    assert dict(row for row in rows if len(row) == 2) == meant
    assert meanings({"noisy": ["a/loss_last", "appearance/defect_dark"]})["noisy"] == AXES["noisy"]


def test_what_each_image_resembles_most_is_known_even_where_that_is_not_shown():
    data = data_of(page(made(shown=np.arange(100))))
    near = numbers(data["nearest"])
    assert near[[0, 1, 2, 3, 21]].tolist() == [-1, 0, 0, -1, 20]
    assert data["elsewhere"] == {"3": "dir/00137.png"}
    assert data_of(page(made()))["elsewhere"] == {}


def test_which_files_hold_several_pictures_is_read_from_what_was_looked_at(tmp_path):
    rows = [{"format": "GIF", "frames": 3}, {"format": "MPO", "frames": 2}, {"format": "PNG"}]
    tables.write_appearance(tmp_path / "looks.arrow", rows, {})
    ids = pa.array([0, 1, 2, 3], pa.int32())
    ranking = pa.table({"sample_id": ids, "file_name": ["a.gif", "b.jpg", "c.png", "row"]})
    assert _several(tmp_path / "looks.arrow", ranking) == (
        "a.gif holds 3 pictures: one was looked at, the other 2 were not"
    )
    assert "a.gif holds 3 pictures: one" in page(
        replace(made(), several="a.gif holds 3 pictures: one")
    )
    assert "hold several" not in page(replace(made(), several=""))
