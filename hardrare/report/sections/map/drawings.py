"""The figures of the data maps: with labels and without, regions drawn, and artefacts marked."""

from collections.abc import Iterator

import numpy as np

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.sections.map.maps import DataMap, free, labelled, levels
from hardrare.report.sections.map.regions import regions


def region_maps(study: Study) -> Iterator[Drawing]:
    """The map with labels, where a run allows it, and the map without."""
    if labels := study.once(labelled):
        yield _regions(study, labels, "labels", "With labels")
    yield _regions(study, study.once(free), "free", "Without labels")


def artefact_maps(study: Study) -> Iterator[Drawing]:
    """The map without labels: each artefact over the samples that nothing was done to."""
    of, changed = study.once(free), study.injected()
    nothing = np.zeros_like(changed)
    panels = {"all": (nothing, nothing, "All samples")}
    for artefact in study.artefacts:
        marked = study.injected(artefact)
        title = f"{study.artefact_name(artefact).capitalize()} ({marked.sum():,} points)"
        panels[artefact] = (marked, changed & ~marked, title)
    for name, (marked, hidden, title) in panels.items():
        values = {
            "mean": of.mean,
            "variability": of.variability,
            "marked": marked,
            "hidden": hidden,
            "title": title,
            "quantity": of.quantity,
            "inverted": of.easy == "low",
        }
        yield Drawing(f"data_map-{name}", "data_map", "data_map", values, "")


def _regions(study: Study, of: DataMap, name: str, title: str) -> Drawing:
    """One map with its regions and its ordered colour."""
    cut = regions(of, study.settings.region_share)
    level, names = levels(of.colour, of.colour_easy, of.colour_share)
    values = {
        "mean": of.mean,
        "variability": of.variability,
        "level": level,
        "level_names": names,
        "level_title": f"{of.colour_name} (samples)",
        "edges": (cut.variability, cut.level),
        "counts": cut.counts.tolist(),
        "inverted": of.easy == "low",
        "title": f"{title}: {of.run}",
        "quantity": of.column,
    }
    return Drawing(f"regions-{name}", "regions", "regions", values, "")
