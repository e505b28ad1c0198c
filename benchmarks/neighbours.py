"""The neighbour search beside scikit-learn's and faiss's: time, memory, recall and equal bytes.

    python benchmarks/neighbours.py exact [--samples 20000] [--features 128]
    python benchmarks/neighbours.py cells [--samples 100000] [--features 128]

`exact` needs nothing more, `cells` needs `pip install faiss-cpu`, which the library itself does
without. Every search runs in a process of its own, once with one thread and once with two. Of
its processor time a busy machine changes little; the peak is that of the whole process. The
features are synthetic: many overlapping groups of uneven size, in canonical order. The truth is
searched for 500 samples.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

from hardrare.numerics import neighbours
from hardrare.numerics.exact import MARGIN, distances
from hardrare.numerics.points import canonical_order, points

K, JUDGED = 30, 500


def features(samples: int, width: int) -> np.ndarray:
    """Groups of uneven size and spread, float32 rows in canonical order."""
    rng = np.random.default_rng(0)
    count = max(10, samples // 300)
    centre = rng.standard_normal((count, width), np.float32)
    at = (count * rng.random(samples) ** 1.5).astype(int)
    spread = rng.uniform(0.3, 0.9, count).astype(np.float32)[at]
    rows = points(centre[at] + spread[:, None] * rng.standard_normal((samples, width), np.float32))
    return rows[canonical_order(rows)]


def refined(rows: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The K nearest of candidates (N, K + margin + 1), by exact distances, ties by row."""
    own = np.arange(len(rows))
    index, distance = np.empty((len(rows), K), np.int64), np.empty((len(rows), K))
    for start in range(0, len(rows), 1000):
        block = slice(start, start + 1000)
        others = np.sort(candidates[block], axis=1)
        apart = distances(rows, own[block], others)
        apart[others == own[block, None]] = np.inf
        order = np.argsort(apart, axis=1, kind="stable")[:, :K]
        index[block] = np.take_along_axis(others, order, axis=1)
        distance[block] = np.take_along_axis(apart, order, axis=1)
    return index, distance


def sklearn_brute(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's brute search for candidates, then exact distances."""
    model = NearestNeighbors(n_neighbors=K + MARGIN + 1, algorithm="brute").fit(rows)
    return refined(rows, model.kneighbors(rows, return_distance=False))


def ivf(rows: np.ndarray, probes: int) -> tuple[np.ndarray, np.ndarray]:
    """Faiss's inverted file with sqrt(N) cells, then exact distances."""
    import faiss

    index = faiss.index_factory(rows.shape[1], f"IVF{round(len(rows) ** 0.5)},Flat")
    index.cp.min_points_per_centroid = 1
    index.train(rows)
    index.add(rows)
    index.nprobe = probes
    return refined(rows, index.search(rows, K + MARGIN + 1)[1])


def here(rows: np.ndarray, exact_below: int) -> tuple[np.ndarray, np.ndarray]:
    """This library's search, from scratch."""
    neighbours.EXACT_BELOW = exact_below
    near = neighbours.nearest(rows, K)
    return near.index, near.distance


SEARCHES = {
    "exact": {
        "here": lambda rows: here(rows, len(rows) + 1),
        "sklearn brute": sklearn_brute,
    },
    "cells": {
        "here": lambda rows: here(rows, 0),
        "faiss IVF, 1 probe": lambda rows: ivf(rows, 1),
        "faiss IVF, 2 probes": lambda rows: ivf(rows, 2),
        "faiss IVF, 8 probes": lambda rows: ivf(rows, 8),
    },
}


def measure(kind: str, name: str, samples: int, width: int) -> dict:
    """One search in this process."""
    rows = features(samples, width)
    own = np.random.default_rng(1).permutation(samples)[:JUDGED]
    truth = NearestNeighbors(n_neighbors=K + 1, algorithm="brute").fit(rows)
    truth = truth.kneighbors(rows[own], return_distance=False)[:, 1:]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, cpu = time.perf_counter(), time.process_time()
    index, distance = SEARCHES[kind][name](rows)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    met = [np.isin(t, f).mean() for t, f in zip(truth, index[own], strict=True)]
    digests = [hashlib.md5(each.tobytes()).hexdigest()[:8] for each in (index, distance)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds, "processor": cpu, "recall": float(np.mean(met)),
        "index": digests[0], "distance": digests[1], "peak": peak // 1024, "before": before // 1024,
    }  # fmt: skip


def main() -> None:
    """Time each search, in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=SEARCHES)
    parser.add_argument("--samples", type=int)
    parser.add_argument("--features", type=int, default=128)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--search", help=argparse.SUPPRESS)  # of the process that this one starts
    given = parser.parse_args()
    samples = given.samples or {"exact": 20_000, "cells": 100_000}[given.kind]
    if given.search:
        print(json.dumps(measure(given.kind, given.search, samples, given.features)))
        return
    print(f"{samples} x {given.features}, the {K} nearest")
    for name in SEARCHES[given.kind]:
        for threads in given.threads:
            words = [given.kind, "--samples", str(samples), "--features", str(given.features)]
            call = [sys.executable, __file__, *words, "--search", name]
            environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
            out = subprocess.run(call, env=environment, stdout=subprocess.PIPE, check=True)
            one = json.loads(out.stdout)
            print(
                f"  {name:22} {threads} threads {one['seconds']:7.1f} s ({one['processor']:.1f} of "
                f"processor)  recall {one['recall']:.4f}  +{one['peak'] - one['before']} MB  "
                f"index {one['index']} distance {one['distance']}",
                flush=True,
            )


if __name__ == "__main__":
    main()
