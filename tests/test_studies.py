"""Study files list what differs from the default study; the rest is filled in."""

import re

import pytest
import yaml
from graph import ROOT

from hardrare.errors import InputError
from hardrare.studies import DEFAULT, filled, shipped, whole, with_values

FULL = yaml.safe_load(shipped(DEFAULT))


def test_the_default_study_is_what_params_yaml_comes_as_and_stays_as_it_is():
    assert whole(ROOT / DEFAULT) == shipped(DEFAULT)
    text = (ROOT / "params.yaml").read_text("utf-8")
    if text.partition("\n")[0] == shipped(DEFAULT).partition("\n")[0]:  # no other study is used
        assert text == shipped(DEFAULT), "edit studies/digits.yaml, then: make use STUDY=digits"


def test_a_study_is_laid_over_the_default_one_with_its_comments():
    text = (
        "# Only this.\n\nprepare:\n  size: 32\npretrain:\n  seeds: [7]\n  simclr:\n    beta: 0.5\n"
    )
    made = filled(text, "mine.yaml")
    after, before = yaml.safe_load(made), yaml.safe_load(shipped(DEFAULT))
    before["prepare"]["size"], before["pretrain"]["seeds"] = 32, [7]
    before["pretrain"]["simclr"]["beta"] = 0.5
    assert after == before
    assert made.startswith("# Only this.\n\nprepare:")
    assert "  seeds: [7]\n" in made
    assert re.search("size: 32 +# resize to size x size", made)


@pytest.mark.parametrize(
    ("text", "names"),
    [("prepare: {sise: 3}", "prepare.sise"), ("pre: {a: 1}", "unknown key pre"),
     ("pretrain: {byol: {tau: 1}}", "pretrain.byol.tau")],
)  # fmt: skip
def test_a_key_that_no_study_has_is_refused(text, names):
    with pytest.raises(InputError, match=names):
        filled(text, "mine.yaml")


def test_only_differences_stand_in_the_files():
    for path in (ROOT / "studies").glob("*.yaml"):
        if path.name == "digits.yaml":
            continue
        same = [
            f"{section}.{key}"
            for section, values in yaml.safe_load(path.read_text("utf-8")).items()
            for key, value in values.items()
            if section in FULL and key in FULL[section] and FULL[section][key] == value
        ]
        assert not same, path


def test_values_are_set_by_their_dotted_names():
    made = yaml.safe_load(with_values(shipped(DEFAULT), {"rank.drop": [], "prepare.path": "a: #b"}))
    assert made["rank"]["drop"] == []
    assert made["prepare"]["path"] == "a: #b"
    with pytest.raises(InputError, match=r"prepare\.sise"):
        with_values(shipped(DEFAULT), {"prepare.sise": 3})
