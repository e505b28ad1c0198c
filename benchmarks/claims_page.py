r"""The first study's claims beside each other in several settings: Markdown tables, and a figure.

    python benchmarks/claims_page.py "from scratch=studies/cifar10-gpu" "heads=OUT" \
      "fine-tuned=OUT:fine_tuned" [--figure docs/claims.svg]

Each folder holds `samples.parquet` and `scores.parquet`: a kept study, or the OUT of
`benchmarks/feature_heads.py`. Behind it, after a colon, the run that is read in place of
`barlow_twins`, such as that of `benchmarks/fine_tuned.py`. Averaged pairs are told from the
unchanged images; difficulty is that of `benchmarks/claims.py`, of the unchanged images alone. Both
ends of each score are shown: of as many images as there are averaged pairs, taken from the low and
from the high end, the share that are pairs; of the lowest and the highest tenth, the share that
belongs to the hardest tenth. A score that had no say would have the share of all images there.
Intervals are of the images (bootstrap, Wilson, Bonett & Wright), not of another training; of a run
of several seeds the first is shown, and how well two seeds agree.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl
from claims import HARDEST, MIXES, beyond, cell, difficulty, row, spearman, within

from hardrare.detection.auroc import auroc
from hardrare.numerics.intervals import counted, rank_interval

SHOWN = {  # name to the columns that may hold it
    "MSD": ("barlow_twins-0/msd_mean",),
    "relative MSD": ("barlow_twins-0/relative_msd_mean",),
    "norm": ("barlow_twins-0/norm_mean",),
    "LGN": ("barlow_twins-0/lgn_mean",),
    "autoencoder's last loss": ("autoencoder-0/loss_last",),
    "autoencoder's MSD": ("autoencoder-0/msd_mean",),
    "autoencoder's LGN": ("autoencoder-0/lgn_mean",),
    "contrast of the pixels": ("pixels/contrast",),
    "distance to neighbours": ("frozen-0/knn_distance", "barlow_twins-0/knn_distance"),
}
COLOURS = ("#b2182b", "#2166ac", "#f4a582", "#92c5de")


class Setting:
    """Scores of a folder, what is a pair, and how hard each unchanged image is."""

    def __init__(self, folder, run="barlow_twins"):
        self.run = run
        samples = pl.read_parquet(folder / "samples.parquet")
        artefact = samples["artefact"].cast(pl.String).to_numpy()
        use = (artefact == "") | (artefact == MIXES)
        self.scores = pl.read_parquet(folder / "scores.parquet").filter(use)
        self.pair = artefact[use] == MIXES
        self.label = samples["label"].to_numpy()[use][~self.pair]
        seeds = difficulty(self.clean())
        self.hard = seeds.mean(axis=0)
        self.agree = spearman(*seeds[:2])
        self.hardest = self.hard >= np.quantile(self.hard, 1 - HARDEST)
        self.ssft = self.clean()["second_split-0/ssft"].to_numpy()

    def clean(self):
        """Scores of the unchanged images."""
        return self.scores.filter(~self.pair)

    def column(self, name):
        """A score `(N,)` by its name for readers, None where it was not taken."""
        there = [column for column in self.columns(name) if column in self.scores.columns]
        return self.scores[there[0]].to_numpy() if there else None

    def columns(self, name):
        """Those that may hold a score."""
        return [column.replace("barlow_twins-", f"{self.run}-") for column in SHOWN[name]]


def ends(values, truth, count):
    """Shares of the truth among the `count` lowest and highest, with intervals."""
    order = np.argsort(values, kind="stable")
    return [counted(int(truth[o].sum()), count) for o in (order[:count], order[-count:])]


def area(values, truth):
    """AUROC and its interval."""
    found = auroc(
        values[None], np.flatnonzero(~truth), {"it": np.flatnonzero(truth)}, bootstrap=200, seed=0
    )["it"]
    return float(found.value[0]), float(found.low[0]), float(found.high[0])


def judged(setting):
    """Score to what it says of pairs and of difficulty."""
    norm, made = setting.column("norm")[~setting.pair], {}
    for name in SHOWN:
        values = setting.column(name)
        if values is None:
            continue
        own = values[~setting.pair]
        r, s = spearman(own, setting.hard), spearman(own, setting.ssft)
        made[name] = {
            "pairs": area(values, setting.pair),
            "pair ends": ends(values, setting.pair, int(setting.pair.sum())),
            "difficulty": (r, *rank_interval(r, len(own))),
            "inside": within(own, setting.hard, setting.label),
            "beyond": None if name == "norm" else beyond(own, setting.hard, norm),
            "hard ends": ends(own, setting.hardest, int(setting.hardest.sum())),
            "ssft": (s, *rank_interval(s, len(own))),
            "seeds": two_seeds(setting, name),
        }
    return made


def two_seeds(setting, name):
    """Rank correlation of the first two seeds, where there are two."""
    both = [c for c in setting.columns(name) if c.replace("-0/", "-1/") in setting.scores.columns]
    if not both or both[0].replace("-0/", "-1/") == both[0]:
        return None
    first, second = (setting.clean()[c].to_numpy() for c in (both[0], both[0].replace("-0", "-1")))
    return spearman(first, second)


def percent(share):
    """A share with its interval, in percent."""
    return "{:.0f} [{:.0f}, {:.0f}]".format(*(100 * one for one in share))


def print_pairs(found, settings):
    """What tells averaged pairs."""
    print("\n" + row(["score", "setting", "AUROC", "pairs among the lowest, %",
                      "among the highest, %"]))  # fmt: skip
    print("|---" * 5 + "|")
    for name in SHOWN:
        for title, made in found.items():
            if name in made:
                low, high = made[name]["pair ends"]
                print(row([name, title, cell(*made[name]["pairs"]), percent(low), percent(high)]))
    for title, one in settings.items():
        print(f"\n{title}: {one.pair.sum():,} pairs of {len(one.pair):,}, {one.pair.mean():.1%}.")


def print_difficulty(found, settings):
    """What tells the hard from the easy."""
    print("\n" + row(["score", "setting", "rank correlation with difficulty", "inside a class",
                      "without the norm's part", "hardest tenth among the lowest tenth, %",
                      "among the highest, %", "with SSFT", "two seeds"]))  # fmt: skip
    print("|---" * 9 + "|")
    for name in SHOWN:
        for title, made in found.items():
            if name not in made:
                continue
            one = made[name]
            known, seeds = ("–" if one[k] is None else f"{one[k]:.2f}" for k in ("beyond", "seeds"))
            low, high = one["hard ends"]
            cells = [cell(*one["difficulty"]), f"{one['inside']:.2f}", known, percent(low)]
            print(row([name, title, *cells, percent(high), cell(*one["ssft"]), seeds]))
    for title, one in settings.items():
        print(f"\n{title}: two seeds of difficulty agree with {one.agree:.2f}.")


def print_cartography(settings):
    """Do mean and spread of the autoencoder's loss map what those of a classifier map?"""
    print("\n" + row(["setting", "mean loss and mean probability of the label",
                      "spread of the loss and spread of that probability"]))  # fmt: skip
    print("|---" * 3 + "|")
    for title, one in settings.items():
        cells = []
        for of, its in (("loss_mean", "confidence"), ("loss_std", "variability")):
            columns = [f"autoencoder-0/{of}", f"supervised-0/{its}"]
            if not set(columns) <= set(one.scores.columns):
                cells.append("–")
                continue
            r = spearman(*(one.clean()[c].to_numpy() for c in columns))
            cells.append(cell(r, *rank_interval(r, len(one.hard))))
        print(row([title, *cells]))


def figure(found, path):
    """Pairs on the left, difficulty on the right: a row a score, a colour a setting."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "claims"
    drawn, panels = pyplot.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    titles = ("averaged pairs, AUROC", "difficulty, rank correlation")
    for panel, what, title, chance in zip(
        panels, ("pairs", "difficulty"), titles, (0.5, 0), strict=True
    ):
        panel.axvline(chance, color="0.4", lw=1)
        for number, (name, made) in enumerate(found.items()):
            for at, score in enumerate(SHOWN):
                if score in made:
                    value, low, high = made[score][what]
                    y = at + 0.18 * (number - (len(found) - 1) / 2)
                    panel.plot([low, high], [y, y], color=COLOURS[number], lw=3, alpha=0.4)
                    label = name if at == 0 else None
                    panel.plot(value, y, "o", color=COLOURS[number], ms=5, label=label)
        panel.set(title=title, xlim=(chance - 0.52, chance + 0.52))
        panel.grid(axis="x", color="0.9")
    panels[0].set_yticks(range(len(SHOWN)), list(SHOWN))
    panels[0].invert_yaxis()
    shown = panels[0].get_legend_handles_labels()
    drawn.legend(*shown, frameon=False, fontsize=9, loc="outside lower center", ncols=len(shown[1]))
    drawn.savefig(path, metadata={"Date": None})


def opened(named):
    """The setting that a folder names, and a run behind a colon."""
    folder, _, run = named.partition(":")
    return Setting(Path(folder), *filter(None, [run]))


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="+", help="name=folder, or name=folder:run")
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    settings = {name: opened(path) for name, _, path in (s.partition("=") for s in given.settings)}
    found = {name: judged(one) for name, one in settings.items()}
    print_pairs(found, settings)
    print_difficulty(found, settings)
    print_cartography(settings)
    if given.figure:
        figure(found, given.figure)


if __name__ == "__main__":
    main()
