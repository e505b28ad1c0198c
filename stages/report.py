"""report: the page that people read, its figures, and numbers for dvc metrics and plots."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import figures as drawing
from hardrare.numerics.stable_ranking import Settings as StableRanking
from hardrare.params import key
from hardrare.report import Settings, Study, plan, write
from hardrare.runs import Arms, Axes, Runs
from hardrare.stage import run

PICTURES = ("pruning", "correlation")  # figures that `dvc plots` shows; all are on the page


@dataclass(frozen=True)
class Params(Axes, Arms, Runs):
    """What this stage reads of the parameters."""

    data_map: str
    region_share: float
    examples: int
    dataset: str = key("prepare.dataset")
    keep_fraction: float = key("prune.keep_fraction")
    retrain_seeds: list[int] = key("retrain.seeds")
    epochs: int = key("pretrain.epochs")
    stable_ranking: StableRanking = key("pretrain.stable_ranking")


def main(
    params: Params,
    *,
    images: Path, originals: Path, manifest: Path,
    dynamics: Path, features: Path, scores: Path, ranking: Path,
    agreement: Path, detection: Path, representation: Path, verdicts: Path,
    labelling: Path, subsets: Path, accuracy: Path,
    page: Path, figures: Path, plots: Path, metrics: Path,
) -> None:  # fmt: skip
    """Read every table, draw every figure, write the page and the numbers."""
    samples = {"images": images, "originals": originals, "manifest": manifest}
    runs = {"dynamics": dynamics, "features": features, "scores": scores, "ranking": ranking}
    made = {"agreement": agreement, "detection": detection, "representation": representation}
    made |= {"verdicts": verdicts, "labelling": labelling}
    made |= {"subsets": subsets, "accuracy": accuracy}
    study = Study(Settings(**vars(params)), samples | runs | made)
    drawn = drawing.draw_all(plan(study), figures, PICTURES)
    write(study, drawn, drawing.THEME, page, plots, metrics)


if __name__ == "__main__":
    run(main)
