"""The neighbour search beside faiss's: seconds, recall of the 30 nearest, and repeatability.

    python benchmarks/neighbours.py [--samples 120000] [--features 64]

Needs `pip install faiss-cpu`, which the library itself does without. The features are
synthetic: many overlapping groups of uneven size. The truth is searched for 500 samples.
"""

import argparse
import time

import faiss
import numpy as np

from hardrare.numerics import neighbours
from hardrare.numerics.points import points

K, JUDGED = 30, 500


def features(samples: int, width: int) -> np.ndarray:
    """Groups of uneven size and spread, float32."""
    rng = np.random.default_rng(0)
    count = max(10, samples // 300)
    centre = rng.standard_normal((count, width), np.float32)
    at = (count * rng.random(samples) ** 1.5).astype(int)
    spread = rng.uniform(0.3, 0.9, count).astype(np.float32)[at]
    return centre[at] + spread[:, None] * rng.standard_normal((samples, width), np.float32)


def ivf(rows: np.ndarray, probes: int) -> np.ndarray:
    """Faiss's inverted file with sqrt(N) cells."""
    index = faiss.index_factory(rows.shape[1], f"IVF{round(len(rows) ** 0.5)},Flat")
    index.cp.min_points_per_centroid = 1
    index.train(rows)
    index.add(rows)
    index.nprobe = probes
    return index.search(rows, K + 1)[1]


def hnsw(rows: np.ndarray, effort: int) -> np.ndarray:
    """Faiss's graph of small worlds."""
    index = faiss.IndexHNSWFlat(rows.shape[1], 32)
    index.hnsw.efConstruction = 100
    index.add(rows)
    index.hnsw.efSearch = effort
    return index.search(rows, K + 1)[1]


def here(rows: np.ndarray, exact_below: int) -> np.ndarray:
    """This library's search, from scratch."""
    neighbours._RECENT.forget()
    neighbours.EXACT_BELOW = exact_below
    found = neighbours.nearest(rows, K)
    print(f"  (states a recall of {found.recall:.4f})")
    return found.index


def main() -> None:
    """Time each search once."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=120_000)
    parser.add_argument("--features", type=int, default=64)
    given = parser.parse_args()
    rows = points(features(given.samples, given.features))
    own = np.random.default_rng(1).permutation(len(rows))[:JUDGED]
    truth = faiss.knn(rows[own], rows, K + 1)[1][:, 1:]
    print(f"{given.samples} x {given.features}, {faiss.omp_get_max_threads()} threads")
    for name, search in {
        "here, by cells": lambda: here(rows, 0),
        "faiss IVF, 8 probes": lambda: ivf(rows, 8),
        "faiss IVF, 32 probes": lambda: ivf(rows, 32),
        "faiss HNSW 32, effort 128": lambda: hnsw(rows, 128),
        "here, exact": lambda: here(rows, len(rows) + 1),
        "faiss exact": lambda: faiss.knn(rows, rows, K + 1)[1],
    }.items():
        started, cpu = time.perf_counter(), time.process_time()
        found = search()[own]
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        recall = np.mean([np.isin(t, f).mean() for t, f in zip(truth, found, strict=True)])
        print(f"  {name:28} {seconds:7.1f} s  ({cpu:.0f} of processor)  recall {recall:.4f}")


if __name__ == "__main__":
    main()
