"""How long each labelling strategy and each judge takes, and how much memory: 50,000 samples.

    python benchmarks/label_first.py
    python benchmarks/label_first.py --samples 5000 --features 128

Features are synthetic, 200 overlapping clusters that are also the 10 classes; no image and no
network is involved. Strategies choose among 70 % of the samples as in the stage. A budget's
clusters are made by the first strategy that needs them and found made by the next and by the
judge. `random`, `hard`, `easy` and `rare` sort and are not timed. One thread.
"""

import argparse
import resource
import time

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.labelling import choose, first
from hardrare.labelling.curve import halves, standardised
from hardrare.labelling.judges import Split, cluster_then_label, named
from hardrare.labelling.samples import Samples

CENTRES, CLASSES = 200, 10
BUDGETS = (0.01, 0.05, 0.10)


def peak() -> float:
    """Largest resident memory of this process until now, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    """Time everything but the strategies that only sort."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--features", type=int, default=512)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    centre = rng.standard_normal((CENTRES, given.features), np.float32)
    place = rng.integers(0, CENTRES, given.samples)
    features = centre[place] + rng.standard_normal((given.samples, given.features), np.float32)
    held, free = halves(given.samples, 0.3, [0, 0])
    rows, label = standardised(features), place % CLASSES
    samples = Samples.of(features[free], {}, 0)
    split = Split(samples, rows[free], rows[held], Samples.of(features[held], {}, 0).rows)
    print(f"{given.samples} samples x {given.features} features, {peak():.2f} GB before the first")
    for share in BUDGETS:
        budget = round(share * len(free))
        chosen = {}
        for strategy in ("prototypes", "typical", "k_center"):
            started = time.perf_counter()
            chosen[strategy] = choose(samples, budget, strategy)
            print(f"  {time.perf_counter() - started:8.2f} s  {strategy}, {budget} labels")
        typical = chosen["typical"]
        started = time.perf_counter()
        cluster_then_label(split, typical, label[free[typical]])
        print(f"  {time.perf_counter() - started:8.2f} s  judge cluster_then_label")
        started = time.perf_counter()
        found = named(split, typical, label[free[typical]], 0.9)
        print(f"  {time.perf_counter() - started:8.2f} s  all three judges")
        right = [f"{j} {(one == label[held]).mean():.3f}" for j, one in found.items()]
        print(f"              accuracy: {', '.join(right)}")
    for strategy in ("prototypes", "typical"):
        started = time.perf_counter()
        first(features, given.samples // 10, strategy, 0)
        print(f"  {time.perf_counter() - started:8.2f} s  {strategy}, 10 % of all samples")
    print(f"  {peak():8.2f} GB at most")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
