r"""What an axis is made of, chosen on some studies and judged on the one that had no part.

    python benchmarks/axes_left_out.py digits=DATA fashion=DATA cifar=DATA photographs=DATA

DATA is the `data/` of a finished study. For each study in turn the best set of at most three scores
is chosen by its mean AUROC over the other studies (of sets that are worse by at most 0.005 the
smallest), and shown on the one left out; the mean of those is what an axis can be said to reach.

- `rare`: with each class in turn made rare, 2, 5 and 10 % of its samples kept (at least three), the
  metrics of the frozen features are taken anew; intervals by bootstrap over the classes.
- `hard`: averaged pairs, where the study has some, and the tenth that networks with labels find
  hardest, by scores of the study; intervals by bootstrap over samples.

Which scores may take part, and the end that counts, was written down before: `RARE` and `HARD`.
"""

import argparse
from itertools import combinations
from pathlib import Path

import axes as judged_by
import numpy as np
from planted_photos import auroc
from scipy.stats import rankdata

from hardrare.metrics import registry
from hardrare.numerics.points import centred
from hardrare.tables import read_features, read_images, read_manifest, read_scores, table_of

NETWORK = "efficientnet_lite0"
RARE = ("knn_distance", "prototype_distance", "cluster_size")
HARD = {  # score to the end that counts
    "features_barlow_twins/norm_mean": "low",
    "features_barlow_twins/msd_mean": "low",
    "features_barlow_twins/alignment_mean": "low",
    "pseudo_efficientnet_lite0/predictive_entropy": "high",
    "pseudo_efficientnet_lite0/aum": "low",
    f"{NETWORK}/feature_norm": "low",
    f"{NETWORK}/view_agreement": "low",
    f"{NETWORK}/knn_distance": "high",
}
LABELLED = ("supervised", "features_supervised", "features_cross_validation")
SHARES, LEAST, LARGEST, TIE = (0.02, 0.05, 0.1), 3, 3, 0.005


def sets(names):
    """Every set of one to three names."""
    return [one for many in range(1, LARGEST + 1) for one in combinations(names, many)]


def rare(data, repeats):
    """Mean AUROC of each set of `RARE`, and its bootstrap over classes: set to `(1 + B,)`."""
    images = read_images(data / "injected" / "train.arrow")
    features = read_features(table_of(data / "features", NETWORK), images.sample_id)[1]
    known, rng = registry(), np.random.default_rng(0)
    classes = [c for c in np.unique(images.label) if c >= 0 and (images.label == c).sum() > 12]
    found = {one: np.empty((len(classes), len(SHARES))) for one in sets(RARE)}
    for row, chosen in enumerate(classes):
        for column, share in enumerate(SHARES):
            of = np.flatnonzero(images.label == chosen)
            few = rng.choice(of, max(LEAST, round(share * len(of))), replace=False)
            rows = np.concatenate([np.flatnonzero(images.label != chosen), few])
            columns = {"features": centred(features[rows])}
            place = {n: placed(known[n](columns, {}), known[n].harder) for n in RARE}
            for one in found:
                value = sum(place[name] for name in one)
                found[one][row, column] = auroc(value[-len(few) :], value[: -len(few)])
    draws = rng.integers(len(classes), size=(repeats, len(classes)))
    by_class = {one: areas.mean(axis=1) for one, areas in found.items()}
    return {one: np.concatenate([[v.mean()], v[draws].mean(axis=1)]) for one, v in by_class.items()}


def hard(data, repeats):
    """The same of `HARD`, as far as the study has such scores, over samples."""
    files = {path.stem: path for path in sorted((data / "scores").rglob("*.arrow"))}
    runs = {}
    for stem in files:
        name, _, seed = stem.rpartition("-")
        runs.setdefault(*((name, []) if seed.isdigit() else (stem, []))).append(
            int(seed) if seed.isdigit() else None
        )
    sample_id, scores = read_scores(data / "scores", runs)
    manifest = read_manifest(data / "injected" / "manifest.arrow")
    kinds = {kind for kind in runs if kind in LABELLED}
    truth = judged_by.truths("hard", sample_id, scores, kinds, manifest)
    clean = judged_by.unchanged(sample_id, manifest)
    by_name = {one.name: one.values for one in scores}
    place = {
        name: np.mean([placed(v, end) for v in by_name[name]], axis=0)
        for name, end in HARD.items()
        if name in by_name
    }
    chosen = sets(tuple(place))
    values = np.stack([sum(place[name] for name in one) for one in chosen])
    areas = judged_by.judged(values, truth, clean, repeats).mean(axis=2)
    return dict(zip(chosen, areas.T, strict=True))


def placed(values, end):
    """Ranks of a score, the harder end high."""
    return rankdata(-values if end == "low" else values)


def best(areas, names):
    """The smallest of the sets that are nearly best on the mean of some studies."""
    common = set.intersection(*(set(areas[name]) for name in names))
    mean = {one: np.mean([areas[name][one][0] for name in names]) for one in common}
    enough = max(mean.values()) - TIE
    return min((one for one in common if mean[one] >= enough), key=lambda o: (len(o), -mean[o], o))


def report(axis, areas):
    """Print what is chosen without each study and reached on it."""
    names, reached = list(areas), []
    print(f"\n{axis}\n| left out | chosen on the others | AUROC on it |\n|---|---|---|")
    for name in names:
        chosen = best({n: areas[n] for n in names}, [n for n in names if n != name])
        if chosen not in areas[name]:
            print(f"| {name} | {' + '.join(chosen)} | not in this study |")
            continue
        reached.append(areas[name][chosen])
        print(f"| {name} | {' + '.join(chosen)} | {interval(areas[name][chosen])} |")
    print(f"| mean | | {interval(np.mean(reached, axis=0))} |")
    final = best(areas, names)
    each = ", ".join(f"{n} {areas[n][final][0]:.3f}" for n in names)
    print(f"of all studies: {' + '.join(final)} ({each})")


def interval(repeats):
    """A value and its 95 % interval, of `(1 + B,)`."""
    low, high = np.quantile(repeats[1:], [0.025, 0.975])
    return f"{repeats[0]:.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("studies", nargs="+", help="name=folder of the tables, two or more")
    parser.add_argument("--axes", nargs="+", choices=("rare", "hard"), default=("rare", "hard"))
    parser.add_argument("--bootstrap", type=int, default=200)
    given = parser.parse_args()
    folders = {name: Path(path) for name, _, path in (s.partition("=") for s in given.studies)}
    for axis in given.axes:
        made = {"rare": rare, "hard": hard}[axis]
        report(axis, {name: made(folder, given.bootstrap) for name, folder in folders.items()})


if __name__ == "__main__":
    main()
