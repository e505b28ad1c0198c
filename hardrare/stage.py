"""One stage's command line, made from the signature of its `main`.

`main(params: Params, *, objective: str, images: Path, ...)` becomes
`python stages/<name>.py --params FILE --objective X --images FILE ...`: every
argument is required, because paths live in dvc.yaml alone. Texts and numbers
that are not paths are matrix items and fill `{...}` in the parameters' keys.
"""

import argparse
import inspect
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hardrare.errors import InputError, sentence
from hardrare.params import read


def run(main: Callable[..., None], siblings: tuple[str, ...] = ()) -> None:
    """Run a stage's `main` from the command line; print how long it took.

    Args:
        main: first argument the stage's parameter dataclass, then matrix items
            (`str`, `int`) and paths (`Path`).
        siblings: keys of the stage's section that belong to the matrix or to
            other items of it.

    Exits with status 1 and one sentence on an InputError or an operating-system error.
    """
    script = Path(inspect.getfile(inspect.unwrap(main)))
    spec = inspect.signature(main).parameters
    params_type = next(iter(spec.values())).annotation
    parser = argparse.ArgumentParser(prog=script.name, description=_first_line(main))
    parser.add_argument("--params", type=Path, required=True, help="the parameter file")
    for name, argument in list(spec.items())[1:]:
        default = argument.default
        optional = {} if default is argument.empty else {"required": False, "default": default}
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=argument.annotation, **{"required": True} | optional)
    given = vars(parser.parse_args())
    path = given.pop("params")
    item = {name: value for name, value in given.items() if not isinstance(value, Path)}
    title = " ".join([script.stem, *(str(value) for value in item.values() if value != "")])
    started = time.perf_counter()
    try:
        _refuse_several(main)
        main(read(params_type, path, script.stem, item, siblings), **given)
    except (InputError, OSError) as error:
        print(f"{title}: {sentence(error)}", file=sys.stderr)
        sys.exit(1)
    print(f"{title}: done in {time.perf_counter() - started:.1f} s", flush=True)


def _refuse_several(main: Callable[..., None]) -> None:
    """Refuse processes of torchrun that would each do all of a stage's work."""
    started = "TORCHELASTIC_RUN_ID" in os.environ and os.environ.get("WORLD_SIZE", "1") != "1"
    if started and not hasattr(main, "shares_a_batch"):
        if os.environ.get("RANK", "0") != "0":
            sys.exit(1)
        raise InputError("torchrun started it several times; it runs in one process, without.")


def _first_line(main: Callable[..., None]) -> str:
    module = inspect.getmodule(main)
    return (module.__doc__ or "").partition("\n")[0] if module else ""
