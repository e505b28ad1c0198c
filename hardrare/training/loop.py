"""The one loop: every network of hardrare is trained here.

Top to bottom: build the members, then for each phase and epoch train every
member on its rows and, if there is a recorder, measure every sample.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

import numpy as np
from torch import nn

from hardrare import processes
from hardrare.errors import InputError
from hardrare.networks import one_thread
from hardrare.training.callbacks import Callbacks
from hardrare.training.checkpoints import Checkpoint
from hardrare.training.measuring import measure_members
from hardrare.training.memory import keep_memory
from hardrare.training.plan import Plan
from hardrare.training.probing import Moment
from hardrare.training.progress import Progress
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings
from hardrare.training.step_probes import StepProbes
from hardrare.training.trainee import Trainee, build_trainee, start_phase, train_epoch

SMALL = 1 << 15  # pixels of a batch


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
    with few_threads(pixels, settings):
        return _train(objective, options, settings, plan, pixels, seed, callbacks, title, steps)


def _train(
    objective: ModuleType,
    options: Any,  # noqa: ANN401
    settings: Settings,
    plan: Plan,
    pixels: Samples,
    seed: int,
    callbacks: Callbacks,
    title: str,
    steps: int | None,
) -> list[nn.Module]:
    """As `train`, with the threads that there are."""
    keys = [[seed, i] for i in range(len(plan.members))]
    trainees = [build_trainee(objective, options, pixels, key) for key in keys]
    saved = callbacks.checkpoints.next() if callbacks.checkpoints else Checkpoint()
    _pass_on(callbacks, saved)
    _add_step_probes(trainees, plan, pixels, callbacks)
    progress = None
    for phase in range(saved.phase, plan.phases):
        rows = [member.trained_on[phase] for member in plan.members]
        pairs = zip(trainees, rows, strict=True)
        firsts = [start_phase(trainee, own, settings, options, steps) for trainee, own in pairs]
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


@contextmanager
def few_threads(pixels: Samples, settings: Settings) -> Iterator[None]:
    """One thread on a CPU where batches are small: two gain little, and waste a core beside others.

    And the bytes that come out are the same with any number of threads.
    """
    on_cpu = pixels.device.type == "cpu"
    if on_cpu:
        keep_memory()
    small = pixels.area * settings.batch_size <= SMALL
    with one_thread() if on_cpu and small else nullcontext():
        yield


def _add_step_probes(
    trainees: list[Trainee], plan: Plan, pixels: Samples, callbacks: Callbacks
) -> None:
    """Let the training step tell what it is asked for.

    Raises:
        InputError: a network is asked about samples that it does not learn.
    """
    if callbacks.recorder is None or not callbacks.probing.in_step:
        return
    if not plan.learns_what_it_measures:
        raise InputError("measure: in_step tells nothing of samples that are not learnt.")
    for trainee in trainees:
        probes = StepProbes(trainee.module, callbacks.probing.each(), len(pixels))
        trainee.step_probes = probes if probes.probes else None
        callbacks.recorder.in_step |= set(probes.columns)


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
