"""What a finished study leaves to others: small tables in a folder that stays valid.

A study's folder, or one in which the files of `hardrare.elsewhere` were unpacked, becomes another
that holds `samples.parquet` (label and artefact of every sample), `scores.parquet` (every score
of every run, named `<run>-<seed>/<metric>`, but for variances, sums and windows of reductions;
each float with the fewest bits of mantissa, 4 or more, by which the ranks stay the same to
0.999, or as it is where float32 has no such), the verdicts, `params.yaml` without paths,
`provenance.yaml` and its page, `index.html`. How scores agree is left out: it follows from them.
No code of this project is needed to read it, and nothing in it depends on code that changes:
`dvc add` it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from hardrare.elsewhere.pack import read_arrow, write_parquet
from hardrare.errors import InputError
from hardrare.kept.bits import as_ranked
from hardrare.kept.page import page

LEVEL = 19  # of compression: written once, pulled many times
MUST_BE_SAID = ("code", "command", "hardware", "seconds")  # of how a study was made
LEFT_OUT = re.compile("_(from_thirtieth|from_twelfth|var|sum)$")  # ranks are nearly another's
SMALL = (  # tables that are kept as they are, where they are there
    "detection", "representation", "labelling", "verdicts/audit", "verdicts/summary",
    "verdicts/stability", "verdicts/attribution", "duplicates",
)  # fmt: skip


def keep(study: Path, out: Path, said: dict) -> list[str]:
    """Write the folder.

    Args:
        study: holds `data/` and `params.yaml`.
        out: a folder, made where it is not there; files of it are replaced.
        said: what `provenance.yaml` says beside what the study's own says.

    Returns:
        The names of the files, sorted.

    Raises:
        InputError: the study has no scores or no manifest, a file of it is damaged, the folder
            holds something else, or what was run, with what and on what is not said.
    """
    data = study / "data"
    suffixes = (".arrow", ".parquet")
    scores = [path for path in (data / "scores").rglob("*.*") if path.suffix in suffixes]
    scores.sort(key=lambda path: (path.suffix, path.name))
    if not scores:
        raise InputError(f"{data / 'scores'}: holds no scores; run the study first.")
    _refuse(out)
    params = _params(_tree(study / "params.yaml"))
    known = _tree(study / "provenance.yaml") if (study / "provenance.yaml").is_file() else {}
    known |= said
    if lacking := [name for name in MUST_BE_SAID if known.get(name) in (None, "")]:
        raise InputError(f"{out}: nothing says its {', '.join(lacking)}; give --said KEY=VALUE.")
    out.mkdir(parents=True, exist_ok=True)
    ids, columns = _scores(scores)
    write_parquet(out / "scores.parquet", columns, LEVEL)
    write_parquet(out / "samples.parquet", _samples(data, ids), LEVEL)
    for name in SMALL:
        if table := _read(data / name):
            write_parquet(out / f"{Path(name).name}.parquet", table, LEVEL)
    if accuracy := [_read(p.with_suffix("")) for p in sorted((data / "accuracy").glob("*.*"))]:
        whole = pa.concat_tables(accuracy).replace_schema_metadata(None)
        write_parquet(out / "accuracy.parquet", whole, LEVEL)
    (out / "params.yaml").write_text(params, "utf-8")
    text = yaml.safe_dump(known, sort_keys=False, allow_unicode=True)
    (out / "provenance.yaml").write_text(text, "utf-8")
    (out / "index.html").write_text(page(out), "utf-8")
    return sorted(path.name for path in out.iterdir())


def _refuse(out: Path) -> None:
    """Refuse a folder that holds something else than a kept study."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder that is not there.")
    if out.is_dir() and any(out.iterdir()):
        held = {path.name for path in out.iterdir()}
        if "data" in held or not held >= {"samples.parquet", "provenance.yaml"}:
            raise InputError(f"{out} holds something else; name a folder that is not there.")


def _tree(file: Path) -> dict:
    """A YAML file that holds keys."""
    try:
        tree = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be read ({str(error).splitlines()[0]}).") from None
    if not isinstance(tree, dict):
        raise InputError(f"{file}: holds no keys; put back the file that the study left.")
    return tree


def _params(tree: dict) -> str:
    """The parameters but for where files lay, which tells nobody anything."""
    prepare = tree.get("prepare")
    for name in ("path", "labels") if isinstance(prepare, dict) else ():
        if prepare.get(name):
            prepare[name] = None
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)


def _scores(files: list[Path]) -> tuple[np.ndarray, pa.Table]:
    """The samples, and one table of every score of every run."""
    fields, arrays, ids = [], [], None
    for path in files:
        table = _read(path.with_suffix(""))
        own = table["sample_id"].to_numpy()
        ids = own if ids is None else ids
        if not np.array_equal(own, ids):
            raise InputError(f"{path}: holds other samples than {files[0].name}; score it again.")
        for field in table.schema:
            if field.name == "sample_id" or LEFT_OUT.search(field.name):
                continue
            values = as_ranked(table[field.name].to_numpy())
            arrays.append(pa.array(values))
            name = f"{path.stem}/{field.name}"
            fields.append(pa.field(name, arrays[-1].type, True, field.metadata))
    schema = pa.schema([pa.field("sample_id", pa.int32()), *fields])
    return ids, pa.table([pa.array(ids, pa.int32()), *arrays], schema=schema)


def _samples(data: Path, ids: np.ndarray) -> pa.Table:
    """Label and artefacts of each sample; one changed twice has both names."""
    manifest, images = _read(data / "injected/manifest"), _read(data / "injected/train")
    if manifest is None or images is None:
        raise InputError(f"{data / 'injected'}: lacks the manifest or the samples; run inject.")
    label = dict(zip(images["sample_id"].to_pylist(), images["label"].to_pylist(), strict=True))
    rows: dict[int, list[dict]] = {}
    for row in manifest.to_pylist():
        rows.setdefault(row["sample_id"], []).append(row)

    def of(name: str) -> Iterator:
        return (next((r[name] for r in rows.get(i, ())), None) for i in ids.tolist())

    names = ["+".join(r["artefact"] for r in rows.get(i, ())) for i in ids.tolist()]
    return pa.table({
        "sample_id": pa.array(ids, pa.int32()),
        "label": pa.array((label[i] for i in ids.tolist()), pa.int16()),
        "artefact": pa.array(names).dictionary_encode(),
        "base_id": pa.array(of("base_id"), pa.int32()),
        "partner_id": pa.array(of("partner_id"), pa.int32()),
        "label_before": pa.array(of("label_before"), pa.int32()),
    })  # fmt: skip


def _read(path: Path) -> pa.Table | None:
    """A table by its path without ending, Arrow or Parquet, None where there is none."""
    arrow, parquet = (path.with_name(path.name + end) for end in (".arrow", ".parquet"))
    if arrow.is_file():
        return read_arrow(arrow)
    return pq.read_table(parquet) if parquet.is_file() else None
