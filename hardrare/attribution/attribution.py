"""Which score matters: how much all label-free scores know together of each artefact.

A model is fitted on one half of the samples and judged on the other; both halves take both
parts in turn and the results are averaged. It reads the pixel statistics alone, the scores
alone, or both: what the scores add is the gain of both over the pixels, or over 0.5 where the
pixels tell less than chance. A score matters by
what its shuffling costs: copies of it stand in for each other, so a family of scores is
shuffled as one, too. Intervals are over the held-out samples, for models as they were
fitted.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.agreement import over_seeds, pixel_statistics
from hardrare.agreement.families import family
from hardrare.attribution.models import Fitted, forest, logistic
from hardrare.detection.auroc import auroc_interval, auroc_repeats
from hardrare.detection.stump import halves
from hardrare.errors import InputError
from hardrare.numerics.intervals import interval
from hardrare.numerics.ranks import centred_ranks, dense_ranks
from hardrare.tables import Score

FEWEST = 12  # positives; with fewer there is no model
NEGATIVES = 4  # clean samples for each positive that a model is fitted on, at most
SHUFFLES = 2
ROWS = 40_000  # predicted at a time
PIXELS, SCORES, BOTH = "pixels", "scores", "both"
MODELS = ("forest", "logistic")


@dataclass(frozen=True)
class Settings:
    """How the models are fitted and judged."""

    trees: int
    samples: int  # that a model is fitted on, and that shuffling is judged on, at most
    bootstrap: int
    seed: int


@dataclass(frozen=True)
class _Half:
    """What one held-out half says: replicates `(1 + B,)` by what they are of, inputs used."""

    areas: dict[tuple[str, str], np.ndarray]  # model, inputs
    losses: dict[tuple[str, str, str], np.ndarray]  # model, score or family, name
    used: dict[tuple[str, str], int]


@threadpool_limits.wrap(limits=1)  # so the bits depend on no thread count
def attribution(
    sample_id: np.ndarray,
    scores: Sequence[Score],
    artefacts: Mapping[str, np.ndarray],
    *,
    aside: np.ndarray,
    settings: Settings,
) -> list[dict[str, Any]]:
    """Rows of `attribution/1` for every artefact with at least `FEWEST` positives.

    A score over several seeds enters by its mean, and as ranks; constant ones do not enter.

    Args:
        sample_id: `(N,)` of the scored samples.
        scores: label-free scores, the pixel statistics among them.
        artefacts: the ids of the changed samples, for each artefact.
        aside: ids of samples that count neither as changed nor as clean.
        settings: as they say.

    Raises:
        InputError: fewer than one tree, 100 samples, or one bootstrap sample.
    """
    if settings.trees < 1 or settings.samples < 100:
        raise InputError(
            f"attribute.trees is {settings.trees} and attribute.samples {settings.samples}; "
            "give at least 1 tree and 100 samples."
        )
    values, names = over_seeds(scores), [score.name for score in scores]
    changed = np.concatenate([aside, *artefacts.values()])
    clean = np.flatnonzero(~np.isin(sample_id, changed))
    rows = []
    for name in sorted(artefacts):
        positive = np.flatnonzero(np.isin(sample_id, artefacts[name]))
        if min(len(positive), len(clean)) >= FEWEST:
            held = np.concatenate([positive, clean])
            flag = np.arange(len(held)) < len(positive)
            rows += _artefact(name, names, values[:, held], flag, settings)
    return rows


def _artefact(
    artefact: str, names: list[str], values: np.ndarray, flag: np.ndarray, settings: Settings
) -> list[dict[str, Any]]:
    """All rows of one artefact: `values (P, n)` and `flag (n,)` of the compared samples."""
    columns = _columns(names, values)
    if not all(len(column) for column in columns.values()):
        return []
    ranks = centred_ranks(dense_ranks(values), np.ones(len(flag))) / len(flag)
    x = np.ascontiguousarray(ranks.T * np.sqrt(12), np.float32)  # variance 1 where untied
    rng = np.random.default_rng([settings.seed, zlib.crc32(artefact.encode())])
    half = halves(flag, rng)
    parts = [_judge(x, flag, test, columns, names, settings, rng) for test in (half, ~half)]
    common = {"artefact": artefact, "positives": int(flag.sum()), "n": len(flag)}
    return [common | row for row in _rows(parts, columns, names, flag)]


def _columns(names: list[str], values: np.ndarray) -> dict[str, np.ndarray]:
    """Positions of the pixel statistics, of the scores, and of both; none is constant."""
    varied = np.ptp(values, axis=1) > 0
    pixels = np.isin(np.arange(len(names)), pixel_statistics(names))
    scores = np.array([not name.startswith("pixels/") for name in names])
    sets = {PIXELS: pixels, SCORES: scores, BOTH: pixels | scores}
    return {name: np.flatnonzero(members & varied) for name, members in sets.items()}


def _judge(
    x: np.ndarray,
    flag: np.ndarray,
    test: np.ndarray,
    columns: dict[str, np.ndarray],
    names: list[str],
    settings: Settings,
    rng: np.random.Generator,
) -> _Half:
    """Fit on the samples outside `test (n,)`, judge on those inside."""
    fit = _some(flag, ~test, settings.samples, rng)
    judged, few = np.flatnonzero(test), _some(flag, test, settings.samples, rng)
    models = {
        (model, inputs): _fitted(model, x[np.ix_(fit, own)], flag[fit], settings)
        for inputs, own in columns.items()
        for model in MODELS
    }
    predicted = [model.predict(x[np.ix_(judged, columns[key[1]])]) for key, model in models.items()]
    areas = _repeats(np.stack(predicted), flag[judged], settings)
    losses = {}
    for model in MODELS:
        own = columns[SCORES]
        groups = _groups([names[i] for i in own])
        shuffled = _losses(
            models[model, SCORES], x[np.ix_(few, own)], flag[few], groups, settings, rng
        )
        losses |= {(model, *key): loss for key, loss in zip(groups, shuffled, strict=True)}
    used = {key: model.used for key, model in models.items()}
    return _Half(dict(zip(models, areas.T, strict=True)), losses, used)


def _some(flag: np.ndarray, among: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Positions to fit on: positives, and `NEGATIVES` clean samples for each, `most` in all."""
    positive = rng.permutation(np.flatnonzero(flag & among))[: most // 2]
    negative = rng.permutation(np.flatnonzero(~flag & among))
    count = min(NEGATIVES * len(positive), most - len(positive))
    return np.sort(np.concatenate([positive, negative[:count]]))


def _fitted(model: str, x: np.ndarray, y: np.ndarray, settings: Settings) -> Fitted:
    if model == "forest":
        return forest(x, y, trees=settings.trees, seed=settings.seed)
    return logistic(x, y, seed=settings.seed)


def _groups(names: list[str]) -> dict[tuple[str, str], np.ndarray]:
    """Columns that are shuffled as one: of each score, and of each family."""
    groups = {("score", name): np.array([i]) for i, name in enumerate(names)}
    families = np.array([family(name) for name in names])
    for known in dict.fromkeys(families.tolist()):
        groups["family", known] = np.flatnonzero(families == known)
    return groups


def _losses(
    model: Fitted,
    x: np.ndarray,
    flag: np.ndarray,
    groups: Mapping[tuple[str, str], np.ndarray],
    settings: Settings,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """For each group, replicates `(1 + B,)` of the AUROC that shuffling it costs."""
    orders = [rng.permutation(len(x)) for _ in range(SHUFFLES)]
    tables = (_shuffled(x, columns, order) for columns in groups.values() for order in orders)
    predicted = np.stack([model.predict(x), *_predicted(model, tables, len(x))])
    areas = _repeats(predicted, flag, settings)  # (1 + B, 1 + groups x SHUFFLES)
    lost = areas[:, :1] - areas[:, 1:]
    return list(lost.reshape(len(lost), len(groups), SHUFFLES).mean(axis=2).T)


def _shuffled(x: np.ndarray, columns: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The table `(n, P)` with some columns in another order of rows."""
    table = x.copy()
    table[:, columns] = x[np.ix_(order, columns)]
    return table


def _predicted(model: Fitted, tables: Iterator[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Predictions `(n,)` for each table, several at a time: a forest is slow to start."""
    batch: list[np.ndarray] = []
    for table in tables:
        batch.append(table)
        if len(batch) * size >= ROWS:
            yield from model.predict(np.concatenate(batch)).reshape(len(batch), size)
            batch = []
    if batch:
        yield from model.predict(np.concatenate(batch)).reshape(len(batch), size)


def _repeats(values: np.ndarray, flag: np.ndarray, settings: Settings) -> np.ndarray:
    """AUROC of predictions `(M, n)` with bootstrap replicates `(1 + B, M)`, paired."""
    group = {"x": np.flatnonzero(flag)}
    clean = np.flatnonzero(~flag)
    areas, _ = auroc_repeats(
        values, clean, group, settings.bootstrap, settings.seed, counts={"x": ()}
    )
    return areas["x"]


def _rows(
    parts: list[_Half], columns: dict[str, np.ndarray], names: list[str], flag: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Rows without what is common to the artefact."""
    sizes = int(flag.sum()), int((~flag).sum())
    for model in MODELS:
        areas = {i: np.mean([part.areas[model, i] for part in parts], axis=0) for i in columns}
        for inputs, area in areas.items():
            used = round(np.mean([part.used[model, inputs] for part in parts]))
            low, high = auroc_interval(area[:, None], *sizes)
            ends = {"low": float(low[0]), "high": float(high[0])}
            yield _row(model, inputs, "auroc", None, area, used) | ends
        gain = areas[BOTH] - np.maximum(areas[PIXELS], 0.5)
        yield _row(model, BOTH, "gain", None, gain, None)
        for key, members in _groups([names[i] for i in columns[SCORES]]).items():
            lost = np.mean([part.losses[model, *key] for part in parts], axis=0)
            yield _row(model, SCORES, *key, lost, len(members))


def _row(
    model: str, inputs: str, what: str, name: str | None, repeats: np.ndarray, used: int | None
) -> dict[str, Any]:
    low, high = interval(repeats[1:])
    row = {"model": model, "inputs": inputs, "what": what, "name": name, "used": used}
    return row | {"value": float(repeats[0]), "low": float(low), "high": float(high)}
