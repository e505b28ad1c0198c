"""rank: where each sample lies on the hard, rare, noisy and duplicate axes, without a label."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.params import build
from hardrare.ranking.drop import Drop, write_lists
from hardrare.ranking.parquet_and_csv import write_parquet_and_csv
from hardrare.ranking.table import ranking as rank
from hardrare.runs import LabelFreeRuns
from hardrare.stage import run
from hardrare.tables import read_images, write


@dataclass(frozen=True)
class Params(LabelFreeRuns):
    """What this stage reads of the parameters."""

    hard: list[str]
    rare: list[str]
    noisy: list[str]
    duplicate: list[str]
    any_of: list[str]
    share: float
    duplicate_threshold: float
    drop: list[dict]


def main(
    params: Params,
    *,
    scores: Path, images: Path,
    ranking: Path, parquet: Path, csv: Path, metadata: Path, keep: Path, drop: Path,
) -> None:  # fmt: skip
    """Rank the samples by the scores of the label-free runs; of the images only names are read."""
    steps = [build(Drop, one, f"rank.drop[{i}]", "parameters") for i, one in enumerate(params.drop)]
    sample_id, found = params.label_free_scores(scores)
    pictures = read_images(images, sample_id)
    table = rank(
        sample_id,
        pictures.file_name,
        found,
        axes={"hard": params.hard, "rare": params.rare, "noisy": params.noisy},
        duplicate=params.duplicate,
        share=params.share,
        duplicate_threshold=params.duplicate_threshold,
        drop=steps,
        any_of=params.any_of,
    )
    write(ranking, "ranking/1", table)
    write_parquet_and_csv([parquet, metadata], csv, table)
    write_lists(keep, drop, table)


if __name__ == "__main__":
    run(main)
