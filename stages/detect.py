"""detect: how well each score finds each injected artefact, beside the pixel statistics."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.agreement.detection import detection as detect
from hardrare.params import key
from hardrare.stage import run
from hardrare.tables import column, read, read_scores, write_rows


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int
    budgets: list[float]
    objectives: list[str] = key("pretrain.objectives")
    seeds: list[int] = key("pretrain.seeds")
    kinds: list[str] = key("supervise.kinds")
    label_seeds: list[int] = key("supervise.seeds")


def main(params: Params, *, scores: Path, manifest: Path, detection: Path) -> None:
    """Compare the samples of each artefact with those that were not changed at all."""
    runs = {"pixels": [None], **dict.fromkeys(params.objectives, params.seeds)}
    runs |= dict.fromkeys(params.kinds, params.label_seeds)
    sample_id, found = read_scores(scores, runs)
    changes = read(manifest, "manifest/1")
    ids, names = column(changes, "sample_id"), column(changes, "artefact")
    rows = detect(
        sample_id,
        found,
        {name: ids[names == name] for name in sorted(set(names))},
        budgets=params.budgets,
        bootstrap=params.bootstrap,
        seed=params.seed,
    )
    write_rows(detection, "detection/1", rows)


if __name__ == "__main__":
    run(main)
