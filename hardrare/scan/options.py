"""From the options of a scan to the parameters that they decide."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hardrare.params import parsed
from hardrare.scan.asked import OWN, Asked, resolved, source
from hardrare.scan.source import Found
from hardrare.studies import filled, shipped

STUDY = "studies/folder.yaml"
NETWORK, GIVEN = "efficientnet_lite0", "given"  # the default, and the run of features of one's own
AXES = ("hard", "rare", "noisy", "mislabeled")
FEATURES_OF = (
    "match.features",
    "pretrain_features.of",
    "supervise_features.of",
    "show.feature_map",
)
DROPOUT = 0.3  # of features that have no views: what is left out makes them
LABELLED = ["cross_validation", "second_split"]
ON_PIXELS = ["barlow_twins", "autoencoder"]
# What training on pixels adds to the scores of an axis.
ADDED = {
    "hard": ["autoencoder/loss_mean", "barlow_twins/alignment_mean"],
    "rare": ["autoencoder/density", "barlow_twins/density"],
}


@cache
def default() -> str:
    """The parameters of a scan without options, as text."""
    return filled(shipped(STUDY), STUDY)


def settings(asked: Asked, seen: Found) -> dict[str, Any]:
    """The parameters that the options decide: dotted key to value.

    Args:
        asked: the options.
        seen: what is scanned.
    """
    study = parsed(default())
    changes: dict[str, Any] = {
        "prepare.dataset": seen.dataset,
        "prepare.path": str(source(asked.folder)),
    }
    if asked.crops:
        changes["prepare.crops"] = True
    axes = {f"rank.{name}": list(study["rank"][name]) for name in AXES}
    if asked.labels is not None:
        table = None if asked.labels in OWN else str(resolved(asked.labels))
        changes |= {"prepare.labels": table, "supervise.on_features": LABELLED}
    if asked.from_scratch:
        changes |= {"pretrain.objectives": ON_PIXELS, "pretrain.snapshot_every": 0}
        for name, scores in ADDED.items():
            axes[f"rank.{name}"] += scores
    name = network_name(asked)
    if asked.parts:
        changes |= {"dissect.networks": [name], "rank.any_of": ["rare"]}
        axes["rank.rare"].append(f"{NETWORK}/patch_anomaly")
    if name != NETWORK:
        changes |= _network(asked, name, study["embed"][NETWORK])
        axes = {k: [_of(name, score) for score in scores] for k, scores in axes.items()}
    return changes | {k: v for k, v in axes.items() if v != study["rank"][k.partition(".")[2]]}


def network_name(asked: Asked) -> str:
    """What the network is called in the parameters and on the page."""
    if asked.embeddings:
        return GIVEN
    if asked.network is None and asked.weights is None:
        return NETWORK
    return re.sub(r"\W+", "_", asked.network or Path(asked.weights or "").stem) or NETWORK


def _network(asked: Asked, name: str, like: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of another network than the default one, or of features of one's own."""
    changes = dict.fromkeys(FEATURES_OF, name)
    changes |= {key: [name] for key in ("embed.networks", "explain.networks")}
    if asked.embeddings:
        file = str(resolved(asked.embeddings))
        return changes | {"embed.given.file": file, "pretrain_features.feature_dropout": DROPOUT}
    weights = str(resolved(asked.weights)) if asked.weights else "download"
    model = asked.network or (None if weights.lower().endswith(".onnx") else like["model"])
    return changes | {f"embed.{name}": dict(like) | {"model": model, "weights": weights}}


def _of(name: str, score: str) -> str:
    """A score of the default network as one of another."""
    run, _, metric = score.partition("/")
    return f"{name}/{metric}" if run == NETWORK else score
