r"""What a few scores add to those that are there, with intervals; nothing is chosen here.

    python benchmarks/new_signals.py study DATA PARAMS NAME [NAME ...]
    python benchmarks/new_signals.py images PATH [--seeds 0 1] [--images 3000]
    python benchmarks/new_signals.py camera [--seeds 0 1 2 3 4]

`study`: of a finished study (its `data/` and `params.yaml`), all label-free scores with and without
the metrics NAME, by the models of `attribute` on held-out halves: AUROC of each artefact and of the
tenth that networks with labels find hardest, and the paired gain of NAME. `images`: CIFAR-10 by
EfficientNet-Lite0 at 96 pixels with averaged pairs and noise planted; the signals alone, what they
add to the scores of the frozen network and the pixel statistics, and how they agree with how hard
held-out linear heads find the label. `camera`: frames of a fixed scene, something small in a tenth
of them.

Settings (p, k, candidates, ridge) are those of the metrics, which were fixed before, from their
sources. Intervals are 95 %, by bootstrap over the images of the held-out halves.
"""

import argparse
import importlib
import json
from pathlib import Path

import numpy as np
from frozen_sets import mixed, pixels
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import rankdata, spearmanr
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from hardrare import dissection
from hardrare.agreement import over_seeds
from hardrare.attribution.models import forest, logistic
from hardrare.augmentation import Augmentation
from hardrare.detection.auroc import auroc_interval, auroc_repeats
from hardrare.detection.stump import halves
from hardrare.embedding import Settings
from hardrare.metrics import score
from hardrare.numerics.intervals import interval
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred
from hardrare.params import load
from hardrare.pictures import Pictures
from hardrare.tables import read_manifest, read_scores

BOOTSTRAP, TREES, LEAST = 500, 100, 12
NONE = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
NETWORK = Settings("tf_efficientnet_lite0", "bundled", 96, 96, 0, NONE)
REFERENCES = ("supervised", "features_cross_validation", "cross_validation")
HARDEST = {"high": -1, "low": 1}
NEW = ("replaceability", "transition_depth", "world_agreement", "patch_anomaly")
MIXES, NOISY, DEVIATION = 300, 300, 40


def ranked(values):
    """Rows of values `(P, n)` as ranks of variance 1, `(n, P)` float32."""
    ranks = np.stack([rankdata(one) for one in values], axis=1)
    return ((ranks - ranks.mean(0)) / np.maximum(ranks.std(0), 1e-9)).astype(np.float32)


def gain(values, new, flag, seed=0):
    """AUROC without and with the rows `new (P,)` bool of values, and the paired gain.

    Each half judges models fitted on the other: both take both parts in turn.
    """
    x, rng = ranked(values), np.random.default_rng(seed)
    half, rows = halves(flag, rng), {}
    for model in ("forest", "logistic"):
        found = []
        for test in (half, ~half):
            fitted = [forest(x[~test][:, use], flag[~test], trees=TREES, seed=seed)
                      if model == "forest" else logistic(x[~test][:, use], flag[~test], seed=seed)
                      for use in (~new, new | ~new)]  # fmt: skip
            both = zip(fitted, (~new, new | ~new), strict=True)
            predicted = np.stack([one.predict(x[test][:, use]) for one, use in both])
            own = flag[test]
            group = {"x": np.flatnonzero(own)}
            clean = np.flatnonzero(~own)
            areas, _ = auroc_repeats(predicted, clean, group, BOOTSTRAP, seed, counts={"x": ()})
            found.append(areas["x"])
        area = np.mean(found, axis=0)  # (1 + B, 2)
        added = area[:, 1] - area[:, 0]
        low, high = interval(added[1:])
        rows[model] = {"without": area[0, 0], "with": area[0, 1], "gain": added[0],
                       "low": float(low), "high": float(high)}  # fmt: skip
    return rows


def alone(values, harder, flag):
    """AUROC of one score, turned by its declared end, and its interval."""
    turned = values if harder == "high" else -values
    group, clean = {"x": np.flatnonzero(flag)}, np.flatnonzero(~flag)
    areas, _ = auroc_repeats(turned[None], clean, group, BOOTSTRAP, 0, counts={"x": ()})
    low, high = auroc_interval(areas["x"], int(flag.sum()), int((~flag).sum()))
    return areas["x"][0, 0], low[0], high[0]


def told(name, rows):
    """One line a model."""
    for model, one in rows.items():
        numbers = {key: round(float(value), 4) for key, value in one.items()}
        print(f"{name:34} {model:9}", json.dumps(numbers), flush=True)


def study(data, params, names):
    """Gain of the metrics of some names in a finished study."""
    tree = load(params)
    seeds, kinds = tree["pretrain"]["seeds"], tree["supervise"]
    heads = [f"features_{one}" for one in tree["pretrain"]["on_features"]]
    pseudo = [f"pseudo_{one}" for key in ("objectives", "networks") for one in tree["cluster"][key]]
    trained = [*tree["pretrain"]["objectives"], *heads, *pseudo]
    runs = {"pixels": [None]} | dict.fromkeys(trained, seeds)
    runs |= dict.fromkeys(tree["embed"]["networks"], (None,))
    ids, scores = read_scores(data / "scores", runs)
    values, every = over_seeds(scores), [one.name for one in scores]
    wide = np.ptp(values, axis=1) > 0
    values, every = values[wide], np.array(every)[wide]
    new = np.array([bool({*one.split("/")} & {*names}) for one in every])
    print("new:", ", ".join(every[new]), "of", len(every))
    changes = read_manifest(data / "injected" / "manifest.arrow")
    changed = np.isin(ids, np.concatenate([changes.aside, *changes.artefacts.values()]))
    flags = {name: np.isin(ids, of) for name, of in sorted(changes.artefacts.items())}
    kind = next(one for one in REFERENCES if one in kinds["kinds"])
    _, labelled = read_scores(data / "scores", {kind: kinds["seeds"]})
    aum = next(one for one in labelled if one.name == f"{kind}/aum").values.mean(0)
    flags["hardest tenth by labels"] = ~changed & (aum <= np.quantile(aum[~changed], 0.1))
    for name, flag in flags.items():
        held = flag | ~changed
        if flag.sum() >= LEAST:
            told(name, gain(values[:, held], new, flag[held]))
    declared = {one.name: one.harder for one in scores}
    for at in np.flatnonzero(new):
        rho, low, high = spearman(values[at][~changed], -aum[~changed])
        print(f"{every[at]:44} {declared[every[at]]:5} Spearman with -aum {rho:.3f} "
              f"[{low:.3f}, {high:.3f}]")  # fmt: skip


def spearman(first, second):
    """Spearman's correlation with a bootstrap interval over images."""
    rng, n = np.random.default_rng(0), len(first)
    a, b = rankdata(first), rankdata(second)
    draws = [np.corrcoef(a[r], b[r])[0, 1] for r in rng.integers(0, n, (BOOTSTRAP, n))]
    return spearmanr(first, second)[0], *np.quantile(draws, [0.025, 0.975])


def dissected(image, side=96, memory=4000):
    """Features, neighbours at each depth and distances of patches, of images (N, h, w, 3)."""
    network, count = dissection.inside(NETWORK, side), len(image)
    depths = [np.empty((count, width), np.float32) for width in network.widths]
    patches = np.empty((count, *network.patches), np.float16)
    dissection.look(Pictures(np.arange(count), image, None).squares, network, side, depths, patches)
    distance = dissection.patch_distances(patches, memory)
    return depths[-1], dissection.depth_neighbours(depths), distance


def images(path, seeds, count):
    """CIFAR-10 with pairs and noise planted."""
    train = importlib.import_module("hardrare.datasets.cifar10").cifar10(path).train
    for seed in seeds:
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(len(train.label), count, replace=False))
        image, label = pixels(train, rows).copy(), train.label[rows].copy()
        noisy = rng.choice(count, NOISY, replace=False)
        noise = rng.normal(0, DEVIATION, image[noisy].shape)
        image[noisy] = (image[noisy] + noise).clip(0, 255).astype(np.uint8)
        rest = np.setdiff1d(np.arange(len(train.label)), rows)
        some = np.sort(rng.choice(rest, 4 * MIXES, replace=False))
        made = mixed(_Split(pixels(train, some), train.label[some]), train.label[some], MIXES)
        image = np.concatenate([image, made[0]])
        features, lists, distance = dissected(image)
        moved = centred(features)
        worlds = [moved, centred(pca(image)), centred(scratch(image, seed))]
        near = [nearest(one, 30, unit=True).index for one in worlds]
        columns = {"features": moved, "plain_features": features, "depth_neighbours": lists}
        columns |= {"patch_distance": distance, "world_neighbours": np.stack(near, axis=1)}
        columns["image"] = image  # for the pixel statistics, which are there in any case
        judge(score(columns, {"also": ["replaceability"]}), noisy, label, features, count, seed)


class _Split:
    """Images as a split of a source."""

    def __init__(self, image, label):
        self.image, self.label = image, label

    def read(self, rows):
        return self.image[rows]


def pca(image):
    """64 principal components of the pixels: a linear autoencoder."""
    return PCA(64, random_state=0).fit_transform(image.reshape(len(image), -1) / 255.0)


def scratch(image, seed):
    """Codes of an autoencoder that is trained on these images."""
    import torch

    from hardrare.objectives import autoencoder
    from hardrare.training import Pixels, single, train
    from hardrare.training import Settings as Loop

    made = {"code_size": 64, "loss": "l1", "dropout": 0.0, "augmentation": None}
    options = autoencoder.Settings("conv_autoencoder", "adam", 3e-3, 0.0, **made)
    given = Pixels(image, None, torch.device("cpu"))
    loop = Loop(15, 128, "cosine", "float32", "cpu", 0)
    (module,) = train(autoencoder, options, loop, single(len(image)), given, seed)
    with torch.inference_mode():
        parts = [given.batch(rows) for rows in np.array_split(np.arange(len(image)), 40)]
        return np.concatenate([module.eval().measure(one)["features"].numpy() for one in parts])


def judge(scores, noisy, label, features, count, seed):
    """Detection, gain and agreement of the new ones."""
    from hardrare.metrics import registry

    ids, known = np.arange(len(features)), registry()
    scores.pop("random", None)
    names = list(scores)
    values = np.stack([scores[name] for name in names])
    values, names = values[np.ptp(values, axis=1) > 0], [n for n in names if np.ptp(scores[n]) > 0]
    new = np.isin(names, NEW)
    flags = {"averaged pairs": ids >= count, "noise": np.isin(ids, noisy)}
    clean = ~np.logical_or.reduce(list(flags.values()))
    for what, flag in flags.items():
        held = flag | clean
        for name in [*NEW, "knn_distance", "lid_mle", "feature_norm"]:
            area = alone(scores[name][held], known[name].harder, flag[held])
            print(f"seed {seed} {what:15} {name:18} AUROC "
                  + "{:.3f} [{:.3f}, {:.3f}]".format(*area))  # fmt: skip
        told(f"seed {seed} {what}", gain(values[:, held], new, flag[held], seed))
        for name in NEW if what == "averaged pairs" else ():
            some = ~new | (np.array(names) == name)
            one = gain(values[np.ix_(some, held)], new[some], flag[held], seed)
            told(f"seed {seed} {what} {name} alone", one)
    kept = np.flatnonzero(clean)
    lost = difficulty(features[kept], label[kept], seed)
    for name in [*NEW, "knn_distance", "lid_mle", "neighbour_cluster_entropy"]:
        turned = scores[name][kept] * (1 if known[name].harder == "high" else -1)
        print(f"seed {seed} difficulty      {name:18} Spearman "
              + "{:.3f} [{:.3f}, {:.3f}]".format(*spearman(turned, lost)), flush=True)  # fmt: skip
    hardest = lost >= np.quantile(lost, 0.9)
    told(f"seed {seed} hardest tenth", gain(values[:, kept], new, hardest, seed))


def difficulty(features, label, seed):
    """Loss of each label by linear heads that never saw the image (five folds, 128 components)."""
    rows = PCA(min(128, features.shape[1]), random_state=0).fit_transform(
        StandardScaler().fit_transform(features)
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    model = LogisticRegression(C=0.01, max_iter=200)
    share = cross_val_predict(model, rows, label, cv=folds, method="predict_proba")
    return -np.log(np.maximum(share[np.arange(len(label)), label], 1e-12))


def scenery(rng, height=240, width=320):
    """A picture with structure at all sizes, (h, w, 3) 0..255."""
    noise = {s: rng.normal(size=(height, width, 3)) for s in (1, 4, 14, 40)}
    flat = sum(gaussian_filter(one, (s, s, 0.7)) * s for s, one in noise.items())
    return 25 + 200 * (flat - flat.min()) / np.ptp(flat)


def camera(seeds, frames=200):
    """Frames of one scene by changing light; in a tenth of them something small."""
    for side in (96, 160, 224):
        found = []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            ground, image, flag = scenery(rng), [], np.arange(frames) % 10 == 0
            for odd in flag:
                frame = ground * rng.uniform(0.85, 1.1) + rng.normal(0, 4, ground.shape)
                frame = np.roll(frame, rng.integers(-1, 2, 2), (0, 1))  # wind
                if odd:
                    tall = int(rng.integers(14, 30))
                    y, x = int(rng.integers(0, 240 - tall)), int(rng.integers(0, 320 - tall))
                    frame[y : y + tall, x : x + tall // 2 + 3] = scenery(rng, tall, tall // 2 + 3)
                image.append(frame.clip(0, 255).astype(np.uint8))
            shown = [Image.fromarray(one).resize((side, side), 3) for one in image]
            square = np.stack([np.asarray(one) for one in shown])
            features, lists, distance = dissected(square, side)
            columns = {"features": centred(features), "plain_features": features,
                       "depth_neighbours": lists, "patch_distance": distance}  # fmt: skip
            scores = score(columns, {"also": ["replaceability"]})
            names = "patch_anomaly", "knn_distance", "prototype_distance"
            found.append([alone(scores[name], "high", flag)[0] for name in names])
        mean, spread = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
        print(f"camera, side {side}, {frames} frames, seeds {seeds}: patch_anomaly {mean[0]:.3f} "
              f"(sd {spread[0]:.3f}), knn_distance {mean[1]:.3f} ({spread[1]:.3f}), "
              f"prototype_distance {mean[2]:.3f} ({spread[2]:.3f})", flush=True)  # fmt: skip


def main():
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    of_study = parts.add_parser("study")
    for name in ("data", "params"):
        of_study.add_argument(name, type=Path)
    of_study.add_argument("names", nargs="+")
    of_images = parts.add_parser("images")
    of_images.add_argument("path", type=Path)
    of_images.add_argument("--images", type=int, default=3000)
    of_camera = parts.add_parser("camera")
    for one in (of_images, of_camera):
        one.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    given = parser.parse_args()
    if given.part == "study":
        study(given.data, given.params, given.names)
    elif given.part == "images":
        images(given.path, given.seeds, given.images)
    else:
        camera(given.seeds)


if __name__ == "__main__":
    main()
