"""Photographs with known trouble, and what a scan of them found.

    python benchmarks/planted_photos.py make FOLDER --seed 1 --blurred 6
    hardrare scan FOLDER --out OUT
    python benchmarks/planted_photos.py judge FOLDER OUT

`make` plants on the photographs of `../shared/datasets/photos` (each is used once: crops of one
photograph are no two). What a file is stands in `FOLDER.manifest.csv`, beside the folder, never
inside it. Choices were made on `--part tune`, one half of the photographs, with seed 0 and the
strengths in `plants.py`; judge on `--part judge`, with other seeds and other strengths.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import plants
import polars as pl
from scipy.stats import rankdata

PHOTOS = Path(__file__).parents[2] / "shared" / "datasets" / "photos"
PART_SEED = 2024  # of the halves
MANIFEST = ("file_name", "kind", "original", "strength")
REASONS = {
    "blurred": {"blurred"}, "grainy": {"grainy"}, "static": {"static"}, "dark": {"nearly black"},
    "flat": {"one colour"}, "blown_out": {"blown out", "one colour"}, "document": {""},
}  # fmt: skip
AXES = ("hard", "rare", "noisy", "duplicate")


def manifest_of(folder: Path) -> Path:
    """Where it stands what the files of a folder are."""
    return folder.with_name(f"{folder.name}.manifest.csv")


def photographs(folder: Path, part: str, limit: int | None) -> list[bytes]:
    """The files of a half of the photographs, or of all."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    order = np.random.default_rng(PART_SEED).permutation(len(files))
    half = len(files) // 2
    chosen = {"tune": order[:half], "judge": order[half:], "all": order}[part]
    return [files[i].read_bytes() for i in np.sort(chosen)[:limit]]


def planted(
    whole: list[bytes], strengths: dict[str, float], share: float, seed: int
) -> list[tuple[str, int, float, bytes]]:
    """Kind, position of the original (-1 for none), strength and content of each file."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(whole)).tolist()
    files = [("photograph", -1, 0.0, content) for content in whole]
    for kind, count in plants.DEFECTS.items():
        for _ in range(max(1, round(count * share))):
            at = order.pop()
            image = plants.defect(kind, plants.opened(whole[at]), strengths[kind], rng)
            files[at] = (kind, -1, strengths[kind], plants.encoded(image, 95))
    wanted = {kind: max(1, round(count * share)) for kind, count in plants.COPIES.items()}
    for kind, count in wanted.items():
        for _ in range(count):
            at = order.pop()
            content = plants.copy(kind, whole[at], strengths, rng)
            files.append((kind, at, strengths.get(kind, 0.0), content))
    for kind, count in plants.MADE.items():
        for _ in range(max(1, round(count * share))):
            files.append((kind, -1, 0.0, plants.encoded(plants.made(kind, rng), 95)))
    files += [("broken", -1, 0.0, one) for one in plants.broken(whole[order[0]], rng)]
    return files


def make(folder: Path, given: argparse.Namespace) -> None:
    """Write the folder and its manifest."""
    whole = photographs(given.photos, given.part, given.limit)
    strengths = {kind: getattr(given, kind) for kind in plants.STRENGTHS}
    # All that is planted takes 195 photographs; fewer are had from fewer.
    share = min(1.0, len(whole) / 220)
    files = planted(whole, strengths, share, given.seed)
    places = np.random.default_rng(given.seed + 1).permutation(len(files))
    names = [f"{at:05d}.jpg" for at in places]
    folder.mkdir(parents=True)
    rows: list[tuple] = [MANIFEST]
    for name, (kind, original, strength, content) in zip(names, files, strict=True):
        (folder / name).write_bytes(content)
        rows.append((name, kind, names[original] if original >= 0 else "", strength))
    with manifest_of(folder).open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    print(f"{folder}: {len(files)} files of {len(whole)} photographs; {manifest_of(folder)}")


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """How often a positive lies above a negative, ties counted half."""
    rank = rankdata(np.concatenate([positive, negative]))[: len(positive)].sum()
    count = len(positive)
    return (rank - count * (count + 1) / 2) / (count * len(negative))


def beside(out: Path, name: str) -> Path:
    """A file that a scan wrote, beside its page or in its tables."""
    return next(path for path in (out / name, out / "data" / name) if path.exists())


def read(table: Path) -> pl.DataFrame:
    """A CSV whose empty cells of text are empty texts."""
    return pl.read_csv(table, infer_schema_length=None).with_columns(
        pl.col(pl.String).fill_null("")
    )


def judge(folder: Path, out: Path) -> None:
    """Print what of each kind was found."""
    truth = read(manifest_of(folder))
    named = next(p for p in (out / "scores.csv", out / "data" / "ranking.csv") if p.exists())
    scores = read(named)
    joined = scores.join(truth, on="file_name", how="left", maintain_order="left")
    gone = set(beside(out, "drop.txt").read_text().split("\n")) - {""}
    clean = joined.filter(pl.col("kind") == "photograph")
    axes(joined, clean)
    reasons(joined, clean)
    copies(joined, truth, gone)
    unread = set(truth["file_name"]) - set(scores["file_name"])
    wrong = unread - set(truth.filter(pl.col("kind") == "broken")["file_name"])
    print(f"\nnot ranked: {len(unread)}, of them {len(wrong)} that are no broken file")


def axes(joined: pl.DataFrame, clean: pl.DataFrame) -> None:
    """AUROC of each axis for each kind, against untouched photographs."""
    print(f"AUROC against {len(clean)} untouched photographs")
    print("| planted | n | " + " | ".join(AXES) + " |\n|---|---|" + "---|" * len(AXES))
    for kind in (*plants.DEFECTS, *plants.MADE, *plants.COPIES):
        of = joined.filter(pl.col("kind") == kind)
        if len(of):
            areas = [
                auroc(of[f"{a}_score"].to_numpy(), clean[f"{a}_score"].to_numpy()) for a in AXES
            ]
            print(f"| {kind} | {len(of)} | " + " | ".join(f"{area:.3f}" for area in areas) + " |")


def reasons(joined: pl.DataFrame, clean: pl.DataFrame) -> None:
    """How often the reason given is right, and which untouched photographs have one."""
    if "reason" not in joined.columns:
        print("\nno reasons in this ranking")
        return
    print("\n| planted | n | reason right | no reason | other reasons |\n|---|---|---|---|---|")
    right = total = 0
    for kind, words in REASONS.items():
        given = [word or "" for word in joined.filter(pl.col("kind") == kind)["reason"]]
        if given:
            good = sum(word in words for word in given)
            right, total = right + good, total + len(given)
            other = sorted({word for word in given if word and word not in words})
            print(f"| {kind} | {len(given)} | {good} | {given.count('')} | {', '.join(other)} |")
    marked = clean.filter(pl.col("reason").fill_null("") != "")
    print(f"reason right: {right} of {total} = {right / max(total, 1):.3f}")
    print(f"untouched photographs with a reason: {len(marked)} of {len(clean)}")
    for name, reason in marked.select("file_name", "reason").rows():
        print(f"  {name} {reason}")


def copies(joined: pl.DataFrame, truth: pl.DataFrame, gone: set[str]) -> None:
    """How many copies are marked, of which kind, and what is marked without a copy."""
    pairs = truth.filter(pl.col("original") != "").select("file_name", "original", "kind").rows()
    marked = set(joined.filter(pl.col("is_duplicate"))["file_name"])
    print(
        "\n| copy | n | marked | copy or original in drop.txt | kinds named |\n"
        "|---|---|---|---|---|"
    )
    for kind in plants.COPIES:
        of = [set(pair[:2]) for pair in pairs if pair[2] == kind]
        said: set[str] = set()
        if "duplicate_kind" in joined.columns:
            names = set().union(*of)
            hit = joined.filter(pl.col("file_name").is_in(list(names)) & pl.col("is_duplicate"))
            said = {word for word in hit["duplicate_kind"] if word}
        found = [sum(bool(pair & among) for pair in of) for among in (marked, gone)]
        print(f"| {kind} | {len(of)} | {found[0]} | {found[1]} | {', '.join(sorted(said))} |")
    paired = set().union(*(pair[:2] for pair in pairs))
    alone = joined.filter(~pl.col("file_name").is_in(list(paired)))
    for words, made in (("photographs and pages", False), ("static and one colour", True)):
        of = alone.filter(pl.col("kind").is_in(["flat", "static"]) == made)
        names = set(of["file_name"])
        print(
            f"{words} without a copy: {len(names & marked)} of {len(names)} marked = "
            f"{1000 * len(names & marked) / max(len(names), 1):.1f} per 1,000"
        )
    whole = set(alone.filter(pl.col("kind").is_in(["photograph", "document"]))["file_name"])
    print(f"untouched and without a copy, but in drop.txt: {len(whole & gone)} of {len(whole)}")


def making_of(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """The command `make`: which photographs, of which part and seed, into which folder."""
    making = commands.add_parser("make", help="write the folder")
    making.add_argument("folder", type=Path)
    making.add_argument("--photos", type=Path, default=PHOTOS)
    making.add_argument("--part", choices=("tune", "judge", "all"), default="all")
    making.add_argument("--seed", type=int, default=0)
    return making


def judging_of(commands: argparse._SubParsersAction, said: str, root: str = "folder") -> None:
    """The command `judge`: what was made, and where scans of it have written."""
    judging = commands.add_parser("judge", help=said)
    judging.add_argument(root, type=Path)
    judging.add_argument("out", type=Path)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = making_of(commands)
    making.add_argument("--limit", type=int, default=None, help="photographs to use")
    for kind, strength in plants.STRENGTHS.items():
        making.add_argument(f"--{kind.replace('_', '-')}", type=float, default=strength)
    judging_of(commands, "say what a scan found")
    given = parser.parse_args()
    if given.command == "judge":
        judge(given.folder, given.out)
    elif given.photos.is_dir():
        make(given.folder, given)
    else:
        print(f"{given.photos} is absent, so nothing is planted.")
        sys.exit(0)


if __name__ == "__main__":
    main()
