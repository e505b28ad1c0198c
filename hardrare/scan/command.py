"""The command line.

hardrare scan FOLDER --out OUT
hardrare label-first FOLDER --budget 500 --out OUT
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hardrare.errors import InputError
from hardrare.export import LINKS
from hardrare.scan.files import link_kept
from hardrare.scan.label_first import STRATEGY, label_first
from hardrare.scan.run import Asked, scan


def main(words: Sequence[str] | None = None) -> None:
    """Run a command; one sentence and status 1 where something given is wrong."""
    given = _parser().parse_args(words)
    started = time.perf_counter()
    asked = Asked(given.folder, given.labels, given.minutes)
    try:
        page = scan(asked, given.out, started, dvc=given.dvc)
        if given.command == "label-first":
            label_first(given.out, given.budget, given.strategy)
        elif given.link:
            link_kept(given.out, given.folder, given.link)
        print(f"The page: {page.resolve()}")
    except (InputError, OSError) as error:
        print(f"hardrare {given.command}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(
            f"\nhardrare {given.command}: stopped. Call the same command again to go on.",
            file=sys.stderr,
        )
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hardrare", description="Find hard, rare, noisy and "
                                     "duplicate images without labels.")  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True)
    scanning = commands.add_parser("scan", help="rank the images of a folder, and make a page")
    labelling = commands.add_parser(
        "label-first", help="list what to label first; scans if need be"
    )
    for one in (scanning, labelling):
        one.add_argument("folder", type=Path, help="a folder of images, a text file of paths, "
                         "Parquet or IDX files")  # fmt: skip
        one.add_argument(
            "--out", type=Path, required=True, help="where the study goes: a new folder"
        )
        one.add_argument("--minutes", type=float, default=30.0, help="time allowed (default: 30)")
        one.add_argument("--labels", help="a CSV of file_name,label, or the word folders for class "
                         "folders: also finds likely wrong labels")  # fmt: skip
        one.add_argument("--dvc", action="store_true", help="make OUT a DVC repository")
    kept = "also make OUT/kept, a folder of the images that repeat no other"
    scanning.add_argument("--link", choices=LINKS, help=kept)
    labelling.add_argument("--budget", type=int, required=True, help="how many can be labelled")
    labelling.add_argument("--strategy", default=STRATEGY, help=f"default: {STRATEGY}")
    return parser


if __name__ == "__main__":
    main()
