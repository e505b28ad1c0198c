"""Shards: a stage's rows cut into pieces of some thousand, made here or by Ray, kept until all are.

A shard is a file whose name is a digest of all that decides it. It is written under another name
and renamed when it is whole, so whoever is killed loses the shards that were being made, no more;
those that are there are not made again. When the stage has written its tables it forgets them.

`HARDRARE_RAY` says who makes them: without it this process, one after the other; `auto` = the Ray
that is there, or one on this machine; else the address of a cluster. Ray hands out the work, starts
workers anew and repeats what was lost; all machines must see the same scratch folder. It decides no
byte: shards are the same and are put together in their order.
"""

import hashlib
import logging
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hardrare.errors import InputError, sentence
from hardrare.tables.seal import intact

ASKED = "HARDRARE_RAY"  # of the environment
NO_RAY = (
    "Ray is not installed; run: pip install 'hardrare[ray]', or leave out --ray and HARDRARE_RAY."
)
ADDRESS = re.compile(r"auto|local|(?:ray://)?([^\s/]+):(\d+)")
TOKEN = "set RAY_AUTH_MODE=token where one asks for it"
NOBODY = "no Ray answers at {1} ({0}); start one there (ray start --head), or " + TOKEN + "."
NONE_STARTS = (
    "Ray neither answers nor starts on this machine ({}); call the same again to go on, leave out "
    "--ray and HARDRARE_RAY, or " + TOKEN + "."
)
LOST = (
    "{} workers of Ray were lost over rows {} to {}, as where memory runs out; give each more "
    "of it (fewer workers a machine), or leave out what lies there."
)
ROWS = 2048  # of a shard
LARGE = 4 * ROWS  # rows from which on a process alone cuts its work, too
LIVES = 4  # times that a shard is begun: Ray would begin one that kills its worker for ever
PATIENCE = 5  # seconds for a cluster to answer; Ray itself tries for minutes
# Of a Ray here, whose parts must answer in 15 s (ray-project/ray#65983); busy machines take longer.
STARTS = 3


def ask_ray(address: str) -> None:
    """Have shards made by Ray in the processes that this one starts, too.

    Args:
        address: `auto`, or that of a cluster.

    Raises:
        InputError: it is none, or Ray is not installed.
    """
    _require_ray(address)
    os.environ[ASKED] = address


def _require_ray(address: str) -> None:
    told = ADDRESS.fullmatch(address)
    if not told:
        raise InputError(
            f"{address} is no address of Ray; give auto, or host:port of a cluster, or leave out "
            f"--ray and {ASKED}."
        )
    if find_spec("ray") is None:
        raise InputError(NO_RAY)
    if told[1]:
        try:
            socket.create_connection((told[1], int(told[2])), PATIENCE).close()
        except (OSError, OverflowError) as error:
            raise InputError(NOBODY.format(error, address)) from None


def by_ray() -> bool:
    """Whether Ray is asked for."""
    return ASKED in os.environ


def threads() -> int:
    """How many a process that makes shards may start: Ray has an actor for each core."""
    return 1 if by_ray() else os.cpu_count() or 1


@dataclass(frozen=True)
class Shard:
    """Rows of a stage's work, and the file that holds what was made of them."""

    rows: slice
    path: Path


Work = Callable[[Shard], None]  # writes the file of a shard
Open = Callable[[], Work]  # is called once in each process that makes shards; can be pickled


@dataclass(frozen=True)
class Cut:
    """Where the shards of a stage lie.

    Attributes:
        folder: nothing else lies in it.
        by: a digest of what decides all shards: settings, code, versions.
    """

    folder: Path
    by: str

    def wanted(self, rows: int) -> bool:
        """Whether so many rows are cut at all."""
        return rows > 0 and (by_ray() or rows > LARGE)

    def shards(self, keys: Sequence[str], more: object = "", each: int = 0) -> list[Shard]:
        """The shards of some rows.

        Args:
            keys: of each row, by which its content is known.
            more: decides them, too; told by its `repr`.
            each: rows of a shard; 0 = `ROWS`.
        """
        each = each or ROWS
        cuts = [slice(at, min(at + each, len(keys))) for at in range(0, len(keys), each)]
        folder = self.folder.absolute()
        return [Shard(rows, folder / f"{self._digest(keys[rows], more)}.arrow") for rows in cuts]

    def _digest(self, keys: Sequence[str], more: object) -> str:
        whole = repr((self.by, list(keys), more)).encode("utf-8", "surrogateescape")
        return hashlib.blake2b(whole, digest_size=16).hexdigest()

    def forget(self) -> None:
        """Delete them all: their stage has written its tables."""
        shutil.rmtree(self.folder, ignore_errors=True)


def have(title: str, make: Open, shards: Sequence[Shard]) -> None:
    """Have the files of all shards: those that are there and whole are not made again.

    Args:
        title: of the lines that say how far it is.
        make: gives what makes a shard.
        shards: all of a stage.

    Raises:
        InputError: as `make` and its work; or Ray is asked for and not there, or gives up.
    """
    todo = [shard for shard in shards if not intact(shard.path)]
    address = os.environ.get(ASKED)
    if not todo:
        return
    todo[0].path.parent.mkdir(parents=True, exist_ok=True)
    if address:
        _by_ray(address, title, make, todo, len(shards))
        return
    work = make()
    for at, shard in enumerate(todo, len(shards) - len(todo) + 1):
        _made(work, shard)
        _tell(title, at, len(shards))


def _made(work: Work, shard: Shard) -> None:
    """Make a shard under a name of this process's own, then give it its name."""
    own = shard.path.with_name(f"{shard.path.stem}.{os.uname().nodename}.{os.getpid()}.arrow")
    try:
        work(replace(shard, path=own))
        own.replace(shard.path)
    finally:
        own.unlink(missing_ok=True)


def _tell(title: str, done: int, count: int) -> None:
    print(f"{title}  {done}/{count} shards", flush=True)


class _Worker:
    """An actor of Ray: opens what the work needs once, then makes one shard after the other."""

    def __init__(self, make: Open, shards: Sequence[Shard]) -> None:
        self.make, self.shards, self.work = make, shards, None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Make a shard; what is wrong with it comes back as a sentence."""
        shard = self.shards[row["shard"]]
        begun = shard.path.with_suffix(".begun")
        try:
            with begun.open("ab") as stream:
                stream.write(b".")
            if begun.stat().st_size > LIVES:
                begun.unlink()
                return {"wrong": LOST.format(LIVES, shard.rows.start, shard.rows.stop - 1)}
            self.work = self.work or self.make()
            _made(self.work, shard)
            begun.unlink(missing_ok=True)
        except (InputError, OSError) as error:
            return {"wrong": sentence(error)}
        except Exception as error:  # of the code: it would come no further another time
            return {"wrong": f"{type(error).__name__}: {error}"}
        return {"wrong": ""}


def _by_ray(address: str, title: str, make: Open, todo: Sequence[Shard], count: int) -> None:
    """Have shards made by a pool of actors, one for each core that Ray has."""
    _require_ray(address)
    import ray

    try:
        _start(ray, address)
        for at, wrong in enumerate(_handed_out(ray, make, todo), count - len(todo) + 1):
            if wrong:
                raise InputError(wrong)
            _tell(title, at, count)
    except (ray.exceptions.RayError, ConnectionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"Ray gave up ({reason}); call the same again to go on.") from None
    finally:
        ray.shutdown()


def _start(ray: Any, address: str) -> None:  # noqa: ANN401
    where, here = None if address == "auto" else address, address in ("auto", "local")
    how = {"include_dashboard": False} if here else {}
    for _ in range(STARTS if here else 1):
        try:
            ray.init(where, log_to_driver=False, logging_level="ERROR", **how)
            return
        except Exception as error:  # what is there is no Ray, or another; a start too slow
            reason = " ".join(str(error).split())[:200]
    raise InputError((NONE_STARTS if here else NOBODY).format(reason, address))


def _handed_out(ray: Any, make: Open, todo: Sequence[Shard]) -> Iterator[str]:  # noqa: ANN401
    """What was wrong with each shard, empty where nothing was, as they are made."""
    from ray.data import ActorPoolStrategy, DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    most = max(1, min(len(todo), int(ray.cluster_resources().get("CPU", 1))))
    made = ray.data.from_items(
        [{"shard": at} for at in range(len(todo))], override_num_blocks=len(todo)
    ).map(
        _Worker, fn_constructor_args=(make, todo), num_cpus=1,
        compute=ActorPoolStrategy(size=most, max_tasks_in_flight_per_actor=2),
    )  # fmt: skip
    for row in made.iter_rows():
        yield row["wrong"]
