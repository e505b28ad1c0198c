r"""How the axes of a ranking are best made of scores, judged on one finished study.

Run on a study's tables, choose by what it prints, write the choice into `rank` of the
parameters, then run it on another study that had no part in the choice: its lines
`as in params` are the test::

    python benchmarks/axes.py --params params.yaml --scores data/scores \
      --manifest data/injected/manifest.arrow

Judged is the mean AUROC over what an axis should find: artefacts, and for `hard` the
tenth of the clean samples that the metrics with labels call hardest. Intervals (95 %,
bootstrap over samples) do not count that the best of many sets was picked. Wrong labels
take no part: which images got one, no score without labels can know.
"""

import argparse
from pathlib import Path

import numpy as np

from hardrare.agreement import pixel_statistics
from hardrare.detection.auroc import auroc_repeats
from hardrare.numerics.intervals import interval
from hardrare.params import load
from hardrare.ranking.axes import axis as made
from hardrare.ranking.candidates import combined, places, pool, sets
from hardrare.runs import Runs
from hardrare.tables import AXES, read_manifest

MIXES = ("average", "contrast_matched", "maximum", "cutmix")
TRUTHS = {  # artefacts that an axis should find, by the start of their names
    "hard": MIXES,
    "rare": ("long_tail",),
    "noisy": ("gaussian_noise", "blur", "occlusion"),
}
REFERENCES = ("aum", "confidence", "el2n_early_sum", "learning_time", "forgetting", "fslt", "ssft")
HARDEST = 0.1  # of the clean samples, by the metrics with labels


def truths(axis, sample_id, scores, kinds, manifest):
    """Name to positions of what the axis should find."""
    found = {
        name: np.flatnonzero(np.isin(sample_id, ids))
        for name, ids in manifest.artefacts.items()
        if name.startswith(TRUTHS[axis])
    }
    found = {name: positions for name, positions in found.items() if len(positions)}
    labelled = [
        s
        for s in scores
        if s.name.partition("/")[0] in kinds
        and s.name.partition("/")[2] in REFERENCES
        and np.ptp(s.values) > 0
    ]
    if axis == "hard" and labelled:
        clean = unchanged(sample_id, manifest)
        count = round(HARDEST * len(clean))
        level = places(labelled).mean(axis=0)[clean]
        found["hardest by labels"] = clean[np.argsort(-level, kind="stable")[:count]]
    return found


def unchanged(sample_id, manifest):
    """Positions of the samples that the manifest does not name."""
    named = np.concatenate([manifest.aside, *manifest.artefacts.values()])
    return np.flatnonzero(~np.isin(sample_id, named))


def judged(values, truth, clean, bootstrap):
    """AUROC `(1 + B, C, K)` of C rows for each of K truths, against clean samples."""
    parts = []
    for name, positions in truth.items():
        negative = np.setdiff1d(clean, positions)
        found, _ = auroc_repeats(
            values, negative, {name: positions}, bootstrap, 0, counts={name: ()}
        )
        parts.append(found[name])
    return np.stack(parts, axis=2)


def line(words, areas):
    """One line: mean AUROC with its interval, then each truth."""
    mean = areas.mean(axis=1)
    low, high = interval(mean[1:])
    each = "  ".join(f"{one:.2f}" for one in areas[0])
    print(f"  {mean[0]:.3f} [{low:.3f}, {high:.3f}]   {each}   {words}", flush=True)


def ranked(axis, wanted, scores, any_of):
    """The axis as the ranking makes it of the scores that the parameters name."""
    return made(axis, wanted, scores, share=1.0, one_suffices=axis in any_of)


def judge(axis, sample_id, scores, runs, manifest, rank, top, bootstrap):
    """Print the best sets of one axis, the one of the parameters, and the pixels."""
    wanted, any_of = rank[axis], rank.get("any_of", [])
    truth = truths(axis, sample_id, scores, set(runs.labelled), manifest)
    free = [s for s in scores if s.name.partition("/")[0] in runs.label_free]
    among, clean = pool(axis, free), unchanged(sample_id, manifest)
    print(f"\n{axis}: {AXES[axis]}")
    if not truth or not among:
        print("  nothing in this study that it should find: inject " + ", ".join(TRUTHS[axis]))
        return
    sizes = ", ".join(f"{name} ({len(positions)})" for name, positions in truth.items())
    print(f"  mean AUROC over: {sizes}; against {len(clean)} clean samples")
    chosen = sets(len(among))
    first = np.concatenate(
        [
            judged(combined(among, chosen[i : i + 500]), truth, clean, 1)[0]
            for i in range(0, len(chosen), 500)
        ]
    )
    best = np.argsort(-first.mean(axis=1), kind="stable")[:top]
    areas = judged(combined(among, [chosen[i] for i in best]), truth, clean, bootstrap)
    print(f"  best of {len(chosen)} sets of {len(among)} scores:")
    for at, i in enumerate(best):
        line(" + ".join(among[j].name for j in chosen[i]), areas[:, at])
    own = [s for s in free if s.name in wanted]
    if len(own) < len(wanted):
        print(f"  as in params: not in this study ({', '.join(wanted)})")
    else:
        mine = ranked(axis, wanted, own, any_of).score[None]
        line("as in params: " + " + ".join(wanted), judged(mine, truth, clean, bootstrap)[:, 0])
    pixels = [scores[i] for i in pixel_statistics([s.name for s in scores])]
    areas = judged(np.stack([s.values[0] for s in pixels]), truth, clean, bootstrap)
    far = np.abs(areas[0] - 0.5).argmax(axis=0)
    sign = np.sign(areas[0, far, range(len(far))] - 0.5)
    reach = 0.5 + sign * (areas[:, far, range(len(far))] - 0.5)
    line(
        "best pixel statistic of each, either sign: "
        + ", ".join(pixels[i].name.partition("/")[2] for i in far),
        reach,
    )


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("params", "scores", "manifest"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--top", type=int, default=5, help="sets printed for each axis")
    parser.add_argument("--bootstrap", type=int, default=200)
    given = parser.parse_args()
    tree = load(given.params)
    free, labelled = tree["pretrain"], tree["supervise"]
    runs = Runs(
        objectives=free["objectives"],
        second_split=free["second_split"],
        on_features=free["on_features"],
        seeds=free["seeds"],
        networks=tree["embed"]["networks"],
        clustered=tree["cluster"]["objectives"],
        clustered_networks=tree["cluster"]["networks"],
        kinds=labelled["kinds"],
        kinds_on_features=labelled["on_features"],
        label_seeds=labelled["seeds"],
    )
    sample_id, scores = runs.scores(given.scores)
    manifest = read_manifest(given.manifest)
    for axis in TRUTHS:
        judge(axis, sample_id, scores, runs, manifest, tree["rank"], given.top, given.bootstrap)


if __name__ == "__main__":
    main()
