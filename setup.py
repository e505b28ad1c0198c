"""Everything else stands in pyproject.toml; here the graph and two studies join the package.

`hardrare scan` makes a study of its own from them, so an installed package must hold both. In the
repository they stay where DVC and people look for them.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("dvc.yaml", "studies/digits.yaml", "studies/folder.yaml")


class WithGraph(build_py):
    """Copies what lies outside the package into it."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            target = Path(self.build_lib, "hardrare", "shipped", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(name, str(target))


setup(cmdclass={"build_py": WithGraph})
