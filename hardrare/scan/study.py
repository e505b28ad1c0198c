"""A study of its own in a folder: its parameters, its graph, and the record of what was done."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hardrare.errors import InputError
from hardrare.params import load
from hardrare.scan.graph import path_of, stages_for
from hardrare.scan.settings import Choice
from hardrare.scan.source import FOLDERS, Found
from hardrare.scan.steps import Record
from hardrare.studies import filled, shipped, with_values
from hardrare.tables import complete

RECORD, PARAMS, GRAPH, PAGE = "scan.json", "params.yaml", "dvc.yaml", "index.html"
TARGETS = ("show",)
LABELLED = ["supervised", "second_split"]
IGNORED = f"/kept\n/data\n/scratch\n/{PAGE}\n/{RECORD}\n*.part\n"


def graph() -> dict[str, dict]:
    """The stages that a scan runs; the page lies at the top of the folder."""
    return stages_for(TARGETS, {path_of("show", "--page"): PAGE})


def opened(out: Path, source: Path, asked: Mapping[str, Any]) -> Record:
    """The record of a folder, new or of the same scan begun before.

    Args:
        out: the folder.
        source: what is scanned.
        asked: what the command was called with.

    Raises:
        InputError: it holds something else, a scan of something else, or lies in the source.
    """
    here, there = out.resolve(), source.resolve()
    if here == there or here.is_relative_to(there) or there.is_relative_to(here):
        raise InputError(
            f"--out {out} and {source} lie in each other, so the scan would read what it writes; "
            "name a folder beside it."
        )
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; name a folder that is new or empty.")
    if out.is_dir() and any(out.iterdir()) and not (out / RECORD).exists():
        raise InputError(
            f"--out {out} holds something else than a scan; name a folder that is new or empty."
        )
    record = Record(out / RECORD)
    known = record.known.get("asked")
    if known and known != dict(asked):
        before = ", ".join(f"{k} {v}" for k, v in known.items() if asked.get(k) != v)
        raise InputError(
            f"--out {out} holds a scan with {before}; name another folder, or call it as before "
            f"to go on (and change {PARAMS} there for other settings)."
        )
    record.known["asked"] = dict(asked)
    return record


def draft(source: Path, found: Found, labels: str | None) -> str:
    """The parameters of a scan, still without what depends on this machine's speed."""
    text = shipped("studies/folder.yaml")
    head = f"# A scan of {source.resolve()}; any value may be changed, then call the scan again.\n"
    text = filled(head + text[text.index("\nprepare:") :], "studies/folder.yaml")
    changes = {
        "prepare.dataset": found.dataset,
        "prepare.path": str(source.resolve()),
        "pretrain.snapshot_every": 0,
    }
    if labels is not None:
        table = None if labels == FOLDERS else str(Path(labels).resolve())
        changes |= {"prepare.labels": table, "supervise.kinds": LABELLED}
        changes["supervise.supervised.occasional"] = []
    return with_values(text, changes)


def write(out: Path, text: str, choice: Choice) -> dict[str, Any]:
    """Write the graph and the parameters with what was chosen; returns the latter."""
    seeds = list(range(choice.seeds))
    changes: dict[str, Any] = {
        "prepare.size": choice.size,
        "pretrain.seeds": seeds,
        "pretrain.epochs": choice.epochs,
        "pretrain.batch_size": choice.batch_size,
        "supervise.seeds": seeds,
    }
    if choice.label_epochs:
        changes["supervise.epochs"] = choice.label_epochs
    out.mkdir(parents=True, exist_ok=True)
    _write(out / PARAMS, with_values(text, changes))
    stages = {n: {k: v for k, v in one.items() if k != "code"} for n, one in graph().items()}
    _write(out / GRAPH, yaml.safe_dump({"stages": stages}, sort_keys=False, width=100))
    return load(out / PARAMS)


def into_dvc(out: Path) -> None:
    """Make the folder a DVC repository whose stages are up to date.

    Raises:
        InputError: DVC or git is not there.
    """
    for tool in ("git", "dvc"):
        if shutil.which(tool) is None:
            raise InputError(
                f"--dvc needs {tool}; install it (pip install 'hardrare[study]' brings DVC)."
            )
    new = not (out / ".git").exists()
    if new:
        _tool(out, "git", "init", "-q")
        _write(out / ".gitignore", IGNORED)
    if not (out / ".dvc").exists():
        _tool(out, "dvc", "init", "-q")
    _tool(out, "dvc", "commit", "-q", "-f")
    if new:
        _tool(out, "git", "add", "-A")
        name = ["-c", "user.name=hardrare", "-c", "user.email=hardrare@localhost"]
        known = subprocess.run(["git", "config", "user.email"], cwd=out, capture_output=True)
        _tool(out, "git", *([] if known.stdout.strip() else name), "commit", "-qm", "A scan")


def _tool(out: Path, *words: str) -> None:
    done = subprocess.run(words, cwd=out, capture_output=True, text=True)
    if done.returncode:
        raise InputError(f"{' '.join(words[:2])} in {out} failed: {done.stderr.strip()}")


def _write(path: Path, text: str) -> None:
    with complete(path) as part:
        part.write_text(text, encoding="utf-8")
