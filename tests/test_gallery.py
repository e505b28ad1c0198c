"""The page to look through: what it holds and escapes, its size, and its work in a browser."""

import base64
import json
import re
from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
from browser import browsing
from PIL import Image

from hardrare.gallery.contents import Axis, Contents, Map, choose, notes, partners
from hardrare.gallery.judges import Judges, judges
from hardrare.gallery.maps import of_features, over_epochs
from hardrare.gallery.page import page, with_time
from hardrare.gallery.thumbnails import thumbnails
from hardrare.pictures import Pictures
from hardrare.tables import Skipped

EVIL = [
    "<script>alert(1)</script>.png",
    "</script><img src=x onerror=alert(2)>.png",
    "\"quoted\" 'twice' `once` & more.png",
    "two\nlines.png",
    "a/very/long/" + "name" * 80 + ".png",
    "emoji 🦊 and ünïcode.png",
    "https://example.org/x.png",
]

FIT = {"neighbour_agreement": 0.714, "view_retrieval": 0.9, "samples": 1000, "neighbours": 10}


def made(n=150, seeds=2, side=16, shown=None, names=EVIL, labels=True, skipped=None):
    """Contents of a made-up study: image i has place i on `hard`, the reverse on `rare`."""
    rng = np.random.default_rng(0)
    files = [*names, *(f"dir/{i:04}.png" for i in range(n - len(names)))]
    places = {
        "hard": np.arange(n),
        "rare": np.arange(n)[::-1],
        "noisy": rng.permutation(n),
        "duplicate": rng.permutation(n),
    }
    spread = np.full(n, np.nan) if seeds < 2 else rng.random(n) / 50
    axes = [
        Axis(name, ["a/b", "c/d"], 1 - at / n, at + 1, spread, n // 20)
        for name, at in places.items()
    ]
    rows = np.arange(n) if shown is None else shown
    first = int(np.argmin(places["duplicate"]))
    maps = {
        "data": Map("Data map", "by loss.", "variability", "mean", rng.random((len(rows), 2))),
        "features": Map("Features", "by t-SNE.", "", "", rng.random((len(rows), 2))),
    }
    if skipped is None:
        skipped = [Skipped(EVIL[0], "cannot be read: <b>cut</b>"), Skipped("b.txt", "empty")]
    image = rng.integers(0, 256, (n, side, 2 * side, 3), np.uint8)
    small = thumbnails(pictures(image), rows, np.ones(len(rows), bool), 40, 10**7)
    of = np.arange(n) == first
    said = {
        "kind": np.where(of, "cropped", None), "similarity": np.where(of, "0.987", None),
        "reason": np.where(np.arange(n) == int(np.argmin(places["noisy"])), "blurred", None),
        "part": np.where(of, "train", "test"), "size": np.full(n, "640 × 480"),
    }  # fmt: skip
    said = {name: values.tolist() for name, values in said.items()}
    said |= {"label": ["cat <i>"] * n, "suggested": ["dog"] * n} if labels else {}
    judged = Judges({"some_network": FIT}, True, False, seeds)
    kept = {first: (first + 1) % n}
    return Contents(files, axes, rows, small, kept, {}, maps, said, 1, skipped, seeds, judged)


def pictures(image):
    """Pictures of images of one size."""
    return Pictures(np.arange(len(image)), image, None)


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])


def ranks(html, axis):
    packed = next(one for one in data_of(html)["axes"] if one["name"] == axis)["rank"]
    return np.frombuffer(base64.b64decode(packed), "<i4")


def test_the_page_holds_every_name_and_number_and_loads_nothing():
    html = page(made())
    data = data_of(html)
    assert data["names"][: len(EVIL)] == EVIL
    assert ranks(html, "hard").tolist() == list(range(1, 151))
    assert not re.search(r'(src|href)="(?!data:|#)', html)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;b&gt;cut" in html
    assert (
        "The network some_network, never trained on them, looked at every image; small heads"
        in html
    )
    assert "share 71 % of their 10 nearest images, and in 90 % of 1,000 images the one" in html
    assert "<b>1</b> leak between parts" in html
    assert "one range" not in html
    wide = Contents(**vars(made()) | {"wide": "100 to 900"})
    assert "with one range for all of them: 100 to 900" in page(wide)


def test_equal_contents_give_equal_bytes_and_only_a_scan_says_how_long_it_took():
    html = page(made())
    assert html == page(made())
    timed = with_time(html, "took 3 min & more")
    assert "took 3 min &amp; more" in timed
    assert timed.replace("took 3 min &amp; more", "") == html


def test_one_seed_says_that_no_spread_is_known():
    assert "trained once" in page(made(seeds=1))
    assert "trained twice" in page(made(seeds=2))
    assert "every image was read" in page(made(skipped=[]))


def test_thumbnails_keep_the_aspect_and_fit_the_budget():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (60, 120, 240, 3), np.uint8)  # the worst that a WebP can meet
    large = np.arange(60) < 20
    every = thumbnails(pictures(noise), np.arange(60), large, 160, 10**7)
    sizes = [Image.open(BytesIO(one)).size for one in every]
    assert sizes == [(160, 80)] * 20 + [(64, 32)] * 40
    assert every == thumbnails(pictures(noise), np.arange(60), large, 160, 10**7)
    few = thumbnails(pictures(noise), np.arange(60), large, 160, 40_000)
    assert sum(map(len, few)) <= 40_000 < sum(map(len, every))
    tiny = np.zeros((3, 8, 8, 1), np.uint8)
    tiny[1, 2:4] = 255
    made_of = thumbnails(pictures(tiny), np.arange(3), np.ones(3, bool), 160, 10**7)
    back = np.asarray(Image.open(BytesIO(made_of[1])).convert("L"))
    np.testing.assert_array_equal(back, tiny[1, ..., 0])  # without loss


def test_a_page_of_many_images_stays_small():
    n = 100_000
    contents = made(n=n, side=8, shown=np.arange(0, n, 25), names=())
    html = page(contents)
    assert len(html.encode()) < 20_000_000
    assert len(data_of(html)["names"]) == 4000


def test_what_a_ranking_says_of_an_image_is_on_the_page_where_it_says_it():
    table = pa.table({
        "file_name": ["a", "b", "c"], "duplicate_of": [None, "a", None],
        "duplicate_kind": [None, "mirrored", "similar"], "duplicate_similarity": [0.5, 1.0, None],
        "reason": [None, None, "nearly black"], "part": ["", "", ""],
        "width": pa.array([640, 0, None], pa.int32()), "height": pa.array([480, 0, 3], pa.int32()),
    })  # fmt: skip
    assert partners(table, "duplicate_of") == {1: 0}
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


def test_choose_takes_the_first_of_each_axis_and_spreads_the_rest():
    contents = made(n=1000, names=())
    rows = choose(contents.axes, 10, 100)
    assert len(rows) == 100
    for axis in contents.axes:
        assert set(np.flatnonzero(axis.rank <= 10)) <= set(rows)
    assert np.diff(rows).max() < 40
    assert choose(contents.axes, 10, 0).size <= 40
    assert choose(contents.axes, 5000, 4000).tolist() == list(range(1000))


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


# In a browser


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(page(made()), encoding="utf-8")
    return path


def settled(watched):
    watched.page.wait_for_selector("#gallery img")
    watched.page.wait_for_timeout(200)


@pytest.mark.slow
def test_the_page_opens_without_an_error_or_a_request(file):
    with browsing(file) as watched:
        settled(watched)
        assert watched.errors == []
        assert watched.outside() == []
        assert watched.page.locator("#gallery-title").text_content() == "hard"
        assert watched.page.locator("#gallery li").count() == 8  # 5 % of 150
        first = watched.page.locator("#gallery .path").first.inner_text()
        assert first == EVIL[0]
        loaded = "image => image.decode().then(() => image.naturalWidth === 32)"
        assert watched.page.locator("#gallery img").first.evaluate(loaded)
        inked = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
        assert watched.page.locator("canvas[data-map=features]").evaluate(inked)


@pytest.mark.slow
def test_filters_work_by_mouse_and_by_keyboard(file):
    with browsing(file) as watched:
        settled(watched)
        page = watched.page
        page.get_by_text("rare", exact=True).first.click()
        assert page.locator("#gallery-title").text_content() == "rare"
        assert page.locator("#gallery b").first.inner_text() == "#1"
        page.select_option("select[name=share]", "1")
        assert page.locator("#gallery li").count() == 60
        page.locator("#more").click()
        assert page.locator("#gallery li").count() == 120
        page.fill("input[name=text]", "EMOJI 🦊")
        assert page.locator("#gallery .path").all_inner_texts() == [EVIL[5]]
        page.fill("input[name=text]", "no such thing")
        assert page.locator("#gallery li").count() == 0
        assert "No image" in page.locator("#count").inner_text()
        page.fill("input[name=text]", "")
        page.locator("input[name=axis]").nth(1).focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#gallery-title").text_content() == "noisy"
        assert "blurred" in page.locator("#gallery li").first.inner_text()
        page.keyboard.press("ArrowRight")
        assert page.locator("#gallery-title").text_content() == "duplicate"
        assert page.locator("#gallery li").first.locator("figure").count() == 2
        pair = page.locator("#gallery li").first.inner_text()
        for words in ("similarity 0.987", "cropped", "leak", "copy", "stays: first", "in train"):
            assert words in pair
        assert watched.errors == []


@pytest.mark.slow
def test_a_path_is_copied_by_click_and_by_enter(file):
    with browsing(file) as watched:
        settled(watched)
        page = watched.page
        page.locator("#gallery button").first.click()
        page.wait_for_selector("#said.on")
        assert page.evaluate("navigator.clipboard.readText()") == EVIL[0]
        page.locator("#gallery button").nth(1).focus()
        page.keyboard.press("Enter")
        page.locator("#said.on", has_text="onerror").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == EVIL[1]
        page.locator("#copy-all").click()
        page.locator("#said.on", has_text="8 paths").wait_for()
        assert watched.errors == []


@pytest.mark.slow
def test_pointing_at_a_map_shows_the_image(file):
    with browsing(file) as watched:
        settled(watched)
        page = watched.page
        for name in ("data", "features"):
            canvas = page.locator(f"canvas[data-map={name}]")
            canvas.scroll_into_view_if_needed()
            canvas.focus()
            page.keyboard.press("ArrowRight")
            tip = page.locator("#tip")
            assert EVIL[0] in tip.inner_text()
            page.keyboard.press("ArrowRight")
            assert EVIL[1] in tip.inner_text()
            page.keyboard.press("Escape")
            assert not tip.is_visible()
            box = canvas.bounding_box()
            seen = set()
            for x in np.linspace(0.1, 0.9, 12):
                for y in np.linspace(0.1, 0.9, 12):
                    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
                    if tip.is_visible():
                        seen.add(tip.locator("div").inner_text())
            assert len(seen) > 10
            page.mouse.move(2, 2)
            assert not tip.is_visible()
        assert watched.errors == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1280, True), (375, False), (375, True)])
def test_it_fits_a_phone_and_follows_the_theme(file, width, dark):
    with browsing(file, width=width, dark=dark) as watched:
        settled(watched)
        page = watched.page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 150) == dark
        assert watched.errors == []
