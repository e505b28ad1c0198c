"""Families of scores: metrics that measure the same thing. The one place that says which.

A family follows from the name of the metric alone, so that a metric that is added under a
like name needs no entry. Names that start or end as no rule says are of the family `other`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

PSEUDO = "pseudo"  # metrics with labels, taken of networks that learnt cluster ids instead
OTHER = "other"
PSEUDO_LABELS = "pseudo-labels"


@dataclass(frozen=True)
class Family:
    """Metrics that measure the same thing: what that is, and how their names start or end."""

    words: str
    starts: tuple[str, ...]
    ends: tuple[str, ...] = ()


FAMILIES = {
    "MSD": Family(
        "how far the network's representation of an image moves from epoch to epoch",
        ("msd_", "relative_msd_", "cosine_msd_"),
    ),
    "norm": Family(
        "how long the representation of an image is",
        ("norm_", "feature_norm"),
    ),
    "LGN": Family(
        "how strongly the loss reacts to small changes of the image",
        ("lgn_",),
    ),
    "loss": Family(
        "how well the image is learnt, by the loss that is trained",
        ("loss_", "vae_", "weak_noise_", "strong_noise_"),
    ),
    "SSIM": Family(
        "how like the image its reconstruction looks",
        ("ssim_",),
    ),
    "views": Family(
        "how alike two random views of the image are described",
        (
            "alignment_",
            "self_correlation",
            "cross_correlation",
            "augmentation_",
            "view_",
            "hardest_",
            "triplet_",
        ),
    ),
    "code": Family(
        "the short code of the image, and how it changes",
        ("code_",),
    ),
    "neighbours": Family(
        "how near the most similar other images are",
        (
            "knn_",
            "density",
            "lid_",
            "duplicate_",
            "earlier_",
            "nearest_",
            "replaceability",
            "world_",
            "transition_",
        ),
    ),
    "parts": Family(
        "whether some part of the image is like no part of the others",
        ("patch_",),
    ),
    "clusters": Family(
        "where the image stands among the groups that the features fall into",
        ("cluster_", "neighbour_cluster_", "prototype_", "silhouette_"),
    ),
    "learning time": Family(
        "when the image is learnt, or forgotten",
        ("first_learned_", "forgotten_", "learning_"),
        ends=("_first_learned_epoch", "_forgotten_epoch"),
    ),
    "uncertainty": Family(
        "how unsure one network or several are of the label",
        (
            "predictive_entropy",
            "least_confidence",
            "final_margin",
            "mc_dropout_",
            "bald",
            "mimo_",
            "gradnorm",
            "odin",
            "adversarial_",
            "carlini_",
            "reconstruction_uncertainty",
        ),
    ),
    "gradients": Family(
        "how strongly the image pulls at the weights, or the pixels at the label",
        ("grand", "vog"),
    ),
    "learning": Family(
        "how the given label is learnt over the epochs",
        (
            "fslt",
            "ssft",
            "forgetting",
            "confidence",
            "correctness",
            "variability",
            "aum",
            "threshold_closeness",
            "el2n",
            "rho",
            "non_monotonicity",
            "aflite_",
        ),
    ),
    "defects": Family(
        "what hurts the picture itself: blur, noise, too little or too much light",
        ("defect_",),
    ),
    "pixels": Family(
        "one line of arithmetic on the pixels",
        (
            "brightness",
            "contrast",
            "pixel_",
            "gradient_energy",
            "saturation",
            "ink",
            "compressed_size",
            "incompressibility",
            "oddity",
            "random",
        ),
    ),
}
FURTHER = {
    PSEUDO_LABELS: "metrics with labels, of networks that learnt cluster ids instead",
    OTHER: "what no rule places",
}


def family(score: str) -> str:
    """The family of a score `<objective>/<metric>`.

    >>> [family(f"barlow_twins/{name}") for name in ("msd_mean", "knn_distance", "el2n_early_sum")]
    ['MSD', 'neighbours', 'learning']
    >>> family("autoencoder/ssim_forgotten_epoch"), family("pseudo_supervised/aum")
    ('learning time', 'pseudo-labels')
    """
    objective, _, metric = score.rpartition("/")
    if objective.startswith(PSEUDO) or metric.startswith(PSEUDO):
        return PSEUDO_LABELS
    for name, known in FAMILIES.items():
        if metric.endswith(known.ends):
            return name
    starts = (name for name, known in FAMILIES.items() if metric.startswith(known.starts))
    return next(starts, OTHER)


def family_words(names: Iterable[str]) -> dict[str, str]:
    """What the metrics of some families measure, in one line each."""
    known = FURTHER | {name: family.words for name, family in FAMILIES.items()}
    return {name: known[name] for name in sorted(set(names)) if name in known}
