"""Training: one loop, one recorder, for every objective and every kind of run."""

from hardrare.training.checkpoints import checkpoints
from hardrare.training.loop import train
from hardrare.training.pixels import Pixels
from hardrare.training.plan import Plan, second_split, single
from hardrare.training.probing import Probing
from hardrare.training.rate_range import settled
from hardrare.training.recorder import Recorder
from hardrare.training.session import session
from hardrare.training.settings import Settings, resolve_device
from hardrare.training.trainee import steps_per_epoch
from hardrare.training.watch import Watch

__all__ = [
    "Pixels",
    "Plan",
    "Probing",
    "Recorder",
    "Settings",
    "Watch",
    "checkpoints",
    "resolve_device",
    "second_split",
    "session",
    "settled",
    "single",
    "steps_per_epoch",
    "train",
]
