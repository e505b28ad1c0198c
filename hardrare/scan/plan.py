"""What training on pixels is to be: measured on this machine, chosen for the minutes allowed."""

import time
from collections.abc import Mapping
from typing import Any

from hardrare.params import parsed
from hardrare.runner.graph import Step, steps
from hardrare.runner.record import Record
from hardrare.scan import layout, options
from hardrare.scan.asked import MINUTES, Asked
from hardrare.scan.progress import spoken
from hardrare.scan.settings import Choice, choose, estimate
from hardrare.scan.source import Found
from hardrare.scan.speed import LABELLED, Speed, measure
from hardrare.studies import with_values

# Seconds of a step: its start, and for each image; what matters is what they are to each other.
# Fitted to scans of 20, 400 and 1,000 pictures, the last on two quiet cores. Those of `match` are
# for 1.3 pairs compared for each picture, as among photographs: each pair takes 0.014 of one core.
SECONDS = {
    "prepare": (1.5, 0.0125), "pixels": (2.2, 0.001), "embed": (5.3, 0.014),
    "pretrain_features": (2.5, 0.007), "supervise_features": (2.1, 0.006), "score": (2.0, 0.005),
    "match": (0.7, 0.014), "dissect": (6.0, 0.05), "show": (1.7, 0.0065),
}  # fmt: skip
EXPLAIN = 2.2, 0.008, 200  # and for how many images at most, on each axis
OTHERS = (0.3, 0.0)
OF_LABELS = ("supervise", "supervise_features", "score_supervised")  # which do nothing without


def planned(asked: Asked, record: Record, seen: Found, started: float) -> dict[str, Any]:
    """The parameters that the time decides; as before, where the same was asked before.

    Args:
        asked: with how many minutes, and whether with labels.
        record: keeps the plan, and the seconds that each step may take.
        seen: how many images, and how large.
        started: when the command began.

    Raises:
        InputError: not even the least fits.
    """
    plan = record.known.get("plan", {})
    minutes = asked.minutes or plan.get("minutes", MINUTES)
    labelled = asked.labels is not None
    if (plan.get("minutes"), plan.get("labelled")) == (minutes, labelled):
        return plan["set"]
    print(f"{asked.folder}: {seen.count:,} image files{', with labels' * labelled}; measuring "
          "how fast this machine trains ...", flush=True)  # fmt: skip
    text = with_values(options.default(), options.settings(asked, seen))
    params, stages = parsed(text), layout.graph()
    speeds = measure(stages, params)
    spent = time.perf_counter() - started
    kinds = [LABELLED] if LABELLED in speeds else []
    choice = choose(seen.count, seen.side, speeds, kinds, 60 * minutes, spent)
    chosen = choice.parameters()
    todo = steps(stages, parsed(with_values(text, chosen)))
    seconds = {step.name: round(estimate(step, seen.count, choice, speeds), 1) for step in todo}
    record.known["plan"] = {"minutes": minutes, "labelled": labelled, "set": chosen}
    record.known["expected"] = seconds
    _tell(minutes, speeds, choice, sum(seconds.values()))
    return chosen


def expected(step: Step, known: Mapping[str, Any]) -> float:
    """Seconds that a step may take: as planned, or of such steps on two cores.

    Args:
        step: any.
        known: the scan's record.
    """
    planned_for, count = known.get("expected", {}), known["count"]
    start, each = SECONDS.get(step.stage, OTHERS)
    if step.stage == "explain":
        start, each, most = EXPLAIN
        count = min(count, most)
    if step.stage == "supervise_features" and not known["asked"]["labels"]:
        start, each = OTHERS  # it trains nothing
    return planned_for.get(step.name, start + each * count)


def words(step: Step, known: Mapping[str, Any]) -> str:
    """What a step does, for who waits; empty for what learns of labels where there are none.

    Args:
        step: any.
        known: the scan's record.
    """
    labelled = known["asked"]["labels"] is not None
    return step.told if labelled or step.stage not in OF_LABELS else ""


def _tell(minutes: float, speeds: Mapping[str, Speed], choice: Choice, seconds: float) -> None:
    """What was measured and chosen."""
    fast = [f"{1 / speed.each:,.0f} images/s {name}" for name, speed in speeds.items()]
    epochs = f"{choice.epochs} epochs" + (
        f" ({choice.label_epochs} with labels)" if choice.label_epochs else ""
    )
    print(f"This machine, as it is now: {', '.join(fast)}.\n"
          f"Chosen for {minutes:g} minutes: images of {choice.size}x{choice.size}, "
          f"{choice.seeds} seed{'s' * (choice.seeds > 1)}, {epochs}.\n"
          f"Estimate: {spoken(seconds)}.", flush=True)  # fmt: skip
