"""Folders whose files look alike and mean different things: does a scan drop any of them?

    python benchmarks/look_alikes.py make ROOT --seed 1
    for each ROOT/NAME: hardrare scan ROOT/NAME --out OUTS/NAME
    python benchmarks/look_alikes.py judge ROOT OUTS

What each file shows stands in `ROOT/NAME.csv`. The rules of `hardrare.matching` were made on seed
1; judge on others. A wrong drop is a file in drop.txt whose kept one shows something else.
"""

import argparse
from collections import Counter
from pathlib import Path

import alikes
import polars as pl
from planted_photos import judging_of


def make(root: Path, seed: int) -> None:
    """Write every folder of a seed, and beside it what its files show."""
    for name, made in alikes.folders(seed):
        for file_name, (_, content) in made.items():
            path = root / name / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        shown = {one: content for one, (content, _) in made.items()}
        table = pl.DataFrame({"file_name": list(shown), "content": list(shown.values())})
        table.write_csv(root / f"{name}.csv")
        print(f"{root / name}: {len(made)} files, {len(set(shown.values()))} contents")


def judge(shown: dict[str, str], scores: pl.DataFrame) -> dict[str, int]:
    """What one scan did: copies there are, of them dropped, wrong drops, contents that are lost.

    Args:
        shown: name of a file to its content.
        scores: scores.csv, or the ranking.
    """
    gone = scores.filter(pl.col("dropped_by") == "duplicate").select("file_name", "duplicate_of")
    pairs = gone.rows()
    stay = [one for one in scores["file_name"] if one not in {name for name, _ in pairs}]
    wrong = sum(shown[name] != shown[kept] for name, kept in pairs)
    return {
        "files": len(shown),
        "copies": sum(count - 1 for count in Counter(shown.values()).values()),
        "right": len(pairs) - wrong,
        "wrong": wrong,
        "lost": len({shown[one] for one in scores["file_name"]} - {shown[one] for one in stay}),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write the folders")
    making.add_argument("root", type=Path)
    making.add_argument("--seed", type=int, default=1)
    judging_of(commands, "say what the scans dropped", "root")
    given = parser.parse_args()
    if given.command == "make":
        make(given.root, given.seed)
        return
    for table in sorted(given.root.glob("*.csv")):
        scores = given.out / table.stem / "scores.csv"
        if scores.exists():
            shown = dict(pl.read_csv(table).select("file_name", "content").rows())
            found = judge(shown, pl.read_csv(scores, infer_schema_length=None))
            print(f"{table.stem:12}", ", ".join(f"{n} {what}" for what, n in found.items()))


if __name__ == "__main__":
    main()
