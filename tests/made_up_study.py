"""A made-up study as tables: small, fast, with every kind of run, for the tests of the report."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import yaml
from scipy.stats import rankdata

from hardrare import tables
from hardrare.agreement.families import family_words
from hardrare.agreement.pairs import pairs
from hardrare.agreement.stability import stabilities
from hardrare.attribution.attribution import Settings, attribution
from hardrare.injection import described
from hardrare.labelling.curve import described as judged_by
from hardrare.pruning import arm_words
from hardrare.report import Study

INPUTS = ["images", "originals", "manifest", "ranking", "agreement", "detection"]
INPUTS += ["representation", "labelling"]
FOLDERS = ["dynamics", "features", "scores", "subsets", "accuracy", "verdicts"]
EVIL = "<script>alert(1)</script>.png"
ARMS = [
    "full",
    "random",
    "drop_easy-autoencoder-loss_mean",
    "class_matched-drop_easy-autoencoder-loss_mean",
    "drop_hard-autoencoder-loss_mean",
    "drop_low-barlow_twins-msd_mean",
    "drop_high-barlow_twins-msd_mean",
]
SWEEP, SWEEP_ARMS = [0.9, 0.3], ["random", "drop_hard-autoencoder-loss_mean"]
SWEPT = [f"{arm}@{share}" for arm in SWEEP_ARMS for share in SWEEP]
# Accuracy of each strategy at the two budgets; every judge, seed and draw adds its own.
LABELLED = {"random": (0.4, 0.7), "hard": (0.3, 0.6), "typical": (0.6, 0.71)}
NAMES = {
    "pixels": {"contrast": "open", "ink": "open", "random": "open"},
    "autoencoder": {"loss_mean": "high", "loss_last": "high", "msd_mean": "open", "flat": "high"},
    "barlow_twins": {"alignment_mean": "low", "msd_mean": "open", "knn_distance": "high"},
    "supervised": {"confidence": "low", "aum": "low", "el2n": "high"},
}


AXES = {
    "hard": ["autoencoder/loss_mean", "barlow_twins/alignment_mean"],
    "rare": ["barlow_twins/knn_distance"],
    "noisy": ["autoencoder/loss_last"],
}
STABLE = {"columns": ["loss"], "gap": 1, "threshold": 0.99, "patience": 1, "reference_seeds": [0]}


class Tables(SimpleNamespace):
    """Stands for a study whose tables are these, by name."""

    def frame(self, name, _kind):
        return getattr(self, name.rpartition("/")[2])

    def words(self, _name, _kind):
        return getattr(self, "said", {})

    def artefact_name(self, artefact):
        return artefact.replace("_", " ")

    def arm_name(self, arm):
        return arm_words(arm)

    def once(self, make):
        return self.made[make] if make in getattr(self, "made", {}) else make(self)


def study_of(folder, settings):
    """A study as `synthesise` wrote it."""
    paths = {name: folder / f"{name}.arrow" for name in INPUTS}
    return Study(settings, paths | {name: folder / name for name in FOLDERS})


def synthesise(
    folder: Path,
    *,
    n: int = 120,
    epochs: int = 6,
    seeds: int = 2,
    labels: bool = True,
    artefacts: tuple[str, ...] = ("average", "label_uniform"),
    names: dict = NAMES,
) -> Path:
    """Tables of a made-up study; images brighten, and losses rise, with a hidden hardness."""
    rng = np.random.default_rng(0)
    hardness = rng.random(n)
    shares = {name: np.arange(k * n // 10, (k + 1) * n // 10) for k, name in enumerate(artefacts)}
    for ids in shares.values():
        hardness[ids] += 0.4
    pixels = rng.integers(0, 200, (n, 8, 8, 1)) + (50 * hardness[:, None, None, None]).clip(0, 55)
    label = np.arange(n) % 3 if labels else np.full(n, -1)
    files = [f"a/{i:05}.png" for i in range(n)]
    files[int(np.argmax(hardness))] = EVIL  # the hardest: the page shows its name
    classes = ["zero", "one", "<b>two"] if labels else []
    images = tables.Images(np.arange(n), pixels.astype(np.uint8), label, files, classes)
    tables.write_images(folder / "images.arrow", images)
    rows = [_change(a, int(i), n, label) for a, ids in shares.items() for i in ids]
    before = pixels.astype(np.uint8)
    for artefact in set(shares) & {"blur"}:
        before[shares[artefact]] //= 2
    originals = tables.Images(np.arange(n), before, label, files, classes)
    tables.write_images(folder / "originals.arrow", originals)
    said = tables.words(described(shares))
    tables.write_rows(folder / "manifest.arrow", "manifest/1", rows, said)
    kinds = ["supervised"] if labels else []
    arms = ARMS if labels else []
    for seed in range(seeds):
        for objective in ("autoencoder", "barlow_twins"):
            _dynamics(folder / f"dynamics/{objective}-{seed}.arrow", hardness, epochs, rng)
            features = rng.normal(size=(n, 4))
            tables.write_features(
                folder / f"features/{objective}-{seed}.arrow", np.arange(n), features
            )
        for kind in kinds:
            _learnt(folder / f"dynamics/{kind}-{seed}.arrow", hardness, epochs, rng)
    runs = {k: v for k, v in names.items() if k not in NAMES or k != "supervised" or labels}
    scores = _scores(folder / "scores", runs, hardness, seeds, rng)
    _ranking(folder / "ranking.arrow", files, hardness)
    _representation(folder / "representation.arrow", kinds, seeds, n if labels else 0)
    _agreement(folder / "agreement.arrow", scores, n, labels)
    placed = {f"ranking/{axis}": ("high", hardness) for axis in tables.AXES}
    _detection(folder / "detection.arrow", scores | placed, shares)
    _verdicts(folder, runs, seeds, kinds, shares, label)
    for arm in arms:
        _arm(folder, arm, n, rng)
    for name in SWEPT if labels else ():
        _arm(folder, name, n, rng)
    _labelling(folder / "labelling.arrow", seeds if labels else 0)
    params = {
        "prepare": {"dataset": "made <up>"},
        "pretrain": {"objectives": ["autoencoder", "barlow_twins"], "seeds": list(range(seeds))}
        | {"second_split": [], "epochs": epochs, "stable_ranking": STABLE, "on_features": []},
        "embed": {"networks": []},
        "explain": {"networks": ["given"]},
        "cluster": {"objectives": [], "networks": []},
        "supervise": {"kinds": kinds, "on_features": [], "seeds": list(range(seeds))},
        "prune": {"arms": arms, "keep_fraction": 0.7}
        | {"sweep": SWEEP if labels else [], "sweep_arms": SWEEP_ARMS},
        "retrain": {"seeds": [0, 1, 2]},
        "rank": AXES,
        "report": {"data_map": "autoencoder/loss", "region_share": 0.33, "examples": 8},
    }
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    return folder


def _change(artefact, i, n, label):
    """Labels change in place, blur too; other artefacts mix two images."""
    row = {"sample_id": i, "artefact": artefact, "base_id": i, "strength": 0.5, "seed": 0}
    if artefact.startswith("label"):
        after = int(label[i])
        return row | {"label_before": (after + 1) % 3, "label_after": after}
    return row if artefact == "blur" else row | {"base_id": n - 1 - i, "partner_id": n // 2 + i}


def _learnt(path, hardness, epochs, rng):
    n = len(hardness)
    types = {"epoch": pa.int16(), "sample_id": pa.int32()}
    schema = pa.schema(list((types | {"probability": pa.float32(), "correct": pa.bool_()}).items()))
    with tables.writer(path, "dynamics/1", schema) as out:
        for epoch in range(epochs):
            level = 1 / (1 + np.exp(3 * hardness - epoch + rng.normal(0, 0.3, n)))
            columns = [np.full(n, epoch), np.arange(n), level, level > 0.5]
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            out.write_batch(pa.record_batch(arrays, schema=schema))


def _dynamics(path, hardness, epochs, rng):
    n = len(hardness)
    fields = ["loss", "displacement", "gradient_norm"]
    schema = pa.schema(
        [("epoch", pa.int16()), ("sample_id", pa.int32()), *((f, pa.float32()) for f in fields)]
    )
    said = tables.words({path.stem.partition("-")[0]: "learns made-up things"})
    with tables.writer(path, "dynamics/1", schema, said) as out:
        for epoch in range(epochs):
            level = np.exp(-epoch / epochs) * (0.3 + hardness) * rng.lognormal(0, 0.1, (3, n))
            level[1] *= np.nan if epoch == 0 else np.exp(-3 * epoch / epochs)
            columns = [np.full(n, epoch), np.arange(n), *level]
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            out.write_batch(pa.record_batch(arrays, schema=schema))


def _scores(folder, runs, hardness, seeds, rng):
    found = {}
    for objective, metrics in runs.items():
        base = {m: hardness + rng.normal(0, rng.random() + 0.1, len(hardness)) for m in metrics}
        for seed in range(1 if objective == "pixels" else seeds):
            columns, fields = [], []
            for metric, harder in metrics.items():
                value = base[metric] + rng.normal(0, 0.2, len(hardness))
                value = np.zeros_like(value) if metric == "flat" else value
                value = -value if harder == "low" else value
                source = "Someone, arXiv:0000.00000, https://example.org"
                meta = {"unit": "1", "harder": harder, "source": source}
                columns.append(pa.array(value, pa.float32()))
                fields.append(pa.field(metric, pa.float32(), metadata=meta))
                found.setdefault(f"{objective}/{metric}", (harder, []))[1].append(value)
            schema = pa.schema([("sample_id", pa.int32()), *fields])
            table = pa.table([pa.array(np.arange(len(hardness)), pa.int32()), *columns], schema)
            name = objective if objective == "pixels" else f"{objective}-{seed}"
            tables.write(folder / f"{name}.arrow", "scores/1", table)
    return {name: (harder, np.mean(values, axis=0)) for name, (harder, values) in found.items()}


def _ranking(path, files, hardness):
    n = len(hardness)
    columns = {"sample_id": pa.array(np.arange(n), pa.int32()), "file_name": pa.array(files)}
    for axis in tables.AXES:
        rank = rankdata(-hardness, "ordinal").astype(int)
        columns[f"{axis}_score"] = pa.array(1 - rank / n, pa.float32())
        columns[f"{axis}_rank"] = pa.array(rank, pa.int32())
        columns[f"{axis}_spread"] = pa.array(np.full(n, 0.01), pa.float32())
        columns[f"is_{axis}"] = pa.array(rank <= n // 10)
    columns["nearest_id"] = pa.array(np.roll(np.arange(n), 1), pa.int32())
    columns["duplicate_similarity"] = pa.array(np.linspace(0.5, 0.9, n), pa.float32())
    columns["dropped_by"] = pa.array(["noisy" if i < 5 else None for i in range(n)], pa.string())
    tables.write(path, "ranking/2", pa.table(columns))


def _representation(path, kinds, seeds, n):
    runs = [(o, s) for o in ("autoencoder", "barlow_twins", *kinds) for s in range(seeds)]
    rows = [
        {"objective": o, "seed": s, "judge": judge, "accuracy": level, "low": level - 0.04}
        | {"high": level + 0.04, "chance": 0.35, "n": n, "classes": 3}
        for o, s in [*runs, ("pixels", None)]
        for judge, level in (("knn", 0.5 + 0.1 * (o != "pixels")), ("probe", 0.6))
    ]
    tables.write_rows(path, "representation/2", rows if n else [])


def _verdicts(folder, runs, seeds, kinds, shares, label):
    to = folder / "verdicts"
    known = {o: [None] if o == "pixels" else list(range(seeds)) for o in runs}
    ids, scores = tables.read_scores(folder / "scores", known)
    _, short = pairs(scores, label, labelled=kinds, bootstrap=4, seed=0)
    said = tables.words(family_words(row["group"] for row in short))
    tables.write_rows(to / "summary.arrow", "summary/1", short, said)
    stable = [vars(one) for one in stabilities(scores)]
    tables.write_rows(to / "stability.arrow", "stability/1", stable)
    free = [one for one in scores if one.name.split("/")[0] not in kinds]
    settings = Settings(trees=4, samples=100, bootstrap=10, seed=0)
    rows = attribution(ids, free, shares, aside=np.empty(0, int), settings=settings)
    tables.write_rows(to / "attribution.arrow", "attribution/1", rows)
    nothing = dict.fromkeys(("absent", "label_errors", "same_class", "reused", "unlisted"), 0)
    named = [(a, len(i), 0.25, 0.5) for a, i in shares.items()]
    rows = [
        {"artefact": a, "n": n, "unchanged": 0, "deviation": d, "allowed": w} | nothing
        for a, n, d, w in [*named, ("none", len(ids), None, None)]
    ]
    tables.write_rows(to / "audit.arrow", "audit/1", rows)


def _agreement(path, scores, n, labels):
    ranks = np.stack([rankdata(value) for _, value in scores.values()])
    with np.errstate(invalid="ignore"):
        matrix = np.corrcoef(ranks)
    rows, names = [], list(scores)
    for i, a in enumerate(names):
        for j, b in enumerate(names[:i]):
            views = {"pooled": matrix[i, j], "partial": matrix[i, j] / 2}
            for view, value in (
                views | ({"within_class": -views["pooled"]} if labels else {})
            ).items():
                ends = {"low": value - 0.05, "high": value + 0.05, "n": n}
                row = {"score_a": b, "score_b": a, "view": view, "method": "spearman"}
                rows.append({**row, "value": value, **ends, "ties_a": 0.0, "ties_b": 0.0})
            half = {"method": "kendall", "value": 0.7 * matrix[i, j], "view": "pooled"}
            rows.append({**row, **ends, **half, "ties_a": 0.0, "ties_b": 0.0})
    tables.write_rows(path, "agreement/1", rows)


def _detection(path, scores, shares):
    changed = np.concatenate([*shares.values(), np.empty(0, int)]).astype(int)
    rows = []
    for artefact, ids in shares.items():
        for name, (harder, value) in scores.items():
            turned = -value if harder == "low" else value
            clean = np.delete(turned, changed)
            above = turned[ids][:, None] - clean[None]
            auroc = float((above > 0).mean() + 0.5 * (above == 0).mean())
            row = {"artefact": artefact, "score": name, "harder": harder, "positives": len(ids)}
            row |= {"n": len(ids) + len(clean), "auroc": auroc, "auroc_low": auroc - 0.03}
            row |= {"auroc_high": auroc + 0.03, "auprc": 0.4, "base_rate": 0.1}
            row |= {"residual_auroc": 0.6, "residual_low": 0.5, "residual_high": 0.7}
            row |= {"best_pixel": "pixels/contrast", "best_pixel_auroc": 0.7}
            row |= {"best_pixel_auroc_low": 0.6, "best_pixel_auroc_high": 0.8}
            row |= {"spearman_ceiling": 0.5, "flagged": "pixels see it better"}
            row |= {"same_order_as": ""}
            values = {f"{c}_at_{k}": 0.3 for c in ("precision", "recall") for k in ("injected", 5)}
            values |= {"auprc": 0.4, "spearman": 0.2, "stump_accuracy": 0.9}
            values |= {"stump_balanced_accuracy": 0.6}
            for end, by in (("", 0), ("_low", -0.1), ("_high", 0.1)):
                row |= {name + end: value + by for name, value in values.items()}
            rows.append(row)
    tables.write_rows(path, "detection/1", rows)


def _labelling(path, seeds):
    judges = ("linear_probe", "self_training", "cluster_then_label")
    rows = [
        {"objective": "barlow_twins", "seed": seed, "draw": draw, "strategy": strategy}
        | {"budget": budget, "labels": labels, "classes": 2 + at, "judge": judge, "free": 80}
        | {"chance": 0.4, "n": 34, "accuracy": accuracy[at] + 0.01 * (seed + draw + j)}
        for seed in range(seeds)
        for draw in range(3)
        for strategy, accuracy in LABELLED.items()
        for at, (budget, labels) in enumerate(((0.05, 4), (0.2, 16)))
        for j, judge in enumerate(judges)
    ]
    for row in rows:
        uncertain = row["strategy"] == "typical" and row["labels"] == 16
        row["accuracy"] += (0.05, -0.06, 0.02)[row["draw"]] * uncertain
    tables.write_rows(path, "labelling/1", rows, tables.words(judged_by(LABELLED)))


def _arm(folder, arm, n, rng):
    share = float(arm.partition("@")[2] or 0.7)
    kept = n if arm == "full" else round(share * n)
    rows = [
        {"sample_id": int(i), "draw": draw}
        for draw in range(2 if "random" in arm or "matched" in arm else 1)
        for i in np.sort(rng.permutation(n)[:kept])
    ]
    said = tables.words({arm: arm_words(arm.partition("@")[0])})
    tables.write_rows(folder / f"subsets/{arm}.arrow", "subset/1", rows, said)
    rows = []
    for seed in range(3):
        for view in ("equal_steps", "equal_epochs"):
            correct = rng.integers(80, 95, 3)
            row = {"arm": arm, "seed": seed, "view": view, "kept": kept, "steps": 100}
            rows += [row | {"class": k, "correct": int(c), "n": 100} for k, c in enumerate(correct)]
            rows.append(row | {"class": None, "correct": int(correct.sum()), "n": 300})
    tables.write_rows(folder / f"accuracy/{arm}.arrow", "accuracy/1", rows)
