"""A variational autoencoder (Kingma & Welling, ICLR 2014, arXiv:1312.6114).

The code of an image is a normal distribution with mean m and variance s^2 for each of its
D values, the pixels are normal around the reconstruction with one deviation. Its per-sample
loss is the negative evidence lower bound in nats,

    L = E_z[-ln p(x | z)] + KL,  KL = 1/2 sum_d (m^2 + s^2 - 1 - ln s^2),
    -ln p(x | z) = sum_pixels ((x - x'(z))^2 / (2 v) + 1/2 ln(2 pi v)), v = pixel_deviation^2.

Training draws one z for each image. Measuring takes the mean over a few noises that are
drawn with the weights and then kept, the same for all samples and epochs, so that a
sample's loss depends on no other sample. It can be negative: pixels have a density.
Features are m.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Objective, Shared, reconstructed

DRAWS = 8  # noises that measuring averages over

WORDS = "learns to rebuild each image from a noisy short code"


@dataclass(frozen=True)
class Settings(Shared):
    """The variational autoencoder's part of the parameters.

    Attributes:
        pixel_deviation: of pixels around their reconstruction, in shares of the full range.
            The smaller, the more the reconstruction weighs against the KL.
    """

    code_size: int
    pixel_deviation: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse a deviation that is none."""
        if self.pixel_deviation <= 0:
            value = self.pixel_deviation
            raise InputError(
                f"variational_autoencoder.pixel_deviation is {value}, it must be positive."
            )

    @property
    def network_options(self) -> dict[str, int]:
        """What the network is built with."""
        return {"code_size": self.code_size, "variational": True}


class VariationalAutoencoder(Objective):
    """One view, reconstructed from a draw of its code."""

    gradient = True

    def __init__(self, settings: Settings, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.variance = settings.pixel_deviation**2
        self.register_buffer("noises", torch.randn(DRAWS, 1, settings.code_size))

    def terms(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """`features (B, D)`, and (B,) nats: `negative_log_likelihood`, `kl`, `sample_loss`."""
        mean, log_variance = self.network.encode(images).float().chunk(2, dim=1)
        noises = [processes.drawn(torch.randn_like, mean)] if self.training else self.noises
        codes = [mean + (log_variance / 2).exp() * noise for noise in noises]
        unlikely = torch.stack([self._unlikely(images, code) for code in codes]).mean(0)
        kl = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2
        return {
            "features": mean,
            "negative_log_likelihood": unlikely,
            "kl": kl,
            "sample_loss": unlikely + kl,
        }

    def _unlikely(self, images: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """-ln p(x | z) in nats (B,)."""
        error = (self.network.decode(code).float() - images).square().flatten(1) / self.variance
        return (error + math.log(2 * math.pi * self.variance)).sum(1) / 2

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """Mean of the per-sample losses of a batch."""
        return processes.gathered(self.terms(views[0])["sample_loss"]).mean()

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """The terms of the loss, image, and reconstruction of the mean code."""
        terms = self.terms(images)
        made = self.network.decode(terms["features"])
        return {**terms, **reconstructed(images, made)}


def build(settings: Settings, network: nn.Module, data: Data) -> VariationalAutoencoder:  # noqa: ARG001
    """The objective around a network whose encoder gives means and log variances."""
    return VariationalAutoencoder(settings, network)
