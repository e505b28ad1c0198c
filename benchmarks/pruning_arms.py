"""What an arm of `benchmarks/pruning.py` keeps: rules of the library and some of its own.

An arm is named as in `prune.arms`. `@0.3` behind it sets the share of the hardest that goes first;
without it `CUTOFF` does. The rules that were tried here and are not in the library:

- `centres`: the image nearest to each of as many k-means centres as are kept; `centres-<score>@b`
  the same of what is left without the hardest.
- `weighted-<score>`: drawn with the square of the place by a score as weight, without replacement;
  `spread-<score>` the same inside each of 100 clusters, each giving its share.
- `leverage`: drawn by how far out an image lies, x (X'X / N + 1)^-1 x; `design` the greedy set of
  largest log det of the same (D-optimal).
- `facility-<score>@b`: facility location that chooses, without the hardest, of the hardest four
  times as many.
"""

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from hardrare.labelling.samples import Samples
from hardrare.labelling.typical import typical
from hardrare.numerics.clusters import cluster
from hardrare.numerics.facility import facility_location
from hardrare.numerics.points import points
from hardrare.pruning import kept
from hardrare.pruning.double_end import band
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import first_of_each, proportional_to
from hardrare.pruning.zcore import POINTS, covering

CLUSTERS, BATCH, PASSES, AMONG = 100, 4096, 5, 4
ZCORE: dict[int, np.ndarray] = {}
CUTOFF = {0.7: 0.0, 0.5: 0.1, 0.3: 0.2, 0.1: 0.4}  # as ELFS has it, none at 70 %, 0.4 at 10 %


def subsets(arm, share, features, scores, draws):
    """The rows `(share N,)` that an arm keeps, one array for each draw or a single one.

    Args:
        arm: its name.
        share: to keep.
        features: (N, D) float32.
        scores: name to `Score` of these N.
        draws: independent ones of an arm that draws.
    """
    name, _, cutoff = arm.partition("@")
    label = np.zeros(len(features), int)  # no arm here reads one
    pool = Pool(
        label=label, scores=scores, keep_fraction=share, features=lambda: features,
        cluster=lambda: cluster(features, CLUSTERS, unit=True).label, draws=draws, seed=0,
        hard_cutoff=float(cutoff) if cutoff else CUTOFF[share], strata=50,
    )  # fmt: skip
    rule, _, argument = name.partition("-")
    made = OWN[rule](argument, pool) if rule in OWN else kept(name, pool)
    if any(len(np.unique(rows)) != pool.keep for rows in made) and rule != "full":
        raise SystemExit(f"{arm} keeps {[len(rows) for rows in made]}, expected {pool.keep} each.")
    return [np.sort(rows) for rows in made]


def most_typical(_, pool):
    """TypiClust's order of labelling, as far as is kept."""
    return [typical(Samples.of(pool.features(), {}, 0), pool.keep)[: pool.keep]]


def centres(argument, pool):
    """The row nearest to each centre; where two centres share one, the next rows by distance."""
    left = np.arange(len(pool.label))
    if argument:
        left = band("centres", argument, pool)
    rows = points(pool.features(), unit=True)[left].astype(np.float32)
    model = MiniBatchKMeans(
        pool.keep, init="random", n_init=1, max_iter=PASSES, batch_size=BATCH, random_state=0,
        compute_labels=False,
    ).fit(rows)  # fmt: skip
    label, away = assigned(rows, model.cluster_centers_.astype(np.float32))
    grouped = np.lexsort((away, label))
    size = np.bincount(label, minlength=pool.keep)
    turn = np.empty(len(rows), int)  # the place of each row inside its cluster
    turn[grouped] = np.arange(len(rows)) - np.repeat(np.cumsum(size) - size, size)
    return [left[np.lexsort((away, turn))[: pool.keep]]]


def assigned(rows, centre):
    """The nearest centre of each row, and the squared distance to it."""
    square, label, away = (centre**2).sum(1), np.empty(len(rows), int), np.empty(len(rows))
    own = (rows**2).sum(1)
    for at in np.array_split(np.arange(len(rows)), max(len(rows) // 2000, 1)):
        distance = square - 2 * rows[at] @ centre.T
        label[at] = distance.argmin(1)
        away[at] = own[at] + distance[np.arange(len(at)), label[at]]
    return label, away


def covers(_, pool):
    """ZCore as in the library, its score taken once for all shares to keep."""
    rows = points(pool.features())
    if len(rows) not in ZCORE:
        ZCORE[len(rows)] = covering(rows, POINTS * len(rows), pool.generator("zcore", 0))
    return [np.argsort(-ZCORE[len(rows)], kind="stable")[: pool.keep]]


def weights(argument, pool):
    """Place by a score to the power of two, high = harder; 0 for the hardest that go first."""
    order, weight = band("weighted", argument, pool), np.zeros(len(pool.label))
    weight[order] = np.linspace(1, 0, len(order), endpoint=False) ** 2
    return weight


def drawn(weight, pool, purpose):
    """An order for each draw: without replacement by weight (Gumbel's trick)."""
    with np.errstate(divide="ignore"):
        log = np.log(weight)
    return [
        np.argsort(-(log + pool.generator(purpose, draw).gumbel(size=len(log))))
        for draw in range(pool.draws)
    ]


def weighted(argument, pool):
    """The first rows of such an order."""
    return [one[: pool.keep] for one in drawn(weights(argument, pool), pool, argument)]


def spread(argument, pool):
    """Of each cluster its share, its first rows in such an order."""
    part = pool.cluster()
    quota = proportional_to(np.bincount(part), pool.keep)
    orders = drawn(weights(argument, pool), pool, argument)
    return [first_of_each(one, part, quota) for one in orders]


def standardised(pool):
    """Features with the variance of all one on average, a constant beside them."""
    rows = pool.features() / np.sqrt((pool.features() ** 2).mean())
    return np.c_[rows, np.ones(len(rows))].astype(np.float32)


def leverage(_, pool):
    """Drawn with the leverage as weight."""
    rows = standardised(pool)
    inverse = np.linalg.inv(rows.T @ rows / len(rows) + np.eye(rows.shape[1]))
    return [
        one[: pool.keep]
        for one in drawn(np.einsum("nd,dk,nk->n", rows, inverse, rows), pool, "lev")
    ]


def design(_, pool):
    """Greedy log det (I + sum x x'), one row at a time by rank-one updates."""
    rows = standardised(pool)
    inverse = np.eye(rows.shape[1], dtype=np.float32)
    gain, chosen = np.einsum("nd,nd->n", rows, rows), []
    for _ in range(pool.keep):
        best = int(gain.argmax())
        chosen.append(best)
        step = inverse @ rows[best] / np.sqrt(1 + max(gain[best], 0))
        inverse -= np.outer(step, step)
        gain -= (rows @ step) ** 2
        gain[best] = -np.inf
    return [np.array(chosen)]


def facility(argument, pool):
    """The library's facility location, of the hardest that are left alone."""
    among = band("facility", argument, pool)[: AMONG * pool.keep]
    rng = pool.generator("facility", 0)
    return [facility_location(points(pool.features(), unit=True), pool.keep, rng, among)]


OWN = {
    "full": lambda _, pool: [np.arange(len(pool.label))],
    "typical": most_typical, "zcore": covers, "centres": centres, "weighted": weighted,
    "spread": spread, "leverage": leverage, "design": design, "facility": facility,
}  # fmt: skip
