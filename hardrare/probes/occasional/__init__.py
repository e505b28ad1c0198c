"""Occasional probes: what is measured of one sample in some epochs only, one file each.

They ask for more than one clean forward pass (gradients, searches, many passes) or
belong to the final classifier. Like every probe an occasional one is a function
named as its dynamics column, which is NaN in the epochs where it is not taken.
Its parameters are what it reads: `module` in eval mode, `images (B, C, H, W)` in
0..1, `label (B,)`, `features (B, D)`, `logits (B, K)`, or `log_probabilities
(S, B, K)` of several passes or heads. A run takes those that it names.

- `early`: at the end of epoch ceil(T / 10), counted from 1, as EL2N.
- `last`: at the end of the last epoch.
- `checkpoints`: at K epochs evenly spread up to the last. The function's value may
  have any shape (B, ...); the column holds, at the last epoch, its population
  standard deviation over the checkpoints, entry by entry, then the mean over entries.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import torch

from hardrare import plugins
from hardrare.errors import InputError

When = Literal["early", "last", "checkpoints"]
NEVER = 2.0  # the distance of an image that no attack changed: farther than the pixel range goes


@dataclass(frozen=True)
class Occasional:
    """An occasional probe: its function, its unit, what it reads and when it is taken.

    `never` is the value of samples at which an attack did not succeed, None where there is none.
    """

    name: str
    function: Callable[..., torch.Tensor]
    unit: str
    outputs: tuple[str, ...]
    when: When
    never: float | None = None


_REGISTRY: dict[str, Occasional] = {}


def occasional(
    unit: str, when: When, never: float | None = None
) -> Callable[[Callable[..., torch.Tensor]], Callable[..., torch.Tensor]]:
    """Register a function as the occasional probe of its name, in `unit`."""

    def register(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
        name, outputs = function.__name__, tuple(inspect.signature(function).parameters)
        _REGISTRY[name] = Occasional(name, function, unit, outputs, when, never)
        return function

    return register


def registry() -> dict[str, Occasional]:
    """Every occasional probe, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_REGISTRY.items()))


def chosen(names: Iterable[str]) -> list[Occasional]:
    """The occasional probes of some names.

    Raises:
        InputError: there is no such probe.
    """
    known = registry()
    for name in names:
        if name not in known:
            raise InputError(f"unknown occasional probe {name!r}; known are {', '.join(known)}.")
    return [known[name] for name in names]


def feeds_on_a_classifier(names: Iterable[str]) -> None:
    """Refuse occasional probes that a plain classifier does not feed.

    Raises:
        InputError: there is no such probe, or it needs several passes or heads.
    """
    for probe in chosen(names):
        if "log_probabilities" in probe.outputs:
            raise InputError(f"{probe.name} needs several passes or heads; take it off the list.")


def epochs(when: When, total: int, checkpoints: int) -> set[int]:
    """At the end of which epochs (from 0) a probe is taken, of a phase of `total` epochs."""
    if when == "early":
        return {-(-total // 10) - 1}
    if when == "last":
        return {total - 1}
    return {-(-total * k // checkpoints) - 1 for k in range(1, checkpoints + 1)}
