"""report: the page that people read, its figures, and numbers for dvc metrics and plots."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import figures as drawing
from hardrare.agreement.stability import stabilities
from hardrare.params import key
from hardrare.report import Settings, plan, read_study, write
from hardrare.stage import run


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    data_map: str
    examples: int
    dataset: str = key("prepare.dataset")
    objectives: list[str] = key("pretrain.objectives")
    seeds: list[int] = key("pretrain.seeds")
    kinds: list[str] = key("supervise.kinds")
    kind_seeds: list[int] = key("supervise.seeds")
    arms: list[str] = key("prune.arms")
    keep_fraction: float = key("prune.keep_fraction")
    retrain_seeds: list[int] = key("retrain.seeds")


def main(
    params: Params,
    *,
    images: Path,
    manifest: Path,
    dynamics: Path,
    scores: Path,
    ranking: Path,
    agreement: Path,
    detection: Path,
    representation: Path,
    subsets: Path,
    accuracy: Path,
    page: Path,
    figures: Path,
    plots: Path,
    metrics: Path,
) -> None:
    """Read every table, draw every figure, write the page and the numbers."""
    per_sample = {"images": images, "manifest": manifest, "dynamics": dynamics, "scores": scores}
    found = {"ranking": ranking, "agreement": agreement, "detection": detection}
    pruned = {"subsets": subsets, "accuracy": accuracy, "representation": representation}
    study = read_study(Settings(**vars(params)), **per_sample, **found, **pruned)
    drawn = []
    for one in plan(study):
        drawing.png(figure := drawing.draw(one.kind, one.values), figures / f"{one.name}.png")
        drawn.append((one, drawing.svg(figure, one.name)))
    write(study, drawn, stabilities(study.scores), drawing.THEME, page, plots, metrics)


if __name__ == "__main__":
    run(main)
