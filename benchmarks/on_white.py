"""What is drawn on white, and whether a scan calls it hurt; what is blown out or one colour, too.

    python benchmarks/on_white.py --seed 1 --part judge
    python benchmarks/on_white.py --drawings /usr/share

Charts, plans, sketches, notes, receipts, tables, icons, music, maps and pages of a few words, each
drawn by a seed, as PNG and as JPEG; among them photographs of one half of `../shared/datasets`
(`planted_photos.py`) of which some are blown out by several strengths, and pictures of one colour.
No network is needed: reasons and severities follow from the looks alone, as `rank` takes them.
What is drawn is to have no reason. Tuned with seed 0 on the half `tune`; judge by others.
`--drawings` counts the reasons of PNG files of a folder instead, in two halves by their hash: the
rule for strokes of pure colours was tuned on the half 0.
"""

import argparse
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import plants
import yaml
from alikes import file, font
from PIL import Image, ImageDraw
from planted_photos import PHOTOS, auroc, photographs
from scipy.ndimage import gaussian_filter

from hardrare import metrics
from hardrare.appearance import look
from hardrare.datasets import opaque
from hardrare.ranking.axes import reasons
from hardrare.scan.options import default
from hardrare.tables import Score

BLOWN = {
    "milder": (40.0, 2.4), "as tuned": (60.0, 3.0), "harder": (90.0, 3.5),
    "burnt": (0.0, 6.0), "burnt hard": (0.0, 10.0),
}  # fmt: skip
EACH = 8  # pictures of a kind
RNG = np.random.Generator


def _paper(
    rng: RNG, size: tuple[int, int] | None = None
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A white or nearly white ground."""
    sizes = [(640, 480), (800, 600), (500, 700), (1200, 900), (320, 240)]
    level = int(rng.choice([255, 255, 252, 246, 240]))
    image = Image.new("RGB", size or sizes[rng.integers(len(sizes))], (level,) * 3)
    return image, ImageDraw.Draw(image)


def _ink(rng: RNG, low: int = 0, high: int = 200) -> tuple[int, ...]:
    return tuple(rng.integers(low, high, 3).tolist())


def _word(rng: RNG, most: int = 9) -> str:
    return "".join(rng.choice(list("abcdefghilmnoprstu"), int(rng.integers(2, most))))


def curves(rng: RNG) -> Image.Image:
    """A few thin lines between axes, pale or not."""
    image, pen = _paper(rng)
    w, h = image.size
    grey = int(rng.integers(60, 200))
    pen.line((60, 20, 60, h - 40, w - 20, h - 40), (grey,) * 3, 1)
    for _ in range(int(rng.integers(1, 4))):
        y = np.cumsum(rng.normal(0, h / 60, 80))
        y = h / 2 + (y - y.mean()).clip(-h * 0.4, h * 0.4)
        points = list(zip(np.linspace(65, w - 25, 80), y, strict=True))
        pen.line(points, _ink(rng, 40, 220), int(rng.integers(1, 3)))
    return image


def scatter(rng: RNG) -> Image.Image:
    """Points between axes."""
    image, pen = _paper(rng)
    w, h = image.size
    for x, y in rng.normal(0.5, 0.15, (int(rng.integers(20, 200)), 2)):
        pen.ellipse((w * x - 2, h * y - 2, w * x + 2, h * y + 2), _ink(rng, 60, 230))
    return image


def bars(rng: RNG) -> Image.Image:
    """Pale bars with a title."""
    image, pen = _paper(rng)
    w, h = image.size
    ink, n = _ink(rng, 130, 245), int(rng.integers(3, 9))
    for k in range(n):
        left = 40 + k * (w - 60) / n
        pen.rectangle(
            (left, h - 30 - rng.uniform(0.1, 0.8) * (h - 60), left + w / n / 2, h - 30), ink
        )
    pen.text((40, 8), f"{_word(rng)} {_word(rng)}", (120,) * 3, font(14))
    return image


def pie(rng: RNG) -> Image.Image:
    """A pie of pastel colours."""
    image, pen = _paper(rng)
    w, h = image.size
    r, start = min(w, h) * rng.uniform(0.15, 0.42), 0.0
    for share in rng.dirichlet(np.ones(5)):
        box = (w / 2 - r, h / 2 - r, w / 2 + r, h / 2 + r)
        pen.pieslice(box, start, start + 360 * share, _ink(rng, 150, 250))
        start += 360 * share
    return image


def plan(rng: RNG) -> Image.Image:
    """A plan of rooms in thin lines."""
    image, pen = _paper(rng)
    w, h = image.size
    pen.rectangle((40, 40, w - 40, h - 40), outline=(60,) * 3)
    for _ in range(int(rng.integers(2, 7))):
        x, y = int(rng.integers(60, w - 60)), int(rng.integers(60, h - 60))
        pen.line((x, 40, x, y), (90,) * 3)
        pen.line((40, y, x, y), (90,) * 3)
    return image


def sketch(rng: RNG) -> Image.Image:
    """Soft strokes of a pencil on paper with a grain, as a scanner has it."""
    image, pen = _paper(rng)
    for _ in range(int(rng.integers(8, 40))):
        x, y = rng.uniform(0.1, 0.9, 2) * image.size
        dx, dy = rng.normal(0, 60, 2)
        pen.line((x, y, x + dx, y + dy), (int(rng.integers(70, 190)),) * 3, int(rng.integers(1, 4)))
    grey = (
        gaussian_filter(np.asarray(image, float), (0.8, 0.8, 0))
        + rng.normal(0, 1.5, image.size[::-1])[..., None]
    )
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def note(rng: RNG) -> Image.Image:
    """A page with a few words."""
    image, pen = _paper(rng)
    w, h = image.size
    for _ in range(int(rng.integers(1, 5))):
        at, words = (rng.uniform(0.05, 0.6) * w, rng.uniform(0.05, 0.9) * h), _word(rng)
        pen.text(
            at, f"{words} {_word(rng)}", _ink(rng, 0, 160), font(int(rng.integers(10, 22)), rng)
        )
    return image


def receipt(rng: RNG) -> Image.Image:
    """Grey words in columns."""
    image, pen = _paper(rng, (360, int(rng.integers(500, 900))))
    for y in range(30, image.height - 40, 24):
        pen.text((20, y), _word(rng, 14), (130,) * 3, font(12))
        pen.text((290, y), f"{rng.integers(1, 99)}.{rng.integers(10, 99)}", (130,) * 3, font(12))
    return image


def table(rng: RNG) -> Image.Image:
    """A table in thin pale lines with some numbers."""
    image, pen = _paper(rng)
    w, h = image.size
    for y in range(20, h, 28):
        pen.line((10, y, w - 10, y), (215,) * 3)
        for x in range(20, w - 60, 90):
            if rng.random() < 0.4:
                pen.text((x, y + 6), f"{rng.integers(0, 9999)}", (110,) * 3, font(11))
    return image


def icon(rng: RNG) -> Image.Image:
    """A small pale symbol in the middle of white."""
    image, pen = _paper(rng)
    w, h = image.size
    r, ink = rng.uniform(0.03, 0.2) * min(w, h), _ink(rng, 100, 235)
    pen.ellipse((w / 2 - r, h / 2 - r, w / 2 + r, h / 2 + r), outline=ink, width=max(2, int(r / 5)))
    pen.line((w / 2 - r / 2, h / 2, w / 2 + r / 2, h / 2), ink, max(2, int(r / 5)))
    return image


def music(rng: RNG) -> Image.Image:
    """Staves with notes."""
    image, pen = _paper(rng)
    w, h = image.size
    for top in range(50, h - 60, 90):
        for k in range(5):
            pen.line((30, top + 8 * k, w - 30, top + 8 * k), (160,) * 3)
        for x in range(60, w - 40, 45):
            y = top + 4 * int(rng.integers(0, 9))
            pen.ellipse((x, y, x + 9, y + 7), (130,) * 3)
            pen.line((x + 9, y + 3, x + 9, y - 22), (130,) * 3)
    return image


def chart_map(rng: RNG) -> Image.Image:
    """Pale areas with thin borders, as a map of countries."""
    image, pen = _paper(rng)
    w, h = image.size
    for _ in range(int(rng.integers(4, 12))):
        x, y = rng.uniform(0.1, 0.9, 2) * (w, h)
        angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
        r = rng.uniform(0.05, 0.15) * w * rng.uniform(0.6, 1.3, 9)
        shape = list(zip(x + r * np.cos(angle), y + r * np.sin(angle), strict=True))
        pen.polygon(shape, _ink(rng, 190, 250), (170,) * 3)
    return image


def shaded(rng: RNG) -> Image.Image:
    """A pale shape with a soft shade on white, as a product or a slide has it."""
    image, _ = _paper(rng)
    w, h = image.size
    box = (0.3 * w, 0.3 * h, rng.uniform(0.5, 0.8) * w, rng.uniform(0.5, 0.8) * h)
    shade = Image.new("L", image.size, 255)
    ImageDraw.Draw(shade).rectangle([v + 8 for v in box], fill=200)
    soft = gaussian_filter(np.asarray(shade, float), 7)
    image = Image.fromarray(np.minimum(np.asarray(image), soft[..., None]).astype(np.uint8))
    ImageDraw.Draw(image).rectangle(box, fill=_ink(rng, 180, 250), outline=(150,) * 3)
    return image


KINDS: dict[str, Callable[[RNG], Image.Image]] = {
    f.__name__: f
    for f in (
        curves,
        scatter,
        bars,
        pie,
        plan,
        sketch,
        note,
        receipt,
        table,
        icon,
        music,
        chart_map,
        shaded,
    )
}


def pictures(seed: int, part: str, limit: int | None) -> list[tuple[str, Image.Image]]:
    """Kind and picture, in random order."""
    rng = np.random.default_rng([seed, 7])
    made = []
    for kind, maker in KINDS.items():
        for k in range(EACH):
            image = maker(rng)
            if k % 2:  # as JPEG
                image = plants.opened(file(image, "jpeg", int(rng.integers(45, 95))))
            made.append((kind, image))
    whole = [plants.opened(one) for one in photographs(PHOTOS, part, limit)]
    order = rng.permutation(len(whole)).tolist()
    for name, (offset, factor) in BLOWN.items():
        for _ in range(max(1, len(whole) // 12)):
            image = plants.scaled(whole[order.pop()], factor, offset)
            made.append((f"blown out, {name}", plants.opened(plants.encoded(image, 90))))
    for k in range(12):
        flat = np.full((375, 500, 3), rng.integers(20, 256, 3)) + rng.normal(
            0, k % 3, (375, 500, 3)
        )
        made.append(("one colour", Image.fromarray(flat.clip(0, 255).astype(np.uint8))))
    made += [("photograph", whole[at]) for at in order]
    return [made[at] for at in rng.permutation(len(made))]


def looks(images: list[Image.Image]) -> dict[str, np.ndarray]:
    """Every statistic of pictures of any size."""
    rows = [look(np.asarray(one.convert("RGB"))[None])[0] for one in images]
    return {name: np.array([row[name] for row in rows]) for name in rows[0] if "hash" not in name}


def judged(seen: dict[str, np.ndarray]) -> tuple[list[str | None], dict[str, np.ndarray]]:
    """The reason of each, and every severity, as a scan has them."""
    wanted = yaml.safe_load(default())["rank"]["noisy"]
    scores = []
    for name in wanted:
        one = metrics.registry()[name.partition("/")[2]]
        scores.append(
            Score(name, one(seen, {})[None], one.unit, one.harder, one.source, one.reason)
        )
    return reasons("noisy", wanted, scores), {one.name: one.values[0] for one in scores}


def drawings(folder: Path, most: int) -> None:
    """Print how many PNG files of a folder are called blown out, by the half of their hash."""
    files = sorted(folder.rglob("*.png"))
    np.random.default_rng(1).shuffle(files)
    seen: dict[str, Path] = {}
    images: dict[str, list[Image.Image]] = {"0": [], "1": []}
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with Image.open(path) as image:
            pixels = image.width * image.height
            if digest in seen or max(image.size) < 48 or pixels > 1.5e6 or len(seen) == most:
                continue
            made = opaque(image) if image.has_transparency_data else image
            images[str(int(digest[0], 16) % 2)].append(made.convert("RGB"))
        seen[digest] = path
    for half, some in ((half, some) for half, some in images.items() if some):
        said = Counter(reason or "without a reason" for reason in judged(looks(some))[0])
        print(f"half {half}: {len(some)} files, {dict(said)}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", choices=("tune", "judge", "all"), default="tune")
    parser.add_argument("--limit", type=int, default=None, help="photographs to use")
    parser.add_argument("--drawings", type=Path, help="a folder of PNG files that are drawn")
    given = parser.parse_args()
    if given.drawings:
        drawings(given.drawings, given.limit or 1600)
        return
    if not PHOTOS.is_dir():
        print(f"{PHOTOS} is absent, so nothing is judged.")
        sys.exit(0)
    kinds, images = zip(*pictures(given.seed, given.part, given.limit), strict=True)
    found, severity = judged(looks(list(images)))
    said: dict[str, Counter] = defaultdict(Counter)
    for kind, reason in zip(kinds, found, strict=True):
        said[kind][reason or ""] += 1
    for kind, counts in said.items():
        told = ", ".join(f"{n} {reason or 'without a reason'}" for reason, n in counts.items())
        print(f"{kind:22} {sum(counts.values()):4}  {told}")
    worst, kind = np.max(list(severity.values()), axis=0), np.array(kinds)
    for name in (*(f"blown out, {one}" for one in BLOWN), "one colour"):
        areas = [auroc(worst[kind == name], worst[of]) for of in (
            kind == "photograph", np.isin(kind, list(KINDS)))]  # fmt: skip
        print(f"AUROC of noisy, {name}: {areas[0]:.3f} against photographs, {areas[1]:.3f} drawn")


if __name__ == "__main__":
    main()
