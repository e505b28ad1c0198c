"""Every figure of speed and memory that the pages quote, in one command, as JSON.

    python benchmarks/all.py [--only train_throughput probe_overhead] [--long] [--json speed.json]
    python benchmarks/all.py --from speed.json --write docs/speed.md

Each benchmark runs in a process of its own, one after the other. Kept are what it printed, the
figures in it, its seconds, and the class of the machine; `--write` puts the tables between the
marks `<!-- benchmark NAME -->` and `<!-- end -->` of a page. `--long` adds those that take more
than ten minutes, and those that read ../shared. Figures of one run belong together: a ratio is of
one run.
"""

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PHOTOS = ROOT.parent / "shared/datasets/photos"
SECONDS = r"^ *(?P<value>[\d.]+) s  (?P<what>.+)$"


@dataclass(frozen=True)
class Benchmark:
    """A command and the figures in what it prints.

    Attributes:
        words: behind `python`.
        figures: patterns of lines, each with the groups `what` and `value`, by their unit.
        long: whether it takes more than ten minutes, or reads ../shared.
    """

    words: tuple[str, ...]
    figures: Mapping[str, str]
    long: bool = False


THROUGHPUT = r"^(?P<what>\w+ +(?:all probes|in step|no probes|plain)) +"
BENCHMARKS = {
    "train_throughput": Benchmark(
        ("benchmarks/train_throughput.py",),
        {
            "images/s": THROUGHPUT + r"(?P<value>[\d.]+) images/s",
            "x plain": THROUGHPUT + r"[\d.]+ images/s +(?P<value>[\d.]+) x plain",
        },
    ),
    "probe_overhead": Benchmark(
        ("benchmarks/probe_overhead.py", "--per-epoch-only"),
        {"x without": r"^(?P<what>\w+ \w+), .*ratio (?P<value>[\d.]+)$"},
    ),
    "probe_overhead_resnet18": Benchmark(
        ("benchmarks/probe_overhead.py", "--per-epoch-only", "--network", "resnet18",
         "--images", "512", "--rounds", "2"),
        {"x without": r"^(?P<what>\w+ \w+), .*ratio (?P<value>[\d.]+)$"},
    ),
    "many_networks": Benchmark(
        ("benchmarks/many_networks.py",),
        {"x alone": r"^(?P<what>threads \d+, networks \d+), .*gain (?P<value>[\d.]+)"},
    ),
    "augmentation": Benchmark(
        ("benchmarks/augmentation.py", "--threads", "1"),
        {"images/s": r"^(?P<what>\S.*?) +(?P<value>\d+) images/s"},
    ),
    "agreement": Benchmark(
        ("benchmarks/agreement.py",),
        {
            "s": r"^(?P<what>correlate|detect|attribute) +(?P<value>[\d.]+) s",
            "GiB": r"^(?P<what>peak memory) (?P<value>[\d.]+) GiB",
        },
    ),
    "score_50k": Benchmark(
        ("benchmarks/score_50k.py",),
        {
            "s": r"^ *(?P<value>[\d.]+) s  (?P<what>in all, \d+ metrics|of processor time)",
            "GB": r"^ *(?P<value>[\d.]+) GB (?P<what>at most)",
        },
    ),
    "label_first": Benchmark(("benchmarks/label_first.py",), {"s": SECONDS}),
    "checkpoint_cost": Benchmark(("benchmarks/checkpoint_cost.py",), {}),
    "hand_written": Benchmark(("benchmarks/hand_written.py",), {}),
    "measure_when": Benchmark(
        ("benchmarks/measure_when.py",),
        {"ways": r"^ +(?P<what>\w+) +ways (?P<value>-?[\d.]+)"},
        long=True,
    ),
    "scan_folder": Benchmark(
        ("benchmarks/scan_folder.py", "--n", "100000"),
        {"MiB": r"^(?P<what>\S+) +[\d.]+ s  peak +(?P<value>\d+) MiB"},
        long=True,
    ),
    "scan_photos": Benchmark(
        ("-m", "hardrare", "scan", str(PHOTOS), "--out", "{folder}/scan"), {}, long=True
    ),
    "nothing_to_do": Benchmark(("-m", "dvc", "repro"), {}, long=True),
}  # fmt: skip


def run(name: str, folder: Path) -> dict[str, Any]:
    """One benchmark: its command, seconds, processor seconds, figures, and what it printed."""
    one = BENCHMARKS[name]
    words = [word.replace("{folder}", str(folder)) for word in one.words]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip
    spent, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = sum(getattr(after, k) - getattr(before, k) for k in ("ru_utime", "ru_stime"))
    command = " ".join(["python", *one.words]).replace(str(PHOTOS), "../shared/datasets/photos")
    return {
        "command": command, "status": done.returncode, "seconds": round(spent, 1),
        "processor": round(used, 1), "figures": list(figures(one, done.stdout)),
        "said": done.stdout.splitlines()[-200:], "error": done.stderr.splitlines()[-5:],
    }  # fmt: skip


def figures(one: Benchmark, said: str) -> Iterator[list]:
    """What, value and unit of every figure in what a benchmark printed."""
    for line in said.splitlines():
        for unit, pattern in one.figures.items():
            if found := re.search(pattern, line):
                yield [" ".join(found["what"].split()), float(found["value"]), unit]


def hardware() -> dict[str, Any]:
    """The class of the machine, and what computes."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", info.read_text("utf-8")) if info.exists() else []
    flags = info.read_text("utf-8") if info.exists() else ""
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "avx512": "avx512f" in flags,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "numpy", "scikit-learn")},
    }


def table(one: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    """A benchmark's figures in Markdown: a row for each thing, a column for each unit."""
    if one["status"]:
        return f"`{one['command']}` failed: {' '.join(one['error'][-1:])}"
    units = list(dict.fromkeys(unit for _, _, unit in one["figures"]))
    rows = dict.fromkeys(what for what, _, _ in one["figures"])
    known = {(what, unit): value for what, value, unit in one["figures"]}
    cells = [[what, *(_number(known.get((what, unit))) for unit in units)] for what in rows]
    cells.append(
        ["all of it", *[f"{one['seconds']} s, {one['processor']} s of processor time"][:1]]
    )
    head = [f"`{one['command']}`", *(units or [""])]
    lines = [head, ["---"] * len(head), *(row + [""] * (len(head) - len(row)) for row in cells)]
    where = f"{of['processor']}, {of['cores']} cores, torch {of['torch']}, load {of['load_before']}"
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + f"\n\n{where}."


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:g}"


def written(page: str, told: Mapping[str, Any]) -> str:
    """A page with the tables of what was measured in place of those between its marks."""

    def own(mark: re.Match) -> str:
        one = told["benchmarks"].get(mark[2])
        return mark[0] if one is None else f"{mark[1]}\n{table(one, told['hardware'])}\n{mark[3]}"

    return re.sub(r"(<!-- benchmark (\w+) -->).*?(<!-- end -->)", own, page, flags=re.DOTALL)


def main(words: list[str] | None = None) -> dict[str, Any]:
    """The command line; gives what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=Path, default=Path("scratch/speed.json"))
    parser.add_argument(
        "--from", type=Path, dest="source", help="write from this JSON; run nothing"
    )
    parser.add_argument("--write", type=Path, help="the page whose tables are to be written")
    parser.add_argument("--folder", type=Path, default=Path("scratch/benchmarks"))
    given = parser.parse_args(words)
    told = {"hardware": hardware(), "benchmarks": {}}
    if given.source:
        told = json.loads(given.source.read_text("utf-8"))
    names = given.only or [k for k, one in BENCHMARKS.items() if given.long or not one.long]
    for name in () if given.source else names:
        given.folder.mkdir(parents=True, exist_ok=True)
        one = told["benchmarks"][name] = run(name, given.folder.resolve())
        print(f"{name}: {one['seconds']} s, status {one['status']}", flush=True)
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(told, indent=1), "utf-8")
    if given.write:
        given.write.write_text(written(given.write.read_text("utf-8"), told), "utf-8")
    return told


if __name__ == "__main__":
    main()
