"""One scan from the first look to the page."""

import time
from pathlib import Path

from hardrare.params import parsed
from hardrare.runner.contents import Contents, digest_of
from hardrare.runner.graph import before, steps
from hardrare.runner.record import Work
from hardrare.runner.run import run
from hardrare.scan import layout, options
from hardrare.scan.alone import alone
from hardrare.scan.asked import Asked, check, resolved, source
from hardrare.scan.changed import SAME, changed, listed
from hardrare.scan.dvc import into_dvc
from hardrare.scan.own_files import check_own_files
from hardrare.scan.plan import expected, planned, words
from hardrare.scan.progress import Progress
from hardrare.scan.source import Fits, look
from hardrare.scan.stamp import stamp
from hardrare.scan.summary import summary

LOG = "log.txt"


def scan(
    asked: Asked, out: Path, started: float, *, dvc: bool = False, fits: Fits | None = None
) -> Path:
    """Scan a source into a folder, or bring a scan up to date.

    Args:
        asked: what and how long.
        out: the folder.
        started: when the command began, of `time.perf_counter`.
        dvc: make the folder a DVC repository.
        fits: is given the names of all images before any work is begun, and may refuse them.

    Returns:
        The page.

    Raises:
        InputError: something given is wrong, another scan is at work there, or a step failed.
    """
    check(asked, out)
    check_own_files(asked, parsed(options.default())["embed"][options.NETWORK])
    with alone(out):
        _scanned(asked, out, started, fits)
        if dvc:
            into_dvc(out)
    return out / layout.PAGE


def _scanned(asked: Asked, out: Path, started: float, fits: Fits | None) -> None:
    """Bring the folder up to date, and say what was found."""
    work = _prepared(asked, out, started, fits)
    if work.record.known["done"]:
        print(f"{out} holds this scan: {_said(work)}", flush=True)
    if work.record.known["labels"]:
        print(work.record.known["labels"], flush=True)
    before = listed(out / layout.SCRATCH)
    progress = Progress(
        {step.name: expected(step, work.record.known) for step in work.steps},
        {step.name: words(step, work.record.known) for step in work.steps},
    )
    try:
        ran = run(work, out / layout.SCRATCH / LOG, progress, several=True).ran
    finally:
        progress.close()
        if progress.told:
            work.record.known["told"] = progress.told
            work.record.write()
    known = work.record.known
    news = changed(before, out, out / layout.SCRATCH)
    known["changed"] = known.get("changed") if news == SAME else news
    if "show" in ran:
        took = 0 if "prepare" in ran else known.get("took", 0)
        known["took"] = time.perf_counter() - started + took
        known.pop("stamp", None)
    stamp(out, work.record, work.contents)
    print("\n".join([*known.get("told", []), *summary(out), *filter(None, [news])]))


def _prepared(asked: Asked, out: Path, started: float, fits: Fits | None) -> Work:
    """Everything that can be refused is, then the study is written."""
    record = layout.opened(out, asked)
    contents = Contents(out / layout.SCRATCH / layout.CONTENTS)
    least = parsed(options.default())["prepare"]["min_images"]
    seen = look(source(asked.folder), asked.labels, contents, least, asked.crops, fits)
    changes = options.settings(asked, seen)
    if asked.from_scratch:
        changes |= planned(asked, record, seen, started)
    params = layout.lay(out, record, changes)
    record.known |= {"asked": asked.told(), "count": seen.count, "labels": seen.labels}
    record.write()
    todo = steps(layout.graph(), params)
    files = [contents.file(resolved(path)) for path in (asked.weights, asked.embeddings) if path]
    outside = {"prepare": seen.mark, "embed": digest_of(files)}
    return Work(todo, params, out, record, contents, outside)


def _said(work: Work) -> str:
    """Which steps are due whatever the others give, and why; others run if that is new to them."""
    due = {step.name: why for step in work.steps if (why := work.due(step))}
    reads, told = before(work.steps), {step.name: step.told or step.name for step in work.steps}
    first = [f"{told[k]} ({why})" for k, why in due.items() if not due.keys() & set(reads[k])]
    if not first:
        return f"all {len(work.steps)} steps are done."
    more = f" and {len(first) - 1} more" if len(first) > 1 else ""
    return f"to do: {first[0]}{more}, then what follows from it if it gives something new."
