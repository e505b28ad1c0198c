"""A folder with known trouble, and whether a scan found it.

    python benchmarks/planted_folder.py make FOLDER --source CIFAR10_PARQUET_FOLDER
    hardrare scan FOLDER --out OUT
    python benchmarks/planted_folder.py judge FOLDER OUT

`make` writes 2,000 CIFAR-10 training images as a flat folder of JPEGs, and among them, under names
that tell nothing: 20 exact copies, 20 near copies (encoded again at quality 60, moved by a pixel,
or 9 % brighter or darker), 10 files that are no readable image, 10 images of uniform noise and 10
flat grey ones. What is what stands in `FOLDER.truth.csv`, beside the folder and never inside it.
"""

import argparse
import csv
import io
import sys
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image
from planted_photos import judging_of

IMAGES, EXACT, NEAR, EACH = 2000, 20, 20, 10
QUALITY = 90
TOP = 0.02  # of all images, where noise and grey must lie


def jpeg(pixels: np.ndarray, quality: int = QUALITY) -> bytes:
    """Pixels as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def pixels_of(encoded: bytes) -> np.ndarray:
    """The pixels of an encoded image."""
    return np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))


def nearly(pixels: np.ndarray, how: int) -> bytes:
    """The same picture again, differently: encoded, moved, or of another brightness."""
    if how == 0:
        return jpeg(pixels, 60)
    if how == 1:
        return jpeg(np.pad(pixels, ((1, 0), (0, 0), (0, 0)), "edge")[:-1])
    if how == 2:
        return jpeg(np.pad(pixels, ((0, 0), (0, 1), (0, 0)), "edge")[:, 1:])
    factor = 1.09 if how == 3 else 0.91
    return jpeg((pixels * factor).clip(0, 255).astype(np.uint8))


def broken(whole: bytes, rng: np.random.Generator) -> list[bytes]:
    """Ten files that end in .jpg and are no readable image."""
    tail = rng.integers(0, 256, 600, np.uint8).tobytes()
    file = io.BytesIO()
    Image.fromarray(pixels_of(whole)).save(file, "PNG")
    return [
        b"", b"\n", b"this is no image", b"<!doctype html><title>404</title>", whole[:20],
        whole[: len(whole) // 3], whole[: len(whole) // 2], tail, b"\x89PNG\r\n\x1a\n" + tail,
        file.getvalue()[:200],
    ]  # fmt: skip


def make(folder: Path, source: Path, seed: int) -> None:
    """Write the folder and its truth."""
    table = pl.read_parquet(sorted(source.glob("train-*.parquet"))[0])
    encoded = table.get_column(next(c for c in table.columns if c in ("img", "image")))
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(encoded), IMAGES, replace=False)
    files = [("image", -1, jpeg(pixels_of(encoded[int(i)]["bytes"]))) for i in chosen]
    origin = rng.choice(IMAGES, EXACT + NEAR, replace=False)
    files += [("exact", int(i), files[i][2]) for i in origin[:EXACT]]
    files += [
        ("near", int(i), nearly(pixels_of(files[i][2]), k % 5))
        for k, i in enumerate(origin[EXACT:])
    ]
    files += [("broken", -1, one) for one in broken(files[0][2], rng)]
    shape = (EACH, 32, 32, 3)
    files += [("noise", -1, jpeg(one)) for one in rng.integers(0, 256, shape, np.uint8)]
    levels = np.linspace(30, 225, EACH).astype(np.uint8)
    files += [("grey", -1, jpeg(np.full((32, 32, 3), level, np.uint8))) for level in levels]
    place = rng.permutation(len(files))
    names = [f"{at:05d}.jpg" for at in place]
    folder.mkdir(parents=True)
    rows = [("file_name", "kind", "origin")]
    for name, (kind, source_row, content) in zip(names, files, strict=True):
        (folder / name).write_bytes(content)
        rows.append((name, kind, names[source_row] if source_row >= 0 else ""))
    with truth_of(folder).open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    print(f"{folder}: {len(files)} files; what they are: {truth_of(folder)}")


def truth_of(folder: Path) -> Path:
    """Where the truth of a folder stands."""
    return folder.with_name(f"{folder.name}.truth.csv")


def judge(folder: Path, out: Path) -> bool:
    """Print what of each kind was found, and whether that is enough."""
    truth = pl.read_csv(truth_of(folder))
    ranking = pl.read_csv(out / "data" / "ranking.csv")
    skipped = set(pl.read_csv(next(out.rglob("skipped.csv")))["file_name"])
    rank = {
        axis: dict(zip(ranking["file_name"], ranking[f"{axis}_rank"], strict=True))
        for axis in ("duplicate", "rare", "noisy")
    }
    of = {kind: truth.filter(pl.col("kind") == kind) for kind in truth["kind"].unique()}
    odd = len(of["noise"]) + len(of["grey"])
    # Flat grey images repeat one another, too, so the top of `duplicate` has room for them.
    room, top = EXACT + NEAR + EACH, round(TOP * len(ranking))
    first = {name for name, at in rank["duplicate"].items() if at <= room}
    lines = [("broken files reported", len(set(of["broken"]["file_name"]) & skipped), 10, 10)]
    for kind, least in (("exact", EXACT), ("near", 18)):
        pairs = of[kind].select("file_name", "origin").rows()
        found = sum(bool(first & set(pair)) for pair in pairs)
        lines.append((f"{kind} copies, one of the two in the first {room} of duplicate", found,
                      len(pairs), least))  # fmt: skip
    names = [*of["noise"]["file_name"], *of["grey"]["file_name"]]
    seen = [n for n in names if min(rank["rare"][n], rank["noisy"][n]) <= top]
    lines.append((f"noise and grey in the first {top} of rare or noisy", len(seen), odd, 16))
    for what, found, of_all, least in lines:
        mark = "ok" if found >= least else "TOO FEW"
        print(f"{what}: {found} of {of_all} (at least {least}: {mark})")
    for kind in ("noise", "grey"):
        for axis in ("rare", "noisy", "duplicate"):
            places = sorted(rank[axis][n] for n in of[kind]["file_name"])
            print(f"  {kind}, places on {axis}: {' '.join(map(str, places))}")
    wrong = skipped - set(of["broken"]["file_name"])
    print(f"  good files skipped: {len(wrong)}")
    return all(found >= least for _, found, _, least in lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write the folder")
    making.add_argument("folder", type=Path)
    making.add_argument("--source", type=Path, required=True, help="CIFAR-10 as Parquet")
    making.add_argument("--seed", type=int, default=0)
    judging_of(commands, "say what a scan found")
    given = parser.parse_args()
    if given.command == "make":
        make(given.folder, given.source, given.seed)
    else:
        sys.exit(not judge(given.folder, given.out))


if __name__ == "__main__":
    main()
