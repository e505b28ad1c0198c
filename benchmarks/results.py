"""The tables of results in docs, made of the tables of finished studies.

    python benchmarks/results.py digits=. "CIFAR-10=../cifar" [--write docs/kept-studies.md]
    python benchmarks/results.py arms=benchmarks/measured/arms.jsonl
    python benchmarks/results.py --write docs/results.md

Each argument is a name and the folder of a study that has run to its report, or a file that a
benchmark has written: the lines of `pruning.py` or `set_sizes.py`, or what `rare_classes.py` found.
Prints Markdown, or puts the tables of studies into a page, behind its mark `<!-- tables -->`, and
those of `benchmarks/measured` between the marks that name them.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from axes import TRUTHS

from hardrare.params import load, read
from hardrare.report import Settings, Study
from hardrare.report.correlations import correlations
from hardrare.report.knowledge import last
from hardrare.report.sections.attribution.models import attributed, fitted
from hardrare.report.sections.labelling.budgets import judged
from hardrare.report.sections.pruning.arms import arms
from hardrare.report.verdicts import Verdict, verdicts
from hardrare.report.words import interval
from hardrare.runner.graph import stages_for, steps
from stages.report import Params

Table = tuple[list[str], list[list[str]]]
MOST = 20  # scores of labels that are shown
LEFT_OUT = re.compile("_(from_thirtieth|from_twelfth|var|sum)$")  # they rank as another does
MARK = "<!-- tables -->\n"
MEASURED = Path(__file__).parent / "measured"
BETWEEN = re.compile(
    r"(?P<begin><!-- measured (?P<file>\S+)(?P<said>.*?) -->)\n.*?(?P<end><!-- end -->)", re.DOTALL
)


def opened(folder: Path) -> Study:
    """A finished study, read as its report reads it."""
    params = folder / "params.yaml"
    (step,) = [s for s in steps(stages_for(["report"], {}), load(params)) if s.name == "report"]
    words = dict(zip(step.words[1::2], step.words[2::2], strict=True))
    written = ("params", "page", "figures", "plots", "metrics")
    paths = {k.removeprefix("--"): folder / v for k, v in words.items()}
    paths = {key: path for key, path in paths.items() if key not in written}
    return Study(Settings(**vars(read(Params, params, "report", {}, ()))), paths)


def cell(row: dict | None, end: str = "auroc") -> str:
    """A value with its interval."""
    first = "residual" if end == "residual_auroc" else end
    return interval(row[end], row[f"{first}_low"], row[f"{first}_high"]) if row else "–"


def named(row: dict | None) -> str:
    """A score and its AUROC."""
    return f"`{row['score']}` {cell(row)}" if row else "–"


def detection(found: Iterable[Verdict]) -> Table:
    """What finds each artefact best."""
    head = ["artefact (changed of compared)", "best score without labels", "left beyond pixels"]
    head += ["best pixel statistic", "best score with labels"]
    rows = []
    for one in found:
        free, pixel, labelled = (one.best(group) for group in ("free", "pixels", "labelled"))
        name = f"{one.title} ({one.positives} of {one.n})"
        rows.append([name, named(free), cell(free, "residual_auroc"), named(pixel)])
        rows[-1].append(named(labelled))
    return head, rows


def axes(found: Iterable[Verdict]) -> Table:
    """What every axis makes of every artefact; bold where it is meant for it."""
    rows = []
    for one in found:
        row = [one.title]
        for axis, starts in TRUTHS.items():
            mark = "**" if one.artefact.startswith(starts) else ""
            row.append(f"{mark}{cell(one.axes[axis])}{mark}")
        rows.append(row)
    return ["artefact", *TRUTHS], rows


def together(study: Study) -> Table:
    """AUROC of a forest on what all scores know together."""
    rows = []
    for artefact in attributed(study):
        part = (
            fitted(study)
            .filter(
                (pl.col("artefact") == artefact)
                & (pl.col("model") == "forest")
                & (pl.col("what") == "auroc")
            )
            .rows_by_key("inputs", named=True, unique=True)
        )
        triples = [part[one] for one in ("pixels", "scores", "both")]
        values = [interval(one["value"], one["low"], one["high"]) for one in triples]
        rows.append([study.artefact_name(artefact), *values])
    return ["artefact", "pixel statistics", "label-free scores", "both"], rows


def wrong_labels(studies: dict[str, Study], found: dict[str, list[Verdict]]) -> Table:
    """Scores that only labels allow, by how well they find wrong labels: the best of them."""
    rows: dict[str, dict[str, dict]] = {}
    for study, part in found.items():
        table = correlations(studies[study])
        names = [table.names[i] for i in table.references]
        for verdict in (one for one in part if one.artefact.startswith("label")):
            for row in verdict.rows.filter(pl.col("score").is_in(names)).iter_rows(named=True):
                rows.setdefault(row["score"], {})[study] = row
    mean = {n: np.mean([r["auroc"] for r in by.values()]) for n, by in rows.items()}
    ordered = [name for name in rows if not LEFT_OUT.search(name)]
    ordered = sorted(ordered, key=lambda name: -abs(mean[name] - 0.5))[:MOST]
    harder = {name: next(iter(by.values()))["harder"] for name, by in rows.items()}
    cells = [[f"`{n}`", harder[n], *(cell(rows[n].get(s)) for s in found)] for n in ordered]
    return ["score", "harder end", *found], cells


def known(studies: dict[str, Study]) -> Table:
    """Accuracy of the neighbours' vote for the features of each run."""
    tables = {name: last(one.representation) for name, one in studies.items()}
    tables = {name: one.filter(pl.col("judge") == "knn") for name, one in tables.items()}
    names = list(dict.fromkeys(n for one in tables.values() for n in one["objective"]))
    rows = []
    for study, table in tables.items():
        row = [f"{study} (n = {table['n'].max():,})"]
        for name in names:
            own = table.filter(pl.col("objective") == name).sort("seed")["accuracy"].to_list()
            row.append(", ".join(f"{value:.3f}" for value in own) or "–")
        rows.append(row)
    return ["", *names], rows


def pruned(studies: dict[str, Study], view: str) -> Table:
    """Test accuracy of each arm and its difference to random."""
    found = {
        s: {a.name: a for a in arms(one) if a.view == view and np.isfinite(a.accuracy[0])}
        for s, one in studies.items()
    }
    found = {study: part for study, part in found.items() if part}
    names = list(dict.fromkeys(name for part in found.values() for name in part))
    rows = []
    for name in names:
        row = [f"`{name}`"]
        for part in found.values():
            arm = part.get(name)
            row.append(f"{arm.accuracy[0]:.1f}" if arm else "–")
            shown = arm and np.isfinite(arm.difference[0])
            row.append("{:+.1f} [{:+.1f}, {:+.1f}]".format(*arm.difference) if shown else "")
        rows.append(row)
    return ["kept", *(head for name in found for head in (name, "to random"))], rows


def labelled_first(study: Study) -> Table:
    """Accuracy of a linear probe on random labels, and what other choices gain over that."""
    budgets = judged(study, "linear_probe")
    rows = []
    for i, one in enumerate(budgets[0]):
        cells = [budget[i] for budget in budgets]
        shown = [
            interval(*(b.accuracy if b.strategy == "random" else b.difference), digits=1)
            for b in cells
        ]
        rows.append([one.strategy, *shown])
    return ["picked by", *(f"{budget[0].labels} labels" for budget in budgets)], rows


def markdown(title: str, table: Table) -> Iterator[str]:
    """A table as lines."""
    head, rows = table
    yield f"\n### {title}\n"
    for row in (head, ["---"] * len(head), *rows):
        yield "| " + " | ".join(row) + " |"


def measured(path: Path, most: int | None = None, without: Iterable[str] = ()) -> Iterator[str]:
    """The table of a file of measurements, as lines; what was counted comes before `|`.

    Args:
        path: what a benchmark has written.
        most: arms that are shown; None = all.
        without: scores that are left out.
    """
    import pruning
    import rare_classes
    import set_sizes

    if path.suffix == ".json":
        known = json.loads(path.read_text())
        yield from rare_classes.table({n: v for n, v in known.items() if n not in without})
        return
    rows = pruning.results(path)
    if "size" not in rows[0]:
        yield from ("", pruning.counted(rows), "", *pruning.table(rows, most))
        return
    for keep in sorted({row["keep"] for row in rows}):
        yield from ("", set_sizes.counted(rows, keep), "", *set_sizes.table(rows, keep))


def filled(page: str) -> str:
    """A page with the tables of measurements between their marks.

    `<!-- measured FILE -->`, of a file in `benchmarks/measured`, up to `<!-- end -->`; behind the
    name `most=N` arms are shown, or some scores left out by `without=A,B`.
    """

    def own(mark: re.Match) -> str:
        said = dict(word.split("=") for word in mark["said"].split())
        most, without = said.get("most"), said.get("without", "").split(",")
        lines = measured(MEASURED / mark["file"], most and int(most), without)
        shown = (line for line in lines if line.startswith("|"))
        return "\n".join([mark["begin"], *shown, mark["end"]])

    return BETWEEN.sub(own, page)


def tables_of(studies: dict[str, Study]) -> dict[str, Table]:
    """Every table, by its title."""
    found = {name: verdicts(study) for name, study in studies.items()}
    tables = {f"Which changed images are found: {n}": detection(found[n]) for n in studies}
    tables |= {f"What the axes find: {n}": axes(found[n]) for n in studies}
    tables |= {f"All scores together: {n}": together(one) for n, one in studies.items()}
    tables["Which scores find wrong labels"] = wrong_labels(studies, found)
    tables["What the features know"] = known(studies)
    for view in ("equal_steps", "equal_epochs"):
        tables[f"Training on a part, {view}"] = pruned(studies, view)
    return tables | {f"What to label first: {n}": labelled_first(s) for n, s in studies.items()}


def main() -> None:
    """Print every table, or write those of studies into a page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("given", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--write", type=Path, help="a page; what its marks name is replaced")
    given = parser.parse_args()
    named = [word.partition("=")[::2] for word in given.given]
    if wrong := [name for name, path in named if not path]:
        parser.error(f"{wrong[0]} names no folder or file; write NAME=PATH")
    for name, path in named:
        if Path(path).is_file():
            print(f"\n### {name}\n", *measured(Path(path)), "", sep="\n")
    studies = {name: opened(Path(path)) for name, path in named if not Path(path).is_file()}
    tables = tables_of(studies) if studies else {}
    text = "\n".join(line for title, one in tables.items() for line in markdown(title, one))
    if not given.write:
        print(text)
        return
    page = filled(given.write.read_text("utf-8"))
    before, mark, _ = page.partition(MARK)
    if studies and not mark:
        parser.error(f"{given.write} has no line {MARK.strip()}")
    if studies:
        page = before + mark + re.sub("^###", "##", text, flags=re.MULTILINE).rstrip() + "\n"
    given.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
