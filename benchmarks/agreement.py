"""Time and memory of correlate, detect and attribute on 50,000 samples x 80 scores.

Run with `python benchmarks/agreement.py`. The scores are synthetic: they share a common
part, a fifth of them is heavily tied, eight are pixel statistics; ten classes, three
artefacts of 2,500 samples each.
"""

import resource
import time

import numpy as np

from hardrare.agreement.pairs import pairs
from hardrare.attribution.attribution import Settings, attribution
from hardrare.detection.detection import detection
from hardrare.tables import Score

SAMPLES, SCORES, PIXELS, BOOTSTRAP = 50_000, 80, 8, 200


def study():
    """Scores, labels and the ids of each artefact."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 10, SAMPLES)
    common = rng.normal(size=SAMPLES) + 0.1 * label
    scores = []
    for k in range(SCORES):
        values = common + rng.normal(size=SAMPLES)
        if k % 5 == 0:
            values = np.round(2 * values)
        name = f"pixels/statistic_{k}" if k < PIXELS else f"objective/metric_{k}"
        scores.append(Score(name, values[None], "1", ("high", "low", "open")[k % 3], "benchmark"))
    injected = rng.permutation(SAMPLES)[:7500].reshape(3, 2500)
    return scores, label, dict(zip(("average", "blur", "noise"), injected, strict=True))


def main():
    """Print seconds, rows and peak memory."""
    scores, label, artefacts = study()
    started = time.perf_counter()
    rows, _ = pairs(scores, label, labelled=[], bootstrap=BOOTSTRAP, seed=0)
    between = time.perf_counter()
    print(f"correlate {between - started:6.1f} s  {len(rows)} rows", flush=True)
    budgets = [0.01, 0.05, 0.10]
    aside = np.empty(0, int)
    rows = detection(
        np.arange(SAMPLES),
        scores,
        artefacts,
        aside=aside,
        budgets=budgets,
        bootstrap=BOOTSTRAP,
        seed=0,
    )
    print(f"detect    {time.perf_counter() - between:6.1f} s  {len(rows)} rows", flush=True)
    after = time.perf_counter()
    settings = Settings(trees=100, samples=4000, bootstrap=BOOTSTRAP, seed=0)
    rows = attribution(np.arange(SAMPLES), scores, artefacts, aside=aside, settings=settings)
    print(f"attribute {time.perf_counter() - after:6.1f} s  {len(rows)} rows")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory {peak:.2f} GiB ({SAMPLES} x {SCORES}, {BOOTSTRAP} bootstrap samples)")


if __name__ == "__main__":
    main()
