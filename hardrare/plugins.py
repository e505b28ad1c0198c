"""Files that a registry finds in the folder of its package: to add one, add its file.

`hardrare.dependencies` counts all files of a folder as used where one of it calls these functions
by the name of this module.
"""

import pkgutil
import sys
from functools import cache
from importlib import import_module


def names(package: str) -> list[str]:
    """The files and folders of a package, sorted, but for those that begin with an underscore.

    None of them is imported.
    """
    listed = pkgutil.iter_modules(sys.modules[package].__path__)
    return sorted(module.name for module in listed if not module.name.startswith("_"))


@cache  # the folder is listed once: measuring asks after every epoch
def import_all(package: str) -> None:
    """Import the files and folders that are `names` of a package."""
    for name in names(package):
        import_module(f"{package}.{name}")
