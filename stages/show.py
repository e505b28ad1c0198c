"""show: the rankings as one page to look through and decide on: groups of copies, maps, why."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.again import remembered
from hardrare.gallery.page import page as html
from hardrare.gallery.read import Files, Settings, contents
from hardrare.params import key
from hardrare.pictures import open_pictures
from hardrare.runs import Axes, Runs
from hardrare.stage import run


@dataclass(frozen=True)
class Params(Axes, Runs):
    """What this stage reads of the parameters."""

    data_map: str
    feature_map: str
    first: int
    points: int
    thumbnail: int
    mislabeled: list[str] = key("rank.mislabeled")
    any_of: list[str] = key("rank.any_of")
    explained: list[str] = key("explain.networks")


def main(
    params: Params, *,
    images: Path, pictures: Path, appearance: Path, skipped: Path, dynamics: Path,
    features: Path, scores: Path, ranking: Path, heat: Path, page: Path, scratch: Path,
) -> None:  # fmt: skip
    """Read the ranking and what it is made of; write the page."""
    known = params.label_free_scores(scores)[1]
    low = any((s.name, s.harder) == (f"{params.data_map}_mean", "low") for s in known)
    axes = {name: getattr(params, name, []) for name in tables.LOOKED_AT}
    own = {"axes": axes, "high_is_hard": not low}
    rest = Settings.__annotations__.keys() - own.keys()
    settings = Settings(**own, **{name: getattr(params, name) for name in rest})
    with remembered("show", scratch / "show") as remember, tables.complete(page) as part:
        listed = contents(settings, Files(
            appearance=appearance, skipped=skipped, ranking=ranking, scores=known,
            heat=[heat / f"{network}.arrow" for network in params.explained],
            pictures=open_pictures(pictures, images),
            dynamics=params.files(dynamics, params.data_map.partition("/")[0]),
            features=params.files(features, params.feature_map)[0], remember=remember,
            fit={name: tables.read_fit(params.files(scores, name)[0]) for name in params.networks},
        ))  # fmt: skip
        part.write_text(html(listed), encoding="utf-8")
    print(f"show: {len(listed.shown)} of {len(listed.file_name)} images on {page.name}", flush=True)


if __name__ == "__main__":
    run(main)
