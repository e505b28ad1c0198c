"""Synthetic columns of every kind, in which half of the samples are hard."""

import numpy as np

N, T = 120, 60
HIGH_IN_THE_END = (
    "grand", "grand_last_layer", "gradient_deviation", "predictive_entropy", "least_confidence",
    "mc_dropout_entropy", "bald", "mimo_entropy", "mimo_disagreement", "mimo_kl",
)  # fmt: skip
LOW_IN_THE_END = (
    "final_margin", "gradnorm", "odin", "adversarial_distance", "carlini_wagner_distance",
)  # fmt: skip
# Statistics of appearance, of a usual picture and of one that all defects have.
APPEARANCE = {
    "brightness_q01": (13, 180), "brightness_q95": (217, 10), "contrast": (56, 1),
    "noise_level": (0.6, 20), "flat_share": (0.1, 0.15), "blurriness": (0.25, 0.7),
    "edge_width": (1.2, 6), "noise_coarseness": (1.6, 0.6), "soft_texture": (2.0, 2.0),
    "stroke_contrast": (90, 1), "clipped_share": (0.1, 0.8), "clipped_colours": (0.2, 1.0),
}  # fmt: skip


def synthetic(seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Every column that a run or a set of images can have, and which half is hard `(N,)` bool."""
    rng = np.random.default_rng(seed)
    hard = rng.permutation(np.arange(N) % 2 == 0)
    t = np.arange(T)

    def series(easy, difficult, noise=0.02):
        curve = np.where(hard[:, None], difficult + 0 * t, easy + 0 * t)
        return (curve + noise * rng.standard_normal((N, T))).astype(np.float32)

    def flags(easy, difficult):
        return rng.random((N, T)) < np.where(hard[:, None], difficult + 0 * t, easy + 0 * t)

    learning = 1 - np.exp(-t / 5)  # 0 to 1
    moved = series(0.5 * np.exp(-t / 4) + 0.1, 0.7 + 0.3 * np.sin(t / 3))
    moved[:, 0] = np.nan
    loss = series(0.3 + 0.2 * np.exp(-t / 3), 1.0 + 0.6 * t / T, np.where(hard, 0.2, 0.01)[:, None])
    cluster = rng.integers(0, 4, N)
    centre = 5 * np.eye(4)[cluster] @ rng.standard_normal((4, 8))
    ssim, cross = series(0.9 * learning, 0.3 * learning), np.abs(series(0.1, 0.3))
    forgetting = np.clip((t - 10) / 20, 0, 1)

    def at_the_end(easy, difficult):  # NaN but in the last epoch
        values = series(easy, difficult)
        values[:, :-1] = np.nan
        return values

    columns = {
        "loss": loss,
        "alignment": series(0.9 * learning, 0.1),
        "displacement": np.abs(moved),
        "norm": np.abs(series(1 + learning, 2 + 0.3 * np.cos(t))),
        "cosine_displacement": np.abs(moved) / 2,
        "gradient_norm": np.abs(series(1 - 0.5 * learning, 1.5)),
        "cross_correlation": cross,
        "code_entropy": series(1 + learning, 1.2),
        "code_displacement_l1": np.abs(moved) * 2,
        "code_displacement_l2": np.abs(moved),
        "code_norm": series(1 + learning, 1.2),
        "ssim": ssim,
        "negative_log_likelihood": series(5 - 8 * learning, 3.0),
        "kl": series(4 * learning, 9 * learning),
        "hardest_positive_distance": np.abs(series(1 - 0.8 * learning, 1.2)),
        "hardest_negative_distance": np.abs(series(0.4 + 0.8 * learning, 0.3)),
        "weak_noise_error": np.abs(series(1 - 0.8 * learning, 0.9)),
        "strong_noise_error": np.abs(series(1 - 0.9 * learning, 0.8)),
        "augmentation_variance": at_the_end(0.2, 0.8),
        "reconstruction_uncertainty": at_the_end(0.2, 0.8),
        "correct": flags(np.where(t > 4, 0.98, 0.2), 0.4),
        "probability": np.where(
            hard[:, None], rng.uniform(0.1, 0.5, (N, T)), 0.1 + 0.9 * learning - 1e-4
        ),
        "margin": series(5 * learning, -1.0),
        "error_norm": np.abs(series(1.2 * np.exp(-t / 3), 1.1)),
        "first_split_correct": flags(np.where(t > 4, 0.98, 0.2), 0.4),
        "second_split_correct": flags(0.98, 0.6 * np.exp(-t / 10)),
        "first_split_loss": loss,
        "second_split_loss": series(0.3, 1.0 + 2.0 * (t > 10)),
        "first_split_ssim": ssim,
        "second_split_ssim": series(0.9, 0.3 - 0.2 * forgetting),
        "first_split_alignment": series(0.9 * learning, 0.1),
        "second_split_alignment": series(0.9, 0.1 - 0.5 * forgetting),
        "first_split_cross_correlation": cross,
        "second_split_cross_correlation": np.abs(series(0.1, 0.3 + 0.3 * forgetting)),
        "features": np.where(
            hard[:, None], 30 * rng.standard_normal((N, 8)), centre + rng.normal(0, 0.1, (N, 8))
        ).astype(np.float32),
        "image": rng.integers(
            100, np.where(hard, 255, 104)[:, None, None, None], (N, 8, 8, 3)
        ).astype(np.uint8),
        "label": np.where(hard, rng.integers(0, 4, N), cluster),
        "statistics": np.where(
            hard[:, None], rng.uniform(0, 1000, (N, 3)), 100 + rng.random((N, 3))
        ),
        "packed": np.where(hard, 0.9, 0.3) + 0.1 * rng.random(N),
        "sample_id": np.arange(N, dtype=np.int32),
    }
    norm = np.where(hard, 1.0, 9.0)[:, None]
    columns["plain_features"] = (norm + rng.random((N, 8))).astype(np.float32)
    spread = np.where(hard, 9.0, 0.1)[:, None, None]
    seen = columns["features"][:, None] + spread * rng.standard_normal((N, 4, 8))
    columns["views"] = seen.astype(np.float16)
    columns |= {f"snapshot_{name}": np.abs(series(2.0, 5.0)) for name in ("lid_tle", "lid_mle")}
    columns["snapshot_silhouette_last"] = series(0.7, 0.1)
    columns |= {name: at_the_end(0.2, 0.8) for name in HIGH_IN_THE_END}
    columns |= {name: at_the_end(0.8, 0.2) for name in LOW_IN_THE_END}
    for name, (usual, worse) in APPEARANCE.items():
        columns[name] = rng.uniform(0.9, 1.1, N) * np.where(hard, worse, usual)
    columns["irreducible_loss"] = np.repeat(series(0.3, 0.5)[:, :1], T, axis=1)
    columns["world_neighbours"] = _lists(rng, np.where(hard, 9, 1))
    columns["depth_neighbours"] = _lists(rng, np.where(hard, 9, 1))[:, ::-1]
    part = rng.integers(0, 6, N)[:, None] == np.arange(6)
    columns["patch_distance"] = np.where(hard[:, None] & part, 9.0, 1) + rng.random((N, 6))
    return columns, hard


def _lists(rng: np.random.Generator, changed: np.ndarray) -> np.ndarray:
    """Lists (N, 4, 10) of neighbours: of all but the first so many (N,) are others."""
    lists = np.stack([rng.permutation(N)[:10] for _ in range(N)])[:, None].repeat(4, axis=1)
    other = rng.random((N, 3, 10)).argsort(axis=2) < changed[:, None, None]
    lists[:, 1:][other] += N
    return lists
