"""Wrong labels: 20 % flipped of 5,000 CIFAR-10 images; heads on frozen features and cleanlab.

    python benchmarks/flipped_labels.py FEATURES [--seed 2027] [--tune 11] [--predictions OUT.npz]

The flips of the seed had no part in a choice. Heads: three folds and two seeds, scores by the
library's metrics. Beside them logistic regression in five folds on the same features, as cleanlab
is used: its C is tuned on 1,500 other images with the flips of `--tune`. `--predictions` keeps what
`cleanlab.rank.get_label_quality_scores` needs, in an environment of its own.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from feature_heads import CLASSIFIER, LEARNT, Kept, loop, scored
from frozen_sets import load
from planted_photos import auroc
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from hardrare.objectives import supervised
from hardrare.tables import most_often
from hardrare.training import Callbacks, FeatureViews, Probing, train
from hardrare.training.plan import folds

NAMES = ("held_out_confidence", "held_out_aum", "aum")
COUNT, TUNED, SHARE, STRENGTHS = 5000, 1500, 0.2, (1.0, 0.1, 0.01, 0.003, 0.001)


def flipped(label, seed):
    """Labels with 20 % changed to another class, uniformly, and which."""
    rng, classes = np.random.default_rng(seed), int(label.max()) + 1
    rows = rng.choice(len(label), int(SHARE * len(label)), replace=False)
    made, wrong = label.copy(), np.zeros(len(label), bool)
    made[rows] = (label[rows] + rng.integers(1, classes, len(rows))) % classes
    wrong[rows] = True
    return made, wrong


def heads(features, label, seeds):
    """Scores by heads in three folds, mean over the seeds, and the labels that they suggest."""
    total, votes = {}, []
    for seed in seeds:
        samples = FeatureViews(features, None, label, torch.device("cpu"), 0.0, 256)
        keep = Kept()
        records = Callbacks(keep, Probing((*LEARNT, "predicted")))
        train(supervised, CLASSIFIER, loop(10, 64), folds(label, 3, seed), samples, seed, records)
        columns = keep.columns()
        votes.append(columns["held_out_predicted"])
        for name, values in scored(NAMES, columns).items():
            total[name] = total.get(name, 0) + values / len(seeds)
    return total, most_often(votes)


def regression(features, label, strength):
    """Probabilities (N, K) of each class by logistic regression that never saw the image."""
    parts = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(C=strength, max_iter=200)
    rows = StandardScaler().fit_transform(features)
    return cross_val_predict(model, rows, label, cv=parts, method="predict_proba")


def confidence(probabilities, label):
    """Probability of the given label."""
    return probabilities[np.arange(len(label)), label]


def timed(what, *arguments):
    """A result, seconds on the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = what(*arguments)
    return made, time.perf_counter() - wall, time.process_time() - cpu


def main():
    """Print AUROC and seconds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("--seed", type=int, default=2027)
    parser.add_argument("--tune", type=int, default=11)
    parser.add_argument("--predictions", type=Path)
    given = parser.parse_args()
    data = load(given.features, "cifar10", "train")
    features, label = data.features.astype(np.float32), data.label.astype(np.int64)
    order = np.random.default_rng(given.seed).permutation(len(label))
    here, apart = order[:COUNT], order[COUNT : COUNT + TUNED]
    told, wrong = flipped(label[here], given.seed)
    (scores, suggested), wall, cpu = timed(heads, features[here], told, (0, 1))
    for name, values in scores.items():
        print(f"heads {name}: AUROC {auroc(-values[wrong], -values[~wrong]):.3f}", flush=True)
    right = (suggested == label[here])[wrong].mean()
    print(f"suggested label right for {right:.2f} of the flipped; {wall:.0f} s, {cpu:.0f} s cpu")
    other, other_wrong = flipped(label[apart], given.tune)
    tuned = {}
    for strength in STRENGTHS:
        values = confidence(regression(features[apart], other, strength), other)
        tuned[strength] = auroc(-values[other_wrong], -values[~other_wrong])
    best = max(tuned, key=tuned.get)
    print("C", best, "of", {c: round(float(v), 3) for c, v in tuned.items()}, flush=True)
    made, wall, cpu = timed(regression, features[here], told, best)
    values = confidence(made, told)
    area = auroc(-values[wrong], -values[~wrong])
    print(f"logistic regression, confidence: AUROC {area:.3f}; {wall:.0f} s, {cpu:.0f} s cpu")
    if given.predictions:
        np.savez(given.predictions, probabilities=made, label=told, wrong=wrong)


if __name__ == "__main__":
    main()
