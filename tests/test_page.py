"""The page in a browser: every key, groups, undo, what is saved and kept, names, sizes, themes."""

import csv
import io
import re

import numpy as np
import pytest
from browser import browsing
from page_contents import EVIL, made
from PIL import Image
from test_door import scanned

from hardrare import Scan
from hardrare.decisions import read_decisions
from hardrare.gallery.page import page as html
from hardrare.gallery.page import place_hash, with_scan
from hardrare.tables import unescaped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A page beside a folder of its files, which are larger than the kept copies."""
    folder = tmp_path_factory.mktemp("page")
    contents = made()
    for k, name in enumerate(contents.file_name):
        target = folder / "the photos" / unescaped(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (200 + k, 100), (k, 90, 90)).save(target)
    known = {"took": "Took 3 s.", "source": "the%20photos", "identity": "tests",
             "decided": {"dir/00100.png": ["drop", "", "noisy", "seen before"]}}  # fmt: skip
    path = folder / "a page é (1).html"
    known["page"] = place_hash(path)
    path.write_text(with_scan(html(contents), known), encoding="utf-8")
    return path


@pytest.fixture
def watched(file):
    """The page, open in a browser of its own."""
    with browsing(file) as opened:
        opened.page.wait_for_selector("#feed img.tile")
        yield opened
        assert opened.errors == []
        assert opened.outside() == []


@pytest.fixture
def page(watched):
    return watched.page


IN_WINDOW = """all => all.map(one => one.getBoundingClientRect())
  .filter(box => box.bottom > 0 && box.top < innerHeight).length"""
REACHED = "(a => a.id || a.name || a.hash || a.dataset.i || a.tagName)(document.activeElement)"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def tally(page):
    return [int(page.locator(f"#count-{one}").inner_text()) for one in ("keep", "drop", "relabel")]


def name_at(page):
    return page.evaluate("data.names[now()]")


def kind_of(page, name):
    return page.evaluate("name => (decided.get(name) || {kind: ''}).kind", name)


def search(page, text):
    """Look for paths that hold a text, and leave the field."""
    page.fill("input[name=text]", text)
    page.locator("input[name=text]").blur()


def saved(page):
    """What the button saves, as text."""
    with page.expect_download() as one:
        page.locator("#save").click()
    assert one.value.suggested_filename == "decisions.csv"
    return one.value.path().read_text("utf-8")


# What is shown


def test_it_opens_with_the_first_of_the_first_axis(page):
    assert page.locator("#title").text_content() == "Hard"
    assert page.locator("#feed article").count() == 7  # 5 % of 150
    assert page.locator("#feed .path").first.inner_text() == EVIL[0]
    loaded = "image => image.decode().then(() => image.naturalWidth === 32)"
    assert page.locator("#feed img").first.evaluate(loaded)
    assert page.locator("#took").inner_text() == "Took 3 s."


def test_filters_by_mouse(page):
    page.get_by_text("noisy", exact=False).first.click()
    assert page.locator("#title").text_content() == "Noisy"
    assert "blurred" in page.locator("#feed article").first.inner_text()
    page.select_option("select[name=share]", "1")
    assert page.locator("#feed article").first.get_attribute("aria-setsize") == "150"
    page.fill("input[name=text]", "EMOJI 🦊")
    assert page.locator("#feed .path").all_inner_texts() == [EVIL[5]]
    page.fill("input[name=text]", "no such thing")
    assert page.locator("#feed article").count() == 0
    assert "No image" in page.locator("#count").inner_text()
    page.fill("input[name=text]", "00100")
    page.select_option("select[name=which]", "decided")
    assert page.locator("#feed article").count() == 1
    assert "drop · applied" in page.locator("#feed article").inner_text()
    page.select_option("select[name=which]", "open")
    assert page.locator("#feed article").count() == 0


def test_every_name_is_shown_as_text_and_stands_apart(page):
    press(page, "6")
    assert page.locator("#title").text_content() == "All images"
    for name in EVIL:
        page.fill("input[name=text]", name)
        assert page.locator("#feed bdi.path").first.evaluate("one => one.textContent") == name
    assert page.evaluate("getComputedStyle(document.querySelector('bdi.path')).unicodeBidi") == (
        "isolate")  # fmt: skip
    assert page.locator("#feed img").evaluate_all("all => all.every(one => one.alt === '')")


def test_the_large_view_shows_the_file_itself_whatever_its_name(watched):
    page = watched.page
    press(page, "6")
    for name in EVIL:
        page.fill("input[name=text]", name)
        page.locator("#feed article").first.click()
        page.locator("#which", has_text="the file itself").wait_for()
        width = page.locator("#picture").evaluate("image => image.naturalWidth")
        assert width == 200 + EVIL.index(name)
        assert page.locator("#large-name").evaluate("one => one.textContent") == name
        press(page, "Escape")
    assert all(url.startswith(("file:", "data:", "blob:")) for url in watched.requests)


@pytest.mark.parametrize("together", [False, True])
def test_a_page_that_was_moved_asks_for_no_file_before_somebody_does(file, tmp_path, together):
    (tmp_path / "moved.html").write_bytes(file.read_bytes())
    if together:
        (tmp_path / "the photos").symlink_to(file.parent / "the photos")
    with browsing(tmp_path / "moved.html") as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        press(page, "Home", "Enter")
        assert "a copy of at most" in page.locator("#which").inner_text()
        press(page, "ArrowRight", "ArrowLeft")
        page.wait_for_timeout(200)
        assert opened.errors == []
        assert not [url for url in opened.requests if "the%20photos" in url]
        page.locator("#look-up").click()
        said = "the file itself" if together else "the file is not beside this page"
        page.locator("#which", has_text=said).wait_for()
        press(page, "ArrowRight")
        if together:
            page.locator("#which", has_text="the file itself").wait_for()
        assert not page.locator("#look-up").is_visible()
        assert opened.errors == [] if together else len(opened.errors) == 1


def test_a_page_alone_shows_the_largest_kept_copy(tmp_path):
    path = tmp_path / "alone.html"
    path.write_text(html(made(side=60)), encoding="utf-8")
    with browsing(path) as opened:
        opened.page.wait_for_selector("#feed img.tile")
        press(opened.page, "Home", "Enter")
        opened.page.locator("#which", has_text="a copy").wait_for()
        assert opened.page.locator("#picture").evaluate("image => image.naturalWidth") == 120
        assert opened.errors == []
        assert opened.outside() == []


def test_the_large_view_tells_all_that_is_known(page):
    press(page, "4", "Home", "ArrowRight", "Enter")
    facts = page.locator("#large-facts").inner_text()
    for words in ("hard", "#2 of 150", "rare", "#149 of 150", "shows the same as", EVIL[0],
                  "cropped", "that one stays: larger", "0.987", "PNG", "640 × 480", "12 kB",
                  "1971-01-01", "All 1 scores", "cat <i>", "dog"):  # fmt: skip
        assert words in facts, words
    page.locator("#large summary").click()
    assert "net/knn_distance" in page.locator("#large-facts table").inner_text()
    near = page.locator("#large-near").inner_text()
    assert "3 show the same picture" in near
    assert "Most like it on this page" in near
    page.locator("#large-near .side").last.locator("button").first.click()
    assert page.locator("#large-at").inner_text() == "beside the list"
    press(page, "ArrowRight")
    assert page.locator("#large-at").inner_text() == "3 of 5"


def test_rare_images_stand_beside_those_most_like_them_and_labels_beside_examples(page):
    press(page, "2")
    first = page.locator("#feed .company").first
    assert first.locator("article").count() == 1
    assert first.locator(".minis button").count() == 4
    press(page, "5")
    first = page.locator("#feed .company").first
    assert first.locator(".side small").all_inner_texts() == ["given: cat <i>", "suggested: dog"]
    assert first.locator(".side").first.locator("button").count() == 3
    first.locator(".side").last.locator("button").first.click()
    assert page.locator("#large-name").inner_text() == EVIL[7]


def test_why_shows_warm_parts_where_there_are_some(page):
    press(page, "Home", "Enter", "h")
    assert page.locator("#warm").is_visible()
    assert "what sets it apart" in page.locator("#why-words").inner_text()
    warm = "c => { const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;" \
           "return [p[4 * (c.width - 2) + 3], p[4 * c.width * (c.height - 2) + 3]] }"  # fmt: skip
    page.locator("#which", has_text="the file itself").wait_for()
    right, below = page.locator("#warm").evaluate(warm)
    assert right > 100 > below
    press(page, "h")
    assert not page.locator("#warm").is_visible()
    press(page, "Escape", "End", "Enter")
    assert not page.locator("#why").is_visible()


# Decisions


def test_every_key(page):
    press(page, "ArrowRight")
    assert name_at(page) == EVIL[0]
    press(page, "ArrowRight")
    assert name_at(page) == EVIL[1]
    press(page, "ArrowLeft")
    press(page, "k")
    assert kind_of(page, EVIL[0]) == "keep"
    press(page, "d")
    assert kind_of(page, EVIL[0]) == "drop"
    press(page, "d")
    assert kind_of(page, EVIL[0]) == ""
    press(page, "u")
    assert kind_of(page, EVIL[0]) == "drop"
    press(page, "Shift+K")
    assert (kind_of(page, EVIL[0]), name_at(page)) == ("keep", EVIL[1])
    press(page, "Shift+D")
    assert (kind_of(page, EVIL[1]), name_at(page)) == ("drop", EVIL[2])
    press(page, "l")
    assert page.locator("#label").input_value() == "dog"
    page.keyboard.type("a fox")
    press(page, "Enter")
    assert page.evaluate("decided.get(data.names[now()]).label") == "a fox"
    assert tally(page) == [1, 2, 1]
    press(page, "End")
    assert name_at(page) == EVIL[6]
    press(page, "Home", "ArrowDown")
    assert name_at(page) == EVIL[6]
    press(page, "ArrowUp")
    assert name_at(page) == EVIL[0]
    press(page, "n")
    page.keyboard.type('why, "not"?\nkd')
    press(page, "Escape")
    assert page.evaluate("decided.get(data.names[0]).note") == 'why, "not"?\nkd'
    press(page, "c")
    page.locator("#said.on", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == EVIL[0]
    press(page, "/")
    page.keyboard.type("back")
    assert page.locator("#feed article").count() == 0
    press(page, "Escape", "?")
    assert page.locator("#help").is_visible()
    assert page.locator("#keys kbd").count() > 20
    press(page, "Escape")
    assert not page.locator("#help").is_visible()
    for key, title in zip("123456", ("Hard", "Rare", "Noisy", "Duplicate", "Mislabeled",
                                     "All images"), strict=True):  # fmt: skip
        press(page, key)
        assert page.locator("#title").text_content() == title


def test_escape_takes_the_search_back_and_axes_answer_to_keys_on_the_maps(page):
    whole = page.locator("#count").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.locator("#count", has_text="No image").wait_for()
    page.keyboard.press("Escape")
    page.locator("#count", has_text=whole).wait_for()
    assert page.locator("input[name=text]").input_value() == ""
    page.get_by_role("link", name="Maps").click()
    page.keyboard.press("2")
    assert page.locator(".tabs input").nth(1).is_checked()


def test_the_large_view_goes_on_and_decides_by_the_same_keys(page):
    press(page, "Home", "Enter", "k", "ArrowRight", "d", "ArrowRight", "p")
    assert [kind_of(page, name) for name in EVIL[:3]] == ["keep", "drop", ""]  # a copy: no proposal
    assert page.locator("#large-at").inner_text() == "3 of 7"
    press(page, "l")
    page.keyboard.type("x")
    press(page, "Enter", "Shift+D")
    assert page.locator("#large-at").inner_text() == "4 of 7"
    assert kind_of(page, EVIL[2]) == "drop"
    press(page, "u", "Escape")
    assert not page.locator("#large").is_visible()
    assert page.evaluate("document.activeElement.dataset.i") == "3"
    assert tally(page) == [1, 2, 1]


def test_groups_stand_side_by_side_and_another_may_stay(page):
    press(page, "4")
    groups = page.locator("#feed .group")
    assert groups.count() == 2
    assert groups.first.locator("article").count() == 3
    words = groups.first.inner_text()
    for one in ("3 show the same picture", "stays: larger", "cropped", "leak between parts",
                "640 × 480 · 12 kB"):  # fmt: skip
        assert one in words, one
    assert "copy: cropped" in groups.first.locator("article").nth(1).get_attribute("aria-label")
    press(page, "Home", "ArrowRight", "s")
    assert [kind_of(page, name) for name in EVIL[:3]] == ["drop", "keep", "drop"]
    assert "stays: you chose it" in groups.first.locator("article").nth(1).inner_text()
    assert "the scan would keep it" in groups.first.locator("article").first.inner_text()
    press(page, "u")
    assert [kind_of(page, name) for name in EVIL[:3]] == ["", "", ""]
    press(page, "p")  # the first is doubted: its label comes first
    assert [kind_of(page, name) for name in EVIL[:3]] == ["", "drop", "drop"]
    groups.nth(1).locator("article").nth(1).hover()
    groups.nth(1).get_by_role("button", name="Let stay").nth(1).click()
    assert kind_of(page, "dir/00009.png") == "keep"
    assert kind_of(page, "dir/00008.png") == "drop"


def test_counts_say_what_they_count(page):
    assert page.locator(".tabs label").nth(3).inner_text() == "duplicate 3 copies"
    press(page, "4")
    assert page.locator("#count").inner_text() == "3 copies of 2 images that stay, marked."
    page.select_option("select[name=share]", "0.05")
    assert page.locator("#count").inner_text() == (
        "3 copies of 2 images that stay; 4 images in no group, top 5 %."
    )
    press(page, "1")
    assert page.locator("#count").inner_text() == "8 images, top 5 %."


@pytest.mark.parametrize("control", ["noisy", "share"])
def test_arrow_keys_go_among_the_images_after_a_choice_by_mouse(page, control):
    if control == "share":
        page.locator("select[name=share]").dispatch_event("pointerdown")
        page.select_option("select[name=share]", "0.1")
    else:
        page.locator(".tabs label", has_text=control).click()
    title, share = page.locator("#title").inner_text(), page.input_value("select[name=share]")
    press(page, "ArrowRight", "ArrowRight")
    assert page.evaluate("feed.at") == 1
    press(page, "ArrowDown", "ArrowUp")
    assert page.locator("#title").inner_text() == title
    assert page.input_value("select[name=share]") == share


def test_the_axes_are_reached_by_the_keyboard_too(page):
    page.locator("input[value=hard]").focus()
    press(page, "ArrowRight")
    assert page.locator("#title").inner_text() == "Rare"
    press(page, "ArrowRight")
    assert page.locator("#title").inner_text() == "Noisy"


def test_labels_that_are_proposed_are_an_axis_and_what_l_takes(file, tmp_path):
    known = {"identity": "proposed", "proposed": {
        EVIL[3]: ["cat <i>", 0.61, 2], EVIL[0]: ["fox", 0.97, 3], "dir/00009.png": ["fox", 0.4, 1],
        "gone.png": ["fox", 0.9, 3]}}  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(with_scan(html(made(labels=False)), known), encoding="utf-8")
    with browsing(path) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        assert "proposed: fox" in page.locator("#feed article").first.inner_text()
        press(page, "5")
        assert page.locator("#title").inner_text() == "Proposed"
        assert page.locator(".tabs label").nth(4).inner_text() == "proposed 3"
        assert page.locator("#feed .path").all_inner_texts() == [EVIL[0], EVIL[3], "dir/00009.png"]
        assert "probability 97 %" in page.locator("#feed article").first.inner_text()
        chips = page.locator("#feed article").first.locator(".chip")
        assert chips.all_inner_texts()[:2] == ["fox", "3 of 3 judges"]
        assert "the mean probability by three judges" in page.locator("#meaning").inner_text()
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
        assert chips.evaluate_all(cut) == 0
        press(page, "Home", "l")
        assert page.locator("#label").input_value() == "fox"
        page.wait_for_function("document.activeElement.id === 'label'")
        press(page, "Enter")
        assert kind_of(page, EVIL[0]) == "relabel"
        press(page, "ArrowRight", "p", "Enter")
        said = "cat <i> (mean probability 61 %, named by 2 of 3 judges)"
        assert said in page.locator("#large-facts").inner_text()
        press(page, "Escape")
        page.locator("#as-proposed").click()
        rows = list(csv.DictReader(io.StringIO(saved(page))))
        assert {row["file_name"]: (row["label"], row["axis"]) for row in rows} == {
            EVIL[0]: ("fox", "proposed"),
            EVIL[3]: ("cat <i>", "proposed"),
        }  # the last is a copy
        press(page, "6")
        assert page.locator("#title").inner_text() == "All images"
        page.get_by_role("link", name="What it means").click()
        assert "proposed" in page.locator("#meaning-of-it dt").all_inner_texts()
        assert opened.errors == []


def test_nothing_that_is_estimated_is_certain(page):
    said = page.evaluate("[1, 0.9999, 0.99, 0.505, 0.004].map(probable)")
    assert said == ["over 99 %", "over 99 %", "99 %", "51 %", "under 1 %"]


@pytest.mark.parametrize("labels", [False, True])
def test_digits_choose_the_tabs_that_are_there_and_the_help_says_which(tmp_path, labels):
    path, known = (
        tmp_path / "page.html",
        {"proposed": {EVIL[0]: ["fox", 0.97, 3]} if labels else {}},
    )
    path.write_text(with_scan(html(made(labels=labels)), known), encoding="utf-8")
    names = ["hard", "rare", "noisy", "duplicate", *["mislabeled", "proposed"] * labels]
    with browsing(path) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        press(page, "?")
        told = page.locator("#keys div", has_text="all images")
        assert told.locator("kbd").all_inner_texts() == ["1", str(len(names) + 1)]
        assert ", ".join([*names, "all images"]) in told.inner_text()
        press(page, "Escape")
        titles = [*map(str.capitalize, names), "All images"]
        for k, title in enumerate(titles, 1):
            press(page, str(k))
            assert page.locator("#title").inner_text() == title
            assert page.locator(".tabs label").nth(k - 1).get_attribute("title") == f"key {k}"
        press(page, str(len(names) + 2))  # there is no such tab
        assert page.locator("#title").inner_text() == "All images"
        press(page, "Home", "Enter", "2")
        assert page.locator("#large").is_visible()
        press(page, "Escape")
        assert page.locator("#title").inner_text() == "All images"
        page.get_by_role("link", name="Left out").click()
        press(page, "3")
        assert page.locator("#title").inner_text() == "Noisy"
        assert page.locator("#images").is_visible()
        assert opened.errors == []


def test_what_an_image_resembles_most_is_named_and_opened_by_the_keyboard(page):
    press(page, "4", "Home", "ArrowRight", "Enter")
    facts = page.locator("#large-facts")
    assert f"{EVIL[0]} (similarity 0.987; 1 = the same)" in facts.inner_text()
    link = facts.get_by_role("button", name=f"Open {EVIL[0]}", exact=True)
    assert link.count() == 2  # what it shows the same as, and what it resembles most
    for _ in range(40):
        press(page, "Tab")
        if page.evaluate(
            "document.activeElement.matches('#large-facts dl div, #large-facts .link')"
        ):
            break
    press(page, "Enter")
    assert page.locator("#large-name").inner_text() == EVIL[0]
    assert page.evaluate("document.activeElement.id") == "large-name"
    press(page, "Escape")
    assert name_at(page) == EVIL[1]  # where one was


def test_on_a_phone_an_image_that_is_opened_by_its_name_is_seen(file):
    with browsing(file, width=390, height=844) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        press(page, "4", "Home", "ArrowRight", "Enter")
        link = page.locator("#large-facts .link").last
        link.scroll_into_view_if_needed()
        assert page.evaluate("large.box.scrollTop") > 0
        link.click()
        assert page.locator("#large-name").inner_text() == EVIL[0]
        assert page.evaluate("large.box.scrollTop") == 0


def test_what_is_resembled_and_not_on_the_page_is_named(tmp_path):
    path, contents = tmp_path / "page.html", made(shown=np.arange(100))
    contents.notes["similarity"][3] = "0.875"
    path.write_text(html(contents), encoding="utf-8")
    with browsing(path) as opened:
        opened.page.wait_for_selector("#feed img.tile")
        press(opened.page, "End")
        opened.page.evaluate("large.peek(3)")
        said = "dir/00137.png, which is not on this page (similarity 0.875; 1 = the same)"
        assert said in opened.page.locator("#large-facts").inner_text()
        assert opened.errors == []


def test_files_of_several_pictures_are_told_of_beside_what_is_left_out(page):
    page.get_by_role("link", name="Left out").click()
    assert "3 files hold several pictures." in page.locator("#left-out").inner_text()


def test_the_proposal_for_all_shown_leaves_what_is_decided_and_is_one_step(page):
    press(page, "4", "Home", "ArrowRight", "s")
    page.locator("#as-proposed").click()
    assert [kind_of(page, name) for name in EVIL[:3]] == ["drop", "keep", "drop"]
    assert [kind_of(page, f"dir/{k:05}.png") for k in (8, 9)] == ["keep", "drop"]
    press(page, "u")
    assert kind_of(page, "dir/00009.png") == ""
    press(page, "3")
    page.locator("#as-proposed").click()
    assert tally(page)[1] >= 7
    press(page, "5")
    page.locator("#as-proposed").click()
    decided = page.evaluate("feed.units.filter(one => decision(one.i).kind !== 'relabel').length")
    assert tally(page)[2] == 7 - decided
    press(page, "u", "u")
    assert tally(page) == [1, 3, 0]  # the group, and what was applied before


ALIKE = [(0, 30), (40, 41, 42)]  # one like copies, three like each other alone


@pytest.fixture
def with_alike(tmp_path):
    """A page where some images are only alike."""
    path = tmp_path / "alike.html"
    path.write_text(html(made(alike=ALIKE)), encoding="utf-8")
    with browsing(path) as opened:
        opened.page.wait_for_selector("#feed img.tile")
        yield opened.page
        assert opened.errors == []


def test_what_is_only_alike_stands_with_what_it_is_like_and_is_no_copy(with_alike):
    page = with_alike
    press(page, "4")
    assert page.locator("#count").inner_text() == (
        "3 copies of 2 images that stay; 4 images that are only alike and stay, marked."
    )
    mixed, alone = page.locator("#feed .group").first, page.locator("#feed .group").last
    assert "3 show the same picture, 1 is alike" in mixed.inner_text()
    assert "3 are alike and stay" in alone.inner_text()
    assert "alike, stays" in mixed.locator("article").last.inner_text()
    assert mixed.get_by_role("button", name="drop its copies").count() > 0
    assert alone.get_by_role("button", name="Keep the one that stays, drop").count() == 0
    press(page, "Home", "s")
    assert [kind_of(page, name) for name in EVIL[:3]] == ["keep", "drop", "drop"]
    assert kind_of(page, "dir/00018.png") == ""  # it shows something else


def test_a_proposal_for_copies_touches_nothing_else_and_keeps_nothing_that_is_hurt(with_alike):
    page = with_alike
    page.evaluate("axisOf('noisy').member[20] = 1; axisOf('noisy').member[40] = 1")
    press(page, "4")
    page.locator("#as-proposed").click()
    wanted = {EVIL[1]: "drop", EVIL[2]: "drop"}
    every = "Object.fromEntries(Array.from(decided, ([name, one]) => [name, one.kind]))"
    assert page.evaluate(every) == wanted  # the first is doubted; what stays of the others is hurt


def test_the_order_of_taking_proposals_changes_nothing(with_alike):
    page = with_alike
    page.evaluate("[1, 20, 40].forEach(i => { axisOf('noisy').member[i] = 1; })")
    every = "Array.from(decided, ([name, one]) => [name, one.kind, one.label]).sort()"
    outcomes = []
    for order in ("34512", "54321", "12345", "43215"):
        for key in order:
            press(page, key)
            page.locator("#as-proposed").click()
        outcomes.append(page.evaluate(every))
        for _ in order:
            page.evaluate("undone.length && undo()")
        assert page.evaluate("decided.size") == 0
    for outcome in outcomes[1:]:
        assert outcome == outcomes[0]
    kinds = {name: kind for name, kind, _ in outcomes[0]}
    assert "dir/00009.png" not in kinds  # a copy of what is hurt, and may be better
    assert [kinds[name] for name in EVIL[:3]] == ["relabel", "drop", "drop"]
    assert kinds["dir/00008.png"] == kinds["dir/00028.png"] == "drop"


def test_proposed_labels_give_way_to_what_is_hurt_copied_or_doubted_in_any_order(tmp_path):
    path = tmp_path / "page.html"
    offered = {EVIL[1]: 0.9, "dir/00020.png": 0.8, "dir/00132.png": 0.7, EVIL[0]: 0.6}
    known = {"proposed": {name: ["fox", sure, 3] for name, sure in offered.items()}}
    path.write_text(with_scan(html(made()), known), encoding="utf-8")
    every = "Array.from(decided, ([name, one]) => [name, one.kind, one.label]).sort()"
    with browsing(path) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        page.evaluate("Object.assign(axisOf('noisy').member, {32: 1, 144: 0})")
        outcomes = []
        for order in ("123456", "654321", "613245"):
            for key in order:
                press(page, key)
                page.locator("#as-proposed").click()
            outcomes.append(page.evaluate(every))
            page.evaluate("while (undone.length) undo()")
        assert outcomes[1] == outcomes[0] == outcomes[2]
        of = {name: (kind, label) for name, kind, label in outcomes[0]}
        assert of["dir/00020.png"] == ("drop", "")  # hurt
        assert of[EVIL[1]] == ("drop", "")  # a copy
        assert of["dir/00132.png"] == ("relabel", "fox")  # rare, and no more than that
        assert of[EVIL[0]] == ("relabel", "dog")  # doubted
        press(page, "3")
        chips = page.locator('#feed [data-i="32"] .chip').all_inner_texts()
        assert not [text for text in chips if "fox" in text]
        assert opened.errors == []


def test_decisions_are_kept_when_the_page_is_opened_again(watched):
    page = watched.page
    press(page, "Home", "k", "ArrowRight", "d", "6")
    search(page, "00100")
    press(page, "Home", "d")  # the one applied before is decided no more
    assert tally(page) == [1, 1, 0]
    page.reload()
    page.wait_for_selector("#feed img.tile")
    assert tally(page) == [1, 1, 0]
    assert [kind_of(page, name) for name in (*EVIL[:2], "dir/00100.png")] == ["keep", "drop", ""]
    # Another file of that name is another image.
    page.evaluate("localStorage.setItem(KEY, localStorage.getItem(KEY).replace(/,0\\]/, ',77]'))")
    page.reload()
    assert tally(page) == [0, 1, 0]


def test_a_browser_that_keeps_nothing_says_so(file):
    with browsing(file) as opened:
        opened.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw Error('none') }})"
        )
        opened.page.reload()
        opened.page.wait_for_selector("#feed img.tile")
        press(opened.page, "Home", "k")
        assert "save decisions.csv" in opened.page.locator("#memory").inner_text()
        assert tally(opened.page) == [1, 1, 0]


def test_in_the_frame_of_a_notebook_its_links_change_the_part_and_nothing_else(tmp_path):
    scan = scanned(tmp_path / "scan")
    (scan / "index.html").write_text(with_scan(html(made()), {}), encoding="utf-8")
    notebook = tmp_path / "notebook.html"
    shown = Scan(scan)._repr_html_()
    notebook.write_text(f"<!doctype html><meta charset=utf-8>{shown}", encoding="utf-8")
    with browsing(notebook) as opened:
        frame = opened.page.frames[1]
        frame.wait_for_selector("#feed img.tile")
        assert "save decisions.csv" in frame.locator("#memory").inner_text()  # keeps nothing there
        for link, part in (("Maps", "maps"), ("Left out (2)", "left-out"), ("Images", "images"),
                           ("What it means", "meaning-of-it")):  # fmt: skip
            frame.get_by_role("link", name=link, exact=True).click()
            frame.wait_for_selector(f"#{part}:not([hidden])")
            assert frame.locator("main > section:not([hidden])").count() == 1
            assert frame.locator("nav [aria-current]").inner_text() == link
        assert frame.url.startswith("about:srcdoc")
        assert opened.page.url == notebook.as_uri()
        frame.evaluate("setTimeout(() => location.reload())")
        opened.page.wait_for_event("framenavigated")
        frame.wait_for_selector("#meaning-of-it:not([hidden])")
        assert frame.locator("#images").is_hidden()
        frame.locator("nav a").first.focus()
        press(opened.page, "1")  # an axis is chosen where the axes are
        frame.wait_for_selector("#images:not([hidden])")
        assert frame.url.startswith("about:srcdoc")
        assert opened.page.url == notebook.as_uri()
        assert opened.errors == []
        assert opened.outside() == []


def test_two_windows_of_one_page_keep_the_decisions_of_both(page):
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#feed img.tile")
    before = tally(page)
    press(page, "6", "Home", "d")
    other.wait_for_function(f"decided.size === {page.evaluate('decided.size')}")
    assert tally(other) == tally(page) != before
    press(other, "6", "Home", "ArrowDown", "ArrowDown", "k")
    page.wait_for_function(f"decided.size === {other.evaluate('decided.size')}")
    both = tally(page)
    press(page, "u")  # its own step alone
    other.wait_for_function(f"decided.size === {page.evaluate('decided.size')}")
    assert tally(other) == tally(page) != both
    assert tally(page)[0] == before[0] + 1
    other.close()
    page.reload()
    page.wait_for_selector("#feed img.tile")
    assert tally(page)[0] == before[0] + 1


def test_what_is_saved_is_what_apply_reads_whatever_the_names(page, tmp_path):
    press(page, "6")
    for k, name in enumerate(EVIL):
        search(page, name)
        press(page, "Home", "d" if k % 2 else "k")
    press(page, "n")
    page.keyboard.type('two\nlines, "quoted"')
    press(page, "Escape")
    press(page, "ArrowRight")
    search(page, "dir/00102.png")
    press(page, "Home", "n")
    page.keyboard.type("ask her")
    press(page, "Escape")
    text = saved(page)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["file_name", "decision", "label", "axis", "note"]
    found = {row["file_name"]: row["decision"] for row in rows}
    assert found == {name: "drop" if k % 2 else "keep" for k, name in enumerate(EVIL)} | {
        "dir/00100.png": "drop", "dir/00102.png": ""}  # fmt: skip
    path = tmp_path / "decisions.csv"
    path.write_text(text, encoding="utf-8", newline="")
    read = read_decisions(path)
    assert {name: one.kind for name, one in read.items()} == found
    assert read[EVIL[-1]].note == 'two\nlines, "quoted"'
    assert read["dir/00100.png"].note == "seen before"
    assert read["dir/00102.png"].note == "ask her"
    # The page takes over what it saved, as one step.
    page.evaluate("localStorage.clear()")
    page.reload()
    page.wait_for_selector("#feed img.tile")
    page.set_input_files("#file", path)
    page.locator("#said.on", has_text=f"Took over {len(found)} decisions").wait_for()
    assert saved(page) == text
    press(page, "u")
    assert tally(page) == [0, 1, 0]
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    page.set_input_files("#file", tmp_path / "other.csv")
    page.locator("#said.on", has_text="no decisions.csv").wait_for()


# Many images, keyboards, screen readers, themes


def test_of_ten_thousand_images_only_those_near_the_window_exist(tmp_path):
    path = tmp_path / "many.html"
    path.write_text(html(made(n=10_000, side=4, copies={})), encoding="utf-8")
    with browsing(path) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        press(page, "6")
        assert page.locator("#feed article").first.get_attribute("aria-setsize") == "10000"
        height = page.evaluate("document.documentElement.scrollHeight")
        for share in (0, 0.2, 0.5, 0.9, 1):
            page.evaluate(f"scrollTo(0, {share * height})")
            page.wait_for_timeout(120)
            tops = page.locator("#feed article").evaluate_all(IN_WINDOW)
            assert tops >= 6
            assert page.locator("#feed article").count() < 150
        press(page, "End")
        assert page.locator("#at").inner_text() == "10,000 of 10,000"
        last = page.locator("article.current").bounding_box()
        assert 0 <= last["y"] <= 900 - last["height"]
        press(page, "Home")
        assert page.locator("article.current").bounding_box()["y"] > 0
        assert opened.errors == []


def test_the_keyboard_alone_reaches_everything(page):
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(24):
        press(page, "Tab")
        seen.append(page.evaluate(REACHED))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none" or (
            seen[-1] in ("axis", "BODY"))  # fmt: skip
    for one in ("help-open", "axis", "share", "which", "text", "copy-all", "as-proposed", "load",
                "#maps", "0"):  # fmt: skip
        assert one in seen, one
    page.evaluate("document.activeElement.blur()")
    press(page, "Home")
    assert page.locator("article[tabindex='0']").count() == 1
    press(page, "Enter")
    assert page.locator("#large").is_visible()
    behind = "document.querySelector('main').contains(document.activeElement)"
    for _ in range(30):
        press(page, "Tab")
        assert not page.evaluate(behind)


def test_screen_readers_hear_names_places_and_decisions(page):
    press(page, "Home", "d")
    card = page.get_by_role("article").first
    label = card.get_attribute("aria-label")
    for words in (EVIL[0], "number 1 on hard", "top 0.7 %", "drop"):
        assert words in label, words
    assert (card.get_attribute("aria-posinset"), card.get_attribute("aria-setsize")) == ("1", "7")
    assert page.get_by_role("feed", name="Hard").count() == 1
    assert "Drop" in page.locator("#said[role=status]").inner_text()
    unnamed = (
        "all => all.filter(b => !(b.getAttribute('aria-label') || b.textContent).trim()).length"
    )
    press(page, "2", "Home", "Enter")
    assert page.locator("button").evaluate_all(unnamed) == 0
    assert page.get_by_role("dialog", name="dir/00137.png").count() == 1
    assert page.locator("#picture").get_attribute("alt") == "dir/00137.png"
    press(page, "Escape")
    for box in page.locator("input:not([type=file]), select, textarea").all():
        named = "e => Boolean(e.labels?.length || e.getAttribute('aria-label'))"
        assert box.evaluate(named)


def test_pointing_at_a_map_shows_the_image_and_a_click_opens_it(page):
    page.get_by_role("link", name="Maps").click()
    assert not page.locator("#images").is_visible()
    assert page.locator("select[name=share]").is_visible()  # what is left out is faint
    assert not page.locator("#as-proposed").is_visible()
    for name in ("data", "features"):
        canvas = page.locator(f"canvas[data-map={name}]")
        inked = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
        assert canvas.evaluate(inked)
        canvas.scroll_into_view_if_needed()
        canvas.focus()
        press(page, "ArrowRight")
        tip = page.locator("#tip")
        assert EVIL[0] in tip.inner_text()
        press(page, "ArrowRight")
        assert EVIL[1] in tip.inner_text()
        press(page, "Enter")
        assert page.locator("#large").is_visible()
        press(page, "Escape")
        canvas.focus()
        press(page, "Escape")
        box, seen = canvas.bounding_box(), set()
        for x in np.linspace(0.1, 0.9, 12):
            for y in np.linspace(0.1, 0.9, 12):
                page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
                if tip.is_visible():
                    seen.add(tip.locator("bdi").inner_text())
        assert len(seen) > 10
        page.mouse.move(2, 2)
        assert not tip.is_visible()
    page.get_by_role("link", name="Left out (2)").click()
    assert page.locator("#left-out").is_visible()
    page.get_by_role("link", name="What it means").click()
    assert (
        "Small networks that learn without labels make little of it"
        in page.locator("#meaning-of-it").inner_text()
    )


CUT = """all => all.filter(chip => { const box = chip.getBoundingClientRect(),
  around = chip.closest(".chips").getBoundingClientRect();
  return chip.scrollWidth > chip.clientWidth || box.right > around.right + 1
    || box.bottom > around.bottom + 1; }).map(chip => chip.textContent)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_chips_are_whole_on_narrow_cards(file, width):
    with browsing(file, width=width) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        seen = set()
        for key in "123456":
            press(page, key)
            seen |= set(page.locator(".chip").all_inner_texts())
            assert page.locator(".chip").evaluate_all(CUT) == []
            small = "all => all.filter(box => box.getBoundingClientRect().height < 60).length"
            assert page.locator(".card .box").evaluate_all(small) == 0
        assert {"blurred", "label: cat <i>", "a copy", "rare"} <= seen


def test_what_is_to_go_is_seen_well_enough_to_be_judged_again(page):
    seen = "img => Number(getComputedStyle(img).opacity)"
    press(page, "3", "Home", "d", "ArrowRight", "d", "ArrowRight")
    tiles = page.locator("#feed .box img.tile")
    assert [tiles.nth(k).evaluate(seen) for k in range(3)] == [0.7, 0.7, 1]
    press(page, "ArrowLeft")
    assert [tiles.nth(k).evaluate(seen) for k in range(3)] == [0.7, 1, 1]
    tiles.nth(0).hover()
    assert tiles.nth(0).evaluate(seen) == 1


def test_on_a_phone_images_come_before_the_middle_and_filters_open(file):
    with browsing(file, width=390, height=844) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        assert page.locator("#feed img.tile").first.bounding_box()["y"] < 844 / 2
        assert not page.locator("input[name=text]").is_visible()
        page.get_by_text("Filters and paths").click()
        assert page.locator("#as-proposed").is_visible()
        page.get_by_text("Filters and paths").click()
        press(page, "Home", "/")
        page.keyboard.type(EVIL[0])
        press(page, "Escape")
        page.reload()
        press(page, "/")
        assert page.evaluate("document.activeElement.name") == "text"
        assert opened.errors == []


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (375, False), (375, True)])
def test_it_fits_a_phone_and_follows_the_theme(file, width, dark):
    with browsing(file, width=width, dark=dark) as opened:
        page = opened.page
        page.wait_for_selector("#feed img.tile")
        assert page.locator("#lead p").is_visible() == (
            width > 600
        )  # on a phone pictures come first
        for key in "1245":
            press(page, key)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        press(page, "4")
        inside = """all => all.every(one => { const box = one.getBoundingClientRect(),
          around = one.closest(".group").getBoundingClientRect();
          return box.left >= around.left && box.right <= around.right; })"""
        assert page.locator(".grouphead button").evaluate_all(inside)
        whole = (
            "all => all.filter(one => one.textContent === 'cropped')"
            ".every(one => one.scrollWidth <= one.clientWidth)"
        )
        assert page.locator(".chip").evaluate_all(whole)
        press(page, "Home", "Enter")
        box = page.locator("#large").bounding_box()
        assert box["width"] <= width
        assert page.locator("#large").evaluate("one => one.scrollWidth <= one.clientWidth")
        for one in ("body", "#large"):
            colour = page.evaluate(
                "one => getComputedStyle(document.querySelector(one)).backgroundColor", one
            )
            assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 150) == dark
        assert opened.errors == []
