"""The runs with labels that a stage is asked for: every kind and seed, each with its settings."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from hardrare.objectives import supervised
from hardrare.params import build, key
from hardrare.protocols.kinds import kind
from hardrare.training.settings import OnDevices


@dataclass(frozen=True)
class Shared(supervised.Settings, OnDevices):
    """What all kinds read: the classifier's settings and the loop's."""


@dataclass(frozen=True)
class Own(Shared):
    """All that one run reads of the parameters."""

    own: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One run: its name, kind and seed, the kind with its own settings, and all that it reads."""

    name: str
    kind_name: str
    seed: int
    kind: Any
    params: Own


@dataclass(frozen=True)
class OfKinds:
    """The settings that each kind of run has for itself."""

    supervised: dict[str, Any]
    second_split: dict[str, Any]
    cross_validation: dict[str, Any]
    holdout: dict[str, Any]
    mc_dropout: dict[str, Any]
    mimo: dict[str, Any]
    label_triplet: dict[str, Any]
    semi_supervised: dict[str, Any]


@dataclass(frozen=True)
class Asked(OfKinds, Shared):
    """All that a stage of such runs reads of the parameters."""

    kinds: list[str] = key("supervise.kinds")
    seeds: list[int] = key("supervise.seeds")

    def runs(self, section: str, before: str = "") -> Iterator[Run]:
        """Every run.

        Args:
            section: of the parameters, for messages.
            before: begins the runs' names.

        Raises:
            InputError: a kind is unknown, or its settings are wrong.
        """
        shared = {field.name: getattr(self, field.name) for field in fields(Shared)}
        for name in self.kinds:
            cls, own = kind(name), getattr(self, name, None)
            settings = build(cls, own, f"{section}.{name}", "parameters")
            for seed in self.seeds:
                run = f"{before}{name}-{seed}"
                yield Run(run, name, seed, settings, Own(**shared, own=own))
