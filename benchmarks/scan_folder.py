"""Time and memory of every stage that a scan of a folder of small JPEGs runs.

python benchmarks/scan_folder.py --n 100000 --size 64
python benchmarks/scan_folder.py --n 20000 --labels     # and 10 % averaged pairs appended

The stages, their order and their settings are those of `hardrare scan`; only the epochs are
few, as no stage needs more memory with more of them beyond its tables of dynamics (4 bytes
for each image, epoch and column). Peak memory is told twice: all of it, and without the pages
of mapped files, which the system takes back when it needs them. Everything is written to a
temporary folder (--scratch) and deleted.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from hardrare.runner.contents import Contents
from hardrare.runner.graph import Step, steps
from hardrare.runner.record import Record
from hardrare.runner.workers import environment
from hardrare.scan import layout, options
from hardrare.scan.asked import FOLDERS, Asked
from hardrare.scan.settings import Choice
from hardrare.scan.source import look

MIXES = [{"artefact": "average", "share": 0.1, "strength": 0.5, "placement": "append"}]
FOLDERS_MADE = 100
COARSE = 8  # pixels of the random images that are enlarged


def write_images(folder: Path, n: int, size: int) -> None:
    """As many JPEGs of smooth noise, in a hundred folders."""
    rng = np.random.default_rng(0)
    for k in range(n):
        where = folder / f"{k % FOLDERS_MADE:02}"
        where.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 255, (COARSE, COARSE, 3), np.uint8))
        coarse.resize((size, size)).save(where / f"{k:07}.jpg", quality=90)


def status(pid: int, key: str) -> int:
    """A line of the process's status in MiB, 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(key)), 0)


def measure(step: Step, root: Path) -> int:
    """Run a step; print its seconds and its peak memory, and return the latter in MiB."""
    started, anonymous, whole = time.perf_counter(), 0, 0
    command = [sys.executable, "-m", *step.words]
    with (root / "said.txt").open("w+b") as said:
        process = subprocess.Popen(command, cwd=root, stdout=said, stderr=said, env=environment())
        while process.poll() is None:
            anonymous = max(anonymous, status(process.pid, "RssAnon:"))
            whole = max(whole, status(process.pid, "VmHWM:"))
            time.sleep(0.02)
    if process.returncode:
        sys.exit(f"{step.name}: {(root / 'said.txt').read_text()}")
    spent = time.perf_counter() - started
    print(
        f"{step.name:24} {spent:7.1f} s  peak {whole:6} MiB, {anonymous:6} MiB of its own",
        flush=True,
    )
    return whole


def main() -> None:
    """Write the images, run the stages, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--labels", action="store_true", help="the folders are classes; mixes too")
    parser.add_argument("--scratch", type=Path)
    given = parser.parse_args()
    labels = FOLDERS if given.labels else None
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        folder, out = Path(scratch) / "images", Path(scratch) / "scan"
        write_images(folder, given.n, given.size)
        asked = Asked(folder, labels)
        changes = options.settings(asked, look(folder, labels, Contents(out / "contents.json"), 1))
        epochs = given.epochs if given.labels else 0
        changes |= Choice(given.size, 1, given.epochs, epochs, batch_size=256).parameters()
        changes |= {"inject.artefacts": MIXES} if given.labels else {}
        todo = steps(layout.graph(), layout.lay(out, Record(out / layout.RECORD), changes))
        most = max(measure(step, out) for step in todo)
    print(f"{given.n} images of {given.size}x{given.size}: {most} MiB at most")


if __name__ == "__main__":
    main()
