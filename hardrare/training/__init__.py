"""Training: one loop, one recorder, for every objective and every kind of run."""

from hardrare.training.callbacks import Callbacks
from hardrare.training.checkpoints import checkpoints
from hardrare.training.devices import on_devices
from hardrare.training.feature_views import FeatureViews
from hardrare.training.frozen import frozen
from hardrare.training.loop import train
from hardrare.training.pixels import Pixels
from hardrare.training.plan import Plan, second_split, single
from hardrare.training.probing import Probing
from hardrare.training.rate_range import with_learning_rate
from hardrare.training.recorder import Recorder
from hardrare.training.session import session
from hardrare.training.settings import OnDevices, Settings, in_small_batches, resolve_device
from hardrare.training.trainee import steps_per_epoch

__all__ = [
    "Callbacks",
    "FeatureViews",
    "OnDevices",
    "Pixels",
    "Plan",
    "Probing",
    "Recorder",
    "Settings",
    "checkpoints",
    "frozen",
    "in_small_batches",
    "on_devices",
    "resolve_device",
    "second_split",
    "session",
    "single",
    "steps_per_epoch",
    "train",
    "with_learning_rate",
]
