"""show: the rankings as one page to look through: galleries, pairs of duplicates, maps."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.gallery.page import page as html
from hardrare.gallery.read import Settings, contents
from hardrare.params import key
from hardrare.ranking.axes import axis
from hardrare.runs import Runs
from hardrare.stage import run


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    data_map: str
    feature_map: str
    first: int
    points: int
    thumbnail: int
    mislabeled: list[str] = key("rank.mislabeled")
    hard: list[str] = key("rank.hard")
    rare: list[str] = key("rank.rare")
    noisy: list[str] = key("rank.noisy")
    any_of: list[str] = key("rank.any_of")
    share: float = key("rank.share")


def main(
    params: Params,
    *,
    images: Path,
    skipped: Path,
    dynamics: Path,
    features: Path,
    scores: Path,
    ranking: Path,
    page: Path,
) -> None:
    """Read the ranking and what it is made of; write the page."""
    doubting = [one for one in params.mislabeled if one.partition("/")[0] in params.labelled]
    chosen = {name: getattr(params, name) for name in Settings.__annotations__}
    settings = Settings(**chosen | {"mislabeled": doubting})
    known = params.scores(scores)[1]
    doubted = axis("mislabeled", doubting, known, share=params.share) if doubting else None
    paths = {"images": images, "skipped": skipped, "dynamics": dynamics, "features": features}
    found = contents(settings, **paths, ranking=ranking, doubted=doubted)
    with tables.complete(page) as part:
        part.write_text(html(found, params.thumbnail), encoding="utf-8")
    print(f"show: {len(found.shown)} of {len(found.file_name)} images on {page.name}", flush=True)


if __name__ == "__main__":
    run(main)
