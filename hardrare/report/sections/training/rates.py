"""Range tests of the learning rate, and runs that ended early."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hardrare import tables
from hardrare.numerics.stable_ranking import Replay, replay
from hardrare.report.drawing import Drawing
from hardrare.report.over_epochs import dynamics
from hardrare.report.read import Study
from hardrare.report.words import number


def replays(study: Study) -> list[tuple[str, int, Replay]]:
    """Each run by the rule that ends training: name, seed, where it ends or would have.

    Runs that record none of the rule's columns are left out.
    """
    folder, rule = study.paths["dynamics"], study.settings.stable_ranking
    replayed = []
    for objective, seeds in study.settings.free_runs.items():
        columns_of = dynamics(folder, objective, seeds, study.images.sample_id)
        for seed, columns in zip(seeds, columns_of, strict=True):
            if not set(rule.columns).isdisjoint(columns):
                replayed.append((objective, seed, replay(columns, rule)))
    return replayed


def ranges(study: Study) -> list[tuple[str, dict[str, Any]]]:
    """Every learning-rate range test with the run that it was made for.

    The arms of a retraining share the test of each seed.
    """
    of, listed = study.settings, []
    for name, seeds in (of.free_runs | of.further_runs | of.labelled_runs).items():
        for seed in seeds:
            path = tables.table_of(study.paths["dynamics"], f"{name}-{seed}")
            tests = tables.read_ranges(path, "dynamics/1")
            listed += [(f"{name}, seed {seed}", test) for test in tests]
    for arm in of.arms[:1]:
        tests = tables.read_ranges(study.paths["accuracy"] / f"{arm}.arrow", "accuracy/1")
        listed += [(f"retraining, seed {test['seed']}", test) for test in tests]
    return listed


def rate_ranges(study: Study) -> Iterator[Drawing]:
    """One picture a range test."""
    for i, (name, tested) in enumerate(study.once(ranges)):
        values = {
            "rates": tested["rates"],
            "losses": np.array(tested["losses"], np.float64),
            "slopes": np.array(tested["slopes"], np.float64),
            "chosen": tested["chosen"],
            "title": name,
        }
        yield Drawing(f"rate_range-{i}", "rate_range", "rate_range", values, "")


def endings(study: Study) -> list[dict[str, Any]]:
    """One row a run without labels: where the rule ended it, or would have, and what it costs.

    A run that was ended cannot tell what its ranking would have become; a run of the same
    objective that was trained to the end does.
    """
    planned = study.settings.epochs
    rows = []
    for objective, seed, ending in study.once(replays):
        ended = ending.epochs < planned
        at = ending.epochs if ended else ending.ended
        rows.append(
            {
                "name": f"{objective}, seed {seed}",
                "column": ending.column,
                "ended": ended,
                "epochs": at,
                "saved": f"{100 * (planned - at) / planned:.0f} %",
                "agreement": "" if ended else number(ending.agreement, 3),
            }
        )
    return rows
