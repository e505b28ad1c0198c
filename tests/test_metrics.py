"""What every registered metric keeps: shape, finiteness, order, orientation, documentation."""

import doctest
import importlib
import inspect
import re
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from synthetic import APPEARANCE, N, T, synthetic

from hardrare import metrics
from hardrare.metrics import Metric, metric, registry, score
from hardrare.report.sections.signals import signals

ROOT = Path(__file__).parents[1]
METRICS = registry()
REPEATED = {
    "duplicate_similarity",
    "earlier_similarity",
}  # its end is the repeated sample: here the dense, easy half
STILL = {"features", "plain_features", "views", "image", "statistics", "packed", *APPEARANCE}
STILL |= {"world_neighbours", "depth_neighbours", "patch_distance"}
TABLES = {"reductions", "learned_epochs"}  # files that make many metrics
FILES = {n: m for n, m in METRICS.items() if m.function.__module__.split(".")[-1] not in TABLES}
DYNAMICS = {n: m for n, m in METRICS.items() if not STILL & set(m.columns)}


COLUMNS, HARD = synthetic()
for values in COLUMNS.values():
    values.flags.writeable = False


def call(one: Metric, columns: dict[str, np.ndarray]) -> np.ndarray:
    return one.function(*(columns[c] for c in one.columns))


@cache
def scored(name: str) -> np.ndarray:
    return call(METRICS[name], COLUMNS)


def document(one: Metric) -> tuple[str, str, str]:
    """A metric's docstring: what stands before Args, Args, and from Returns on."""
    head, _, rest = inspect.getdoc(one.function).partition("Args:")
    arguments, _, end = rest.partition("Returns:")
    return head, arguments, end


def test_the_synthetic_columns_feed_every_metric():
    assert {column for one in METRICS.values() for column in one.columns} <= set(COLUMNS)


@pytest.mark.parametrize("name", METRICS)
def test_one_finite_score_per_sample(name):
    values = scored(name)
    assert values.shape == (N,)
    assert values.dtype == np.float64
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", sorted(set(METRICS) - {"earlier_similarity"}))
def test_order_of_samples_does_not_matter(name):
    order = np.random.default_rng(1).permutation(N)
    shuffled = {column: values[order] for column, values in COLUMNS.items()}
    np.testing.assert_allclose(call(METRICS[name], shuffled), scored(name)[order], rtol=1e-6)


@pytest.mark.parametrize("name", METRICS)
def test_memory_layout_does_not_matter(name):
    turned = {c: np.asfortranarray(v) for c, v in COLUMNS.items()}
    np.testing.assert_allclose(call(METRICS[name], turned), scored(name), rtol=1e-6)


@pytest.mark.parametrize("name", METRICS)
def test_input_is_left_as_it_is(name):
    assert not any(COLUMNS[c].flags.writeable for c in METRICS[name].columns)
    assert len(scored(name)) == N  # and no error: nothing was written into them


@pytest.mark.parametrize("name", METRICS)
def test_declared_end_is_the_harder_one(name):
    values, harder = scored(name), METRICS[name].harder
    assert np.ptp(values) > 0
    if harder != "open":
        end = HARD if name not in REPEATED else ~HARD
        high, low = values[end][:, None], values[~end][None]
        above = ((high > low) + 0.5 * (high == low)).mean()  # AUROC of the score as it is
        assert (above if harder == "high" else 1 - above) > 0.8


@pytest.mark.parametrize("name", DYNAMICS)
def test_a_row_stands_alone_unless_the_docstring_says_otherwise(name):
    alone = True
    for half in (HARD, ~HARD):
        block = call(METRICS[name], {c: v[half] for c, v in COLUMNS.items()})
        alone &= np.array_equal(block, scored(name)[half])
    assert alone != ("looks at all samples" in " ".join(document(METRICS[name])[0].split()))


@pytest.mark.parametrize("name", FILES)
def test_one_file_one_function_of_its_name(name):
    module = importlib.import_module(f"hardrare.metrics.{name}")
    registered = {n for n, m in METRICS.items() if m.function.__module__ == module.__name__}
    public = {
        n
        for n, f in vars(module).items()
        if inspect.isfunction(f) and f.__module__ == module.__name__ and not n.startswith("_")
    }
    assert registered == public == {name}


@pytest.mark.parametrize("name", METRICS)
def test_docstring_has_formula_shapes_and_a_doctest(name):
    one = METRICS[name]
    head, arguments, end = document(one)
    assert re.search(r"\S [=/] \S", head), "no formula"
    for column in one.columns:
        assert re.search(rf"^ *{column}: `?\(N[,)]", arguments, re.MULTILINE), column
    for setting in one.settings:
        assert re.search(rf"^ *{setting}: ", arguments, re.MULTILINE), setting
    assert "(N,)" in end.partition("Example")[0]
    assert re.search(rf">>> .*\b{name}\(", end)
    assert one.unit
    assert one.source


@pytest.mark.parametrize("name", METRICS)
def test_doctest_holds(name):
    function = METRICS[name].function
    module = importlib.import_module(function.__module__)
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    found = finder.find(function, name, module=False, globs={**vars(module), name: function})
    results = [runner.run(one) for one in found]
    assert sum(one.attempted for one in results) > 0
    assert sum(one.failed for one in results) == 0


def test_a_reduction_says_what_it_is_in_its_docstring():
    text = inspect.getdoc(METRICS["loss_std_from_twelfth"].function)
    assert text.startswith("Standard deviation of the sample's own loss over epochs, after the")
    assert "score = sqrt(mean_t (L_t - mean_t L_t)^2) (population form),\nover t = k" in text
    assert "mean_s (LID_s - mean_s LID_s)^2" in inspect.getdoc(METRICS["lid_tle_var"].function)
    units = {name: METRICS[name].unit for name in ("loss_var", "msd_std", "lid_mle_var")}
    assert units == {"loss_var": "loss^2", "msd_std": "feature^2", "lid_mle_var": "dimensions^2"}


def degenerate() -> dict[str, dict[str, np.ndarray]]:
    """Dynamics that no study should have and every metric must survive."""
    columns = {c: v for c, v in COLUMNS.items() if c not in STILL}
    series = {c for c, v in columns.items() if v.ndim == 2}
    numbers = {c for c in series if columns[c].dtype != bool}

    def changed(names, change):
        return {c: change(v) if c in names else v for c, v in columns.items()}

    def holes(values):
        where = np.random.default_rng(2).random(values.shape) < 0.3
        return np.where(where, np.nan, values)

    def undefined_sample(values):
        values = values.copy()
        values[::5] = np.nan
        return values

    return {
        "single epoch": changed(series, lambda v: v[:, :1]),
        "two epochs": changed(series, lambda v: v[:, :2]),
        "three epochs": changed(series, lambda v: v[:, :3]),
        "constant": changed(series, np.ones_like),
        "zero": changed(series, np.zeros_like),
        "all undefined": changed(numbers, lambda v: np.full_like(v, np.nan)),
        "one sample undefined": changed(numbers, undefined_sample),
        "undefined here and there": changed(numbers, holes),
        "one sample": {c: v[:1] for c, v in columns.items()},
        "two samples": {c: v[:2] for c, v in columns.items()},
        "two alike": {c: v[[3, 3]] for c, v in columns.items()},
    }


@pytest.mark.parametrize("case", degenerate())
def test_degenerate_dynamics_give_finite_scores_without_a_warning(case):
    columns = degenerate()[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score(columns, {"also": ["msd_cluster"]})
    assert set(scores) == set(DYNAMICS)


def test_a_metric_whose_column_is_missing_is_skipped():
    some = {c: COLUMNS[c] for c in ("loss", "correct")}
    expected = {n for n, m in METRICS.items() if set(m.columns) <= {"loss", "correct"}}
    assert set(score(some)) == expected
    assert {"loss_last", "forgetting"} <= expected
    assert not {"confidence", "non_monotonicity", "msd_mean"} & expected


def test_settings_reach_the_metrics_that_take_them():
    columns = {"first_split_loss": COLUMNS["first_split_loss"]}
    strict = score(columns, {"learned_quantile": 0.1, "neighbours": 3})["first_learned_epoch"]
    assert (strict == T + 1).sum() == round(0.9 * N)
    assert (score(columns)["first_learned_epoch"] == T + 1).sum() == round(0.1 * N)


def test_the_registry_refuses_an_unknown_orientation():
    with pytest.raises(ValueError, match="harder is 'up'"):
        metric(unit="1", harder="up", source="none")(lambda loss: loss)


def test_a_score_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="ssim_last: expected one finite score"):
        score({"ssim": np.array([[np.inf]])})


def test_metrics_need_neither_torch_nor_lightly():
    code = (
        "import sys, hardrare.metrics as m, hardrare.scoring.table\n"
        "m.registry()\n"
        "print(sorted({'torch', 'torchvision', 'lightly'} & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


def test_every_metric_file_is_registered():
    files = {p.stem for p in Path(metrics.__path__[0]).glob("[!_]*.py")}
    assert files == set(FILES) | TABLES
    assert len(FILES) < len(METRICS) - 50


def test_words_for_readers_stand_beside_the_metric():
    known = registry()
    assert {name for name, entry in known.items() if entry.signal} == {
        "patch_anomaly", "replaceability", "strong_noise_error_last", "transition_depth",
        "triplet_margin", "weak_noise_error_last", "world_agreement",
    }  # fmt: skip
    assert known["weak_noise_error_last"].signal == "how badly weak noise on it is told from it"
    assert signals()["patch_anomaly"] == known["patch_anomaly"].signal
    assert signals()["world_agreement"].endswith("beside it (low is harder)")
    attacks = {name for name, entry in known.items() if entry.attack}
    assert attacks == {"adversarial_distance", "carlini_wagner_distance"}
