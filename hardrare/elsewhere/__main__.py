"""Run a study until it or the time ends, and pack what it has."""

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from hardrare.elsewhere.pack import pack
from hardrare.elsewhere.run import Room, run
from hardrare.errors import InputError
from hardrare.runner.graph import stages_for, steps
from hardrare.studies import HOME, whole, with_values

TARGETS = ("retrain", "represent")
PACKAGES = ("torch", "torchvision", "lightly", "numpy", "scikit-learn", "pyarrow")


def main() -> None:
    """Run a study, then pack what it has."""
    asked = _arguments()
    started = time.monotonic()
    try:
        params = _parameters(asked.study, asked.set)
        asked.work.mkdir(parents=True, exist_ok=True)
        (asked.work / "params.yaml").write_text(params, "utf-8")
        every = steps(stages_for(asked.targets, {}), yaml.safe_load(params))
        room = Room(asked.gpu_stages, asked.cpu_stages, started + asked.seconds)
        outcome, there = run(every, asked.work, room)
        _note(asked.work, outcome.seconds)
        packed = pack(asked.work, asked.out, asked.most) if asked.out else []
    except InputError as error:
        sys.exit(f"hardrare.elsewhere: {error}")
    done, failed, stopped = len(outcome.ran) + len(there), len(outcome.failed), len(outcome.stopped)
    counts = f"{done} stages done, {failed} failed, {stopped} stopped"
    rest, spent = len(every) - done - failed - stopped, time.monotonic() - started
    print(f"{counts}, {rest} not begun, {spent:.0f} s; {len(packed)} files packed", flush=True)
    sys.exit(bool(failed))


def _note(work: Path, seconds: dict[str, float]) -> None:
    """Write what ran where and for how long to `provenance.yaml`, beside what it said before."""
    path = work / "provenance.yaml"
    known = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    versions = {name: _version(name) for name in PACKAGES}
    said = {
        "command": " ".join(["python -m hardrare.elsewhere", *sys.argv[1:]]),
        "hardware": f"{_gpu()}, {os.cpu_count()} CPU cores",
        "versions": {"python": platform.python_version()}
        | {k: v for k, v in versions.items() if v},
        "seconds": known.get("seconds", {}) | seconds,
    }
    path.write_text(yaml.safe_dump(known | said, sort_keys=False), "utf-8")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _gpu() -> str:
    """The name of the first GPU, asked of the driver so that torch is not imported here."""
    try:
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=True)
        return answer.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "no GPU"


def _parameters(study: Path, changes: Sequence[str]) -> str:
    """The whole parameter file of a study with some values changed."""
    pairs = (change.partition("=") for change in changes)
    return with_values(whole(study), {key: yaml.safe_load(value) for key, _, value in pairs})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m hardrare.elsewhere", description=__doc__)
    parser.add_argument("--study", type=Path, default=HOME / "studies/cifar10-gpu.yaml")
    parser.add_argument("--work", type=Path, required=True, help="folder of the study's tables")
    parser.add_argument("--out", type=Path, help="folder for the packed results")
    parser.add_argument("--seconds", type=float, default=570.0, help="until stages are stopped")
    parser.add_argument("--most", type=float, default=15.0, help="MiB of a packed file")
    parser.add_argument("--gpu-stages", type=int, default=3, help="on the GPU at a time")
    parser.add_argument("--cpu-stages", type=int, default=4, help="beside them at a time")
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), help="stages wanted")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="parameters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
