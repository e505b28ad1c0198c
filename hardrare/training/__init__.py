"""Training: one loop, one recorder, for every objective and every kind of run."""

from hardrare.training.loop import steps_per_epoch, train
from hardrare.training.pixels import Pixels
from hardrare.training.plan import Plan, second_split, single
from hardrare.training.recorder import Recorder
from hardrare.training.settings import Settings, resolve_device

__all__ = [
    "Pixels",
    "Plan",
    "Recorder",
    "Settings",
    "resolve_device",
    "second_split",
    "single",
    "steps_per_epoch",
    "train",
]
