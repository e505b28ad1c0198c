"""What all members of a run measure after an epoch, put together: one value for each sample."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from hardrare import processes
from hardrare.tables import HELD_OUT
from hardrare.training.callbacks import Callbacks, Columns
from hardrare.training.measure import measure, measure_views
from hardrare.training.plan import Member, Plan
from hardrare.training.probing import Moment, Probing, measure_occasional
from hardrare.training.repeats import measure_repeats
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings
from hardrare.training.trainee import Trainee


def measure_members(
    plan: Plan,
    trainees: list[Trainee],
    pixels: Samples,
    settings: Settings,
    options: Any,  # noqa: ANN401 - the objective's own Settings
    moment: Moment,
    callbacks: Callbacks,
) -> tuple[Columns, np.ndarray | None, bool]:
    """Every sample by the member that owns it.

    Args:
        plan: who measures what.
        trainees: the members at work; their last features are replaced here.
        pixels: the images.
        settings: of the loop.
        options: the objective's.
        moment: the end of which epoch.
        callbacks: which statistics. Its `stop` is asked, with the columns of every epoch, whether
            this epoch is the last; what belongs to the last epoch is measured then.

    Returns:
        Columns (N,); features (N, D) where they are to be kept; whether it is the last epoch.
    """
    probing, stop = callbacks.probing, callbacks.stop
    merged: Columns = {}
    seen: list[tuple[np.ndarray, torch.Tensor]] = []
    parts = [(i, prefix, rows) for i, m in enumerate(plan.members) for prefix, rows in _rows(m)]
    for i, prefix, rows in parts:
        trainee, each, columns = trainees[i], probing.each(), {}
        if each or moment.last:
            own, before = processes.share(len(rows)), trainee.previous.get(prefix)
            columns, now = measure(trainee.module, pixels, rows[own], before, each)
            trainee.previous[prefix] = now
            columns = _filled(columns, own, len(rows))
            seen += [] if prefix else [(rows, now)]
        how = options.augmentation, moment.generator(i, *_key(prefix, 7)), each
        if trainee.step_probes:
            columns |= trainee.step_probes.of(rows)
        else:
            asked = settings.batch_size, *how, probing.views_due(moment)
            columns |= measure_views(trainee.module, pixels, rows, *asked)
        _merge(merged, prefix, rows, columns, len(pixels))
    if stop is not None and processes.agreed(stop(merged)) and not moment.last:
        moment = replace(moment, epochs=moment.epoch + 1)
    for i, prefix, rows in parts:
        where = trainees[i], pixels, rows, options, probing, moment, i, prefix
        _merge(merged, prefix, rows, _seldom(*where), len(pixels))
    every = probing.snapshot_every if len(plan.members) == 1 else 0
    kept = moment.last or (every > 0 and (moment.epoch + 1) % every == 0)
    return merged, _features(seen, len(pixels)) if kept and seen else None, moment.last


def _seldom(
    trainee: Trainee,
    pixels: Samples,
    rows: np.ndarray,
    options: Any,  # noqa: ANN401
    probing: Probing,
    moment: Moment,
    member: int,
    prefix: str,
) -> Columns:
    """What some rows (M,) show in some epochs only: over many passes, and to occasional probes."""
    columns: Columns = {}
    if pixels.label is None:
        how = options.augmentation, moment.generator(member, *_key(prefix, 9))
        columns |= measure_repeats(trainee.module, pixels, rows, *how, due=moment.last)
    asked = probing, moment, trainee.running, member, prefix
    return columns | measure_occasional(trainee.module, pixels, rows, *asked)


def _filled(columns: Columns, own: slice, rows: int) -> Columns:
    """Columns of own rows (m,) as those of all rows (M,), from every process."""
    if processes.count() == 1:
        return columns
    whole = {name: np.empty(rows, values.dtype) for name, values in columns.items()}
    for name, values in columns.items():
        whole[name][own] = values
    processes.filled(whole, np.arange(rows)[own])
    return whole


def _features(seen: list[tuple[np.ndarray, torch.Tensor]], count: int) -> np.ndarray | None:
    """Features (N, D) of all members' rows, N = count; in the first process alone."""
    features = None
    for rows, now in seen:
        whole = processes.on_first(now)
        if whole is not None:
            features = np.empty((count, now.shape[1]), np.float32) if features is None else features
            features[rows] = whole.cpu().numpy()
    return features


def _merge(merged: Columns, prefix: str, rows: np.ndarray, columns: Columns, count: int) -> None:
    """Put the values of some rows into columns (N,), N = count."""
    for name, values in columns.items():
        merged.setdefault(prefix + name, np.empty(count, values.dtype))[rows] = values


def _rows(member: Member) -> list[tuple[str, np.ndarray]]:
    """What a member measures: rows that it owns, and rows that it was never trained on."""
    parts = [("", member.measures), (HELD_OUT, member.held_out)]
    return [(prefix, rows) for prefix, rows in parts if len(rows)]


def _key(prefix: str, purpose: int) -> tuple[int, ...]:
    return (purpose, 1) if prefix else (purpose,)
