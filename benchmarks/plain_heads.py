"""Heads of two layers on components of frozen features, several side by side, in a plain loop.

The study's own loop measures what nobody asks for here, and a head costs less than its overhead: 20
heads side by side take about as long as three one after the other.
"""

import numpy as np
import torch

UNITS, STEPS, BATCH, RATE, DECAY = 256, 400, 256, 1e-3, 1e-4


def started(inputs, classes, seeds):
    """Weights and biases of a head for each seed, drawn as torch does, side by side."""
    made = []
    for seed in seeds:
        torch.manual_seed(seed)
        layers = torch.nn.Linear(inputs, UNITS), torch.nn.Linear(UNITS, classes)
        made.append(
            [one for layer in layers for one in (layer.weight.detach().T, layer.bias[None])]
        )
    return [torch.stack(one).detach().requires_grad_() for one in zip(*made, strict=True)]


def forward(x, weights):
    """Logits (S, B, K) of S heads for x (S, B, D)."""
    first, bias, second, other = weights
    return torch.baddbmm(other, torch.baddbmm(bias, x, first).relu(), second)


def order_of(rows, seed, steps):
    """Rows (steps, B) of each batch: all of a subset in a random order, then all again."""
    draw, rows = torch.Generator().manual_seed(seed), torch.as_tensor(rows)
    passes = -(-steps * BATCH // len(rows))
    order = torch.cat([torch.randperm(len(rows), generator=draw) for _ in range(passes)])
    return rows[order[: steps * BATCH]].view(steps, BATCH)


def train_heads(x, y, subsets, seeds, steps=STEPS, seen=None, weights=None):
    """A head for each subset of rows, side by side; its seed decides start and order alone.

    `seen(step, weights)`, where given, is called after every step; `weights` go on where they are.
    """
    weights = started(x.shape[1], int(y.max()) + 1, seeds) if weights is None else weights
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    orders = [order_of(rows, seed, steps) for rows, seed in zip(subsets, seeds, strict=True)]
    for step, batch in enumerate(torch.stack(orders, dim=1)):
        logits = forward(x[batch], weights)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y[batch].flatten())
        optimizer.zero_grad(set_to_none=True)
        (loss * len(seeds)).backward()
        optimizer.step()
        schedule.step()
        if seen:
            seen(step, weights)
    return weights


def accuracies(data, subsets, seeds):
    """Test accuracy of a head for each subset of rows; data: x, y and those of the test."""
    x, y, test, truth = data
    weights = train_heads(x, y, subsets, seeds)
    with torch.inference_mode():
        said = [forward(test[None], [w[i : i + 1] for w in weights]) for i in range(len(seeds))]
        return [float((one[0].argmax(1) == truth).float().mean()) for one in said]


def watched(x, y, rows, seed, steps, times, weights=None):
    """What a head says of every sample at some times while it learns: columns (N, T), and it.

    The columns are those of the study's probes: `correct`, `probability`, `margin`, `error_norm`.
    """
    made = {"correct": [], "probability": [], "margin": [], "error_norm": []}
    every = steps // times

    def seen(step, weights):
        if step % every == every - 1:
            with torch.inference_mode():
                for name, column in said_of(forward(x[None], weights)[0], y).items():
                    made[name].append(column.numpy())

    weights = train_heads(x, y, [rows], [seed], steps, seen, weights)
    return {name: np.stack(columns, axis=1) for name, columns in made.items()}, weights


def said_of(logits, y):
    """Columns (N,) of logits (N, K) for labels y."""
    share, own = logits.softmax(1), y[:, None]
    truth = torch.zeros_like(share).scatter_(1, own, 1)
    other = logits.scatter(1, own, -torch.inf).amax(1)
    return {
        "correct": logits.argmax(1) == y,
        "probability": share.gather(1, own)[:, 0],
        "margin": logits.gather(1, own)[:, 0] - other,
        "error_norm": (share - truth).norm(dim=1),
    }
