"""What fits into the time allowed: image size, seeds and epochs, from the measured speed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hardrare.errors import InputError
from hardrare.runner.graph import Step
from hardrare.scan.progress import spoken
from hardrare.scan.speed import LABELLED, SIDE, Speed

SIZES = (64, 48, 32)
SPENT = 0.85  # of the time allowed that is planned for: a machine may be slower in a minute
MOST, LEAST = 100, 5  # epochs
ENOUGH = {2: 20, 1: 10}  # epochs from which so many seeds are worth it
FOR_LABELLED = 0.4  # of the time of training, for runs with labels where there are any
MOST_LABELLED, LEAST_LABELLED = 20, 3
LIGHT = 0.6  # the start of a step without training, as a share of one with
# Seconds for each image: of reading, of scoring a run, of the other steps.
READ, SCORE, OTHER = 0.002, 0.002, 0.001
ARRANGE = 0.008  # of the page's map, for each image on it, 4,000 at most


@dataclass(frozen=True)
class Choice:
    """What is trained, on images of what size, and how long each step may take."""

    size: int
    seeds: int
    epochs: int
    label_epochs: int
    batch_size: int

    def parameters(self) -> dict[str, Any]:
        """Dotted key to value."""
        seeds = list(range(self.seeds))
        with_labels = {"supervise.epochs": self.label_epochs} if self.label_epochs else {}
        return {
            "prepare.size": self.size,
            "pretrain.seeds": seeds,
            "pretrain.epochs": self.epochs,
            "pretrain.batch_size": self.batch_size,
            "supervise.seeds": seeds,
        } | with_labels


def choose(
    count: int,
    side: int,
    speeds: Mapping[str, Speed],
    kinds: Collection[str],
    seconds: float,
    spent: float,
) -> Choice:
    """The largest size and number of seeds that leave enough epochs.

    Args:
        count: images.
        side: of the median image, in pixels.
        speeds: stage that trains to the measured speed of one seed of all its runs, at 32x32.
        kinds: which of them have labels.
        seconds: allowed.
        spent: seconds of them that are over.

    Raises:
        InputError: not even the least fits; says how many minutes it would take.
    """
    seconds -= spent
    fitting = [size for size in SIZES if size <= max(side, SIZES[-1])]
    for seeds, least in ENOUGH.items():
        for size in fitting:
            epochs = _epochs(count, size, seeds, speeds, kinds, seconds)
            if epochs[0] >= least and (not kinds or epochs[1] >= LEAST_LABELLED):
                return _choice(count, size, seeds, *epochs)
    epochs = _epochs(count, fitting[-1], 1, speeds, kinds, seconds)
    if epochs[0] < LEAST or (kinds and epochs[1] < LEAST_LABELLED):
        least = _seconds_of(count, fitting[-1], 1, LEAST, LEAST_LABELLED, speeds, kinds) / SPENT
        least += spent
        raise InputError(
            f"{count:,} images need about {spoken(least)} on this machine as it is now; allow "
            f"that (--minutes {int(least // 60) + 1}), or scan a part of them."
        )
    return _choice(count, fitting[-1], 1, *epochs)


def estimate(step: Step, count: int, choice: Choice, speeds: Mapping[str, Speed]) -> float:
    """Seconds that a step may take."""
    stage = step.stage
    light = LIGHT * max(speed.once for speed in speeds.values())
    if stage in speeds:
        speed = speeds[stage]
        epochs = choice.label_epochs if stage == LABELLED else choice.epochs
        return choice.seeds * (speed.once + epochs * count * speed.each * _area(choice.size))
    if stage == "prepare":
        return light + READ * count
    if stage == "show":
        return light + OTHER * count + ARRANGE * min(count, 4000)
    return light + (SCORE if stage.startswith("score") else OTHER) * count


def _area(size: int) -> float:
    """How many times the pixels of the measured images."""
    return (size / SIDE) ** 2


def _choice(count: int, size: int, seeds: int, epochs: int, label_epochs: int) -> Choice:
    batch = 2 ** max(4, min(8, (max(count, 1) // 8).bit_length() - 1))  # 16..256
    return Choice(size, seeds, min(epochs, MOST), min(label_epochs, MOST_LABELLED), batch)


def _epochs(
    count: int,
    size: int,
    seeds: int,
    speeds: Mapping[str, Speed],
    kinds: Collection[str],
    seconds: float,
) -> tuple[int, int]:
    """How many epochs fit, of runs without and with labels."""
    left = seconds * SPENT - _seconds_of(count, size, seeds, 0, 0, speeds, kinds)
    share = FOR_LABELLED if kinds else 0.0
    free, labelled = _per_epoch(count, size, seeds, speeds, kinds)
    return (
        max(0, int((1 - share) * left / free)),
        max(0, int(share * left / labelled)) if kinds else 0,
    )


def _per_epoch(
    count: int, size: int, seeds: int, speeds: Mapping[str, Speed], kinds: Collection[str]
) -> tuple[float, float]:
    """Seconds of one epoch of all runs, without and with labels."""
    by_image = [sum(s.each for n, s in speeds.items() if (n in kinds) == of) for of in (0, 1)]
    free, labelled = (count * seeds * _area(size) * each for each in by_image)
    return free, labelled


def _seconds_of(
    count: int,
    size: int,
    seeds: int,
    epochs: int,
    label_epochs: int,
    speeds: Mapping[str, Speed],
    kinds: Collection[str],
) -> float:
    """Seconds of everything with so many epochs."""
    light = LIGHT * max(speed.once for speed in speeds.values())
    runs = sum(seeds * (speed.once + light + SCORE * count) for speed in speeds.values())
    rest = 14 * light + (READ + 12 * OTHER) * count + ARRANGE * min(count, 4000)
    free, labelled = _per_epoch(count, size, seeds, speeds, kinds)
    return runs + rest + epochs * free + label_epochs * labelled
