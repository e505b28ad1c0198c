"""Data maps: each sample by how the networks treat it over the epochs, with and without labels."""

from collections.abc import Iterable, Mapping
from typing import Any

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.map.drawings import artefact_maps, region_maps
from hardrare.report.sections.map.maps import free, labelled
from hardrare.report.sections.map.tables import map_tables


def _tables(study: Study) -> Mapping[str, Any]:
    maps = {"free_map": study.once(free), "labelled_map": study.once(labelled)}
    return maps | {"maps": map_tables(study)}


def _drawings(study: Study) -> Iterable[Drawing]:
    return [*region_maps(study), *artefact_maps(study)]


SECTION = Section("Data maps", 50, _tables, _drawings)
