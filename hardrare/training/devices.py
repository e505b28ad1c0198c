"""A training stage on several devices: by torchrun, or by its parameter `devices`.

`torchrun --nproc-per-node 4 -m stages.pretrain ...` starts the stage four times; the processes find
each other here, and `hardrare.processes` does the rest. With `devices: 4` the stage starts itself
so, by torch's own launcher. A process that is gone ends them all with one sentence.
"""

import functools
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import distributed as dist

from hardrare import processes
from hardrare.errors import InputError
from hardrare.training.settings import OnDevices, resolve_device

OURS = "hardrare-devices"  # how the launcher calls a run that a stage started by itself
PATIENCE = 1.0  # seconds that a process which says nothing leaves to the one that speaks


def on_devices(main: Callable[..., None]) -> Callable[..., None]:
    """A stage's `main` that runs in as many processes as are asked for."""

    @functools.wraps(main)
    def spread(params: OnDevices, **given: Any) -> None:  # noqa: ANN401
        if int(os.environ.get("WORLD_SIZE", "1")) > 1 and dist.is_torchelastic_launched():
            _in_a_group(lambda: main(params, **given), params.device)
        elif params.devices > 1:
            sys.exit(_launched(params.devices, main))
        else:
            main(params, **given)

    spread.shares_a_batch = True
    return spread


def _in_a_group(work: Callable[[], None], device: str) -> None:
    """Work as one of a group of processes; of an error, one of them speaks."""
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    store, number, count = next(dist.rendezvous("env://"))
    if number:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - until this process ends
    try:
        backend = _backend(device)
        dist.init_process_group(backend, store=store, rank=number, world_size=count)
        work()
        processes.wait()
        dist.destroy_process_group()
    except (InputError, OSError) as error:
        ours = os.environ["TORCHELASTIC_RUN_ID"] == OURS
        if (ours and isinstance(error, processes.Lost)) or _said(store):
            time.sleep(PATIENCE)
            sys.exit(1)
        raise


def _said(store: dist.Store) -> bool:
    """Whether another process has said, or is about to say, why the run ends."""
    try:
        return dist.PrefixStore("hardrare", store).add("said", 1) > 1
    except RuntimeError:  # gone with the machine that had it
        return False


def _backend(device: str) -> str:
    """How processes of a device exchange values; takes a GPU for this one.

    Raises:
        InputError: there are fewer GPUs than processes, or the device is no CPU or GPU of CUDA.
    """
    local, there = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
    if device != "cpu" and local < there:
        torch.cuda.set_device(local)  # before anything goes to the first one
    kind = resolve_device(device).type
    if kind == "cpu":
        return "gloo"
    if kind != "cuda" or ":" in device:
        raise InputError(f"device {device} is one alone; with several give auto, cpu or cuda.")
    if local >= there:
        raise InputError(f"process {local + 1} has no GPU, there are {there}; start fewer.")
    return "nccl"


def _end_with(parent: int) -> None:
    """End when the launcher does, however it was ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _launched(count: int, main: Callable[..., None]) -> int:
    """Run this very stage in so many processes; returns the exit status.

    Raises:
        InputError: one of them was killed.
    """
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    spec = main.__globals__["__spec__"]
    script = ["-m", spec.name] if spec else [sys.argv[0]]
    here = {"rdzv_backend": "c10d", "rdzv_endpoint": "localhost:0", "local_addr": "127.0.0.1"}
    config = LaunchConfig(1, 1, count, run_id=OURS, max_restarts=0, **here)
    try:
        with _launching(count):
            elastic_launch(config, sys.executable)(*script, *sys.argv[1:])
    except ChildFailedError as error:
        number, failure = error.get_first_failure()
        killed = [(k, f) for k, f in error.failures.items() if f.exitcode == -signal.SIGKILL]
        number, failure = killed[0] if killed else (number, failure)
        if failure.exitcode > 0:
            return failure.exitcode  # it has said why
        raise InputError(
            f"process {number + 1} of {count} was ended by {signal.Signals(-failure.exitcode).name}"
            "; call the same again: it goes on from the last checkpoint, if any is kept."
        ) from None
    except SignalException as ended:
        return 128 + ended.sigval
    return 0


@contextmanager
def _launching(count: int) -> Iterator[None]:
    """The launcher silent, each process with its part of the cores; all as it was afterwards."""
    heard = signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT
    handlers = {number: signal.getsignal(number) for number in heard}
    threads, given = str(max(torch.get_num_threads() // count, 1)), os.environ.copy()
    os.environ.setdefault("OMP_NUM_THREADS", threads)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        os.environ.clear()
        os.environ.update(given)
        for number, handler in handlers.items():
            signal.signal(number, handler)
