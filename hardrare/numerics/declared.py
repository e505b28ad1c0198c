"""What every measured value declares: its name, unit, harder end and source."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Harder = Literal["high", "low", "open"]


@dataclass(frozen=True)
class Declared:
    """A function that measures samples, and what it declares.

    Attributes:
        name: of the function.
        function: arrays in, one value per sample out.
        unit: of what it returns.
        harder: which end is the harder (rarer, noisier) one, declared before any label is
            seen; `open` where neither is, or where the sign is what the study asks.
        source: where the definition comes from.
    """

    name: str
    function: Callable[..., np.ndarray]
    unit: str
    harder: Harder
    source: str

    def __post_init__(self) -> None:
        """Refuse an end that is none."""
        if self.harder not in ("high", "low", "open"):
            raise ValueError(f"harder is {self.harder!r}, expected high, low or open")
