"""The scores of a frozen network: features of images and of views, no training behind them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.metrics import score
from hardrare.numerics.neighbours import stated_recall
from hardrare.numerics.points import centred
from hardrare.scoring.fit import fit
from hardrare.scoring.table import write_scores
from hardrare.scoring.worlds import world_columns
from hardrare.tables import fit_metadata, read_features, read_inside, read_views

EVEN = 1e-3  # spread of the norms, in shares of the largest, below which they say nothing


def score_embedding(
    network: str,
    features: Path,
    views: Path,
    settings: Mapping[str, Any],
    scores: Path,
    *,
    inside: Path | None = None,
    others: Sequence[Path] = (),
) -> None:
    """Score by every metric of features and of views; write the table, and how well they fit.

    Networks end in rectifiers, so that all their features lie in one corner and all cosines
    are near 1: metrics of `features` get them less their mean over all samples. What needs
    them as they are reads `plain_features`; where all have one length, as many that people
    bring, their norm is left out.

    Args:
        network: its name, for messages.
        features: table of its features.
        views: table of its views' features, of which there may be none.
        settings: values for keyword-only parameters of metrics, by name.
        scores: the table to write.
        inside: table of what lies inside the network, where it was dissected.
        others: features of the runs whose neighbours are compared.
    """
    sample_id, plain = read_features(features)
    seen = read_views(views, sample_id, plain.shape[1])
    columns = {"features": centred(plain), **world_columns(features, plain, others, sample_id)}
    if inside is not None:
        columns |= read_inside(inside, sample_id)
    norm = np.linalg.norm(plain, axis=1)
    if np.ptp(norm) > EVEN * norm.max():
        columns["plain_features"] = plain
    if seen.shape[1] > 1:
        columns["views"] = seen
    values, recall = score(columns, settings), stated_recall(columns["features"])
    fits = fit(seen)  # searches, too: after what finds the searches of the metrics made
    said = fit_metadata(fits.rows()) if fits else {}
    write_scores(scores, sample_id, values, recall, said=said)
    print(f"{network}: {len(values)} scores of {len(sample_id)} samples", flush=True)
    if fits:
        print(
            f"{network}: of {fits.samples} images {fits.view_retrieval:.0%} are found again by "
            f"another view; views share {fits.neighbour_agreement:.0%} of their neighbours",
            flush=True,
        )
