"""Of a photograph and what was made of it, does the photograph stay?

    python benchmarks/which_stays.py make FOLDER --seed 1
    hardrare scan FOLDER --out OUT
    python benchmarks/which_stays.py judge FOLDER OUT

72 photographs: bitmaps, PNG and TIFF made of JPEG files, turned or not, pictures in a border,
JPEG files made of a PNG, halves, and watermarked ones, which are no copies, some of them beside a
half. What a file is stands in `FOLDER.manifest.csv`. Choices were made on `--part tune`, seed 5.
"""

import argparse
import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import plants
from PIL import Image, ImageOps
from planted_photos import MANIFEST, beside, judging_of, making_of, manifest_of, photographs

FILES = 72
# Kinds of what is made, one after the other, of so many photographs each.
KINDS = {
    "bmp": 8, "png": 4, "rotated_png": 6, "mirrored_png": 4, "tif": 3, "bordered": 10,
    "jpeg_of_png": 10, "bordered_large": 5, "half_size": 6, "watermarked": 4,
}  # fmt: skip
QUARTERS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
File = tuple[str, bytes]  # how its name ends, and its content


def saved(image: Image.Image, kind: str, **how: int) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def bordered(image: Image.Image, at: int, rng: np.random.Generator) -> bytes:
    """In a white, black or coloured border of 8 to 39 pixels, at any quality."""
    wide = int(rng.integers(8, 40))
    colour = [WHITE, BLACK, tuple(int(v) for v in rng.integers(0, 256, 3))][at % 3]
    return plants.encoded(ImageOps.expand(image, wide, colour), int(rng.integers(70, 97)))


def made(kind: str, image: Image.Image, at: int, rng: np.random.Generator) -> list[File]:
    """What is made of a photograph."""
    quarter = QUARTERS[at % 3]
    half = [side // 2 for side in image.size]
    large = [side * 2 for side in image.size]
    how = {
        "bmp": lambda: [("x.bmp", saved(image, "BMP"))],
        "png": lambda: [("x.png", saved(image, "PNG"))],
        "rotated_png": lambda: [("x.png", saved(image.transpose(quarter), "PNG"))],
        "mirrored_png": lambda: [("x.png", saved(ImageOps.mirror(image), "PNG"))],
        "tif": lambda: [("x.tif", saved(image, "TIFF"))],
        "bordered": lambda: [("x.jpg", bordered(image, at, rng))],
        "jpeg_of_png": lambda: [("x.jpg", plants.encoded(image, int(rng.integers(60, 99))))],
        "bordered_large": lambda: [
            ("x.jpg", plants.encoded(ImageOps.expand(image.resize(large), 40, WHITE), 90))
        ],
        "half_size": lambda: [("x.jpg", plants.encoded(image.resize(half), 90)), marked(image)],
        "watermarked": lambda: [marked(image)],
    }
    return how[kind]()


def marked(image: Image.Image) -> File:
    """A watermarked one."""
    return "w.jpg", plants.encoded(plants.watermarked(image))


def make(folder: Path, whole: list[bytes], seed: int) -> None:
    """Write the folder and its manifest."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(whole))[:FILES]
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    folder.mkdir(parents=True)
    rows: list[tuple] = [MANIFEST]
    for at, (content, kind) in enumerate(
        zip([whole[k] for k in order], [*kinds, *[""] * FILES], strict=False)
    ):
        image, end = plants.opened(content), "jpg"
        if kind == "jpeg_of_png":  # smaller, so that no JPEG has left its blocks there
            sides = [side * 9 // 10 for side in image.size]
            image, end = image.resize(sides, Image.Resampling.LANCZOS), "png"
            content = saved(image, "PNG")
        original = f"{at:02}_original.{end}"
        (folder / original).write_bytes(content)
        rows.append((original, "photograph", "", 0))
        for name, encoded in made(kind, image, at, rng) if kind else []:
            (folder / f"{at:02}_{name}").write_bytes(encoded)
            rows.append((f"{at:02}_{name}", "watermarked" if name[0] == "w" else kind, original, 0))
    with manifest_of(folder).open("w", newline="") as out:
        csv.writer(out).writerows(rows)


def read(table: Path) -> dict[str, dict[str, str]]:
    """The rows of a CSV by file name."""
    with table.open(newline="", encoding="utf-8") as rows:
        return {row["file_name"]: row for row in csv.DictReader(rows)}


def judged(truth: dict[str, dict[str, str]], scores: dict[str, dict[str, str]]) -> Counter:
    """How often what became of each kind."""
    counts = Counter()
    for name, row in truth.items():
        if not row["original"]:
            continue
        own, original = scores[name], scores[row["original"]]
        gone, who = (own, "goes") if own["duplicate_of"] else (original, "its original goes")
        said = f"{who}: the other is {gone['duplicate_of_is']}"
        if not gone["duplicate_of"]:
            group = "one" if own["group"] and own["group"] == original["group"] else "no"
            said = f"both stay, {own['duplicate_kind'] or 'not alike'}, {group} group"
        counts[row["kind"], said] += 1
    return counts


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making_of(commands)
    judging_of(commands, "say which stay")
    given = parser.parse_args()
    if given.command == "make":
        make(given.folder, photographs(given.photos, given.part, None), given.seed)
        return
    scores = read(beside(given.out, "scores.csv"))
    for (kind, said), count in judged(read(manifest_of(given.folder)), scores).items():
        print(f"{kind:15} {count:3} {said}")
    alike = [row for row in scores.values() if row["duplicate_kind"] == "similar"]
    alone = sum(not row["group"] for row in alike)
    print(f"similar: {len(alike)}, of them without a group: {alone}")


if __name__ == "__main__":
    main()
