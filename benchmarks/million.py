"""What a large set costs after its features are there: neighbours, density, copies, ranks, page.

    python benchmarks/million.py all --samples 100000 [--features 512] [--photos FOLDER]

Every step runs in a process of its own, on synthetic features of many overlapping groups of uneven
size (`neighbours.features`), with one thread unless OMP_NUM_THREADS says otherwise. Told are
processor seconds, and of memory the peak of what is the process's own: pages of mapped files are
left out, for the system takes them back when it needs them. `page` needs a folder of photographs,
whose variants are the pictures. From several sizes `exponents` says how each step grows; of what
docs/scale.md tells (`first_told`: the commit in which it did first) by

    python benchmarks/million.py exponents benchmarks/measured/million.jsonl
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

BLOCK = 50_000  # rows made at a time
DYNAMICS = (  # columns that are numbers of each epoch
    "loss", "displacement", "code_entropy", "correct", "probability", "code_displacement_l1",
    "code_displacement_l2", "gradient_norm", "norm", "alignment", "code_norm", "error_norm",
    "hardest_negative_distance", "hardest_positive_distance", "snapshot_lid_mle",
    "snapshot_lid_tle", "snapshot_silhouette_last", "ssim", "strong_noise_error", "kl",
    "weak_noise_error", "margin", "cross_correlation", "cosine_displacement", "gradient_deviation",
)  # fmt: skip
EPOCHS = 20  # of the dynamics that are made up
TEN_MILLION = 10_000_000  # samples, which are not run
STEPS = (
    "neighbours", "prototypes", "copies_by_features", "copies_by_pictures", "dynamics", "ranks",
    "page",
)  # fmt: skip


def make_features(path: Path, samples: int, width: int) -> None:
    """A file of float32 rows as `benchmarks/neighbours.py` makes them, block by block."""
    rng = np.random.default_rng(0)
    count = max(10, samples // 300)
    centre = rng.standard_normal((count, width), np.float32)
    spread = rng.uniform(0.3, 0.9, count).astype(np.float32)
    rows = np.memmap(path, np.float32, "w+", shape=(samples, width))
    for start in range(0, samples, BLOCK):
        size = min(BLOCK, samples - start)
        at = (count * rng.random(size) ** 1.5).astype(int)
        noise = rng.standard_normal((size, width), np.float32)
        rows[start : start + size] = centre[at] + spread[at, None] * noise


def neighbours(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """The search that every metric of neighbours shares, and three of them."""
    from hardrare.metrics.density import density
    from hardrare.metrics.duplicate_similarity import duplicate_similarity
    from hardrare.metrics.knn_distance import knn_distance
    from hardrare.numerics.neighbours import nearest

    recall = nearest(rows, 30, unit=True).recall
    for metric in (density, knn_distance, duplicate_similarity):
        assert np.isfinite(metric(rows)).all()
    return {"recall": round(recall, 4)}


def prototypes(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """k-means, and the distance to its nearest centre."""
    from hardrare.metrics.prototype_distance import prototype_distance

    assert np.isfinite(prototype_distance(rows)).all()
    return {}


def copies_by_features(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """Pairs that may show one picture, by features."""
    from hardrare.matching import propose

    made, points = propose._Proposing(len(rows)), propose._centred(rows)
    made.take(points, points, propose._usual(points), propose.STRAIGHT)
    return {"recall": round(made.done().recall, 4), "pairs": len(made.pairs)}


def copies_by_pictures(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """The same by the lowest frequencies of pictures, in eight forms."""
    from hardrare.matching.propose import propose

    low = np.random.default_rng(1).standard_normal((len(rows), 8, 8), np.float32)
    found = propose(low)
    return {"recall": round(found.recall, 4), "pairs": len(found.pairs)}


def dynamics(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """Every metric of numbers of each epoch, one column after the other: what maps over rows."""
    from hardrare.metrics import registry

    count, seconds = len(rows), defaultdict(float)
    for one in registry().values():
        if set(one.columns) <= set(DYNAMICS):
            rng = np.random.default_rng(0)
            made = {name: rng.random((count, EPOCHS), np.float32) for name in one.columns}
            if "correct" in made:
                made["correct"] = np.round(made["correct"])
            started = time.process_time()
            assert np.isfinite(one(made, {})).all()
            seconds[one.name] = time.process_time() - started
    slowest = sorted(seconds, key=seconds.get)[-3:]
    return {"metrics": len(seconds), "of_metrics_s": round(sum(seconds.values()), 2)} | {
        "slowest": {name: round(seconds[name], 2) for name in slowest}
    }


def ranks(rows: np.ndarray, _: argparse.Namespace) -> dict:
    """The table of a ranking: three axes of scores, copies, what is left out."""
    import pyarrow as pa

    from hardrare.ranking.drop import Drop
    from hardrare.ranking.table import ranking
    from hardrare.tables import KINDS, Score

    count, rng = len(rows), np.random.default_rng(0)
    ids = np.arange(count, dtype=np.int32)
    scores = [Score(f"a/{k}", rng.random((2, count)), "", "high", "") for k in range(4)]
    kinds, nulls = KINDS["duplicates/1"], dict.fromkeys(KINDS["duplicates/1"])
    columns = {name: pa.nulls(count, kind) for name, kind in kinds.items() if name in nulls}
    columns |= {"sample_id": pa.array(ids), "similarity": pa.array(rng.random(count), pa.float32())}
    columns["nearest"] = pa.array(rng.permutation(count).astype(np.int32))
    made = ranking(
        ids, [f"{k // 1000:04}/{k:08}.jpg" for k in range(count)], scores,
        axes={"hard": ["a/0", "a/1"], "rare": ["a/2"], "noisy": ["a/3"]},
        duplicates=pa.table(columns), share=0.05, drop=[Drop("duplicate", None)],
    )  # fmt: skip
    return {"rows": made.num_rows}


def page(rows: np.ndarray, given: argparse.Namespace) -> dict:
    """The page of made-up tables, as `benchmarks/page.py` makes it."""
    from page import made
    from PIL import Image

    photos = [Image.open(one).convert("RGB") for one in sorted(given.photos.rglob("*.JPEG"))[:100]]
    with tempfile.TemporaryDirectory() as folder:
        return {"megabytes": round(len(made(photos, len(rows), Path(folder))) / 1e6, 1)}


def own_memory() -> int:
    """Of this process now, in bytes; mapped files left out."""
    told = Path("/proc/self/status").read_text()
    return 1024 * int(next(one.split()[1] for one in told.splitlines() if "RssAnon" in one))


def measured(step: Callable[..., dict], given: argparse.Namespace) -> dict:
    """A step's processor seconds, peak and what it found."""
    rows = np.memmap(given.file, np.float32, "r").reshape(given.samples, given.features)
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], own_memory())

    thread = threading.Thread(target=watch)
    thread.start()
    started, clock = time.process_time(), time.perf_counter()
    try:
        found = step(rows, given)
    finally:
        over.set()
        thread.join()
    return {
        "step": step.__name__, "samples": given.samples, "features": given.features,
        "cpu_s": round(time.process_time() - started, 1),
        "clock_s": round(time.perf_counter() - clock, 1), "own_gb": round(peak[0] / 1e9, 2),
    } | found  # fmt: skip


def exponents(path: Path) -> None:
    """How each step grows, by all sizes and by the last two, and what ten million would take."""
    for step, lines in by_step(path).items():
        sizes = sorted(lines)
        if len(sizes) < 2:
            continue
        seconds = [lines[n]["cpu_s"] for n in sizes]
        slope, start = np.polyfit(np.log(sizes), np.log(seconds), 1)
        last, _ = np.polyfit(np.log(sizes[-2:]), np.log(seconds[-2:]), 1)
        grows = TEN_MILLION / sizes[-1]
        told = np.exp(start) * TEN_MILLION**slope, *(seconds[-1] * grows**p for p in (slope, last))
        room = np.polyfit(sizes[-2:], [lines[n]["own_gb"] for n in sizes[-2:]], 1)
        line, first, pair = (f"{one:.0f} s" for one in told)
        print(
            f"{step}, from {sizes}: N^{slope:.2f}, of the last two N^{last:.2f}; ten million on "
            f"the line {line}, from the last size {first}, by the last two {pair}, memory "
            f"{np.polyval(room, TEN_MILLION):.0f} GB"
        )


def by_step(path: Path) -> dict[str, dict[int, dict]]:
    """Lines of results by step and by samples; what compares all pairs is a step of its own."""
    known: dict[str, dict[int, dict]] = defaultdict(dict)
    for text in path.read_text("utf-8").splitlines():
        line = json.loads(text)
        pairs = ", all pairs" if line.get("recall") == 1 else ""
        known[f"{line['step']} x {line['features']}{pairs}"][line["samples"]] = line
    return known


def main() -> None:
    """Run the steps, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=("all", "exponents", *STEPS))
    parser.add_argument("file", nargs="?", type=Path, help="of features, or of results")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--steps", nargs="*", default=STEPS, choices=STEPS)
    parser.add_argument("--photos", type=Path, default=Path("../shared/datasets/photos"))
    given = parser.parse_args()
    if given.step == "exponents":
        return exponents(given.file)
    if given.step != "all":
        return print(json.dumps(measured(globals()[given.step], given)), flush=True)
    sizes = ["--samples", str(given.samples), "--features", str(given.features)]
    env = {"OMP_NUM_THREADS": "1"} | os.environ
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "features"
        make_features(file, given.samples, given.features)
        for step in given.steps:
            words = [sys.executable, __file__, step, str(file), *sizes, "--photos", given.photos]
            subprocess.run(words, env=env, check=True)
    return None


if __name__ == "__main__":
    main()
