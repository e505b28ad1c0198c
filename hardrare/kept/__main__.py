"""Keep a study's tables for others, or show what was kept.

python -m hardrare.kept STUDY --out studies/NAME --said code=COMMIT command=... hardware=...
    seconds=...                                       # then: dvc add studies/NAME
python -m hardrare.kept studies/NAME --page NAME.html
"""

import argparse
import sys
from pathlib import Path

import yaml

from hardrare.errors import InputError
from hardrare.kept import keep, page
from hardrare.tables import complete


def main() -> None:
    """Keep a study, or write its page."""
    parser = argparse.ArgumentParser(
        "python -m hardrare.kept", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("study", type=Path, help="of a finished study, or a folder that was kept")
    parser.add_argument("--out", type=Path, help="the folder of what is kept")
    parser.add_argument("--page", type=Path, help="an HTML file of what was kept")
    parser.add_argument(
        "--said", nargs="*", default=[], metavar="KEY=VALUE",
        help="of provenance: code, command, hardware and seconds must be known",
    )  # fmt: skip
    asked = parser.parse_args()
    if (asked.out is None) == (asked.page is None):
        parser.error("give --out or --page, one of them")
    try:
        print(_shown(asked) if asked.page else _kept(asked))
    except InputError as error:
        sys.exit(f"hardrare.kept: {error}")


def _kept(asked: argparse.Namespace) -> str:
    said = dict(map(_said, asked.said))
    files = keep(asked.study, asked.out, said)
    size = sum((asked.out / name).stat().st_size for name in files) / 1e6
    return f"kept {len(files)} files, {size:.1f} MB in {asked.out}; now: dvc add {asked.out}"


def _said(text: str) -> tuple[str, object]:
    """A key and its value, as YAML has it."""
    key, equals, value = text.partition("=")
    try:
        if key and equals:
            return key, yaml.safe_load(value)
    except yaml.YAMLError:
        pass
    raise InputError(f"--said {text}: is no KEY=VALUE; put a value with signs in quotes.")


def _shown(asked: argparse.Namespace) -> str:
    if not asked.page.name or asked.page.is_dir():
        raise InputError(f"{asked.page} is a folder; name an HTML file.")
    text = page(asked.study)
    with complete(asked.page) as part:
        part.write_text(text, encoding="utf-8")
    return f"the page: {asked.page}"


if __name__ == "__main__":
    main()
