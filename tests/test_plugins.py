"""Files that registries find in their folders."""

import sys

import pytest

from hardrare import plugins


def test_files_are_found_by_name_and_those_with_an_underscore_left_out(tmp_path, monkeypatch):
    package = tmp_path / "things_found_here"
    package.mkdir()
    for name in ("__init__", "b", "a", "_shared"):
        (package / f"{name}.py").write_text("", "utf-8")
    (package / "c").mkdir()
    (package / "c" / "__init__.py").write_text("", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    __import__(package.name)
    assert plugins.names(package.name) == ["a", "b", "c"]
    assert f"{package.name}.a" not in sys.modules
    plugins.import_all(package.name)
    assert {f"{package.name}.{name}" for name in "abc"} <= set(sys.modules)
    assert f"{package.name}._shared" not in sys.modules


def test_a_file_that_cannot_be_imported_is_not_passed_over(tmp_path, monkeypatch):
    package = tmp_path / "things_broken_here"
    package.mkdir()
    for name, text in (("__init__", ""), ("a", "import no_such_module_here")):
        (package / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    __import__(package.name)
    for _ in range(2):  # nor the second time
        with pytest.raises(ModuleNotFoundError):
            plugins.import_all(package.name)
