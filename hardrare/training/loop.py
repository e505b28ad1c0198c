"""The one loop: every network of hardrare is trained here.

Top to bottom: build the members, then for each phase and epoch train every
member on its rows and, if there is a recorder, measure every sample.
"""

from types import ModuleType
from typing import Any

import numpy as np
from torch import nn

from hardrare import processes
from hardrare.errors import InputError
from hardrare.training.callbacks import Callbacks
from hardrare.training.checkpoints import Checkpoint
from hardrare.training.measuring import measure_members
from hardrare.training.plan import Plan
from hardrare.training.probing import Moment
from hardrare.training.progress import Progress
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings
from hardrare.training.trainee import Trainee, build_trainee, start_phase, train_epoch


def train(
    objective: ModuleType,
    options: Any,  # noqa: ANN401 - the objective's own Settings
    settings: Settings,
    plan: Plan,
    pixels: Samples,
    seed: int,
    callbacks: Callbacks = Callbacks(),  # noqa: B008 - frozen
    title: str = "train",
    steps: int | None = None,
) -> list[nn.Module]:
    """Train every member of a plan; measure every sample after every epoch.

    Args:
        objective: a module of `hardrare.objectives`.
        options: its settings, the learning rate a number.
        settings: of the loop.
        plan: who is trained on what.
        pixels: the images.
        seed: of weights, order and views.
        callbacks: what is measured, recorded and kept on the way.
        title: of the run, in its progress.
        steps: stop after this many steps of each phase instead of `settings.epochs`.

    Returns:
        The trained modules.

    Raises:
        InputError: the loss is not finite; names the epoch.
    """
    _refuse_too_few(plan, settings.batch_size)
    keys = [[seed, i] for i in range(len(plan.members))]
    trainees = [build_trainee(objective, options, pixels, key) for key in keys]
    saved = callbacks.checkpoints.next() if callbacks.checkpoints else Checkpoint()
    _pass_on(callbacks, saved)
    progress = None
    for phase in range(saved.phase, plan.phases):
        rows = [member.trained_on[phase] for member in plan.members]
        pairs = zip(trainees, rows, strict=True)
        firsts = [start_phase(one, own, settings, options, steps) for one, own in pairs]
        epochs, first = max(map(len, firsts)), saved.epoch if phase == saved.phase else 0
        progress = progress or Progress(title, epochs * plan.phases, saved.trained)
        saved.restore(trainees, pixels.device)
        for epoch in range(first, epochs):
            loss = _train_members(trainees, rows, firsts, epoch, settings, options, pixels)
            last = epoch == epochs - 1
            if callbacks.recorder is not None:
                asked = settings, options, Moment(seed, phase, epoch, epochs), callbacks
                columns, features, last = measure_members(plan, trainees, pixels, *asked)
                saved.keep((phase, columns, features))
                callbacks.recorder.record(phase, columns, features)
            progress.epoch(loss, sum(map(len, rows)))
            after, done = epochs if last else epoch + 1, last and phase == plan.phases - 1
            saved.save(trainees, phase, after, pixels.device, due=last, done=done)
            if last:
                break
    if progress:
        progress.close()
    return [t.module for t in trainees]


def _train_members(
    trainees: list[Trainee],
    rows: list[np.ndarray],
    firsts: list[range],
    epoch: int,
    settings: Settings,
    options: Any,  # noqa: ANN401
    pixels: Samples,
) -> float:
    """Train every member whose phase has this epoch, on its rows; returns their mean loss."""
    losses = []
    for trainee, own, starts in zip(trainees, rows, firsts, strict=True):
        if epoch < len(starts):
            count = min(starts.step, starts.stop - starts[epoch])
            batches = train_epoch(trainee, own, settings, options, pixels, count)
            losses.append(float(batches.mean()))
    if not np.isfinite(losses).all():
        sentence = f"the loss became {losses[0]} in epoch {epoch}"
        raise InputError(f"{sentence}; lower its learning_rate.")
    return float(np.mean(losses))


def _refuse_too_few(plan: Plan, batch_size: int) -> None:
    """Refuse fewer samples than processes, of a batch or of what a member learns and measures."""
    parts = [rows for m in plan.members for rows in (*m.trained_on, m.measures, m.held_out)]
    fewest = min([batch_size, *(len(rows) for rows in parts if len(rows))])
    if fewest < processes.count():
        raise InputError(
            f"{fewest} samples cannot be shared by {processes.count()} processes; start fewer, or "
            "raise batch_size."
        )


def _pass_on(callbacks: Callbacks, saved: Checkpoint) -> None:
    """Epochs that were recorded before the run was stopped go where they would have gone."""
    for part, columns, features in saved.records():
        if callbacks.recorder is not None:
            callbacks.recorder.record(part, columns, features)
        if callbacks.stop is not None:
            callbacks.stop(columns)
