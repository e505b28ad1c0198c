"""The manual: what the code makes is up to date, every page is in the site, the site builds."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hardrare.manual import metrics_page, pages, reference_page
from hardrare.metrics import registry
from hardrare.tables import LOOKED_AT

ROOT = Path(__file__).parents[1]


def test_what_is_made_of_the_code_is_up_to_date():
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: call python -m hardrare.manual"


def test_every_metric_is_told_with_its_end_and_source():
    text = metrics_page()
    assert len(re.findall("^### ", text, re.M)) == len(registry())
    told = text.partition("### knn_distance\n")[2].partition("\n### ")[0]
    assert "Mean cosine distance to the k nearest other samples." in told
    assert "d_i = 1/k sum_(j in kNN(i))" in told
    assert "High is harder; unit: cosine distance; settings: neighbours. Source: Angiulli" in told
    assert "Args:" not in told


def test_the_reference_has_every_name_and_argument():
    text = reference_page()
    scan = text.partition("## hardrare.scan\n")[2].partition("\n## ")[0]
    for line in ("folder: str | Path,", "*,", "labels: str | Path | None = None,"):
        assert f"    {line}\n" in scan
    assert "- `.keep`: The images that repeat no other." in text


def named(nav):
    for one in nav:
        for value in one.values():
            yield from named(value) if isinstance(value, list) else [value]


def test_every_page_is_in_the_site():
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    assert sorted(named(nav)) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize(
    ("page", "before"), [("axes", "## "), ("axes", r"\| `"), ("photos", r"\| "), ("photos", "")]
)
def test_the_documents_name_the_axes_in_the_order_of_the_page(page, before):
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    named = re.findall(rf"(?m)^{before}({'|'.join(LOOKED_AT)})(?:`? \||$| +\d)", text)
    assert named == list(LOOKED_AT)


def test_the_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= 9000


@pytest.mark.skipif(not importlib.util.find_spec("mkdocs"), reason="mkdocs is not installed")
def test_the_site_builds_and_asks_no_network(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run([*command, "--site-dir", tmp_path / "site"], cwd=ROOT, check=True, env=env)
    made = sorted(path.name for path in (tmp_path / "site").glob("*.html"))
    assert "metrics.html" in made
    for page in (tmp_path / "site").glob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?://', text), page.name
