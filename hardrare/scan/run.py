"""One scan from the first look to the page."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from hardrare.errors import InputError
from hardrare.gallery.page import with_time
from hardrare.params import load
from hardrare.scan import study
from hardrare.scan.files import write_files
from hardrare.scan.graph import Step, steps
from hardrare.scan.progress import Progress, spoken
from hardrare.scan.settings import choose, estimate
from hardrare.scan.source import FOLDERS, Found, look
from hardrare.scan.speed import measure
from hardrare.scan.steps import Record, run, stamps
from hardrare.tables import complete

UNKNOWN = 30.0  # seconds of a step that the first estimate did not know


@dataclass(frozen=True)
class Asked:
    """What a scan was asked for: the source, where labels are (or None), and minutes."""

    folder: Path
    labels: str | None
    minutes: float

    def told(self) -> dict[str, Any]:
        """As the record keeps it."""
        return asdict(self) | {"folder": str(self.folder.resolve())}


def scan(asked: Asked, out: Path, started: float, *, dvc: bool = False) -> Path:
    """Scan a source into a folder, or go on where the last call was stopped.

    Args:
        asked: what and how long.
        out: the folder.
        started: when the command began, of `time.perf_counter`.
        dvc: make the folder a DVC repository.

    Returns:
        The page.

    Raises:
        InputError: something given is wrong, or a step failed.
    """
    if not 0 < asked.minutes < float("inf"):
        raise InputError(f"--minutes is {asked.minutes}; allow more than 0.")
    if asked.labels not in (None, FOLDERS) and not Path(asked.labels).is_file():
        raise InputError(f"--labels {asked.labels} is no file, nor the word {FOLDERS}; name one.")
    record = study.opened(out, asked.folder, asked.told())
    found = look(asked.folder, asked.labels)
    again = "expected" in record.known
    if not again:
        _plan(asked, out, record, found, started)
    params = load(out / study.PARAMS)
    todo = steps(study.graph(), params)
    marks = stamps(todo, params, found.mark)
    if again:
        done = sum(record.is_done(one, marks[one.name], out) for one in todo)
        print(f"{out} holds this scan: {done} of {len(todo)} steps are done.", flush=True)
    expected = {one.name: record.known["expected"].get(one.name, UNKNOWN) for one in todo}
    progress = Progress(expected)
    try:
        ran = run(todo, marks, out, record, progress)
    finally:
        progress.close()
    page = out / study.PAGE
    if ran:
        _stamp(page, record, todo)
        write_files(out)
    if dvc:
        study.into_dvc(out)
    return page


def _plan(asked: Asked, out: Path, record: Record, found: Found, started: float) -> None:
    """Measure, choose, write the study, and say what is to come."""
    labelled = "" if asked.labels is None else ", with labels"
    print(f"{asked.folder}: {found.count:,} image files{labelled}; measuring how fast this "
          "machine trains ...", flush=True)  # fmt: skip
    text, stages = study.draft(asked.folder, found, asked.labels), study.graph()
    params = yaml.safe_load(text)
    speeds = measure(stages, params)
    kinds = params["supervise"]["kinds"]
    spent = time.perf_counter() - started
    choice = choose(found.count, found.side, speeds, kinds, 60 * asked.minutes, spent)
    todo = steps(stages, study.write(out, text, choice))
    expected = {one.name: round(estimate(one, found.count, choice, speeds), 1) for one in todo}
    record.known["planned"] = round(time.perf_counter() - started, 1)
    record.known |= {"expected": expected, "speeds": {k: asdict(s) for k, s in speeds.items()}}
    record.write()
    free = [f"{1 / s.each:,.0f} images/s {name}" for name, s in speeds.items()]
    epochs = f"{choice.epochs} epochs" + (
        f" ({choice.label_epochs} with labels)" if choice.label_epochs else ""
    )
    print(f"This machine, as it is now: {', '.join(free)}.\n"
          f"Chosen for {asked.minutes:g} minutes: images of {choice.size}x{choice.size}, "
          f"{choice.seeds} seed{'s' * (choice.seeds > 1)}, {epochs}.\n"
          f"Estimate: {spoken(sum(expected.values()))}.", flush=True)  # fmt: skip


def _stamp(page: Path, record: Record, todo: list[Step]) -> None:
    """Write into the page how long it took."""
    seconds = record.known["planned"] + record.seconds_of([one.name for one in todo])
    with complete(page) as part:
        words = f"took {spoken(seconds)}"
        part.write_text(with_time(page.read_text("utf-8"), words), encoding="utf-8")
