"""rank: where each sample lies on the axes hard, rare, noisy and duplicate, without a label.

Where runs read labels, `mislabeled` is a fifth axis; it moves none of the others.
"""

from dataclasses import dataclass
from pathlib import Path

from hardrare.params import build
from hardrare.ranking.drop import Drop, write_lists
from hardrare.ranking.facts import facts
from hardrare.ranking.mislabeled import doubted, named, suggested
from hardrare.ranking.parquet_and_csv import write_parquet_and_csv
from hardrare.ranking.table import ranking as rank
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read, read_images, write


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    hard: list[str]
    rare: list[str]
    noisy: list[str]
    mislabeled: list[str]
    any_of: list[str]
    share: float
    drop: list[dict]


def main(
    params: Params, *,
    scores: Path, dynamics: Path, images: Path, appearance: Path, duplicates: Path,
    ranking: Path, parquet: Path, csv: Path, metadata: Path, keep: Path, drop: Path,
) -> None:  # fmt: skip
    """Rank the samples by the scores of the runs; of the images only names and labels are read."""
    steps = [build(Drop, own, f"rank.drop[{i}]", "parameters") for i, own in enumerate(params.drop)]
    sample_id, all_scores = params.label_free_scores(scores)
    pictures = read_images(images, sample_id)
    runs = dict.fromkeys(params.labelled, params.label_seeds)
    mislabeled = doubted(params.mislabeled, runs, scores, sample_id, share=params.share)
    labels = {"label": named(pictures.label, pictures.classes)} if mislabeled else {}
    if (votes := suggested(params.mislabeled, runs, dynamics, sample_id)) is not None:
        labels["suggested_label"] = named(votes, pictures.classes)
    table = rank(
        sample_id, pictures.file_name, all_scores,
        axes={"hard": params.hard, "rare": params.rare, "noisy": params.noisy},
        duplicates=read(duplicates, "duplicates/1"),
        share=params.share, any_of=params.any_of, drop=steps, mislabeled=mislabeled, labels=labels,
        facts=facts(read(appearance, "appearance/1"), sample_id),
    )  # fmt: skip
    write(ranking, "ranking/2", table)
    write_parquet_and_csv([parquet, metadata], csv, table)
    write_lists(keep, drop, table)


if __name__ == "__main__":
    run(main)
