"""Data maps: each sample by the level and the variability of one column over the epochs.

With labels as in Dataset Cartography (Swayamdipta et al., EMNLP 2020, arXiv:2009.10795): the
probability of the given label, coloured by the share of epochs in which the sample was right.
Without labels: the column that the parameters name, coloured by SSIM in the last epoch where
the run records it, else by the column itself in the last epoch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics import epochs
from hardrare.report.over_epochs import dynamics
from hardrare.report.read import Study

PROBABILITY, CORRECT, SIMILARITY = "probability", "correct", "ssim"


@dataclass(frozen=True)
class DataMap:
    """One map of N samples, every value a mean over seeds.

    Attributes:
        run: the objective, or the kind of run.
        column: of its dynamics.
        mean: `(N,)` mean over epochs.
        variability: `(N,)` population standard deviation over epochs.
        easy: the end of `mean` that is easy, `high` or `low`.
        declared: whether a metric declares that end; else `low` is taken.
        colour: `(N,)` what the points' colour shows.
        colour_name: what that is, for people.
        colour_easy: the end of `colour` that is easy, `high` or `low`.
        colour_share: whether `colour` is a share, 0..1, whose levels are fixed.
    """

    run: str
    column: str
    mean: np.ndarray
    variability: np.ndarray
    easy: str
    declared: bool
    colour: np.ndarray
    colour_name: str
    colour_easy: str
    colour_share: bool

    @property
    def quantity(self) -> str:
        """The mapped column, with its run."""
        return f"{self.run}/{self.column}"


def free(study: Study) -> DataMap:
    """The study's map without labels, of the column that the parameters name."""
    harder = {score.name: score.harder for score in study.scores}
    folder, of = study.paths["dynamics"], study.settings
    return free_map(folder, of.data_map, of.free_runs, harder, study.images.sample_id)


def labelled(study: Study) -> DataMap | None:
    """The study's map with labels; None where no run records what it takes."""
    runs = study.settings.labelled_runs
    return labelled_map(study.paths["dynamics"], runs, study.images.sample_id)


def free_map(
    folder: Path,
    chosen: str,
    runs: Mapping[str, Sequence[int]],
    harder: Mapping[str, str],
    sample_id: np.ndarray,
) -> DataMap:
    """The map without labels.

    Args:
        folder: of the dynamics.
        chosen: `<objective>/<column>`.
        runs: objective to its seeds.
        harder: score's name to its declared harder end; that of `<objective>/<column>_mean`
            says which end of the column is easy.
        sample_id: `(N,)` of the images.

    Raises:
        InputError: the objective is not in the study or does not record the column.
    """
    objective, _, column = chosen.partition("/")
    if objective not in runs:
        raise InputError(
            f"report.data_map names {chosen}, but no run of {objective} is in "
            f"pretrain.objectives; name one of {', '.join(runs)}."
        )
    parts, last = [], []
    for columns in dynamics(folder, objective, runs[objective], sample_id):
        _recorded(chosen, columns)
        parts.append((epochs.mean(columns[column]), epochs.std(columns[column])))
        last.append(columns.get(SIMILARITY, columns[column])[:, -1].astype(np.float64))
    colour = SIMILARITY if SIMILARITY in columns else column
    end = harder.get(f"{chosen}_mean", "open")
    easy = "high" if end == "low" else "low"
    return DataMap(
        *(objective, column, *np.mean(parts, axis=0), easy, end != "open"),
        colour=np.mean(last, axis=0),
        colour_name=f"{'SSIM' if colour == SIMILARITY else colour}, last epoch",
        colour_easy="high" if colour == SIMILARITY else easy,
        colour_share=False,
    )


def _recorded(chosen: str, columns: Mapping[str, np.ndarray]) -> None:
    """Refuse a column that the run does not record."""
    objective, _, column = chosen.partition("/")
    if column not in columns:
        raise InputError(
            f"report.data_map names {chosen}, which {objective} does not record; "
            f"choose one of {', '.join(sorted(columns))}."
        )


def labelled_map(
    folder: Path, runs: Mapping[str, Sequence[int]], sample_id: np.ndarray
) -> DataMap | None:
    """The map with labels, or None.

    Of the first kind of run that records probability and correctness of every sample.
    """
    for kind, seeds in runs.items():
        parts, correct = [], []
        for columns in dynamics(folder, kind, seeds, sample_id):
            if not {PROBABILITY, CORRECT} <= columns.keys() or not _defined(columns[PROBABILITY]):
                break
            parts.append((epochs.mean(columns[PROBABILITY]), epochs.std(columns[PROBABILITY])))
            correct.append(columns[CORRECT].mean(axis=1))
        if correct and len(correct) == len(seeds):
            mean, variability = np.mean(parts, axis=0)
            return DataMap(
                *(kind, PROBABILITY, mean, variability, "high", True),
                colour=np.mean(correct, axis=0),
                colour_name="correctness",
                colour_easy="high",
                colour_share=True,
            )
    return None


def _defined(values: np.ndarray) -> bool:
    """Whether any epoch of `values (N, T)` is defined for every sample."""
    return bool(np.isfinite(values).all(axis=0).any())


def levels(values: np.ndarray, easy: str, share: bool) -> tuple[np.ndarray, list[str]]:
    """Five ordered levels of a colour, 0 = the harder end, and the range of each in words.

    Args:
        values: `(N,)`.
        easy: the end that is easy, `high` or `low`.
        share: whether levels are the fifths of 0..1; else those of the samples (quintiles).

    Returns:
        `(N,)` int in 0..4, and five ranges.

    >>> levels(np.array([0.0, 0.2, 0.5, 1.0]), "high", share=True)[0].tolist()
    [0, 1, 2, 4]
    >>> level, names = levels(np.arange(10.0), "low", share=False)
    >>> level.tolist(), names[0]
    ([4, 4, 3, 3, 2, 2, 1, 1, 0, 0], '7.2 to 9')
    """
    fifths = np.linspace(0, 1, 6)
    edges = np.round(fifths if share else np.quantile(values, fifths), 12)
    level = np.searchsorted(edges[1:-1], np.round(values, 12), side="right")
    names = [f"{low:.3g} to {high:.3g}" for low, high in pairwise(edges)]
    return (4 - level, names[::-1]) if easy == "low" else (level, names)
