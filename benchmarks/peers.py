"""Peers on the same planted folder: CleanVision, imagededup and cleanlab beside hardrare.

    python benchmarks/planted_photos.py make FOLDER --seed 4
    python benchmarks/peers.py FOLDER --scan OUT --venvs VENVS

Each peer runs in an environment of its own under VENVS (made where it is absent, from the package
index) and as it comes, with its own defaults; `--scan` is a finished scan of the folder, made with
`python benchmarks/peers.py FOLDER --scan OUT --run`, which times it. Seconds are those of the whole
process, memory that of its largest process. Broken files are left out for the peers: CleanVision
stops on them. Prints a table in Markdown and, where hardrare ran here, the ratio of
its seconds to those of CleanVision.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import plants
import polars as pl
from planted_photos import beside, manifest_of, read

HERE = Path(__file__).parent
PEERS = ("cleanvision", "imagededup", "cleanlab")
# What a peer calls each defect.
ISSUES = {
    "blurred": ("blurry",), "dark": ("dark",), "blown_out": ("light",),
    "flat": ("low_information",), "static": (), "grainy": (),
}  # fmt: skip
CLEANVISION = """
import json, sys
from cleanvision import Imagelab
lab = Imagelab(data_path=sys.argv[1])
lab.find_issues(n_jobs=2)
flags = {c[3:-6]: [i.rsplit("/", 1)[-1] for i in lab.issues.index[lab.issues[c]]]
         for c in lab.issues.columns if c.startswith("is_") and c.endswith("_issue")}
sets = [[i.rsplit("/", 1)[-1] for i in s] for k in ("exact_duplicates", "near_duplicates")
        for s in lab.info[k]["sets"]]
json.dump({"flags": flags, "sets": sets}, open(sys.argv[2], "w"))
"""
IMAGEDEDUP = """
import json, sys
from imagededup.methods import PHash
found = PHash().find_duplicates(image_dir=sys.argv[1], num_enc_workers=0, num_dist_workers=0)
json.dump({"flags": {}, "sets": [[k, *v] for k, v in found.items() if v]}, open(sys.argv[2], "w"))
"""
CLEANLAB = """
import json, sys
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict
given = np.load(sys.argv[1])
x, y = given["features"], given["given"]
x = (x - x.mean(0)) / (x.std(0) + 1e-6)
tried = {}
for strength in (1e-4, 3e-4, 1e-3, 1e-2):
    model = LogisticRegression(C=strength, max_iter=300)
    p = cross_val_predict(model, x, y, cv=5, method="predict_proba")
    tried[log_loss(y, p)] = p  # the given labels choose: the true ones are not known
p = tried[min(tried)]
quality = get_label_quality_scores(y, p)
issues = find_label_issues(y, p)
json.dump({"quality": quality.tolist(), "issues": issues.tolist()}, open(sys.argv[2], "w"))
"""
PROGRAMS = {"cleanvision": CLEANVISION, "imagededup": IMAGEDEDUP, "cleanlab": CLEANLAB}


def python_of(peer: str, venvs: Path) -> Path:
    """The interpreter of a peer's environment, which is made where it is absent."""
    python = venvs / peer / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venvs / peer], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", peer], check=True)
    return python


def timed(command: list) -> tuple[float, float]:
    """Seconds and GB that a process and its children took."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}.")
    return time.perf_counter() - start, used.ru_maxrss / 1e6  # of the largest of its processes


def without_broken(folder: Path, truth: pl.DataFrame, into: Path) -> Path:
    """A folder of links to the files that are images."""
    into.mkdir(parents=True, exist_ok=True)
    for name in truth.filter(pl.col("kind") != "broken")["file_name"]:
        link = into / name
        if not link.exists():
            link.symlink_to((folder / name).resolve())
    return into


def asked(peer: str, given: Path, venvs: Path) -> tuple[dict, float, float]:
    """What a peer says of a folder or of features, its seconds and its memory."""
    out = venvs / f"{peer}.json"
    python = python_of(peer, venvs)
    used = timed([python, "-c", PROGRAMS[peer], given, out])
    return json.loads(out.read_text()), *used


def scanned(out: Path) -> dict:
    """What a scan of hardrare says, in the words of the peers."""
    scores = read(beside(out, "scores.csv"))
    words = {
        "blurry": "blurred", "dark": "nearly black", "light": "blown out",
        "low_information": "one colour", "static": "static", "grainy": "grainy",
    }  # fmt: skip
    flags = {
        issue: scores.filter(pl.col("reason") == word)["file_name"].to_list()
        for issue, word in words.items()
    }
    marked = scores.filter(pl.col("is_duplicate"))
    kept = "duplicate_of" if "duplicate_of" in marked.columns else "file_name"
    return {
        "flags": flags,
        "sets": [list(pair) for pair in marked.select("file_name", kept).rows()],
    }


def found(told: dict, truth: pl.DataFrame) -> dict[str, str]:
    """How many of each planted kind were found, and what was falsely marked."""
    names = {kind: set(part["file_name"]) for (kind,), part in truth.group_by("kind")}
    line = {}
    for kind in (*plants.DEFECTS, "static", "flat"):
        flagged = set().union(*(told["flags"].get(i, []) for i in (*ISSUES[kind], kind)))
        line[kind] = f"{len(flagged & names[kind])} of {len(names[kind])}"
    alike = {frozenset((a, b)) for group in told["sets"] for a in group for b in group if a != b}
    copies = truth.filter(pl.col("original") != "")
    in_a_set = set().union(*told["sets"])
    for kind in plants.COPIES:
        pairs = copies.filter(pl.col("kind") == kind).select("file_name", "original").rows()
        line[kind] = f"{sum(frozenset(pair) in alike for pair in pairs)} of {len(pairs)}"
    paired = set(copies["file_name"]) | set(copies["original"])
    defects = {i for kind in ISSUES for i in (*ISSUES[kind], kind)}
    hurt = set().union(*(told["flags"].get(i, []) for i in defects))
    pages, photographs = names["document"], names["photograph"]
    for words, called, of in (
        ("untouched, called hurt", hurt, photographs),
        ("untouched, called a copy", in_a_set, photographs - paired),
        ("pages, called a copy", in_a_set, pages),
    ):
        line[words] = f"{len(called & of)} of {len(of)}"
    return line


def table(columns: dict[str, dict[str, str]]) -> None:
    """Print columns of equal keys as a table in Markdown."""
    print("| | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for key in next(iter(columns.values())):
        print(f"| {key.replace('_', ' ')} | " + " | ".join(c[key] for c in columns.values()) + " |")


def labels(given: Path, venvs: Path) -> None:
    """Cleanlab on features with flipped labels: an npz of features, given and true labels."""
    import numpy as np
    from planted_photos import auroc

    told, seconds, memory = asked("cleanlab", given, venvs)
    data = np.load(given)
    wrong, quality = data["given"] != data["true"], np.array(told["quality"])
    issues = np.array(told["issues"])
    area = auroc(-quality[wrong], -quality[~wrong])
    print(
        f"cleanlab, {wrong.sum()} of {len(wrong)} labels flipped: AUROC {area:.3f}; "
        f"{(issues & wrong).sum()} found, {(issues & ~wrong).sum()} falsely marked; "
        f"{seconds:.0f} s, {memory:.1f} GB"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--venvs", type=Path, required=True, help="of the peers")
    parser.add_argument("--scan", type=Path, help="a finished scan, or with --run one to make")
    parser.add_argument("--run", action="store_true", help="scan the folder, and time it")
    parser.add_argument("--peers", nargs="*", choices=PEERS[:2], default=PEERS[:2])
    parser.add_argument("--labels", type=Path, help="npz: features, given and true labels")
    given = parser.parse_args()
    truth = read(manifest_of(given.folder))
    whole = without_broken(given.folder, truth, given.venvs / f"{given.folder.name}-whole")
    columns = {}
    if given.scan:
        used = ("-", "-")
        if given.run:
            command = [sys.executable, "-m", "hardrare", "scan", given.folder, "--out", given.scan]
            used = "{:.0f}|{:.1f}".format(*timed(command)).split("|")
        columns["hardrare"] = found(scanned(given.scan), truth) | {"s": used[0], "GB": used[1]}
    for peer in given.peers:
        told, seconds, memory = asked(peer, whole, given.venvs)
        columns[peer] = found(told, truth) | {"s": f"{seconds:.0f}", "GB": f"{memory:.1f}"}
    table(columns)
    if given.run and "cleanvision" in columns:
        times = float(columns["hardrare"]["s"]) / float(columns["cleanvision"]["s"])
        print(f"hardrare took {times:.1f} times the seconds of CleanVision, one after the other.")
    if given.labels:
        labels(given.labels, given.venvs)


if __name__ == "__main__":
    main()
