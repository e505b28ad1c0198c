"""The command line.

hardrare scan FOLDER --out OUT
hardrare label-first FOLDER --budget 500 --out OUT
hardrare label-first FOLDER --labels few.csv --propose --out OUT
hardrare apply decisions.csv --out OUT
hardrare compare OUT1 OUT2
hardrare export OUT
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import hardrare
from hardrare import shards
from hardrare.datasets import Place, place
from hardrare.errors import InputError, sentence
from hardrare.export import LINKS
from hardrare.scan.apply import apply
from hardrare.scan.arrays import export
from hardrare.scan.asked import OWN, Asked
from hardrare.scan.dvc import into_dvc
from hardrare.scan.files import link_kept
from hardrare.scan.label_first import STRATEGY, label_first, require_strategy
from hardrare.scan.layout import as_before
from hardrare.scan.parser import Parser, parsed_words
from hardrare.scan.proposed import propose_labels, require_few, told_labels
from hardrare.scan.run import scan
from hardrare.scan.stamp import stamp
from hardrare.scan.to_ask import OPTION


def main(words: Sequence[str] | None = None) -> None:
    """Run a command; one sentence and status 1 where something given is wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a path may hold what no terminal can show
            stream.reconfigure(errors="backslashreplace")
    given = parsed_words(_parser(), words)
    started = time.perf_counter()
    try:
        if given.command == "apply":
            apply(given.decisions, given.out, rest=given.rest, link=given.link)
        elif given.command == "compare":
            print(hardrare.compare(given.first, given.second).told(given.all))
        elif given.command == "export":
            export(given.out)
        else:
            _scan(given, started)
    except (InputError, OSError) as error:
        print(f"hardrare {given.command}: {sentence(error)}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(
            f"\nhardrare {given.command}: stopped. Call the same command again to go on.",
            file=sys.stderr,
        )
        sys.exit(130)


def _scan(given: argparse.Namespace, started: float) -> None:
    """Scan, and make what was asked for besides the page."""
    asked = Asked(**{field.name: getattr(given, field.name) for field in fields(Asked)})
    few, fits = {}, None
    if given.command == "label-first":
        asked = _of_label_first(given, asked)
        if given.propose:
            few = told_labels(given.labels)
            fits = partial(require_few, folder=asked.folder, labels=given.labels, given=few)
    elif given.link and asked.crops:
        raise InputError("--link is for whole images, and --crops makes objects; leave one out.")
    if address := given.ray or os.environ.get(shards.ASKED):
        shards.ask_ray(address)
    page = scan(asked, given.out, started, dvc=given.dvc, fits=fits)
    if given.command == "label-first":
        if given.propose:
            propose_labels(given.out, given.folder, given.labels, few)
            stamp(given.out)
            if given.dvc:
                into_dvc(given.out)
        if given.budget is not None:
            label_first(given.out, given.budget, given.strategy, given.with_hurt)
    elif given.link:
        link_kept(given.out, given.folder, given.link)
    print(f"The page: {page.resolve()}")


def _of_label_first(given: argparse.Namespace, asked: Asked) -> Asked:
    """What is scanned before labels are chosen or proposed: as before, and without the few.

    Raises:
        InputError: neither was asked for, it cannot be, or labels are to be proposed from none.
    """
    if given.budget is None and not given.propose:
        raise InputError("say how many images can be labelled (--budget), or --propose labels.")
    if given.with_hurt and given.budget is None:
        raise InputError(f"{OPTION} is for --budget; give one, or leave it out.")
    if given.budget is not None and given.budget < 1:
        raise InputError(f"--budget is {given.budget}; give how many can be labelled, at least 1.")
    if given.budget is not None and given.strategy != STRATEGY:
        require_strategy(given.strategy)
    if given.propose and (asked.labels is None or asked.labels in OWN):
        raise InputError("--propose needs the labels that you have: --labels few.csv")
    return as_before(given.out, replace(asked, labels=None) if given.propose else asked)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="hardrare", description="Find hard, rare, noisy and duplicate images "
                    "without labels.")  # fmt: skip
    parser.add_argument("--version", action="version", version=f"hardrare {hardrare.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    scanning = commands.add_parser("scan", help="rank the images of a folder, and make a page")
    labelling = commands.add_parser(
        "label-first", help="list what to label first; scans if need be"
    )
    for sub in (scanning, labelling):
        _common(sub)
    kept = "also make OUT/kept, a folder of the images that repeat no other"
    scanning.add_argument("--link", choices=LINKS, help=kept)
    labelling.add_argument("--budget", type=int, help="how many can be labelled")
    hurt = "also ask about hurt images, which --budget leaves out by default"
    labelling.add_argument(OPTION, action="store_true", help=hurt)
    proposing = "write OUT/proposed.csv: labels for the rest, from the few of --labels"
    labelling.add_argument("--propose", action="store_true", help=proposing)
    labelling.add_argument("--strategy", default=STRATEGY, help=f"default: {STRATEGY}")
    _applying(commands.add_parser("apply", help="carry out the decisions that the page saved"))
    comparing = commands.add_parser("compare", help="what moved between two scans, or two studies")
    for name in ("first", "second"):
        comparing.add_argument(name, type=_path, help="the folder of a scan, or of a kept study")
    comparing.add_argument("--all", action="store_true", help="every score, move and name; "
                           "without it at most 10 of each list")  # fmt: skip
    exporting = commands.add_parser("export", help="features and held-out probabilities as arrays")
    exporting.add_argument("out", type=_path, help="the folder of a scan; they go into OUT/export")
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    """What both commands take."""
    add = parser.add_argument
    add("folder", type=_place, help="a folder of images, a text file of paths, COCO (folder or "
        "JSON), YOLO, Parquet or IDX files, tar files of WebDataset or img2dataset, or what "
        "Hugging Face datasets saved to disk; or an address of images, Parquet or tar files, "
        "s3://bucket/prefix")  # fmt: skip
    add("--out", type=_path, required=True, help="where the study goes: a new folder, or that of "
        "the same scan begun before")  # fmt: skip
    add("--labels", help="a CSV of file_name,label, or the word folders for class folders, "
        "annotations for labels that the source has: also finds likely wrong labels")  # fmt: skip
    add("--network", help="one that timm or torchvision knows, its weights downloaded or from "
        "--weights (default: EfficientNet-Lite0, which comes with hardrare)")  # fmt: skip
    add("--weights", help="a file of weights: .safetensors, a checkpoint of tensors, or .onnx")
    add("--embeddings", help="features of your own in place of a network: .npy in the order of "
        "the files, or .parquet or .csv with file_name")  # fmt: skip
    add("--crops", action="store_true", help="each object of COCO or YOLO is an image, file#3")
    add("--parts", action="store_true", help="also look for images with some part that no other "
        "image has, such as a small thing in a fixed scene")  # fmt: skip
    add("--from-scratch", action="store_true", help="also train networks on the pixels")
    add("--minutes", type=float, help="time allowed for training on pixels (default: 30)")
    add("--ray", metavar="ADDRESS", help="share reading, looking, comparing by Ray: auto = a "
        "cluster that is there, or this machine's cores; or the address of a cluster")  # fmt: skip
    add("--dvc", action="store_true", help="make OUT a DVC repository")


def _applying(parser: argparse.ArgumentParser) -> None:
    """What `apply` takes."""
    add = parser.add_argument
    add("decisions", type=_path, help="decisions.csv, as the page saves it")
    add("--out", type=_path, required=True, help="the folder of the scan; the lists go into "
        "OUT/decided")  # fmt: skip
    add("--rest", choices=("keep", "proposal"), default="keep", help="what becomes of an image "
        "without a decision: it stays, or the scan's proposal counts (default: keep)")  # fmt: skip
    add("--link", choices=LINKS, nargs="?", const="hardlink", help="also make OUT/decided/images, "
        "a folder of the images that stay (default: hardlink)")  # fmt: skip


def _path(text: str) -> Path:
    """A path, `~` expanded, which a shell leaves as it is in `--out=~/scan`."""
    return Path(_some(text)).expanduser()


def _place(text: str) -> Place:
    """A path, or an address."""
    return place(_some(text))


def _some(text: str) -> str:
    """Refuse an empty word, as an unset variable of a shell leaves it: it would mean `.`."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; name a path (. is the folder where you are)")
    return text


if __name__ == "__main__":
    main()
