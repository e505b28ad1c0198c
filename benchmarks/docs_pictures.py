"""The pictures of the documentation: scenes drawn by numbers, scanned, the page seen by a browser.

    python benchmarks/docs_pictures.py make FOLDER
    hardrare scan FOLDER --out OUT --labels FOLDER.labels.csv
    python benchmarks/docs_pictures.py see OUT

`make` draws mountains, seas, towns, woods and nights, so that nobody else has rights in what the
documentation shows; some of them again as copies, some hurt, one balloon, and a few wrong labels.
`see` writes `docs/scan.png` (copies), `docs/decide.png` (a doubted label), `docs/noisy.png` and
`docs/rare.png`; it needs Playwright and a Chromium.
"""

import argparse
import csv
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from scenes import HEIGHT, KINDS, RNG, WIDTH, balloon

from hardrare.tables import LOOKED_AT

DOCS = Path(__file__).parents[1] / "docs"
EACH = 40  # scenes of a kind
WRONG = 6  # labels
COPIES = [  # what is said in the name, how it is made, and its quality as JPEG
    ("from chat", lambda one: one.resize((WIDTH // 2, HEIGHT // 2)), 60),
    ("mirrored", ImageOps.mirror, 92),
    ("cut", lambda one: one.crop((20, 14, WIDTH - 24, HEIGHT - 16)), 92),
    ("grey", ImageOps.grayscale, 92),
]
HURT = ("blurred", "grainy", "dark", "blown out")


def _seen(rng: RNG, drawn: Image.Image) -> Image.Image:
    """A scene at its size, with a little grain as a camera leaves it."""
    small = np.asarray(drawn.resize((WIDTH, HEIGHT), Image.Resampling.BOX), float)
    return Image.fromarray((small + rng.normal(0, 3, small.shape)).clip(0, 255).astype(np.uint8))


def _hurt(rng: RNG, image: Image.Image, how: str) -> Image.Image:
    values = np.asarray(image, float)
    if how == "blurred":
        return image.filter(ImageFilter.GaussianBlur(5))
    if how == "grainy":
        values = values + rng.normal(0, 50, values.shape)
    elif how == "dark":
        values = values * 0.06
    else:
        values = values * 2.8 + 70
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def make(folder: Path, seed: int) -> None:
    """Draw the folder, and the table of labels beside it."""
    rng, labels = np.random.default_rng(seed), {}
    folder.mkdir(parents=True)

    def keep(name: str, image: Image.Image, label: str, quality: int = 92) -> None:
        image.save(folder / name, quality=quality)
        labels[name] = label

    whole = [
        (f"{kind}_{k:02}", _seen(rng, draw(rng)), kind)
        for kind, draw in KINDS.items()
        for k in range(EACH)
    ]
    order = rng.permutation(len(whole)).tolist()
    for k, at in enumerate(order[:8]):
        name, image, kind = whole[at]
        whole[at] = name, _hurt(rng, image, HURT[k % 4]), kind
    for name, image, kind in whole:
        keep(f"{name}.jpg", image, kind)
    for k, at in enumerate(order[8:26]):
        name, image, kind = whole[at]
        word, change, quality = COPIES[k % 4]
        keep(f"{name} ({word}).jpg", change(image), kind, quality)
        if k % 3 == 0:
            shutil.copy(folder / f"{name}.jpg", folder / f"{name} (1).jpg")
            labels[f"{name} (1).jpg"] = kind
    keep("balloon.jpg", _seen(rng, balloon(rng)), "mountain")
    for at in order[26 : 26 + WRONG]:
        name, _, kind = whole[at]
        labels[f"{name}.jpg"] = str(rng.choice([one for one in KINDS if one != kind]))
    _write(folder.with_name(f"{folder.name}.labels.csv"), labels)


def _write(table: Path, labels: dict[str, str]) -> None:
    with table.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "label"])
        rows.writerows(sorted(labels.items()))


def see(out: Path) -> None:
    """Take the pictures of the page of a scan of that folder."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto((out / "index.html").resolve().as_uri())
        page.add_style_tag(content="#took { display: none }")  # how long it took is the machine's
        _choose(page, "duplicate")
        for key in ("ArrowRight", "p", "ArrowRight", "ArrowRight", "ArrowRight", "s"):
            page.keyboard.press(key)
        page.wait_for_timeout(2500)
        _keep(page.screenshot(), "scan.png")
        _choose(page, "mislabeled")
        page.keyboard.press("Home")
        for key in ("Enter", "h", "p"):
            page.keyboard.press(key)
            page.wait_for_timeout(400)
        page.wait_for_timeout(2500)
        _keep(page.screenshot(), "decide.png")
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 1200, "height": 700})
        for axis in ("noisy", "rare"):
            _choose(page, axis)
            page.wait_for_timeout(2000)
            _keep(page.screenshot(), f"{axis}.png")
        browser.close()


def _choose(page: Any, axis: str) -> None:
    """Show an axis by its key."""
    page.keyboard.press(str(LOOKED_AT.index(axis) + 1))
    page.wait_for_timeout(500)


def _keep(picture: bytes, name: str) -> None:
    """Write a picture with 256 colours, in a third of the room."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256).save(DOCS / name, optimize=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("make", "see"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.what == "make":
        make(given.folder, given.seed)
    else:
        see(given.folder)


if __name__ == "__main__":
    main()
