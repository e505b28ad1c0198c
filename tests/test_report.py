"""The report on a made-up study: complete, loads nothing, deterministic, honest where empty."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up_study import (
    ARMS,
    AXES,
    EVIL,
    FOLDERS,
    INPUTS,
    NAMES,
    STABLE,
    SWEEP,
    SWEEP_ARMS,
    study_of,
    synthesise,
)
from score_tables import ended

from hardrare import figures
from hardrare.errors import InputError
from hardrare.numerics.stable_ranking import Settings as StableRanking
from hardrare.report import Settings, plan, sections

ROOT = Path(__file__).parents[1]
VOID = {"meta", "br", "hr", "img", "input", "wbr", "link"}
NUMBERS = {"data_map": "autoencoder/loss", "region_share": 0.33, "examples": 8}
NUMBERS |= {"epochs": 12, "stable_ranking": StableRanking(**STABLE)}
NUMBERS |= {"dataset": "made up", **AXES}
RUNS = {"objectives": ["autoencoder", "barlow_twins"], "seeds": [0, 1], "kinds": ["supervised"]}
SWEPT = {"sweep": SWEEP, "sweep_arms": SWEEP_ARMS}
PRUNED = {"label_seeds": [0, 1], "arms": ARMS, "keep_fraction": 0.7, "retrain_seeds": [0, 1, 2]}


class Page(HTMLParser):
    """Checks nesting while it collects tags, text and whatever a browser would fetch."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.fetched, self.words = [], [], [], [], []
        self.feed(text)
        assert not self.open, f"unclosed {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "srcset", "poster", "data", "action"):
                self.fetched.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def run(folder, out, hash_seed=None):
    """Run the stage on the tables of a folder, perhaps in a process of its own; its output."""
    to = folder / out
    paths = {name: folder / f"{name}.arrow" for name in INPUTS}
    paths |= {name: folder / name for name in FOLDERS}
    paths |= {"page": to / "index.html", "figures": to / "figures", "plots": to / "plots"}
    paths |= {"metrics": to / "metrics.json", "params": folder / "params.yaml"}
    if hash_seed is None:
        done = ended("report", paths.pop("params"), **paths)
    else:
        arguments = [text for name, path in paths.items() for text in (f"--{name}", str(path))]
        command = [sys.executable, "-m", "stages.report", *arguments]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    return to


def planned(folder, **changed):
    """The figures of a folder's study, read in this process."""
    settings = Settings(**{**NUMBERS, **RUNS, **PRUNED, **SWEPT, **changed})
    return plan(study_of(folder, settings))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return synthesise(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def reported(folder):
    return run(folder, "first")


@pytest.fixture(scope="module")
def page(reported):
    return Page((reported / "index.html").read_text(encoding="utf-8"))


def test_page_has_every_section_and_figure(page, folder, reported):
    known = [one.name for one in sections()]
    assert [one for one in page.ids if one in known] == known
    answers = "q-groups q-nearest q-ties q-within q-wrong q-blind q-seeds"
    assert set(answers.split()) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    pictures = {path.stem for path in (reported / "figures").iterdir()}
    assert pictures == {"correlation", "pruning"}  # what `dvc plots` shows; all are on the page
    drawn = {one.name for one in planned(folder)}
    wanted = {f"images-{axis}" for axis in ("hard", "rare", "noisy", "duplicate")}
    wanted |= {f"{a}-{b}" for a in ("examples", "data_map", "detection") for b in ("average",)}
    wanted |= {f"{c}-{o}" for c in ("loss", "msd", "lgn") for o in RUNS["objectives"]}
    assert (
        wanted
        | {
            "data_map-all",
            "regions-labels",
            "regions-free",
            "correlation",
            "correlation-all",
            "pruning",
            "sweep-accuracy",
            "sweep-difference",
            "labelling-linear_probe",
            "labelling-self_training",
            "labelling-cluster_then_label",
            "attribution-average",
        }
        <= drawn
    )
    assert page.tags.count("svg") == len(drawn)
    assert "not above the pixels by both" in page.text
    assert "trained on the labels of these images" in page.text
    assert "0.600 [0.560, 0.640]" in page.text
    assert "0.40 [0.30, 0.50]" in page.text  # AUPRC
    assert "top 5 %: precision, recall" in page.text
    assert "0.30 [0.20, 0.40], 30 %" in page.text
    assert "lists 5 images of 120 to leave out: 5 as noisy." in page.text
    assert "Kendall's tau-b: median size" in page.text
    for words in ("Was it done as it says?", "random forest", "inside one run", "neighbours"):
        assert words in page.text
    for words in ("120", "2 seeds", "averaged pair", "contrast", "without the hardest by"):
        assert words in page.text


def test_page_loads_nothing(page, reported):
    text = (reported / "index.html").read_text(encoding="utf-8")
    beside = "images.html"  # of the stage show, in the same folder: a link, nothing that is loaded
    assert all(value.startswith(("#", "data:image/")) for value in page.fetched if value != beside)
    assert page.fetched.count(beside) == 1
    assert not {"script", "link", "iframe", "object", "img"} & set(page.tags)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)", text))
    assert "@import" not in text
    targets = [value[1:] for value in page.fetched if value.startswith("#")]
    assert set(targets) <= set(page.ids)


def test_names_are_escaped(page):
    assert EVIL in page.text
    assert "made <up>" in page.text
    assert "<b>two" in page.text
    assert "script" not in page.tags


def test_equal_tables_give_equal_bytes(folder, reported):
    again = run(folder, "second", hash_seed="7")
    names = sorted(path.relative_to(reported) for path in reported.rglob("*") if path.is_file())
    assert len(names) == 9  # two pages of numbers, two pictures, the tables of plots
    for name in names:
        assert (reported / name).read_bytes() == (again / name).read_bytes(), name


def test_numbers_for_dvc(reported):
    numbers = json.loads((reported / "metrics.json").read_text())
    assert numbers["samples"] == 120
    assert numbers["injected"] == {"average": 12, "label_uniform": 12}
    best = numbers["detection"]["average"]["without_labels"]
    objective = best["score"].partition("/")[0]
    assert numbers["objective"][objective]["best_auroc"]["average"] == best["auroc"]
    assert numbers["detection"]["average"]["pixels"]["score"] in ("pixels/contrast", "pixels/ink")
    assert set(numbers["axes"]["average"]) == {*AXES, "duplicate"}
    assert numbers["axes"]["average"]["hard"] == numbers["axes"]["average"]["rare"]  # made so
    assert set(numbers["accuracy"]) == set(ARMS)
    assert set(numbers["attribution"]["average"]) == {"pixels", "scores", "both", "gain"}
    difference = numbers["difference_to_random"]["full"]["equal_steps"]
    accuracy = numbers["accuracy"]
    expected = accuracy["full"]["equal_steps"] - accuracy["random"]["equal_steps"]
    assert difference["mean"] == pytest.approx(expected, abs=1e-3)
    assert set(numbers["accuracy_by_share"]) == set(SWEEP_ARMS)
    assert set(numbers["accuracy_by_share"]["random"]) == {"0.3", "0.7", "0.9"}
    assert numbers["accuracy_by_share"]["random"]["0.7"] == accuracy["random"]["equal_steps"]
    # Two seeds and three draws add 0.01 x (seed + draw) to 0.6.
    assert numbers["labelling"]["linear_probe"]["typical"]["4"] == pytest.approx(61.5)
    msd = (reported / "plots/msd.csv").read_text().splitlines()
    assert msd[:2] == ["epoch,autoencoder,barlow_twins", "0,,"]
    assert len(msd) == 7
    files = {path.name for path in (reported / "plots").iterdir()}
    assert files == {"loss.csv", "msd.csv", "lgn.csv", "detection.csv", "accuracy.csv"}


def test_without_labels_artefacts_and_arms(tmp_path):
    made = synthesise(tmp_path, n=40, epochs=3, seeds=1, labels=False, artefacts=())
    to = run(made, "out")
    text = Page((to / "index.html").read_text(encoding="utf-8")).text
    for sentence in (
        "Nothing was injected into these images",
        "there is nothing to detect",
        "Fewer than two classes are known",
        "No run used labels",
        "Every run has one seed",
        "No retraining was asked for",
        "nobody can say what labels would be worth here",
        "There is nothing to compare with",
        "there is no map with labels",
        "No metric that only labels allow is in this study",
        "only scores without labels are counted",
        "nobody can say which metric would find one",
        "there is nothing that a score without labels could know",
        "there is no metric with labels to repeat",
        "No artefact changed enough images",
    ):
        assert sentence in text
    numbers = json.loads((to / "metrics.json").read_text())
    assert numbers["injected"] == numbers["detection"] == numbers["accuracy"] == {}
    assert numbers["accuracy_by_share"] == numbers["labelling"] == {}
    assert numbers["objective"]["autoencoder"]["seed_correlation_median"] is None
    assert (to / "plots/accuracy.csv").read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"data_map": "simclr/loss"}, "no run of simclr"),
        ({"data_map": "autoencoder/ssim"}, "does not record"),
        ({"seeds": [0, 9]}, "no such table"),
    ],
)
def test_wrong_settings_are_named(folder, changed, words):
    with pytest.raises(InputError, match=words):
        planned(folder, **changed)


def test_tables_of_other_samples_are_refused(tmp_path):
    made = synthesise(tmp_path / "a", n=40, epochs=2)
    other = synthesise(tmp_path / "b", n=50, epochs=2)
    (other / "ranking.arrow").replace(made / "ranking.arrow")
    with pytest.raises(InputError, match=r"ranking\.arrow: holds other samples"):
        planned(made)


def test_signals_stand_beside_the_best_of_the_others(folder, tmp_path):
    added = NAMES["barlow_twins"] | {"world_agreement": "low", "replaceability": "low"}
    more = synthesise(tmp_path, names=NAMES | {"barlow_twins": added})
    known = [one for one in planned(more) if one.section == "signals"]
    assert [one.name for one in known] == ["signals-average", "signals-label_uniform"]
    values = known[0].values
    shown = dict(zip(values["names"], values["groups"], strict=True))
    asked = {"barlow_twins/world_agreement", "barlow_twins/replaceability"}
    assert {name for name, group in shown.items() if group == "second"} == asked
    assert list(shown.values()).count("free") == 2
    figures.draw(known[0].kind, values)
    section = next(one for one in sections() if one.name == "signals")
    settings = Settings(**{**NUMBERS, **RUNS, **PRUNED, **SWEPT})
    study = study_of(more, settings)
    assert set(section.tables(study)["signals"]) == {"world_agreement", "replaceability"}
    assert set(section.numbers(study)["signals"]["average"]) == asked
    assert not [one for one in planned(folder) if one.section == "signals"]
    assert section.tables(study_of(folder, settings))["signals"] == {}
