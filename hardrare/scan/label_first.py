"""What to label first, from the features of a scan: a list for people and for tools."""

import csv
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.errors import InputError
from hardrare.params import load
from hardrare.runner.graph import path_of
from hardrare.scan import layout
from hardrare.scan.to_ask import to_ask

STRATEGY = "typical"  # the typical samples of each cluster, large clusters first


def require_strategy(strategy: str) -> None:
    """Refuse a strategy that is none, before anything is scanned for it."""
    from hardrare.labelling import strategies  # and with it scikit-learn

    if strategy not in strategies():
        raise InputError(f"--strategy is {strategy}; known are {', '.join(strategies())}.")


def label_first(out: Path, budget: int, strategy: str, with_hurt: bool = False) -> Path:
    """Write `label_first.csv` and `.txt` into a scan's folder: the first line to label first.

    What is hurt is left out, and what repeats an earlier sample: its label would be known already.

    Args:
        out: a finished scan.
        budget: how many samples can be labelled.
        strategy: of `hardrare.labelling`.
        with_hurt: what is hurt is asked about, too.

    Returns:
        The CSV.

    Raises:
        InputError: an unknown strategy, or more than there are to label.
    """
    from hardrare.labelling import first  # and with it scikit-learn, which no scan needs here

    seed = load(out / layout.PARAMS)["pretrain"]["seeds"][0]
    _, features = features_of(out)
    ranking = tables.read(out / path_of("show", "--ranking"), "ranking/2")
    asked, left = to_ask(ranking, with_hurt)
    if budget > len(asked):
        raise InputError(
            f"--budget is {budget}, but there are {len(asked)} of {len(features)} images to ask "
            f"about{left and f', without {left}'}; lower it."
        )
    scores = {axis: tables.column(ranking, f"{axis}_score")[asked] for axis in ("hard", "rare")}
    chosen = asked[first(features[asked], budget, strategy, int(seed), scores)]
    names = ranking.column("file_name").to_pylist()
    table = out / "label_first.csv"
    with tables.complete(table) as part, part.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["order", "file_name"])
        rows.writerows((at, names[row]) for at, row in enumerate(chosen, 1))
    with tables.complete(out / "label_first.txt") as part:
        part.write_text("".join(f"{names[row]}\n" for row in chosen), encoding="utf-8")
    said = f"{budget} of {len(asked)} images to label first ({strategy}): {table}"
    print(f"Not asked about: {left}.\n{said}" if left else said)
    return table


def features_of(out: Path) -> tuple[np.ndarray, np.ndarray]:
    """The sample ids (N,) of a finished scan, and the features (N, D) that its page compares."""
    params = load(out / layout.PARAMS)
    run, seed = params["show"]["feature_map"], params["pretrain"]["seeds"][0]
    name = run if run in params["embed"]["networks"] else f"{run}-{seed}"
    return tables.read_features(tables.table_of(out / path_of("show", "--features"), name))
