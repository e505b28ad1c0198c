"""Every kind of table: its columns, their types and units, its version."""

from typing import Any

import pyarrow as pa

TABLE = b"hardrare.table"
CLASSES = b"hardrare.classes"
NETWORKS = b"hardrare.networks"  # of a features table
RATES = b"hardrare.learning_rate"  # range tests behind a run, of a dynamics or accuracy table
HELD_OUT = "held_out_"  # begins what networks say of samples that they never trained on
ID, EPOCH = pa.int32(), pa.int16()
FLOAT, TEXT, FLAG = pa.float32(), pa.string(), pa.bool_()

# Fixed columns of each kind, in order. `...` marks kinds that take further columns.
KINDS: dict[str, dict[str, Any]] = {
    "images/1": {"sample_id": ID, "image": None, "label": pa.int32(), "file_name": TEXT},
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
    "dynamics/1": {"epoch": EPOCH, "sample_id": ID, ...: ...},
    "features/2": {"epoch": EPOCH, "sample_id": ID, "features": None},  # a batch a snapshot
    "clusterings/1": {"sample_id": ID, ...: ...},  # a column of cluster ids each
    "scores/1": {"sample_id": ID, ...: ...},
    "ranking/1": {"sample_id": ID, "file_name": TEXT, ...: ...},
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
        "score_a": TEXT,
        "score_b": TEXT,
        "view": TEXT,  # pooled, within_class, partial (given the pixel statistics)
        "method": TEXT,  # spearman, pearson, kendall
        "value": FLOAT,
        "low": FLOAT,  # 95 % bootstrap interval
        "high": FLOAT,
        "n": pa.int32(),
        "ties_a": FLOAT,  # share of samples that share their value with another
        "ties_b": FLOAT,
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
