"""What was studied: the images, the runs, what was done to some images, and whether it was."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.studied.audited import audited, seen_by_pixels
from hardrare.report.sections.studied.examples import examples
from hardrare.report.verdicts import Verdict, verdicts


def _tables(study: Study) -> Mapping[str, Any]:
    detections = study.once(verdicts)
    return {
        "artefacts": [artefact(study, name, detections) for name in study.artefacts],
        "example": next(s.name for s in study.scores if study.group(s.name) == "free"),
        "audit": audited(study),
        "seen": seen_by_pixels(study, detections),
        "RUNS": study.run_words,
    }


def artefact(study: Study, name: str, detections: list[Verdict]) -> dict[str, Any]:
    """What was done, to how many, and how well a pixel count sees it."""
    rows = study.manifest.filter(pl.col("artefact") == name)
    said = study.artefact_words.get(name, {})
    unit = said.get("unit", "")
    strengths = rows["strength"].drop_nulls()
    changed = int(study.injected(name).sum())
    verdict = next((detection for detection in detections if detection.artefact == name), None)
    return {
        "name": name,
        "done": said.get("words", ""),
        "strength": f"{unit} {strengths.mean():.3g}" if unit and len(strengths) else "",
        "count": changed,
        "share": changed / len(study.images.sample_id),
        "pixel": verdict.best("pixels") if verdict else None,
    }


def _numbers(study: Study) -> Mapping[str, Any]:
    """How many samples there are, and how many bear each artefact."""
    changed = {name: int(study.injected(name).sum()) for name in study.artefacts}
    return {"samples": len(study.images.sample_id), "injected": changed}


SECTION = Section("What was studied", 10, _tables, drawings=examples, numbers=_numbers)
