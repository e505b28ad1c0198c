"""The file of decisions: `file_name, decision, label, axis, note`, a row for each decided image.

An image that has but a note is open: its decision is empty.

File names stand as in `scores.csv` (see `tables.names`). What was applied is kept with one more
column, `content_hash`: a decision about a file that has changed since is no decision any more.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hardrare.errors import InputError

COLUMNS = ("file_name", "decision", "label", "axis", "note")
HASH = "content_hash"
KEEP, DROP, RELABEL = KINDS = ("keep", "drop", "relabel")


@dataclass(frozen=True)
class Decision:
    """What was decided for one image.

    Attributes:
        kind: keep, drop or relabel; who relabels keeps. Empty: there is a note, and no decision.
        label: the right label, empty unless `kind` is relabel.
        axis: on which axis of the page it was decided, may be empty.
        note: of the person, may be empty.
        content_hash: of the file that was looked at, empty where it is not known.
    """

    kind: str
    label: str = ""
    axis: str = ""
    note: str = ""
    content_hash: str = ""


def read_decisions(path: Path) -> dict[str, Decision]:
    """File name to decision.

    Args:
        path: a CSV with a header; columns in any order, `label`, `axis`, `note` may be absent.

    Raises:
        InputError: no such file, no such columns, an unknown decision, a relabel without a
            label, or two decisions for one file; names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _decisions(path, csv.DictReader(stream, strict=True))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; save decisions.csv on the page first.") from None
    except IsADirectoryError:
        raise InputError(
            f"{path}: is a folder; name the decisions.csv that the page saved."
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: is no CSV in UTF-8 ({error}); save it anew.") from None


def still_true(
    decisions: Mapping[str, Decision], hashes: Mapping[str, str | None]
) -> tuple[dict[str, Decision], list[str]]:
    """Those decisions whose file is there as it was looked at, and the names of the others.

    Args:
        decisions: file name to decision.
        hashes: file name to the hash of its bytes, of all files that there are.
    """
    true, stale = {}, []
    for name, decision in decisions.items():
        now = hashes.get(name, "gone")
        if name in hashes and (
            not decision.content_hash or now is None or now == decision.content_hash
        ):
            true[name] = decision
        else:
            stale.append(name)
    return true, stale


def _decisions(path: Path, rows: csv.DictReader) -> dict[str, Decision]:
    header = rows.fieldnames or []
    if missing := [column for column in COLUMNS[:2] if column not in header]:
        raise InputError(
            f"{path}: has no column {missing[0]}; it needs {', '.join(COLUMNS)}, with commas."
        )
    by_name: dict[str, Decision] = {}
    for row in rows:
        name, decision = row["file_name"], _decision(row, f"{path}, line {rows.line_num}")
        if by_name.setdefault(name, decision) != decision:
            raise InputError(
                f"{path}, line {rows.line_num}: {name} has two decisions; leave one of them."
            )
    return by_name


def _decision(row: Mapping[str, str | None], where: str) -> Decision:
    kind = (row["decision"] or "").strip().lower()
    label, axis, note, content = (row.get(k) or "" for k in (*COLUMNS[2:], HASH))
    noted = not kind and note
    if not row["file_name"] or not (kind in KINDS or noted) or None in row:
        stands = f", where {kind} stands" if row["file_name"] and kind not in ("", *KINDS) else ""
        raise InputError(
            f"{where}: expected a file name and one of {', '.join(KINDS)}{stands}; mend it."
        )
    if kind == RELABEL and not label:
        raise InputError(f"{where}: {row['file_name']} is to be relabeled; give it a label.")
    return Decision(kind, label if kind == RELABEL else "", axis, note, content)
