"""match: which images show the same picture, how they differ, and which of them stays."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.again import before, decided_by, keep
from hardrare.by_cells import searches_by_ray
from hardrare.matching.by_shards import ByShards
from hardrare.matching.facts import facts, pixel_hashes
from hardrare.matching.known import Known
from hardrare.matching.search import search
from hardrare.matching.table import table
from hardrare.pictures import open_pictures
from hardrare.shards import Cut
from hardrare.stage import run
from hardrare.tables import read, read_features, read_images, table_of, write


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    features: str | None
    keep: list[str]
    worst_block: float
    tries: float


def main(
    params: Params, *,
    images: Path, pictures: Path, appearance: Path, features: Path, duplicates: Path, scratch: Path,
) -> None:  # fmt: skip
    """Propose pairs, confirm them by aligned pixels, tie each copy to one image that stays."""
    samples, shown = read_images(images), open_pictures(pictures, images)
    known = read(appearance, "appearance/1")
    about, content = facts(samples, known)
    own = params.features and table_of(features, params.features)
    vectors = read_features(own, samples.sample_id)[1] if own else None
    home, by = scratch / "match", decided_by("match", params.worst_block)
    earlier = before(home, by)
    cut = Cut(scratch / "shards" / "match", by)
    many = ByShards(pictures, images, params.worst_block, cut)
    pairs = Known(shown.digests(), earlier.row, earlier.notes, many=many)
    with searches_by_ray(scratch / "shards" / "match_cells"):
        matched = search(
            shown.longest, shown.squares, about, content,
            pixel_hashes(samples, known if shown.whole else None), features=vectors,
            keep=params.keep, worst_block=params.worst_block, tries=params.tries,
            known=pairs)  # fmt: skip
    keep(home, by, pairs.keys(), [], pairs.told())
    write(duplicates, "duplicates/1", table(samples.sample_id, about, matched))
    cut.forget()
    print(f"match: {len(matched.ties)} copies of {len(about)} images; {matched.compared} of "
          f"{matched.proposed} like pairs compared; {matched.recall:.1%} of the nearest looked at",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    run(main)
