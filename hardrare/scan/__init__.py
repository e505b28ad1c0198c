"""Scan: a study of someone's own folder by one command, made of the stages that every study has.

`command` is the command line, `asked` what it was called with and what it refuses, `source` looks
at what is to be scanned, `layout` writes the study's files, `run` brings them up to date with
`hardrare.runner`, `progress` tells how far that is. Training on pixels takes as long as it may:
`speed` measures this machine, `settings` and `plan` choose what fits into the time. No path and no
order of the stages is written here: both come from dvc.yaml, which is part of the package.
"""

import importlib
import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that is called as `hardrare.scan(folder)`: see `hardrare.door.scanned.scan`."""

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        return importlib.import_module("hardrare.door.scanned").scan(*given, **named)


sys.modules[__name__].__class__ = _Callable
