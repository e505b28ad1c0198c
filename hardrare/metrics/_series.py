"""Columns of the dynamics whose generic reductions are scores, and what each of them means.

`reductions` makes the metrics. A harder end is declared here, before any label is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hardrare.numerics.declared import Harder

TEAM12 = "Team12, Skoltech Machine Learning project, 2024"
NATIFICK = "Natifick, Skoltech Machine Learning project, 2024"


@dataclass(frozen=True)
class Series:
    """A column of the dynamics and the reductions that are scores of it.

    Attributes:
        name: what the metrics' names begin with.
        column: the parameter that they read.
        symbol: of its value at one epoch, in formulas; `t` stands for the epoch.
        subject: what it is, in the first line of a docstring.
        meaning: what one value is, with its range.
        unit: of one value.
        bounds: of one value.
        source: where its reductions come from.
        harder: `<reduction>` or `<reduction>_<window>` to the declared harder end.
        index: of one value, `t` of T epochs or `s` of S snapshots.
        signal: `<reduction>` to what it tells, of those that are a signal of their own.
    """

    name: str
    column: str
    symbol: str
    subject: str
    meaning: str
    unit: str
    bounds: str
    source: str
    harder: dict[str, Harder]
    index: Literal["t", "s"] = "t"
    signal: Mapping[str, str] = field(default_factory=dict)


def _code_displacement(name: str, subject: str, meaning: str) -> Series:
    """How far the code moved in an epoch, by one norm."""
    harder = dict.fromkeys(("mean", "std", "var"), "open")
    return Series(name, name, "d_t", subject, meaning, "code", "0 upwards", TEAM12, harder)


def _local_dimension(name: str, estimator: str, source: str) -> Series:
    """The local intrinsic dimension at snapshots, by one estimator."""
    return Series(
        name, f"snapshot_{name}", "LID_s", f"the local intrinsic dimension ({estimator})",
        f"local intrinsic dimension by `{name}` at each of S snapshots",
        "dimensions", "0 upwards", source, {"mean": "high", "var": "open"}, "s",
    )  # fmt: skip


def _noise_error(name: str, level: str, said: str) -> Series:
    """The error of predicted noise at one of the levels."""
    subject = f"the error of the noise predicted at {level} level"
    meaning = f"mean squared error of the predicted noise at {level} level"
    source = "Ho et al., NeurIPS 2020; for what is unusual: Graham et al., CVPR workshops 2023"
    harder = dict.fromkeys(("mean", "last"), "high")
    signal = {"last": f"how badly {said} noise on it is told from it"}
    return Series(
        name, name, "E_t", subject, meaning, "noise^2", "0 upwards", source, harder, signal=signal
    )


SERIES = (
    _noise_error("weak_noise_error", "the weakest", "weak"),
    _noise_error("strong_noise_error", "the strongest", "strong"),
    Series(
        "loss", "loss", "L_t", "the sample's own loss",
        "loss of the objective, of each sample at the end of each epoch",
        "loss", "0 upwards for the losses of this project", TEAM12,
        dict.fromkeys(
            (
                "mean", "mean_from_thirtieth", "mean_from_twelfth", "sum", "last",
                "std", "std_from_thirtieth", "std_from_twelfth",
                "var", "var_from_thirtieth", "var_from_twelfth",
                "diff", "diff_from_thirtieth", "diff_from_twelfth",
            ),
            "high",
        ),
    ),
    Series(
        "ssim", "ssim", "ssim_t", "the likeness of image and reconstruction",
        "structural similarity of image and reconstruction, -1..1",
        "1", "-1..1", TEAM12, {"mean": "low", "last": "low"},
    ),
    Series(
        "alignment", "alignment", "cos_t", "the agreement of the two views",
        "cosine of the two views' standardised projections, -1..1: the self\n"
        "    correlation C_ii of C = Z1 Z2^T, Z standardised per feature over the batch and its\n"
        "    rows L2-normalised",
        "1", "-1..1",
        "this project; stands in for a per-sample loss of Barlow Twins, arXiv:2103.03230",
        {"mean": "low", "std": "low"},
    ),
    Series(
        "cross_correlation", "cross_correlation", "x_t", "the squared correlation with others",
        "mean_(j != i) C_ij^2 of each epoch, 0..1, with C = Z1 Z2^T over\n"
        "    the batch, Z standardised per feature and its rows L2-normalised",
        "1", "0..1", TEAM12, {"mean": "open"},
    ),
    _code_displacement(
        "code_displacement_l1", "the sum of absolute changes of the code",
        "d_t = sum_j |c_t,j - c_(t-1),j| of the code c; NaN at epoch 0",
    ),
    _code_displacement(
        "code_displacement_l2", "the Euclidean length of the change of the code",
        "d_t = sqrt(sum_j (c_t,j - c_(t-1),j)^2) of the code c; NaN at\n    epoch 0",
    ),
    Series(
        "code_entropy", "code_entropy", "H_t", "the code's entropy",
        "H_t = -sum_j q_j ln q_j with q = code / sum(code), nats",
        "nats", "0..ln D for a code of D shares", TEAM12,
        dict.fromkeys(
            ("mean", "mean_from_thirtieth", "mean_from_twelfth", "last", "var", "diff"), "open"
        ),
    ),
    Series(
        "code_norm", "code_norm", "norm(c_t)", "the size of the code",
        "Euclidean norm of the code at the end of each epoch",
        "code", "0 upwards", TEAM12, {"mean": "open", "last": "open"},
    ),
    Series(
        "msd", "displacement", "MSD_t", "the movement of the features",
        "MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0",
        "feature^2", "0 upwards", NATIFICK,
        dict.fromkeys(("mean", "std", "discrepancy"), "open"),
    ),
    Series(
        "cosine_msd", "cosine_displacement", "(1 - cos(h_t, h_(t-1)))", "the turn of the features",
        "1 - cos(h_t, h_(t-1)), 0..2, which no scale of the features\n"
        "    changes; NaN at epoch 0",
        "1", "0..2", "cosine form of MSD, this project", {"mean": "open"},
    ),
    Series(
        "norm", "norm", "q_t", "the squared size of the features",
        "q_t = mean_d h_t^2 of each sample's features at the end of each epoch",
        "feature^2", "0 upwards", f"{NATIFICK}, who called it MSD",
        {"mean": "open", "std": "open"},
    ),
    Series(
        "lgn", "gradient_norm", "LGN_t", "the norm of the loss's gradient at the image",
        "LGN_t = B * norm of dL/dx over all views of the sample",
        "loss per pixel range", "0 upwards", NATIFICK,
        dict.fromkeys(("mean", "std", "discrepancy"), "open"),
    ),
    _local_dimension(
        "lid_mle", "maximum likelihood",
        "Ma et al., ICML 2018 (over training); Levina & Bickel, NIPS 2004",
    ),
    _local_dimension(
        "lid_tle", "tight local estimator", f"{TEAM12}; estimator: Amsaleg et al., SDM 2019"
    ),
    Series(
        "silhouette", "snapshot_silhouette_last", "sil_s",
        "the silhouette, each time with a k-means of its own",
        "silhouette by `silhouette_last` at each of S snapshots",
        "silhouette", "-1..1", f"{TEAM12}; silhouette: Rousseeuw, 1987",
        {"mean": "low", "std": "open"}, "s",
    ),
)  # fmt: skip
