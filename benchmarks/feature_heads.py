"""Every run of heads on the frozen features of a data set: scores and seconds.

    python benchmarks/feature_heads.py FEATURES OUT [--samples 50000] [--mixes 5000] [--parts all]
    python benchmarks/feature_heads.py FEATURES OUT --mixes 5000 --parts pixels --images PATH

FEATURES is what `benchmarks/frozen_sets.py` wrote. OUT holds the scores of each run as a Parquet
file, `seconds.json` (wall clock and processor time of each run, measuring included), and, put
together by `--parts table`, `samples.parquet` and `scores.parquet` in the form that
`benchmarks/claims.py` reads. Averaged pairs stand after the samples and take the label of the
first of the two. Label-free objectives run in the study's own loop, classifiers in the plain one of
`benchmarks/plain_heads.py`. `pixels` reads the images of the same data set and takes three
statistics of each, what every score has to be compared with. Runs that are there are not made
again.
"""

import argparse
import importlib
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from frozen_sets import MIXES, load
from plain_heads import STEPS, forward, train_heads, watched

from hardrare.metrics import registry
from hardrare.numerics.clusters import cluster
from hardrare.objectives import autoencoder, barlow_twins
from hardrare.protocols.temi import deep_clusters
from hardrare.training import Callbacks, FeatureViews, Probing, Settings, single, train
from hardrare.training.plan import second_split

CPU, COMPONENTS, EPOCHS, UNCHANGED = torch.device("cpu"), 256, 8, ""
TWINS = barlow_twins.Settings("feature_projector", "adam", 1e-3, 1e-6, 0, 0, 5e-3, "stored")
LEARNT, TIMES = 800, 16  # steps of a classifier, and times that all samples are measured
SCORES = {
    "barlow_twins": ("msd_mean", "relative_msd_mean", "norm_mean", "lgn_mean", "alignment_mean"),
    "autoencoder": ("loss_last", "loss_mean", "loss_std", "msd_mean", "norm_mean", "lgn_mean"),
    "supervised": (
        "aum", "el2n", "forgetting_events", "forgetting", "confidence", "variability",
    ),
    "second_split": ("ssft",),
    "pseudo_k_means": ("aum", "el2n"),
    "pseudo_temi": ("aum", "el2n"),
    "features_semi_supervised": ("aum",),
    "frozen": (
        "knn_distance", "density", "prototype_distance", "cluster_size",
        "neighbour_cluster_entropy", "duplicate_similarity", "feature_norm",
    ),
    "pixels": ("contrast", "gradient_energy", "pixel_min"),
}  # fmt: skip


class Kept:
    """A recorder that keeps the columns of every epoch of every part, in float32."""

    def __init__(self):
        self.parts, self.ranges = {}, []

    def record(self, part, columns, features=None):  # noqa: ARG002
        """Keep an epoch."""
        self.parts.setdefault(part, []).append(columns)

    def columns(self, part=0):
        """Column to `(N, T)`."""
        epochs = self.parts[part]
        return {name: np.stack([one[name] for one in epochs], axis=1) for name in epochs[0]}


def scored(names, columns):
    """Some metrics by name; those that begin with held_out_ are of the columns that do."""
    known, made = registry(), {}
    for name in names:
        before = "held_out_" if name.startswith("held_out_") else ""
        one = known[name.removeprefix(before)]
        if set(one.columns) <= {c.removeprefix(before) for c in columns}:
            given = {c: columns[before + c] for c in one.columns}
            made[name] = one(given, {}).astype(np.float32)
    return made


def loop(epochs, batch, schedule="cosine"):
    """Settings of the loop."""
    return Settings(epochs, batch, schedule, "float32", "cpu", 0)


def self_supervised(name, samples, seed, _):
    """Barlow Twins or an autoencoder; views and gradients measured every other epoch."""
    keep, probing = Kept(), Probing(measure="every_2")
    module, options = barlow_twins, TWINS
    if name == "autoencoder":
        module = autoencoder
        options = autoencoder.Settings(
            "feature_autoencoder", "adam", 1e-3, 0.0, 64, "l2", 0.0, None
        )
    plan = single(len(samples))
    train(module, options, loop(EPOCHS, 256), plan, samples, seed, Callbacks(keep, probing), name)
    return keep.columns()


def labelled(name, samples, seed, label):
    """A classifier of the components, or two halves learnt one after the other, both ways."""
    x, y = torch.from_numpy(samples.features), torch.from_numpy(label)
    if name == "supervised":
        return watched(x, y, np.arange(len(y)), seed, LEARNT, TIMES)[0]
    made = {}
    for member in second_split(label, seed).members:
        weights = None
        for half, rows in zip(("first", "second"), member.trained_on, strict=True):
            columns, weights = watched(x, y, rows, seed, LEARNT // 2, TIMES, weights)
            for column, values in columns.items():
                whole = made.setdefault(f"{half}_split_{column}", np.empty_like(values))
                whole[member.measures] = values[member.measures]
    return made


def pseudo(name, samples, seed, _):
    """Classifiers of clusters of the components; the mean over the clusterings."""
    rows, total = samples.features, {}
    if name == "pseudo_temi":
        ids = [np.unique(deep_clusters(rows, 10, seed), return_inverse=True)[1]]
    else:
        ids = [cluster(rows, k, unit=True, seed=seed).label for k in (10, 30)]
    for one in ids:
        columns = watched(torch.from_numpy(rows), torch.from_numpy(one), np.arange(len(rows)), seed,
                          LEARNT, TIMES)[0]  # fmt: skip
        for score, values in scored(SCORES[name], columns).items():
            total[score] = total.get(score, 0) + values / len(ids)
    return {"made": total, "clusters": ids[0]}


def few_labels(name, samples, seed, label):  # noqa: ARG001
    """A classifier that was told one label in a hundred, and learns what it is sure of: AUM of it.

    Three rounds, each a new head on the labels told and the guesses of probability 0.95; at the end
    another on the guesses for all.
    """
    x, rng = torch.from_numpy(samples.features), np.random.default_rng(seed)
    rows = told = np.sort(rng.choice(len(label), len(label) // 100, replace=False))
    guess = torch.from_numpy(label.copy())
    for _ in range(3):
        weights = train_heads(x, guess, [rows], [seed], STEPS)
        with torch.no_grad():
            share, said = forward(x[None], weights)[0].softmax(1).max(1)
        said[told] = torch.from_numpy(label[told])
        guess, rows = said, np.union1d(told, np.flatnonzero(share.numpy() >= 0.95))
    return watched(x, guess, np.arange(len(x)), seed, LEARNT, TIMES)[0]


RUNS = {  # run to what makes it, and its seeds
    "barlow_twins": (self_supervised, 2), "autoencoder": (self_supervised, 1),
    "supervised": (labelled, 3), "second_split": (labelled, 2),
    "pseudo_temi": (pseudo, 1), "pseudo_k_means": (pseudo, 1),
    "features_semi_supervised": (few_labels, 1),
}  # fmt: skip


def frozen_scores(data, samples):
    """Scores of the components of the features, as the study takes them of the features."""
    given = {"features": samples.features}
    made = {name: registry()[name](given, {}) for name in SCORES["frozen"][:-1]}
    return made | {"feature_norm": np.linalg.norm(data.features.astype(np.float32), axis=1)}


def pixel_scores(given):
    """Statistics of the images themselves, in the order of `made_of`."""
    from frozen_sets import mixed, pixels

    source = getattr(importlib.import_module(f"hardrare.datasets.{given.dataset}"), given.dataset)
    split = source(given.images).train
    image = pixels(split, np.arange(given.samples or len(split.label)))
    if given.mixes:
        whole = len(load(given.features, given.dataset, MIXES).label)
        image = np.concatenate([image, mixed(split, split.label, whole)[0][: given.mixes]])
    return {name: registry()[name]({"image": image}, {}) for name in SCORES["pixels"]}


def made_of(given):
    """The samples, the averaged pairs after them, as one set, and how many of each."""
    from frozen_sets import FrozenSet

    own = load(given.features, given.dataset, "train", given.samples)
    if not given.mixes:
        return own, (len(own.label), 0)
    mixes = load(given.features, given.dataset, MIXES, given.mixes)
    fields = ("features", "label", "views")
    both = (np.concatenate([getattr(own, f), getattr(mixes, f)]) for f in fields)
    return FrozenSet(*both), (len(own.label), len(mixes.label))


def write_table(out, label, counts):
    """The scores of all runs as one table, and what each sample is."""
    scores = {}
    for path in sorted(out.glob("run-*.parquet")):
        table, run = pl.read_parquet(path), path.stem.removeprefix("run-")
        run = "pixels" if run == "pixels-0" else run
        scores |= {f"{run}/{c}": table[c] for c in table.columns}
    scores["pixels/random"] = np.random.default_rng(0).random(len(label)).astype(np.float32)
    pl.DataFrame(scores).write_parquet(out / "scores.parquet")
    artefact = [UNCHANGED] * counts[0] + ["average"] * counts[1]
    pl.DataFrame({"label": label, "artefact": artefact}).write_parquet(out / "samples.parquet")


def main():
    """Train what is asked for and not there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dataset", default="cifar10")
    parser.add_argument("--samples", type=int, default=None)
    parser.add_argument("--mixes", type=int, default=0)
    parser.add_argument("--parts", default="all", help="runs by name, `frozen`, `pixels`, `table`")
    parser.add_argument("--views", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--images", type=Path, help="the data set's files, for `pixels`")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    data, counts = made_of(given)
    if not given.views:
        data = replace(data, views=data.views[:, :0])
    asked = [*RUNS, "frozen", "table"] if given.parts == "all" else given.parts.split(",")
    said = given.out / "seconds.json"
    seconds = json.loads(said.read_text()) if said.exists() else {}
    started = time.perf_counter()
    label = data.label.astype(np.int64)
    dropout = 0.0 if data.views.shape[1] else 0.3
    features = data.features.astype(np.float32)
    samples = FeatureViews(features, data.views, None, CPU, dropout, COMPONENTS)
    seconds["components"] = round(time.perf_counter() - started, 1)
    for name in asked:
        make, seeds = RUNS.get(name, (None, 1))
        for seed in range(seeds if name != "table" else 0):
            path = given.out / f"run-{name}-{seed}.parquet"
            if path.exists():
                continue
            wall, cpu = time.perf_counter(), time.process_time()
            columns = make(name, samples, seed, label) if make else {}
            made = columns.get("made")
            if not make:
                made = pixel_scores(given) if name == "pixels" else frozen_scores(data, samples)
            made = scored(SCORES[name], columns) if made is None else made
            if "clusters" in columns:
                made = made | {"clusters": columns["clusters"]}
            pl.DataFrame(made).write_parquet(path)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            seconds[f"{name}-{seed}"] = {"wall": round(wall, 1), "processor": round(cpu, 1)}
            print(name, seed, seconds[f"{name}-{seed}"], *made, flush=True)
            said.write_text(json.dumps(seconds, indent=1))
    if "table" in asked:
        write_table(given.out, label, counts)


if __name__ == "__main__":
    main()
