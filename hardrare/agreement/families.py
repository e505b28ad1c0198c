"""Families of scores: metrics that measure the same thing. The one place that says which.

A family follows from the name of the metric alone, so that a metric that is added under a
like name needs no entry. Names that start or end as no rule says are of the family `other`.
"""

PSEUDO = "pseudo"  # metrics with labels, taken of networks that learnt cluster ids instead
OTHER = "other"
ENDINGS = {"learning time": ("_first_learned_epoch", "_forgotten_epoch")}
STARTS = {
    "MSD": ("msd_", "relative_msd_", "cosine_msd_"),
    "norm": ("norm_",),
    "LGN": ("lgn_",),
    "loss": ("loss_", "vae_"),
    "SSIM": ("ssim_",),
    "views": ("alignment_", "self_correlation", "cross_correlation", "augmentation_"),
    "code": ("code_",),
    "neighbours": ("knn_", "density", "lid_", "duplicate_", "earlier_", "nearest_"),
    "clusters": ("cluster_", "prototype_", "silhouette_"),
    "learning time": ("first_learned_", "forgotten_", "learning_"),
    "uncertainty": (
        *("predictive_entropy", "least_confidence", "final_margin", "mc_dropout_", "bald"),
        *("mimo_", "gradnorm", "odin", "adversarial_", "reconstruction_uncertainty"),
    ),
    "gradients": ("grand", "vog"),
    "learning": (
        *("fslt", "ssft", "forgetting", "confidence", "correctness", "variability", "aum"),
        *("threshold_closeness", "el2n", "rho", "non_monotonicity", "aflite_"),
    ),
    "pixels": (
        *("brightness", "contrast", "pixel_", "gradient_energy", "saturation", "ink"),
        *("compressed_size", "incompressibility", "oddity", "random"),
    ),
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
        return "pseudo-labels"
    for rules, fits in ((ENDINGS, metric.endswith), (STARTS, metric.startswith)):
        for name, parts in rules.items():
            if fits(parts):
                return name
    return OTHER
