"""Time and memory of prepare, inject and pixels on a folder of small JPEGs, each as DVC runs it.

python benchmarks/prepare_folder.py --n 20000 --size 64

Peak memory is told twice: all of it, and without the pages of mapped files, which the
system takes back when it needs them. Everything is written to a temporary folder (--scratch)
and deleted.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

ROOT = Path(__file__).parents[1]
MIXES = [{"artefact": "average", "share": 0.1, "strength": 0.5, "placement": "append"}]


def write_images(folder: Path, n: int, size: int) -> None:
    """As many JPEGs of smooth noise, a thousand in a folder."""
    rng = np.random.default_rng(0)
    for k in range(n):
        where = folder / f"{k // 1000:04}"
        where.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8))
        coarse.resize((size, size)).save(where / f"{k:07}.jpg", quality=90)


def status(pid: int, key: str) -> int:
    """A line of the process's status in MiB, 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(key)), 0)


def measure(name: str, params: Path, **paths: Path) -> None:
    """Run a stage; print its seconds and its peak memory."""
    words = [word for key, path in paths.items() for word in (f"--{key}", str(path))]
    command = [sys.executable, "-m", f"stages.{name}", "--params", str(params), *words]
    started, anonymous, whole = time.perf_counter(), 0, 0
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        anonymous = max(anonymous, status(process.pid, "RssAnon:"))
        whole = max(whole, status(process.pid, "VmHWM:"))
        time.sleep(0.02)
    if process.returncode:
        sys.exit(process.returncode)
    spent = time.perf_counter() - started
    print(f"{name:8} {spent:7.1f} s  peak {whole:6} MiB, {anonymous:6} MiB of its own", flush=True)


def main() -> None:
    """Write the images, run the stages, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--scratch", type=Path)
    given = parser.parse_args()
    tree = yaml.safe_load((ROOT / "studies" / "folder.yaml").read_text("utf-8"))
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        here = Path(scratch)
        write_images(here / "images", given.n, given.size)
        tree["prepare"] |= {"path": str(here / "images"), "size": given.size}
        params = here / "params.yaml"
        params.write_text(yaml.safe_dump(tree))
        train, skipped = here / "train.arrow", here / "skipped.csv"
        measure("prepare", params, train=train, test=here / "test.arrow", skipped=skipped)
        for title, artefacts in (("nothing", []), ("10 % mixes", MIXES)):
            tree["inject"]["artefacts"] = artefacts
            params.write_text(yaml.safe_dump(tree))
            print(f"injected: {title}")
            table, manifest = here / "injected.arrow", here / "manifest.arrow"
            measure("inject", params, images=train, injected=table, manifest=manifest)
        measure("pixels", params, images=table, scores=here / "pixels.arrow")
        print(f"{given.n} images of {given.size}x{given.size}: {train.stat().st_size >> 20} MiB")


if __name__ == "__main__":
    main()
