"""Every kind of table: its columns, their types and units, its version."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

TABLE = b"hardrare.table"
CLASSES = b"hardrare.classes"
NETWORKS = b"hardrare.networks"  # of a features table
RATES = b"hardrare.learning_rate"  # range tests behind a run, of a dynamics or accuracy table
HELD_OUT = "held_out_"  # begins what networks say of samples that they never trained on
ID, EPOCH = pa.int32(), pa.int16()
FLOAT, TEXT, FLAG, COUNT = pa.float32(), pa.string(), pa.bool_(), pa.int32()
CODED = pa.dictionary(COUNT, TEXT)  # few texts, each many times; texts again when it is read

# The axes of a ranking, and what a high score on each means: pages, tables and documents say it so.
AXES = {
    "hard": "small networks that learn without labels make little of it",
    "rare": "far from other images, or one of few",
    "noisy": "badly or unsteadily learnt to the end",
    "duplicate": "shows the same picture as an image that stays",
}
DEFECT = "/defect_"  # begins metrics of what hurts a picture
HURT = "hurt as a picture, and the reason is said"  # noisy, where such metrics alone make it
# One more, where labels are given and networks learnt them.
MISLABELED = {"mislabeled": "networks that never saw it doubt the label it was given"}
# The axes where people look at them, page, console and documents: first what helps to decide, wrong
# labels, copies and harm, which are mostly right; then what is only worth a look; the weakest last.
LOOKED_AT = ("mislabeled", "duplicate", "noisy", "rare", "hard")
# Artefacts whose sample is a copy of its base: names start so.
COPY = "duplicate"

# Kinds that stay uncompressed, so that reading them maps the file and copies nothing; but for
# small tables of features.
MAPPED = ("images/", "features/", "views/", "pictures/", "shard_of_")

# Fixed columns of each kind, in order. `...` marks kinds that take further columns. Kinds of one
# stage alone are declared beside it.
KINDS: dict[str, dict[str, Any]] = {
    "images/1": {"sample_id": ID, "image": None, "label": pa.int32(), "file_name": TEXT},
    "pictures/1": {"sample_id": ID, "picture": pa.large_binary()},  # encoded, aspect kept
    "appearance/1": {  # of the file as it is; null where there is no file
        "sample_id": ID,
        "part": TEXT,  # train, val, test, ... where the source has such parts, otherwise empty
        "width": COUNT,  # of the upright picture, pixels
        "height": COUNT,
        "format": TEXT,  # JPEG, PNG, HEIF, ...
        "mode": TEXT,  # of the file: RGB, L, I;16, ...; RGBA, LA, PA where some is clear
        "bytes": pa.int64(),
        "content_hash": TEXT,  # of the bytes, hexadecimal
        "pixel_hash": TEXT,  # of the decoded pixels
        "levels_hash": TEXT,  # of how many have each grey level: the same for a turned picture
        "perceptual_hash": TEXT,  # 64 bits, 16 hexadecimal digits
        "mirror_hash": TEXT,  # the same of the mirror image
        "taken": pa.int64(),  # seconds since 1970: EXIF date, else the file's time of change
        "frames": COUNT,  # pictures in the file, of which one is read
        ...: ...,
    },
    "manifest/1": {
        "sample_id": ID,  # the changed sample
        "artefact": TEXT,
        "base_id": ID,  # the sample of data/images that it was made of
        "partner_id": ID,  # the second one, null where there is none
        "strength": FLOAT,  # weight, standard deviation in grey levels, sigma in pixels, ... 0..1
        "seed": pa.int64(),
        "label_before": pa.int32(),
        "label_after": pa.int32(),
        "box": pa.list_(pa.int16(), 4),  # top, left, height, width of a pasted or covered part
    },
    "audit/1": {  # of the injection: one row an artefact, `none` = samples not in the manifest
        "artefact": TEXT,
        "n": COUNT,
        "absent": COUNT,  # rows that name a sample which is not there
        "unchanged": COUNT,
        "deviation": FLOAT,  # largest distance of a pixel from the formula, grey levels
        "allowed": FLOAT,
        "label_errors": COUNT,
        "same_class": COUNT,  # mixes of two images of one class
        "reused": COUNT,  # bases and partners that another row uses, too
        "unlisted": COUNT,  # changed, come or gone without being named
    },
    "dynamics/1": {"epoch": EPOCH, "sample_id": ID, ...: ...},
    "features/2": {"epoch": EPOCH, "sample_id": ID, "features": None},  # a batch a snapshot
    "views/1": {"sample_id": ID, "features": None},  # float16, V views of D features each
    "clusterings/1": {"sample_id": ID, ...: ...},  # a column of cluster ids each
    "scores/1": {"sample_id": ID, ...: ...},
    "duplicates/1": {
        "sample_id": ID,
        "group": pa.int32(),  # of samples that show one picture, or are like these; or null
        "duplicate_of": ID,  # the one of its group that is kept; null for that one, and for others
        "kind": TEXT,  # same file, same pixels, resized or recompressed, opaque, ..., similar
        "similarity": FLOAT,  # to the most alike other sample, cosine
        "residual": FLOAT,  # worst block of what differs from the kept one, over the spread
        "leak": FLAG,  # whether its group spans parts
        "nearest": ID,  # the most alike other sample; of copies the one that decided
        "kept_because": TEXT,  # larger, less compressed, older, ...: the kept one than this
    },
    "heat/1": {  # of a few images: why they stand where they do on an axis
        "sample_id": ID,
        "axis": TEXT,
        "heat": pa.binary(),  # S x S bytes by row, 255 = the warmest part of the picture
    },
    "ranking/2": {"sample_id": ID, "file_name": TEXT, ...: ...},
    "representation/2": {
        "objective": TEXT,  # of a run; pixels = the images themselves
        "seed": ID,  # null for pixels
        "epoch": EPOCH,  # of the snapshot, from 0; null for pixels
        "judge": TEXT,  # knn, probe
        "accuracy": FLOAT,  # 0..1
        "low": FLOAT,  # 95 % bootstrap interval
        "high": FLOAT,
        "chance": FLOAT,  # of always naming the largest class
        "n": pa.int32(),  # samples judged
        "classes": pa.int32(),
    },
    "agreement/1": {
        "score_a": CODED,
        "score_b": CODED,
        "view": CODED,  # pooled, within_class, partial (given the pixel statistics)
        "method": CODED,  # spearman, pearson, kendall
        "value": FLOAT,
        "low": FLOAT,  # 95 % bootstrap interval
        "high": FLOAT,
        "n": pa.int32(),
        "ties_a": FLOAT,  # share of samples that share their value with another
        "ties_b": FLOAT,
    },
    "summary/1": {  # of agreement: how large correlations are between groups of scores
        "by": TEXT,  # objective, family
        "group": TEXT,
        "against": TEXT,  # itself, other runs, labels, pixels
        "scores": COUNT,  # in the group
        "pairs": COUNT,
        "value": FLOAT,  # mean absolute Spearman correlation over the pairs
        "low": FLOAT,  # 95 % bootstrap interval over samples
        "high": FLOAT,
        "n": COUNT,  # samples
    },
    "stability/1": {
        "score": TEXT,
        "family": TEXT,
        "seeds": COUNT,
        "spearman": FLOAT,  # mean over pairs of seeds
        "low": FLOAT,  # 95 % interval over samples, as one pair of seeds would have it
        "high": FLOAT,
        "overlap": FLOAT,  # share of the top tenth that two seeds have in common
        "overlap_low": FLOAT,
        "overlap_high": FLOAT,
        "reliability": FLOAT,  # of the mean over the seeds, by Spearman-Brown
        "needed": FLOAT,  # seeds for a reliability of 0.95; infinite where seeds do not agree
        "needed_low": FLOAT,
        "needed_high": FLOAT,
        "n": COUNT,  # samples
    },
    "detection/1": {
        "artefact": TEXT,
        "score": TEXT,  # objective/metric
        "harder": TEXT,  # high, low, open, as declared
        "n": pa.int32(),
        "positives": pa.int32(),
        "auroc": FLOAT,  # signed: of the score turned so that its declared end is harder
        "auroc_low": FLOAT,
        "auroc_high": FLOAT,
        "auprc": FLOAT,
        "base_rate": FLOAT,
        "residual_auroc": FLOAT,  # after regressing the rank on the pixel statistics
        "residual_low": FLOAT,
        "residual_high": FLOAT,
        "best_pixel": TEXT,  # the pixel statistic that sees the artefact best, either sign
        "best_pixel_auroc": FLOAT,
        ...: ...,
    },
    "labelling/1": {
        "objective": TEXT,  # whose features choose and judge
        "seed": ID,  # of that run
        "draw": pa.int16(),  # of the held-out samples and of random choices
        "strategy": TEXT,
        "budget": FLOAT,  # share of the samples that may be labelled
        "labels": pa.int32(),  # how many that are
        "classes": pa.int32(),  # among the labelled
        "judge": TEXT,  # linear_probe, self_training, cluster_then_label
        "accuracy": FLOAT,  # 0..1, on held-out samples that nobody may label
        "chance": FLOAT,  # of always naming the largest class
        "free": pa.int32(),  # samples that may be labelled
        "n": pa.int32(),  # samples judged
    },
    "subset/1": {"sample_id": ID, "draw": pa.int16()},
    "accuracy/1": {
        "arm": TEXT,
        "seed": pa.int32(),
        "view": TEXT,  # equal_steps, equal_epochs
        "class": pa.int32(),  # of the test set; null = all classes
        "correct": pa.int32(),
        "n": pa.int32(),
        "kept": pa.int32(),
        "steps": pa.int32(),
    },
}


def meanings(axes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What a high score means on every axis, where some are made of such scores.

    >>> meanings({"noisy": ["appearance/defect_dark"]})["noisy"]
    'hurt as a picture, and the reason is said'
    """
    noisy = axes.get("noisy", ())
    hurt = {"noisy": HURT} if noisy and all(DEFECT in name for name in noisy) else {}
    return AXES | MISLABELED | hurt


def declare(kind: str, columns: Mapping[str, Any]) -> str:
    """Name the columns of a kind of table that one stage writes, beside the code that makes it.

    Kinds that several packages write stand above. Who reads a table needs its kind's name alone.
    """
    if KINDS.setdefault(kind, dict(columns)) != dict(columns):
        raise ValueError(f"{kind} is declared twice")
    return kind
