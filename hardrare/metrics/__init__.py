"""Metrics: dynamics, features or pixels in, one score per sample out.

A metric is one file with one function, named alike. Its positional parameters
are the columns that it reads and its keyword-only ones are settings::

    @metric(unit="event", harder="high", source="Toneva et al., ICLR 2019, arXiv:1812.05159")
    def forgetting(correct: np.ndarray) -> np.ndarray: ...

To add one, add its file: nothing else names it. Generic ones, a column x a reduction x a
window of epochs, are rows of a table instead: `reductions` and `learned_epochs` make them.
Files that start with an underscore hold what several metrics share. Nothing here imports
torch.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hardrare import plugins
from hardrare.errors import InputError
from hardrare.numerics.declared import Declared, Harder


@dataclass(frozen=True)
class Metric(Declared):
    """A registered metric: its function, what it declares, and what it reads.

    Attributes:
        columns: of the dynamics, features or pixels.
        settings: of the parameters.
        reason: of a severity, what an image is called where it reaches 1.
        asked: taken only where the setting `also` names it: what costs seconds and earned no place.
        signal: of one that a study takes only where it asks for what it reads: what it tells.
        attack: of a distance to what an attack makes of an image: what the attack does.
    """

    columns: tuple[str, ...]
    settings: tuple[str, ...]
    reason: str = ""
    asked: bool = False
    signal: str = ""
    attack: str = ""

    def __call__(
        self, columns: Mapping[str, np.ndarray], settings: Mapping[str, Any]
    ) -> np.ndarray:
        """The score `(N,)`, from the columns and the settings that the metric reads."""
        given = {name: settings[name] for name in self.settings if name in settings}
        return self.function(*(columns[name] for name in self.columns), **given)


_REGISTRY: dict[str, Metric] = {}


def metric(
    unit: str,
    harder: Harder,
    source: str,
    reason: str = "",
    asked: bool = False,
    signal: str = "",
    attack: str = "",
) -> Callable[[Callable[..., np.ndarray]], Callable[..., np.ndarray]]:
    """Register a function as the metric of its name, with what `Metric` says of it."""

    def register(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
        spec = inspect.signature(function).parameters.values()
        _REGISTRY[function.__name__] = Metric(
            name=function.__name__,
            function=function,
            unit=unit,
            harder=harder,
            source=source,
            columns=tuple(p.name for p in spec if p.kind is not p.KEYWORD_ONLY),
            settings=tuple(p.name for p in spec if p.kind is p.KEYWORD_ONLY),
            reason=reason,
            asked=asked,
            signal=signal,
            attack=attack,
        )
        return function

    return register


def registry() -> dict[str, Metric]:
    """Every metric, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_REGISTRY.items()))


def score(
    columns: Mapping[str, np.ndarray], settings: Mapping[str, Any] | None = None
) -> dict[str, np.ndarray]:
    """Every metric whose columns are there.

    Args:
        columns: dynamics `(N, T)`, `features (N, D)`, `image (N, H, W, C)`, `label (N,)`,
            `sample_id (N,)`, whatever the run has.
        settings: values for keyword-only parameters, by name; absent ones keep their default.
            `also` lists the metrics that are taken only where they are asked for.

    Returns:
        Metric name to `(N,)` float64.

    Raises:
        InputError: `also` names no such metric.
        ValueError: a metric returned a wrong shape or a value that is not finite.
    """
    settings, scores = settings or {}, {}
    also = _also(settings.get("also", ()))
    for known in registry().values():
        if not set(known.columns) <= set(columns) or (known.asked and known.name not in also):
            continue
        values = np.asarray(known(columns, settings), np.float64)
        if values.shape != (len(columns[known.columns[0]]),) or not np.isfinite(values).all():
            raise ValueError(f"{known.name}: expected one finite score per sample")
        scores[known.name] = values
    return scores


def _also(names: Iterable[str]) -> set[str]:
    """Names of metrics that are taken where they are asked for, checked."""
    known = {name for name, entry in registry().items() if entry.asked}
    if unknown := sorted(set(names) - known):
        raise InputError(f"also: {unknown[0]!r} is none of {', '.join(sorted(known))}; mend it.")
    return set(names)
