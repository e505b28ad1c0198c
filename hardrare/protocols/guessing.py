"""Labels for all samples from few: self-training, round by round.

A network learns the few, names the others, believes itself where it is sure and learns again from
scratch on all that is told or believed (pseudo-labelling: Lee, ICML workshop 2013).
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from hardrare import processes
from hardrare.errors import InputError
from hardrare.training.measure import block_size, eval_mode
from hardrare.training.samples import Samples

LEAST = 2  # samples that are told at least

Fit = Callable[[Samples, np.ndarray, int], nn.Module]


def told(count: int, share: float, seed: int) -> np.ndarray:
    """Which of N samples tell their label: round(share N) at random, 2 at least, ascending.

    Raises:
        InputError: fewer samples than two.
    """
    if count < LEAST:
        raise InputError(f"semi_supervised needs at least {LEAST} samples, there are {count}.")
    wanted = min(max(round(share * count), LEAST), count)
    return np.sort(np.random.default_rng([seed, 6]).choice(count, wanted, replace=False))


def guessed(
    samples: Samples, label: np.ndarray, rows: np.ndarray, fit: Fit, rounds: int, least: float
) -> np.ndarray:
    """Labels (N,): the told ones as they are, those of all others named by the last network.

    Args:
        samples: N of them.
        label: (N,); read at `rows` alone.
        rows: (M,) of the told ones.
        fit: trains a network on some rows of labelled samples in a round.
        rounds: how many networks, one after the other.
        least: probability from which on a network believes itself, 0..1.
    """
    given, believed = np.full(len(samples), label[rows].max()), rows
    given[rows] = label[rows]
    for number in range(rounds):
        network = fit(samples.labelled(given), believed, number)
        sure, named = _named(network, samples)
        named[rows] = label[rows]
        sure[rows] = 1.0
        given, believed = named, np.flatnonzero(sure >= least)
    return given


def _named(network: nn.Module, samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    """Of every sample the largest probability and its class, (N,) each; eval mode, float32."""
    sure, named, size = [], [], block_size(samples)
    with eval_mode(network), torch.inference_mode():
        for start in range(0, len(samples), size):
            rows = np.arange(start, min(start + size, len(samples)))
            largest = network(samples.batch(rows)).softmax(dim=1).max(dim=1)
            sure.append(largest.values.cpu())
            named.append(largest.indices.cpu())
    return tuple(processes.agreed(torch.cat(parts).numpy()) for parts in (sure, named))
