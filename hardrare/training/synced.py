"""What a network draws and normalises by the batch, where a batch is shared by processes.

Batch normalisation takes its statistics over the whole batch, dropout draws the masks of the whole
batch. On a GPU normalisation is torch's `SyncBatchNorm`, which runs nowhere else; on a CPU it is
the few lines below, through a sum that gradients flow through. Weights and their names stay as
they are. What draws otherwise (a library network's stochastic depth) is left alone: each process
draws for its own rows.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from hardrare import processes


def synced(module: nn.Module) -> nn.Module:
    """The same network, for a batch that is shared; as it is where there is one process."""
    if processes.count() == 1:
        return module
    if next(module.parameters()).device.type == "cuda":
        from timm.layers import convert_sync_batchnorm  # which knows timm's own kinds, too

        module = convert_sync_batchnorm(module)
    for layer in module.modules():
        if isinstance(layer, nn.Dropout):
            layer.__class__ = SharedDropout
        elif isinstance(layer, _BatchNorm) and not isinstance(layer, nn.SyncBatchNorm):
            layer.__class__ = type("Synced", (_Synced, type(layer)), {})
    processes.same_weights(module)
    return module


class _Synced(_BatchNorm):
    """Any batch normalisation (B, C, ...), by the mean and variance of every process's rows.

    In eval mode it is torch's. Sums are of doubles, as torch's on a CPU. timm's kinds drop out and
    rectify what is normalised.
    """

    def forward(self, values: Tensor) -> Tensor:
        """`values` normalised, of the same shape and type."""
        if not self.training:
            return super().forward(values)
        axes, shape = [0, *range(2, values.dim())], (1, -1, *[1] * (values.dim() - 2))
        rows = values.new_tensor([values.numel() / values.shape[1]], dtype=torch.float64)
        sums = processes.summed(torch.cat([rows, values.sum(axes, dtype=torch.float64)]))
        count, mean = sums[0].detach(), sums[1:] / sums[0].detach()
        kind = torch.promote_types(values.dtype, torch.float32)
        centred = values.to(kind) - mean.to(kind).view(shape)
        variance = processes.summed(centred.square().sum(axes, dtype=torch.float64)) / count
        self._follow(mean.detach(), variance.detach() * count / (count - 1).clamp(min=1))
        made = centred * (variance + self.eps).rsqrt().to(kind).view(shape)
        if self.affine:
            made = made * self.weight.view(shape) + self.bias.view(shape)
        made = made.to(values.dtype)
        for after in ("drop", "act"):
            made = getattr(self, after)(made) if hasattr(self, after) else made
        return made

    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics (C,) towards those of this batch."""
        if self.running_mean is None:
            return
        self.num_batches_tracked += 1
        part = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.to(self.running_mean), part)
        self.running_var.lerp_(variance.to(self.running_var), part)


class SharedDropout(nn.Dropout):
    """Dropout whose masks are drawn for the whole batch."""

    def forward(self, values: Tensor) -> Tensor:
        """`values` with some of them 0 and the others raised, in train mode."""
        if not self.training:
            return values
        return values * processes.drawn(
            lambda like: F.dropout(torch.ones_like(like), self.p), values
        )
