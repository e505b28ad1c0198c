"""Deep clustering of frozen features: heads that name an image as they name its neighbours.

A teacher's and a student's softmax over K clusters are drawn together on pairs of nearest
neighbours by weighted pointwise mutual information, which also keeps all clusters in use
(Adaloglou, Michels, Kalisch & Kollmann, BMVC 2023, TEMI, arXiv:2303.17896). Of several heads the
one with the lowest loss is taken. Linear heads, in place of the paper's two layers: on one core
50,000 samples take a minute.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import points
from hardrare.training.components import reduced


@dataclass(frozen=True)
class Settings:
    """How the heads learn; as published, but for heads, steps, batch and rate.

    Attributes:
        neighbours: of which one is drawn as a sample's partner.
        heads: H, trained side by side.
        steps: of the optimizer.
        batch_size: B, samples in a step.
        learning_rate: of Adam.
        beta: exponent of the joint probability; below 1 it lets clusters be told apart softly.
        temperature: of the softmax.
        momentum: of the teacher.
        components: principal components that the heads read.
    """

    neighbours: int = 50
    heads: int = 8
    steps: int = 2000
    batch_size: int = 512
    learning_rate: float = 3e-3
    beta: float = 0.6
    temperature: float = 0.1
    momentum: float = 0.99
    components: int = 256


def deep_clusters(
    features: np.ndarray, clusters: int, seed: int, settings: Settings = Settings()
) -> np.ndarray:
    """Cluster ids (N,) int64 in 0..K-1; some may have no sample.

    Args:
        features: (N, D), N at least 2.
        clusters: K, at least 1.
        seed: of the heads, the batches and the partners.
        settings: of the heads.

    Raises:
        InputError: features as in `points`.
    """
    near = torch.from_numpy(nearest(features, settings.neighbours, unit=True).index.copy())
    rows = torch.from_numpy(reduced(points(features, unit=True), settings.components))
    draw = torch.Generator().manual_seed(seed)
    shape = (settings.heads, rows.shape[1], clusters)
    student = (0.02 * torch.randn(shape, generator=draw)).requires_grad_()
    teacher, share = student.detach().clone(), torch.full((settings.heads, clusters), 1 / clusters)
    optimizer = torch.optim.Adam([student], lr=settings.learning_rate)
    running = torch.zeros(settings.heads)
    for _ in range(settings.steps):
        batch = torch.randint(len(rows), (settings.batch_size,), generator=draw)
        chosen = torch.randint(near.shape[1], (len(batch),), generator=draw)
        pair = rows[batch], rows[near[batch, chosen]]
        loss = _step(pair, student, teacher, share, settings)
        optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimizer.step()
        teacher.lerp_(student.detach(), 1 - settings.momentum)
        running.lerp_(loss.detach(), 0.02)
    return (rows @ teacher[running.argmin()]).argmax(dim=1).numpy()


def _step(
    pair: tuple[Tensor, Tensor], student: Tensor, teacher: Tensor, share: Tensor, settings: Settings
) -> Tensor:
    """Loss (H,) of pairs (B, D); moves `share (H, K)`, how often each cluster is named."""
    ours = [(head @ student / settings.temperature).softmax(-1) for head in pair]  # (H, B, K)
    theirs = [(head @ teacher / settings.temperature).softmax(-1) for head in pair]
    share.lerp_(torch.stack(theirs).mean(dim=(0, 2)), 0.1)
    weight = (theirs[0] * theirs[1]).sum(-1).mean(0)  # (B,) of pairs that are alike to the teachers
    both = [
        information(*pair, share, settings.beta) for pair in zip(ours, theirs[::-1], strict=True)
    ]
    return -(weight * (both[0] + both[1]) / 2).mean(dim=1)


def information(ours: Tensor, theirs: Tensor, share: Tensor, beta: float) -> Tensor:
    """Pointwise mutual information of two samples' clusters: log sum_c (p_c q_c)^beta / share_c.

    Args:
        ours: p, (H, B, K).
        theirs: q, (H, B, K).
        share: of each cluster, (H, K).
        beta: 0.5..1.

    Returns:
        (H, B), in nats.

    Examples:
        Two samples of one of two equal clusters tell log 2, two of different ones nothing finite.

        >>> sure = torch.tensor([[[1.0, 0.0]]])
        >>> round(float(information(sure, sure, torch.tensor([[0.5, 0.5]]), 1.0)), 3)
        0.693
    """
    return ((ours * theirs).pow(beta) / share[:, None]).sum(-1).log()
