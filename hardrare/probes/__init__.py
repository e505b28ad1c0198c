"""Probes: what is measured of one sample in one epoch, one file each.

A probe is one function, named as its dynamics column. Its parameters are the
outputs that it reads (of `Objective.measure`, `Objective.measure_views`, and
`previous_features`, `gradients`, and of many passes after the last epoch `view_features`,
`masked_reconstructions` from the loop); it is taken whenever the objective gives them
all. To add one, add its file.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch

from hardrare import plugins


@dataclass(frozen=True)
class Probe:
    """A probe's function, its unit, and the outputs that it reads."""

    name: str
    function: Callable[..., torch.Tensor]
    unit: str
    outputs: tuple[str, ...]


_REGISTRY: dict[str, Probe] = {}


def probe(unit: str) -> Callable[[Callable[..., torch.Tensor]], Callable[..., torch.Tensor]]:
    """Register a function as the probe of its name, in `unit`."""

    def register(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
        outputs = tuple(inspect.signature(function).parameters)
        _REGISTRY[function.__name__] = Probe(function.__name__, function, unit, outputs)
        return function

    return register


def registry() -> dict[str, Probe]:
    """Every probe, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_REGISTRY.items()))


def take(probes: Iterable[Probe], outputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The `(B,)` value of every probe whose outputs are all there."""
    return {
        probe.name: probe.function(*(outputs[name] for name in probe.outputs))
        for probe in probes
        if all(name in outputs for name in probe.outputs)
    }
