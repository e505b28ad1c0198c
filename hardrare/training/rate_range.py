"""Learning-rate range test: which rate lowers the loss fastest from where training begins.

Every candidate starts from the same weights and sees the same batches and views at its
constant rate for a few steps. A straight line from the loss of the first batch, which all
candidates share, is fitted to the losses of the others; the candidate whose line falls most
steeply wins. A loss that is not finite rules a candidate out. A line with a free intercept
would prefer a rate that first blows the loss up, or one so slow that it is still falling
when others have arrived. (After Smith, WACV 2017, arXiv:1506.01186, where one run sweeps all
rates; here each has its own, so that none is judged by what the ones before it broke.)
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings
from hardrare.training.trainee import build_trainee, start_phase, steps_per_epoch, train_epoch

CANDIDATES = tuple(float(f"{rate:.3g}") for rate in np.logspace(-4, -1, 10))  # three a decade
STEPS = 30  # batches that each candidate learns


@dataclass(frozen=True)
class RateRange:
    """One test: `rates` tried, their batch `losses` and `slopes` (a step), the `chosen` rate.

    What is not finite is None.
    """

    seed: int
    rates: list[float]
    losses: list[list[float | None]]
    slopes: list[float | None]
    chosen: float


def with_learning_rate(
    objective: ModuleType,
    options: Any,  # noqa: ANN401 - the objective's own Settings
    settings: Settings,
    pixels: Samples,
    seed: int,
) -> tuple[Any, list[RateRange]]:
    """Options with a rate that is a number, and the one test behind it where it was `auto`.

    Training with the chosen rate is the same to the bit as with that rate given: the test
    has networks and generators of its own.

    Raises:
        InputError: the loss of every candidate becomes infinite or undefined.
    """
    if options.learning_rate != "auto":
        return options, []
    losses = np.stack([_losses(objective, options, settings, pixels, seed, r) for r in CANDIDATES])
    slopes = slope(losses)
    if not np.isfinite(slopes).any():
        raise InputError("learning_rate: auto finds no rate that learns; give a number.")
    chosen = CANDIDATES[int(np.nanargmin(slopes))]
    tested = RateRange(
        seed, list(CANDIDATES), [_plain(loss) for loss in losses], _plain(slopes), chosen
    )
    return replace(options, learning_rate=chosen), [tested]


def slope(losses: np.ndarray) -> np.ndarray:
    """Slopes of least-squares lines that begin at the first loss, NaN where one is not finite.

    a = sum_s s (L_s - L_0) / sum_s s^2 for rows (R, S), s = 0, ..., S - 1; returns (R,).
    """
    fine = np.isfinite(losses).all(axis=1)
    step, given = np.arange(losses.shape[1]), np.where(fine[:, None], losses, 0)
    slopes = (given - given[:, :1]) @ step / max(step @ step, 1)
    return np.where(fine, slopes, np.nan)


def _losses(
    objective: ModuleType,
    options: Any,  # noqa: ANN401
    settings: Settings,
    pixels: Samples,
    seed: int,
    rate: float,
) -> np.ndarray:
    """Batch losses (STEPS,) of one candidate, from the weights that training begins with."""
    trainee, rows = build_trainee(objective, options, pixels, [seed, 0]), np.arange(len(pixels))
    own = replace(options, learning_rate=rate)
    start_phase(trainee, rows, replace(settings, schedule="constant"), own, STEPS)
    each, losses = steps_per_epoch(len(rows), settings.batch_size), []
    for start in range(0, STEPS, each):
        count = min(each, STEPS - start)
        losses.append(train_epoch(trainee, rows, settings, own, pixels, count).cpu().numpy())
    return np.concatenate(losses).astype(np.float64)


def _plain(values: np.ndarray) -> list[float | None]:
    """Numbers for JSON, to six digits; None for what is not finite."""
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values]


def packed(ranges: Sequence[RateRange]) -> bytes:
    """Tests as they stand in a table's metadata."""
    return json.dumps([asdict(rate_range) for rate_range in ranges]).encode()
