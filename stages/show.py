"""show: the rankings as one page to look through and decide on: groups of copies, maps, why."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.gallery.page import page as html
from hardrare.gallery.read import Files, Settings, contents
from hardrare.params import key
from hardrare.pictures import open_pictures
from hardrare.runs import Runs
from hardrare.stage import run

AXES = ("hard", "rare", "noisy", "duplicate", "mislabeled")  # in the order of the page


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    data_map: str
    feature_map: str
    first: int
    points: int
    thumbnail: int
    hard: list[str] = key("rank.hard")
    rare: list[str] = key("rank.rare")
    noisy: list[str] = key("rank.noisy")
    mislabeled: list[str] = key("rank.mislabeled")
    any_of: list[str] = key("rank.any_of")
    explained: list[str] = key("explain.networks")


def main(
    params: Params, *,
    images: Path, pictures: Path, appearance: Path, skipped: Path,
    dynamics: Path, features: Path, scores: Path, ranking: Path, heat: Path, page: Path,
) -> None:  # fmt: skip
    """Read the ranking and what it is made of; write the page."""
    known = params.label_free_scores(scores)[1]
    low = any((s.name, s.harder) == (f"{params.data_map}_mean", "low") for s in known)
    own = {"axes": {name: getattr(params, name, []) for name in AXES}, "high_is_hard": not low}
    rest = [name for name in Settings.__annotations__ if name not in own]
    settings = Settings(**own, **{name: getattr(params, name) for name in rest})
    fits = ((one, tables.read_fit(params.files(scores, one)[0])) for one in params.networks)
    found = contents(settings, Files(
        appearance=appearance, skipped=skipped, ranking=ranking, scores=known,
        heat=[heat / f"{one}.arrow" for one in params.explained],
        pictures=open_pictures(pictures, images),
        dynamics=params.files(dynamics, params.data_map.partition("/")[0]),
        features=params.files(features, params.feature_map)[0],
        fit={name: figures for name, figures in fits if figures},
    ))  # fmt: skip
    with tables.complete(page) as part:
        part.write_text(html(found), encoding="utf-8")
    print(f"show: {len(found.shown)} of {len(found.file_name)} images on {page.name}", flush=True)


if __name__ == "__main__":
    run(main)
