"""What a scan costs again: after some images were added to a folder that was scanned.

python benchmarks/rescan.py FOLDER --added 100

Scans all images of a folder but some, drawn at random, adds these, and scans again. Printed are
the processor seconds of every step of both scans, which depend little on what else a machine does.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Scan, add images, scan again, print what both cost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="of images, flat")
    parser.add_argument("--added", type=int, default=100)
    given = parser.parse_args()
    names = sorted(one.name for one in given.folder.iterdir())
    random.Random(0).shuffle(names)
    with tempfile.TemporaryDirectory() as root:
        source, out = Path(root) / "photos", Path(root) / "scan"
        source.mkdir()
        lay(given.folder, source, names[given.added :])
        first = scanned(source, out)
        lay(given.folder, source, names[: given.added])
        second = scanned(source, out)
    print(f"\n{len(names) - given.added} images, then {given.added} more; processor seconds")
    for step in [*first[1], *second[1].keys() - first[1].keys()]:
        print(f"{step:<36} {first[1].get(step, 0):>8.1f} {second[1].get(step, 0):>8.1f}")
    for name, at in (("all steps", 2), ("with the command itself", 3), ("of the clock", 0)):
        print(f"{name:<36} {first[at]:>8.1f} {second[at]:>8.1f}  {second[at] / first[at]:.0%}")


def lay(folder: Path, into: Path, names: list[str]) -> None:
    """Copy some images."""
    for name in names:
        shutil.copy(folder / name, into / name)


def scanned(source: Path, out: Path) -> tuple[float, dict[str, float], float, float]:
    """Seconds of the clock; processor seconds of each step, of all of them, and of the command."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "hardrare", "scan", str(source), "--out", str(out)], check=True
    )
    clock, after = time.perf_counter() - started, os.times()
    spent = sum(
        getattr(after, k) - getattr(before, k) for k in ("children_user", "children_system")
    )
    done = json.loads((out / "scan.json").read_text("utf-8"))["done"]
    steps = {name: one["cpu"] for name, one in done.items()}
    return clock, steps, sum(steps.values()), spent


if __name__ == "__main__":
    main()
