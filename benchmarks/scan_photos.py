"""A scan of some thousand pictures of photographs' size: seconds of each step, and memory.

    python benchmarks/scan_photos.py --n 1000
    python benchmarks/scan_photos.py --n 1000 --quarters
    python benchmarks/scan_photos.py --n 1000 --venvs VENVS      # CleanVision on the same folder

The photographs of ../shared come first, whole or as four quarters each, enlarged to 500x375; images
of CIFAR-10, enlarged likewise, fill up what is missing. Quarters of one photograph are alike, so
three pairs are compared for each picture, in place of one to two. `--into` keeps folder and scan.
"""

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import asked, timed
from PIL import Image
from pyarrow import parquet

SHARED = Path(__file__).parents[2] / "shared/datasets"
SIZE, QUALITY = (500, 375), 90


def quarters(photos: list[Path]) -> Iterator[tuple[str, Image.Image]]:
    """The upper left quarter of each photograph, then the next ones, enlarged."""
    for corner in range(4):
        for at, path in enumerate(photos):
            drawn = Image.open(path).convert("RGB")
            width, height = (side // 2 for side in drawn.size)
            left, top = corner % 2 * width, corner // 2 * height
            size = SIZE if width >= height else SIZE[::-1]
            part = drawn.crop((left, top, left + width, top + height))
            yield f"q{corner}-{at:04}", part.resize(size, Image.Resampling.LANCZOS)


def small(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Images of CIFAR-10, enlarged."""
    rows = parquet.read_table(folder / "train-00000-of-00001.parquet")["img"]
    for at, row in enumerate(rows):
        drawn = Image.open(io.BytesIO(row["bytes"].as_py())).convert("RGB")
        yield f"c{at:05}", drawn.resize(SIZE, Image.Resampling.LANCZOS)


def make(into: Path, count: int, in_quarters: bool) -> None:
    """So many files."""
    into.mkdir(parents=True)
    photos = sorted((SHARED / "photos").iterdir())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        left = count if in_quarters else max(0, count - len(photos))
        if not in_quarters:
            for path in photos[:count]:
                (into / path.name).write_bytes(path.read_bytes())
        sources = [quarters(photos)] if in_quarters else []
        for source in [*sources, small(SHARED / "cifar10")]:
            for name, drawn in source if left else ():
                pool.submit(drawn.save, into / f"{name}.jpg", quality=QUALITY)
                left -= 1
                if not left:
                    break


def main() -> None:
    """Make the folder, scan it, print a row for each step."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--quarters", action="store_true")
    parser.add_argument("--into", type=Path, help="keeps photos/ and scan/ there")
    parser.add_argument("--venvs", type=Path, help="of the peers, as peers.py makes them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = given.into or Path(scratch)
        folder, out = root / "photos", root / "scan"
        if not folder.exists():
            make(folder, given.n, given.quarters)
        before = os.times()
        command = [sys.executable, "-m", "hardrare", "scan", folder, "--out", out]
        seconds, memory = timed(command)
        after = os.times()
        spent = sum(
            getattr(after, k) - getattr(before, k) for k in ("children_user", "children_system")
        )
        print("step                                   s   processor s")
        for name, done in json.loads((out / "scan.json").read_text("utf-8"))["done"].items():
            print(f"{name:<30} {done['seconds']:>9.1f} {done['cpu']:>9.1f}")
        print(f"{'command to page':<30} {seconds:>9.1f} {spent:>9.1f}   {memory:.1f} GB")
        if given.venvs:
            used, gigabytes = asked("cleanvision", folder, given.venvs)[1:]
            print(f"{'CleanVision':<30} {used:>9.1f}   {gigabytes:.1f} GB, {seconds / used:.1f} x")


if __name__ == "__main__":
    main()
