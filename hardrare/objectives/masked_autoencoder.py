"""Parts of an image are hidden and rebuilt from the rest.

As in context encoders (Pathak et al., CVPR 2016), masked autoencoders (He et al., CVPR 2022,
arXiv:2111.06377) and SimMIM (Xie et al., CVPR 2022, arXiv:2111.09886): squares of the image, or
single features of a frozen network, take the value of the mean image, and the loss counts what was
hidden alone, with x' the reconstruction and M the hidden pixels:

    L = 1 / |M| sum_M |x - x'|, 0..1 for images.

Training draws a mask for each image. Measuring takes the mean over a few masks that are drawn with
the weights and then kept, the same for all samples and epochs, so that a sample's loss depends on
no other sample; how far the reconstructions under them differ is its uncertainty. Features are the
code of the whole image.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Objective, Shared

MASKS = 8  # that measuring averages over

WORDS = "hides parts of each image and learns to rebuild them from the rest"


@dataclass(frozen=True)
class Settings(Shared):
    """The masked autoencoder's part of the parameters.

    Attributes:
        patch: side in pixels of the squares that are hidden; of features each is one.
        hidden: share of them that is, between 0 and 1.
    """

    code_size: int
    patch: int
    hidden: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse masks that hide nothing, or all."""
        if not 0 < self.hidden < 1:
            value = self.hidden
            raise InputError(f"masked_autoencoder.hidden is {value}, give a share between 0 and 1.")
        if self.patch < 1:
            raise InputError(f"masked_autoencoder.patch is {self.patch}, expected 1 or more.")

    @property
    def network_options(self) -> dict[str, int]:
        """What the network is built with."""
        return {"code_size": self.code_size}


class MaskedAutoencoder(Objective):
    """One view, its hidden parts reconstructed."""

    gradient = True
    masks = True

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        super().__init__()
        self.network, self.shape, self.hidden = network, data.shape, settings.hidden
        channels, height, width = data.shape
        of_features = height == width == 1
        self.patch = 1 if of_features else settings.patch
        self.grid = (-(-height // self.patch), -(-width // self.patch))
        self.grid = (channels, *self.grid) if of_features else (1, *self.grid)
        self.register_buffer("mean", torch.tensor(data.mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer("kept", self.drawn(torch.rand(MASKS, self.cells)))

    @property
    def cells(self) -> int:
        """Parts that are hidden or not."""
        return self.grid[0] * self.grid[1] * self.grid[2]

    def drawn(self, order: torch.Tensor) -> torch.Tensor:
        """Masks (M, 1 or C, H, W), True = hidden: the cells that come first in `order (M, cells)`.

        At least one is hidden and one is seen.
        """
        many = min(max(round(self.hidden * self.cells), 1), max(self.cells - 1, 1))
        hidden = torch.zeros_like(order, dtype=torch.bool)
        hidden.scatter_(1, order.argsort(1)[:, :many], True)
        squares = hidden.view(-1, *self.grid)
        whole = squares.repeat_interleave(self.patch, 2).repeat_interleave(self.patch, 3)
        return whole[:, :, : self.shape[1], : self.shape[2]]

    def rebuilt(self, images: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Reconstructions (B, C, H, W) from what is not hidden."""
        return self.network(torch.where(hidden, self.mean, images)).float()

    def sample_loss(self, images: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Mean distance (B,) of the hidden pixels to their reconstruction."""
        error = (self.rebuilt(images, hidden) - images).abs() * hidden
        return error.flatten(1).sum(1) / hidden.expand_as(images).flatten(1).sum(1)

    def losses(self, images: torch.Tensor) -> torch.Tensor:
        """The loss (B,) of each sample, by one mask of its own or by all that are kept."""
        if self.training:
            like = images.new_empty(len(images), self.cells)
            return self.sample_loss(images, self.drawn(processes.drawn(torch.rand_like, like)))
        return torch.stack([self.sample_loss(images, mask[None]) for mask in self.kept]).mean(0)

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """Mean of the per-sample losses of a batch."""
        return processes.gathered(self.losses(views[0])).mean()

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features (B, D)`, `sample_loss (B,)`."""
        return {"features": self.network.encode(images), "sample_loss": self.losses(images)}

    def reconstructions(self, images: torch.Tensor) -> Iterator[torch.Tensor]:
        """Reconstructions (B, C, H, W), under each mask that is kept."""
        for mask in self.kept:
            yield self.rebuilt(images, mask[None])


def build(settings: Settings, network: nn.Module, data: Data) -> MaskedAutoencoder:
    """The objective around a network with `encode` and `decode`."""
    return MaskedAutoencoder(settings, network, data)
