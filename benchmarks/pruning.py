r"""What each arm of pruning is worth on frozen features: a head retrained on what it keeps.

    python benchmarks/pruning.py FEATURES SCORES OUT.jsonl --study studies/cifar10-gpu [--part all]
    python benchmarks/pruning.py FEATURES SCORES OUT.jsonl --table

FEATURES is what `benchmarks/frozen_sets.py` wrote, SCORES what `benchmarks/feature_heads.py` made
of the training images (runs `frozen`, `pseudo_temi`, `pseudo_k_means`, `features_semi_supervised`).
`scratch_...` are scores of the study, of networks that learnt the same images from scratch, among
them `scratch_supervised`, which reads all labels. Each arm
(`benchmarks/pruning_arms.py`) keeps a share of the images; a head of 256 units learns them for 400
steps of 256, whatever the share, and is judged once, after the last step. A seed is the same start
in every arm, and of the arms that draw another draw; `random` has `--chance` seeds.
Accuracies go into OUT, one line a training; what is there is not made again.

`--table` prints accuracy minus random, of the means, with 95 % intervals that hold for all
comparisons together (Bonferroni over all arms but `full` and `random`, at all shares): Welch's,
unpaired, with the variance over seeds pooled over the arms of a share that draw, or that do not.
They tell what another start of the head and another draw change, not what another run behind a
score would.

`--part choose` takes the first 20,000 training images and the 5,000 after them as judges, to choose
by; `--part confirm` the other 25,000, judged by the test images; `all` all 50,000 and these.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from frozen_sets import load
from plain_heads import accuracies
from pruning_arms import subsets
from scipy.special import stdtrit

from hardrare.metrics import registry
from hardrare.tables import Score
from hardrare.training.components import components_of

COMPONENTS = 256
AT_ONCE = 20  # heads side by side
SHARES = (0.7, 0.5, 0.3, 0.1)
PARTS = {  # rows of the training images to choose from, and those that judge; None: the test images
    "all": (slice(None), None),
    "choose": (slice(20_000), slice(20_000, 25_000)),
    "confirm": (slice(25_000, None), None),
}
ARMS = (
    "random", "elfs-pseudo_temi", "semiprune-features_semi_supervised", "d2-pseudo_temi-aum",
    "zcore", "typical", "facility_location", "centres", "balanced-random", "proportional-random",
    "covered-pseudo_temi-aum", "double_end-pseudo_k_means-aum@0.3", "coverage-pseudo_temi-aum",
    "drop_easy-frozen-prototype_distance", "drop_hard-frozen-prototype_distance",
    "drop_low-scratch_barlow_twins-msd_mean", "drop_high-scratch_barlow_twins-msd_mean",
    "semdedup-frozen", "drop_easy-pseudo_temi-aum", "drop_hard-pseudo_temi-aum",
    "double_end-scratch_supervised-aum@0.3",
)  # fmt: skip


def reduced(folder, dataset):
    """Training and test images on the leading components of the former, float32, and labels.

    They are kept beside the features: every benchmark on them begins so.
    """
    kept = folder / f"{dataset}-components.npz"
    if not kept.exists():
        train, test = (load(folder, dataset, one) for one in ("train", "test"))
        rows = train.features.astype(np.float32)
        mean, std = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
        axes = components_of(rows, mean, std, COMPONENTS)
        x, tx = (((one.features.astype(np.float32) - mean) / std) @ axes for one in (train, test))
        y, ty = (one.label.astype(np.int64) for one in (train, test))
        np.savez(kept, x=x, y=y, tx=tx, ty=ty)
    found = np.load(kept)
    return tuple(found[name] for name in ("x", "y", "tx", "ty"))


def scores_of(folder, count, study=None):
    """The scores of the runs of a folder and a study, as pruning reads them: `values (S, N)`."""
    known, values = registry(), {}
    for path in sorted(folder.glob("run-*.parquet")):
        run = path.stem.removeprefix("run-").rpartition("-")[0]
        for name, column in pl.read_parquet(path)[:count].to_dict().items():
            values.setdefault(f"{run}/{name}", []).append(column.to_numpy())
    for name, column in (
        (pl.read_parquet(study)[:count] if study else pl.DataFrame()).to_dict().items()
    ):
        run, _, metric = name.partition("/")
        values.setdefault(f"scratch_{run.rpartition('-')[0]}/{metric}", []).append(
            column.to_numpy()
        )
    made = {}
    for name, rows in values.items():
        one = known.get(name.split("/")[1].removeprefix("held_out_"))
        if one is not None:
            made[name] = Score(name, np.array(rows), one.unit, one.harder, one.source)
    return made


def opened(given):
    """Components and labels to choose from, those that judge, as tensors; scores of the former."""
    x, y, tx, ty = reduced(given.features, given.dataset)
    pool, judges = PARTS[given.part]
    scores = scores_of(given.scores, len(x), given.study and given.study / "scores.parquet")
    scores = {name: replace(one, values=one.values[:, pool]) for name, one in scores.items()}
    tx, ty = (tx, ty) if judges is None else (x[judges], y[judges])
    return tuple(map(torch.from_numpy, (x[pool], y[pool], tx, ty))), scores


def run(given):
    """Train what is not there yet, some heads side by side."""
    data, scores = opened(given)
    features, waiting = data[0].numpy(), []
    done = {(r["arm"], r["share"], r["seed"]) for r in results(given.out)}
    for share in given.shares:
        for arm in given.arms:
            seeds = range(given.chance) if arm == "random" else given.seeds
            wanted = [s for s in seeds if (arm, share, s) not in done]
            if not wanted or (arm == "full" and share != max(given.shares)):
                continue
            draws = subsets(arm, share, features, scores, max(seeds) + 1)
            for seed in wanted:
                row = {"arm": arm, "share": share, "seed": seed, "draws": len(draws) > 1}
                waiting.append((row, draws[seed % len(draws)]))
            while len(waiting) >= AT_ONCE:
                train(data, waiting[:AT_ONCE], given.out)
                waiting = waiting[AT_ONCE:]
    if waiting:
        train(data, waiting, given.out)


def train(data, jobs, out):
    """Train a head for each job and append what it reached."""
    rows, kept = zip(*jobs, strict=True)
    values = accuracies(data, kept, [row["seed"] for row in rows])
    with out.open("a") as stream:
        for row, own, value in zip(rows, kept, values, strict=True):
            row |= {"kept": len(own), "accuracy": round(value, 4)}
            stream.write(json.dumps(row) + "\n")
    print(rows[-1], flush=True)


def results(path):
    """The lines of a file of results."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def gathered(rows):
    """Of each share and arm the accuracies of its seeds, percent, and whether it draws."""
    found, draws = {}, {}
    for row in rows:
        key = row["share"], row["arm"]
        found.setdefault(key, {})[row["seed"]] = 100 * row["accuracy"]
        draws[key] = row["draws"]
    return {key: np.array([own[s] for s in sorted(own)]) for key, own in found.items()}, draws


def pooled(values):
    """Variance inside some groups of values, and its degrees of freedom."""
    free = sum(len(one) - 1 for one in values)
    return sum(((one - one.mean()) ** 2).sum() for one in values) / max(free, 1), free


def differences(rows):
    """Of each share and arm: points above random and the ends of its interval; how many."""
    found, draws = gathered(rows)
    asked = [key for key in found if key[1] not in ("full", "random")]
    made = {}
    for share, arm in asked:
        own, chance = found[(share, arm)], found[(share, "random")]
        alike = [k for k in asked if k[0] == share and draws[k] == draws[(share, arm)]]
        (one, n), (other, m) = pooled([found[k] for k in alike]), pooled([chance])
        one, other = one / len(own), other / len(chance)
        free = (one + other) ** 2 / (one**2 / n + other**2 / m)
        half = stdtrit(free, 1 - 0.025 / len(asked)) * np.sqrt(one + other)
        made[(share, arm)] = own.mean() - chance.mean() + half * np.array([0, -1, 1])
    return made, len(asked)


KNOWN = {"random": "by chance (accuracy)", "full": "all images (accuracy)"}


def counted(rows):
    """How many comparisons and seeds there are, in words."""
    (found, _), (_, among) = gathered(rows), differences(rows)
    seeds = {len(v) for (_, arm), v in found.items() if arm not in KNOWN}
    chance = {len(v) for (_, arm), v in found.items() if arm == "random"}
    return f"{among} comparisons counted; seeds {sorted(seeds)}, of random {sorted(chance)}"


def table(rows, most=None):
    """Lines: points above random of each arm and share, best at the least share first.

    Args:
        rows: of results.
        most: arms that are shown; None = all.
    """
    (found, _), (made, _) = gathered(rows), differences(rows)
    shares = sorted({share for share, _ in found}, reverse=True)
    arms = dict.fromkeys(arm for _, arm in made)
    best = sorted(arms, key=lambda arm: -made.get((shares[-1], arm), [-np.inf])[0])
    yield "| kept by | " + " | ".join(f"{100 * share:.0f} %" for share in shares) + " |"
    yield "|---" * (len(shares) + 1) + "|"
    for arm, title in KNOWN.items():
        cells = (f"{found[(s, arm)].mean():.1f}" if (s, arm) in found else "–" for s in shares)
        yield f"| {title} | " + " | ".join(cells) + " |"
    for arm in best[:most]:
        cells = (
            signed("{:+.2f} [{:+.2f}, {:+.2f}]", made[(s, arm)]) if (s, arm) in made else "–"
            for s in shares
        )
        yield f"| `{arm}` | " + " | ".join(cells) + " |"


def signed(form, values):
    """Numbers in a form, with a true minus."""
    return form.format(*values).replace("-", "−")


def main():
    """Train, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("scores", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dataset", default="cifar10")
    parser.add_argument("--study", type=Path, help="a kept study of the same training images")
    parser.add_argument("--part", choices=PARTS, default="all")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--chance", type=int, default=20, help="seeds of random")
    parser.add_argument("--shares", type=float, nargs="+", default=list(SHARES))
    parser.add_argument("--arms", nargs="+", default=["full", *ARMS])
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    if given.table:
        rows = results(given.out)
        print(counted(rows), "", *table(rows), sep="\n")
    else:
        run(given)


if __name__ == "__main__":
    main()
