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

from hardrare.gallery.contents import Axis, Contents, Map, choose
from hardrare.gallery.maps import of_features, over_epochs
from hardrare.gallery.page import page, with_time
from hardrare.gallery.sheets import sheets
from hardrare.tables import Skipped, beside

EVIL = [
    "<script>alert(1)</script>.png",
    "</script><img src=x onerror=alert(2)>.png",
    "\"quoted\" 'twice' `once` & more.png",
    "two\nlines.png",
    "a/very/long/" + "name" * 80 + ".png",
    "emoji 🦊 and ünïcode.png",
    "https://example.org/x.png",
]


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
    image = rng.integers(0, 256, (n, side, side, 3), np.uint8)
    label = ["cat <i>"] * n if labels else [""] * n
    kept = {first: ((first + 1) % n, 0.987)}
    return Contents(files, image, axes, rows, kept, maps, label, skipped, seeds)


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])


def ranks(html, axis):
    packed = next(one for one in data_of(html)["axes"] if one["name"] == axis)["rank"]
    return np.frombuffer(base64.b64decode(packed), "<i4")


def test_the_page_holds_every_name_and_number_and_loads_nothing():
    html = page(made(), 40)
    data = data_of(html)
    assert data["names"][: len(EVIL)] == EVIL
    assert ranks(html, "hard").tolist() == list(range(1, 151))
    assert not re.search(r'(src|href)="(?!data:|#)', html)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;b&gt;cut" in html


def test_equal_contents_give_equal_bytes_and_only_a_scan_says_how_long_it_took():
    html = page(made(), 40)
    assert html == page(made(), 40)
    timed = with_time(html, "took 3 min & more")
    assert "took 3 min &amp; more" in timed
    assert timed.replace("took 3 min &amp; more", "") == html


def test_one_seed_says_that_no_spread_is_known():
    assert "trained once" in page(made(seeds=1), 40)
    assert "trained twice" in page(made(seeds=2), 40)
    assert "every image was read" in page(made(skipped=[]), 40)


def test_a_page_of_many_images_stays_small():
    n = 100_000
    rows = np.arange(0, n, 25)
    contents = made(n=n, side=8, shown=rows, names=())
    noise = np.random.default_rng(0).integers(0, 256, (4000, 64, 64, 3), np.uint8)
    wide = np.zeros((n, 64, 64, 3), np.uint8)  # noise is the worst that a JPEG can meet
    wide[rows] = noise
    html = page(Contents(**(vars(contents) | {"image": wide})), 40)
    assert len(html.encode()) < 20_000_000
    assert len(data_of(html)["names"]) == 4000


def test_choose_takes_the_first_of_each_axis_and_spreads_the_rest():
    contents = made(n=1000, names=())
    rows = choose(contents.axes, 10, 100)
    assert len(rows) == 100
    for axis in contents.axes:
        assert set(np.flatnonzero(axis.rank <= 10)) <= set(rows)
    assert np.diff(rows).max() < 40
    assert choose(contents.axes, 10, 0).size <= 40
    assert choose(contents.axes, 5000, 4000).tolist() == list(range(1000))


def test_pairs_are_those_that_the_ranking_names():
    table = pa.table(
        {
            "sample_id": [3, 4, 9, 12],
            "nearest_id": [9, 12, 3, None],
            "duplicate_similarity": [1.0, 0.75, 1.0, -1.0],
        }
    )
    assert beside(table, np.array([0, 1, 3])) == {0: (2, 1.0), 1: (3, 0.75)}


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


def test_sheets_hold_each_image_where_the_script_looks():
    image = np.zeros((1100, 8, 8, 1), np.uint8)
    image[1050] = 255
    found = sheets(image, np.arange(1100), 40, 10**7)
    assert (found.tile, len(found.uris)) == (8, 2)
    sheet = np.asarray(Image.open(BytesIO(base64.b64decode(found.uris[1].partition(",")[2]))))
    at = 1050 - found.on_sheet
    top, left = at // found.across * 8, at % found.across * 8
    assert sheet[top : top + 8, left : left + 8].min() > 240
    assert sheet[:8, :8].max() < 20
    smaller = sheets(np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), np.uint8),
                     np.arange(64), 40, 1)  # fmt: skip
    assert sum(map(len, smaller.uris)) > 0


# In a browser


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(page(made(), 40), encoding="utf-8")
    return path


def settled(watched):
    watched.page.wait_for_selector("#gallery canvas")
    watched.page.wait_for_timeout(200)


def test_the_page_opens_without_an_error_or_a_request(file):
    with browsing(file) as watched:
        settled(watched)
        assert watched.errors == []
        assert watched.outside() == []
        assert watched.page.locator("#gallery-title").text_content() == "hard"
        assert watched.page.locator("#gallery li").count() == 8  # 5 % of 150
        first = watched.page.locator("#gallery .path").first.inner_text()
        assert first == EVIL[0]
        inked = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
        assert watched.page.locator("#gallery canvas").first.evaluate(inked)
        assert watched.page.locator("canvas[data-map=features]").evaluate(inked)


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
        page.keyboard.press("ArrowRight")
        assert page.locator("#gallery-title").text_content() == "duplicate"
        assert page.locator("#gallery li").first.locator("figure").count() == 2
        assert "similarity 0.987" in page.locator("#gallery li").first.inner_text()
        assert watched.errors == []


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


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (375, False), (375, True)])
def test_it_fits_a_phone_and_follows_the_theme(file, width, dark):
    with browsing(file, width=width, dark=dark) as watched:
        settled(watched)
        page = watched.page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 150) == dark
        assert watched.errors == []
