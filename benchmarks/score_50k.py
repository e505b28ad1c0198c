"""How long every label-free metric takes, and how much memory: 50,000 samples, 75 epochs.

    python benchmarks/score_50k.py
    python benchmarks/score_50k.py --samples 5000 --features 128

Dynamics and features are synthetic: no image and no network is involved. The metrics run
one after another as `score` runs them; the first one that needs a neighbour search or a
k-means pays for it, the next ones find it made. The series over snapshots come first, as in
the stage; the last snapshot is the features of the last epoch. Where scikit-dimension is
installed, LID is timed against its own code on 5,000 samples.
"""

import argparse
import importlib.util
import resource
import time
from collections.abc import Iterator

import numpy as np

from hardrare.metrics import registry
from hardrare.numerics import neighbours
from hardrare.scoring.snapshots import snapshot_series

SERIES = [
    "loss", "alignment", "displacement", "norm", "cosine_displacement", "gradient_norm",
    "cross_correlation", "code_entropy", "code_displacement_l1",
    "code_displacement_l2", "code_norm", "ssim", "negative_log_likelihood", "kl",
    "augmentation_variance", "reconstruction_uncertainty", "probability", "margin", "error_norm",
    "predictive_entropy",
]  # fmt: skip
SERIES += [
    f"{half}_split_{one}"
    for half in ("first", "second")
    for one in ("loss", "ssim", "alignment", "cross_correlation")
]
COMPARED = 5000  # samples of the comparison with scikit-dimension
CENTRES = 200  # of the features: more than any k-means looks for


def synthetic(samples: int, epochs: int, width: int) -> dict[str, np.ndarray]:
    """Columns of a run: falling noisy series (N, T) and clustered features (N, D), float32."""
    rng = np.random.default_rng(0)
    decay = np.exp(-np.arange(epochs) / (0.2 * epochs), dtype=np.float32)
    columns = {}
    for name in SERIES:
        level = rng.lognormal(0, 0.5, (samples, 1)).astype(np.float32)
        noise = rng.standard_normal((samples, epochs), np.float32)
        columns[name] = np.abs(level * (decay + np.float32(0.1)) + np.float32(0.02) * noise)
    for name in ("displacement", "cosine_displacement"):
        columns[name][:, 0] = np.nan
    centre = rng.standard_normal((CENTRES, width), np.float32)
    columns["features"] = centre[rng.integers(0, CENTRES, samples)]
    columns["features"] += rng.standard_normal((samples, width), np.float32)
    columns["sample_id"] = np.arange(samples, dtype=np.int32)
    columns["correct"] = columns["probability"] < 0.5
    return columns


def snapshots(features: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """Features (N, D) of `count` snapshots, the last epoch's last, as they are read: one by one."""
    rng = np.random.default_rng(1)
    for left in range(count - 1, -1, -1):
        moved = rng.standard_normal(features.shape, np.float32) if left else np.float32(0)
        yield features + np.float32(left / count) * moved


def peak() -> float:
    """Largest resident memory of this process until now, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def timed(function, *columns, **settings) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    function(*columns, **settings)
    return time.perf_counter() - started


def compare_lid(width: int) -> None:
    """LID against scikit-dimension's own code, search included: seconds and ratio."""
    from skdim.id import MLE, TLE

    features = synthetic(COMPARED, 2, width)["features"]
    for name, k, settings, other in (
        ("lid_tle", 30, {}, TLE),
        ("lid_mle", 20, {"lid_from": 20, "lid_to": 20}, MLE),
    ):
        neighbours._RECENT.forget()
        ours = timed(registry()[name].function, features, **settings)
        theirs = timed(other().fit, features.astype(np.float64), n_neighbors=k)
        print(
            f"  {ours:8.2f} s here  {theirs:8.2f} s there  {theirs / ours:6.1f} x  {name}, k = {k}"
        )


def main() -> None:
    """Time every metric that reads no label and no pixel."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=75)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--snapshots", type=int, default=3)
    given = parser.parse_args()
    columns = synthetic(given.samples, given.epochs, given.features)
    before, spent, cpu = peak(), {}, time.process_time()
    started = time.perf_counter()
    columns |= snapshot_series(snapshots(columns["features"], given.snapshots))
    spent[f"the series of {given.snapshots} snapshots"] = time.perf_counter() - started
    chosen = [one for one in registry().values() if set(one.columns) <= set(columns)]
    for one in chosen:
        spent[one.name] = timed(one.function, *(columns[c] for c in one.columns))
    print(f"{given.samples} samples x {given.epochs} epochs x {given.features} features")
    for name, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"  {seconds:8.2f} s  {name}")
    cpu = time.process_time() - cpu
    print(f"  {sum(spent.values()):8.2f} s  in all, {len(chosen)} metrics")
    print(f"  {cpu:8.2f} s  of processor time, over all cores")
    print(f"  {peak():8.2f} GB at most, {before:.2f} GB of it before the first metric")
    if importlib.util.find_spec("skdim"):
        print(f"LID of {COMPARED} samples: this code, and scikit-dimension's in one process")
        compare_lid(given.features)


if __name__ == "__main__":
    main()
