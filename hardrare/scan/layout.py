"""A study of its own in a folder: its parameters, its graph, and the record of what was done."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from hardrare.datasets import litter
from hardrare.errors import InputError
from hardrare.params import load, parsed
from hardrare.runner.contents import digest_of
from hardrare.runner.graph import path_of, stages_for, with_runs
from hardrare.runner.record import Record
from hardrare.scan.asked import Asked, source
from hardrare.scan.options import default
from hardrare.studies import with_values
from hardrare.tables import complete, escaped

RECORD, PARAMS, GRAPH, PAGE = "scan.json", "params.yaml", "dvc.yaml", "index.html"
SCRATCH, CONTENTS = "scratch", "contents.json"  # the latter: digests of files
SKIPPED, KEEP, DROP, SCORES = "skipped.csv", "keep.txt", "drop.txt", "scores.csv"
TARGETS = ("show",)
# Stage and argument of what people are promised, and what it is called beside the page.
PROMISED = {
    ("show", "--page"): PAGE,
    ("prepare", "--skipped"): SKIPPED,
    ("rank", "--csv"): SCORES,
    ("rank", "--parquet"): "scores.parquet",
    ("rank", "--metadata"): "metadata.parquet",
    ("rank", "--keep"): KEEP,
    ("rank", "--drop"): DROP,
}
HEAD = "# A scan of {}; any value may be changed, then call the scan again.\n"


def graph() -> dict[str, dict]:
    """The stages that a scan runs; what people are promised lies at the top of the folder."""
    return stages_for(TARGETS, {path_of(*where): name for where, name in PROMISED.items()})


def opened(out: Path, asked: Asked) -> Record:
    """The record of a folder, new or of the same source scanned before.

    Raises:
        InputError: it holds something else, or a scan of something else.
    """
    filled = out.is_dir() and any(not litter(path) for path in out.iterdir())
    if filled and not (out / RECORD).exists():
        raise InputError(
            f"--out {out} holds something else than a scan; name a folder that is new or empty."
        )
    here = asked.folder
    if isinstance(here, Path) and all((here / name).is_file() for name in (RECORD, GRAPH)):
        raise InputError(f"{here} is what a scan made; name a folder of images.")
    record = Record(out / RECORD)
    known = record.known.get("asked")
    if known and known.get("folder") != str(source(asked.folder)):
        raise InputError(f"--out {out} holds a scan of {known.get('folder')}; name another folder.")
    return record


def require_finished(out: Path, named: str = "") -> None:
    """Refuse a folder without a finished scan.

    Args:
        out: the folder.
        named: the option that names it, with a space behind it.

    Raises:
        InputError: it holds none, or one that was stopped.
    """
    if not (out / RECORD).is_file():
        raise InputError(f"{named}{out} holds no scan; name the folder that a scan made.")
    if not (out / path_of("rank", "--ranking")).is_file():
        raise InputError(f"{named}{out} holds a scan that did not end; call that scan once more.")


def as_before(out: Path, asked: Asked) -> Asked:
    """What was asked, completed by what the scan in a folder was asked for; its time stays."""
    record = opened(out, asked) if (out / RECORD).exists() else None
    known = record.known.get("asked") if record else None
    if not known:
        return asked
    given = {name: value for name, value in vars(asked).items() if value not in (None, False)}
    return Asked(**known | given | {"minutes": known["minutes"]})


def lay(out: Path, record: Record, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write the parameters and the graph; returns the former.

    Parameters that are there stay as people left them, but for those that other options decide.
    """
    before = record.known.get("set", {})
    shipped_study = default()
    version = digest_of(shipped_study)
    if (out / PARAMS).exists() and record.known.get("version") == version:
        text = (out / PARAMS).read_text("utf-8")
        tree = parsed(shipped_study)
        gone = {key: _value(tree, key) for key in before.keys() - changes.keys()}
        gone = {key: value for key, value in gone.items() if value is not ...}
        new = {k: v for k, v in changes.items() if k not in before or before[k] != v}
        text = with_values(text, gone | new) if gone or new else text
    else:
        body = shipped_study[shipped_study.index("\nprepare:") :]
        text = with_values(HEAD.format(escaped(changes["prepare.path"])) + body, changes)
    record.known |= {"set": dict(changes), "version": version}
    out.mkdir(parents=True, exist_ok=True)
    _write(out / PARAMS, text)
    params = load(out / PARAMS)
    _write(out / GRAPH, _graph_text(changes, params))
    return params


def _graph_text(changes: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    """dvc.yaml of the folder; what stages read of the user's files stands among their deps."""
    every = with_runs(graph(), params)
    stages = {n: {k: v for k, v in stage.items() if k != "code"} for n, stage in every.items()}
    given = [changes["prepare.path"], changes.get("prepare.labels")]
    stages["prepare"]["deps"] = _literal([path for path in given if path and "://" not in path])
    stages["embed"]["deps"] = [*stages["embed"]["deps"], *_literal(_files(changes))]
    return yaml.safe_dump({"stages": stages}, sort_keys=False, width=100, allow_unicode=True)


def _files(changes: Mapping[str, Any]) -> list[str]:
    """The user's files that `embed` reads: weights, or features of their own."""
    sections = [v for k, v in changes.items() if k.startswith("embed.") and isinstance(v, Mapping)]
    weights = [own["weights"] for own in sections if own["weights"] not in ("bundled", "download")]
    return [*weights, *filter(None, [changes.get("embed.given.file")])]


def _literal(paths: Sequence[str | None]) -> list[str]:
    """Paths as dvc.yaml takes them for themselves; what is None is left out."""
    return [path.replace("${", r"\${") for path in paths if path]


def _value(tree: Mapping[str, Any], dotted: str) -> Any:  # noqa: ANN401
    """The value of a key; `...` where there is none, as of another network."""
    value: Any = tree
    for part in dotted.split("."):
        value = value.get(part, ...) if isinstance(value, Mapping) else ...
    return value


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text("utf-8") == text:
        return
    with complete(path) as part:
        part.write_text(text, encoding="utf-8")
