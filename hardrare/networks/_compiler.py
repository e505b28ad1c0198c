"""torch's compiler, kept out of the first import of torchvision and timm.

Both import it only to mark functions that it is to leave alone: 3 of the 4 processor seconds that
they take. Nothing here is compiled; whoever compiles later imports it then, as ever.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

COMPILER = "torch._dynamo"


@contextmanager
def without_compiler() -> Iterator[None]:
    """A block in which imports find a stand-in for the compiler, unless it is there already."""
    if COMPILER in sys.modules:
        yield
        return
    compiler, utils = ModuleType(COMPILER), ModuleType(f"{COMPILER}.utils")
    compiler.disable, compiler.utils = _left_alone, utils
    utils.is_compile_supported = _is_compile_supported
    stand_ins = {COMPILER: compiler, utils.__name__: utils}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _left_alone(function: Callable | None = None, *_: Any, **__: Any) -> Callable:  # noqa: ANN401
    """A function as it is: what is not compiled need not be kept from it."""
    return (lambda own: own) if function is None else function


def _is_compile_supported(device: str) -> bool:
    from torch._dynamo.utils import is_compile_supported

    return is_compile_supported(device)
