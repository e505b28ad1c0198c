"""Whether scores change their order where the training step itself tells LGN and alignment.

    python benchmarks/measure_when.py [--study digits cifar10] [--seeds 3] [--json out.json]

Each objective is trained twice on the same weights, batches and views: once measured after every
epoch, once in step. Printed for each score of views or gradients: Spearman's correlation of the two
ways, mean over seeds, beside that of two seeds measured after every epoch. In step is as good where
the first is no smaller than the second.
"""

import argparse
import io
import itertools
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from pyarrow import parquet
from scipy.stats import spearmanr
from sklearn.datasets import load_digits

from hardrare import tables
from hardrare.augmentation import Augmentation
from hardrare.metrics.reductions import SERIES
from hardrare.objectives import autoencoder, barlow_twins, simclr
from hardrare.scoring.run import score
from hardrare.training import (
    Callbacks,
    Pixels,
    Probing,
    Recorder,
    Settings,
    resolve_device,
    single,
    train,
)  # fmt: skip

VIEWS = Augmentation(
    min_scale=0.5, flip=0.0, degrees=10, brightness=0.3, contrast=0.3, saturation=0.0,
    hue=0.0, grayscale=0.0, solarise=0.0,
)  # fmt: skip
SHARED = {"optimizer": "adam", "weight_decay": 1e-6, "learning_rate": 0.002}
HEAD = {"network": "small_cnn", "hidden_size": 256, "augmentation": VIEWS, **SHARED}
OBJECTIVES = {
    "barlow_twins": (
        barlow_twins, barlow_twins.Settings(output_size=256, off_diagonal=0.005, **HEAD)
    ),
    "simclr": (
        simclr,
        simclr.Settings(output_size=128, temperature=0.5, beta=0.0, tau_plus=0.0, **HEAD),
    ),
    "autoencoder": (
        autoencoder,
        autoencoder.Settings(
            network="conv_autoencoder", code_size=10, loss="l1", dropout=0.0, augmentation=None,
            **SHARED,
        ),
    ),
}  # fmt: skip
CIFAR10 = Path("../shared/datasets/cifar10/train-00000-of-00001.parquet")
WAYS = ("after_epoch", "in_step")


def images(study: str, count: int) -> np.ndarray:
    """Images (N, H, W, C) of a study: all digits, or the first of CIFAR-10."""
    if study == "digits":
        return (load_digits().images * 15).astype(np.uint8)[..., None]
    column = parquet.ParquetFile(CIFAR10).read_row_group(0).column(0)
    packed = (one["bytes"].as_py() for one in column[:count])
    return np.stack([np.asarray(Image.open(io.BytesIO(one)).convert("RGB")) for one in packed])


def scored(image: np.ndarray, name: str, epochs: int, seed: int, when: str):
    """Every score of views or gradients of one run, and its seconds."""
    module, options = OBJECTIVES[name]
    pixels = Pixels(image, None, resolve_device("cpu"))
    settings = Settings(epochs, 128, "cosine", "auto", "cpu", 0)
    with tempfile.TemporaryDirectory() as folder:
        path, started = Path(folder) / "dynamics.arrow", time.process_time()
        with Recorder(path, np.arange(len(image))) as recorder:
            callbacks = Callbacks(recorder, Probing(measure=when))
            train(module, options, settings, single(len(image)), pixels, seed, callbacks)
        spent = time.process_time() - started
        columns = tables.read_dynamics(path)[1]
    read = {"gradient_norm", "alignment", "cross_correlation"}
    read |= {"loss"} if name == "simclr" else set()
    values = score({k: v for k, v in columns.items() if k in read})
    return {k: v for k, v in values.items() if any(k.startswith(s.name + "_") for s in SERIES
                                                   if s.column in read)}, spent  # fmt: skip


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's, of two scores (N,)."""
    return float(spearmanr(first, second).statistic)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--study", nargs="+", default=["digits", "cifar10"])
    parser.add_argument("--objectives", nargs="+", default=list(OBJECTIVES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--images", type=int, default=1500, help="of CIFAR-10")
    parser.add_argument("--json", type=Path)
    given, told = parser.parse_args(), []
    for study, name in itertools.product(given.study, given.objectives):
        image = images(study, given.images)
        runs = {
            (way, seed): scored(image, name, given.epochs, seed, way)
            for way in WAYS for seed in range(given.seeds)
        }  # fmt: skip
        cost = {way: sum(runs[way, s][1] for s in range(given.seeds)) for way in WAYS}
        share = cost["in_step"] / cost["after_epoch"]
        print(f"{study} {name}: in step takes {share:.2f} of the processor time", flush=True)
        for one in runs["after_epoch", 0][0]:
            of = {key: values[one] for key, (values, _) in runs.items()}
            ways = [correlation(*(of[way, s] for way in WAYS)) for s in range(given.seeds)]
            seeds = [
                [correlation(of[way, a], of[way, b])
                 for a, b in itertools.combinations(range(given.seeds), 2)] for way in WAYS
            ]  # fmt: skip
            row = [float(np.mean(x)) for x in (ways, *seeds)]
            print(f"  {one:28} ways {row[0]:.3f}  two seeds {row[1]:.3f}, in step {row[2]:.3f}",
                  flush=True)  # fmt: skip
            told.append([study, name, one, *row, share])
    if given.json:
        given.json.write_text(json.dumps(told))


if __name__ == "__main__":
    main()
