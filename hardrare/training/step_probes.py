"""What the training step itself tells of each sample: nearly for nothing, by moving weights.

The other way, measuring after an epoch, needs a pass of its own over all views, and one back. Here
views are those that are learnt from, statistics of a batch are those of train mode, and a
sample that an epoch left out, for its last batch would not have been full, has none.
"""

from collections.abc import Mapping

import numpy as np
import torch

from hardrare.objectives import Objective
from hardrare.probes import Probe
from hardrare.training.measure import of_views, values_of
from hardrare.training.samples import sent


class StepProbes:
    """Gathers the values of one network's batches over an epoch, on its device.

    Attributes:
        columns: name to (N,) float32, NaN where a sample was not learnt from.
    """

    def __init__(self, module: Objective, probes: Mapping[str, Probe], count: int) -> None:
        """Probes of a network.

        Args:
            module: the objective.
            probes: those that are asked for; it takes those of views and gradients.
            count: N, samples.
        """
        self.module, self.probes = module, of_views(module, probes)
        self.gradient = any("gradients" in probe.outputs for probe in self.probes)
        device = next(module.parameters()).device
        empty = torch.full((len(self.probes), count), torch.nan, device=device)
        self.columns = dict(zip((probe.name for probe in self.probes), empty, strict=True))
        self.views: list[torch.Tensor] = []
        self.outputs: dict[str, torch.Tensor] = {}

    def reset(self) -> None:
        """Forget the epoch before."""
        for values in self.columns.values():
            values.fill_(torch.nan)

    def loss(self, views: list[torch.Tensor], label: torch.Tensor | None) -> torch.Tensor:
        """The batch loss, as the objective's own `loss` of the same views."""
        self.views = [view.detach().requires_grad_(self.gradient) for view in views]
        self.outputs = self.module.measure_views(self.views, label)
        return self.outputs["batch_loss"]

    def record(self, rows: np.ndarray) -> None:
        """Keep what the batch of some rows (B,) told, once its loss went backward."""
        gradients = [view.grad for view in self.views] if self.gradient else None
        where = sent(rows, next(iter(self.columns.values())).device)
        for name, value in values_of(self.probes, self.outputs, gradients, len(rows)):
            self.columns[name][where] = value
        self.views, self.outputs = [], {}

    def of(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Column to the values (M,) of some rows."""
        return {name: values.cpu().numpy()[rows] for name, values in self.columns.items()}
