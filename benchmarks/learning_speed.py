"""Does the speed of learning from a meta-learnt start say more than the mean loss?

    python benchmarks/learning_speed.py [--seeds 0 1 2]

Reptile (Nichol, Achiam & Schulman 2018, arXiv:1803.02999): clusters of the digits are the tasks of
an autoencoder; its start is moved towards where a few steps on a cluster lead, over and over. Then
`learning_speed` of an image is its loss after as many steps on its cluster, mean over three draws.
Averaged pairs and noise are planted. The question is whether the models of `attribute` find them,
and the tenth that held-out linear heads find hardest, better with it than with what an ordinary
training of the same autoencoder gives (`loss_mean`, `loss_last`, `loss_std`, `loss_diff`), the
neighbours' distance and the pixels' contrast. Steps, rates and the number of tasks are the
authors' (5 inner steps) or the study's, none was tuned on the outcome.
"""

import argparse
from copy import deepcopy

import numpy as np
import torch
from new_signals import difficulty, gain, spearman, told
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from hardrare import networks
from hardrare.metrics.knn_distance import knn_distance

TASKS, INNER, OUTER, STEP = 20, 5, 600, 0.25
RATE, EPOCHS, BATCH, DRAWS = 3e-3, 40, 64, 3
MIXES, NOISY, DEVIATION = 150, 100, 40 / 255


def planted(seed):
    """Images (N, 1, 8, 8) in 0..1, their labels, and what was planted by name."""
    rng, digits = np.random.default_rng(seed), load_digits()
    image, label = digits.images / 16, digits.target
    noisy = rng.choice(len(image), NOISY, replace=False)
    pairs = rng.permutation(np.setdiff1d(np.arange(len(image)), noisy))[: 2 * MIXES].reshape(-1, 2)
    mixes = image[pairs].mean(axis=1)
    image = image.copy()
    image[noisy] = (image[noisy] + rng.normal(0, DEVIATION, image[noisy].shape)).clip(0, 1)
    image = np.concatenate([image, mixes])
    ids = np.arange(len(image))
    flags = {"averaged pairs": ids >= len(label), "noise": np.isin(ids, noisy)}
    label = np.concatenate([label, label[pairs[:, 0]]])
    return torch.tensor(image[:, None], dtype=torch.float32), label, flags


def losses(network, images):
    """Mean distance of pixels (N,) to their reconstruction."""
    with torch.inference_mode():
        return (network(images) - images).abs().flatten(1).mean(1).numpy()


def steps(network, images, count, generator):
    """So many steps of Adam on random batches of images."""
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    for _ in range(count):
        batch = images[torch.randint(len(images), (min(BATCH, len(images)),), generator=generator)]
        optimizer.zero_grad()
        (network(batch) - batch).abs().mean().backward()
        optimizer.step()
    return network.eval()


def ordinary(images, seed):
    """Losses (N, T) of an ordinary training, and the codes (N, D)."""
    torch.manual_seed(seed)
    network = networks.build("conv_autoencoder", (1, 8, 8), code_size=10, dropout=0.0)
    optimizer, series = torch.optim.Adam(network.parameters(), RATE), []
    for _ in range(EPOCHS):
        network.train()
        for rows in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            (network(images[rows]) - images[rows]).abs().mean().backward()
            optimizer.step()
        series.append(losses(network.eval(), images))
    with torch.inference_mode():
        return np.stack(series, axis=1), network.encode(images).numpy()


def learning_speed(images, codes, seed):
    """The loss (N,) after a few steps on its cluster, from the meta-learnt start."""
    task = KMeans(TASKS, n_init=1, random_state=seed).fit_predict(codes)
    torch.manual_seed(seed + 100)
    start = networks.build("conv_autoencoder", (1, 8, 8), code_size=10, dropout=0.0)
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    for _ in range(OUTER):
        own = images[np.flatnonzero(task == rng.integers(TASKS))]
        moved = steps(deepcopy(start), own, INNER, generator)
        with torch.no_grad():
            for mine, theirs in zip(start.parameters(), moved.parameters(), strict=True):
                mine += STEP * (theirs - mine)
            for mine, theirs in zip(start.buffers(), moved.buffers(), strict=True):
                mine.copy_(theirs)
    speed = np.zeros(len(images))
    for one in range(TASKS):
        rows = np.flatnonzero(task == one)
        for _ in range(DRAWS):
            network = steps(deepcopy(start), images[rows], INNER, generator)
            speed[rows] += losses(network, images[rows]) / DRAWS
    return speed


def partial(first, second, given):
    """Spearman's correlation of two once a third is taken out of both, with an interval."""
    x = np.stack([np.ones(len(given)), rankdata(given)], axis=1)
    left = [rankdata(one) - x @ np.linalg.lstsq(x, rankdata(one), rcond=None)[0]
            for one in (first, second)]  # fmt: skip
    return spearman(*left)


def main():
    """One seed after the other."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    for seed in parser.parse_args().seeds:
        images, label, flags = planted(seed)
        series, codes = ordinary(images, seed)
        speed = learning_speed(images, codes, seed)
        known = [series.mean(1), series[:, -1], series.std(1), series[:, -1] - series[:, 0]]
        known += [knn_distance(codes), images.flatten(1).std(1).numpy()]
        values, new = np.stack([*known, speed]), np.arange(len(known) + 1) == len(known)
        clean = ~(flags["averaged pairs"] | flags["noise"])
        print(f"seed {seed}: Spearman of learning_speed and loss_mean "
              + "{:.3f} [{:.3f}, {:.3f}]".format(*spearman(speed, known[0])))  # fmt: skip
        for name, flag in flags.items():
            told(
                f"seed {seed} {name}", gain(values[:, flag | clean], new, flag[flag | clean], seed)
            )
        lost = difficulty(images.flatten(1).numpy()[clean], label[clean], seed)
        for name, one in (("loss_mean", known[0]), ("learning_speed", speed)):
            print(f"seed {seed} difficulty {name:15} Spearman "
                  + "{:.3f} [{:.3f}, {:.3f}]".format(*spearman(one[clean], lost)))  # fmt: skip
        print(f"seed {seed} difficulty learning_speed given loss_mean "
              + "{:.3f} [{:.3f}, {:.3f}]".format(
                  *partial(speed[clean], lost, known[0][clean])))  # fmt: skip
        told(f"seed {seed} hardest tenth",
             gain(values[:, clean], new, lost >= np.quantile(lost, 0.9), seed))  # fmt: skip


if __name__ == "__main__":
    main()
