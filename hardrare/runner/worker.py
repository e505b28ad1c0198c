"""A process that runs stages one after the other, as `python -m` would, and imports torch once.

Each line of its input is an order in JSON: a module to import beforehand, or the words of a
stage. Whatever stages print goes out as it comes; after each order follows one line that begins
with `END` and says in JSON how it ended. It ends with its parent: at the end of the input.
"""

import gc
import json
import os
import queue
import runpy
import signal
import sys
import threading
import traceback
from typing import Any

END = "\x1e"  # the record separator, which no stage prints


def main() -> None:
    """Obey until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unfinished files are removed
    orders: queue.SimpleQueue[dict] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=[orders], daemon=True).start()
    while True:
        order, before = orders.get(), _spent()
        ended = _obey(order) | {"cpu": round(_spent() - before, 2)}
        sys.stderr.flush()
        print(f"{END}{json.dumps(ended)}", flush=True)


def _listen(orders: "queue.SimpleQueue[dict]") -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    os._exit(1)  # the parent is gone


def _spent() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _obey(order: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked; returns the status, and what an error that nobody expected was."""
    try:
        if "preload" in order:
            __import__(order["preload"])
            return {"status": 0}
        sys.argv = list(order["words"])
        runpy.run_module(order["words"][0], run_name="__main__", alter_sys=True)
        return {"status": 0}
    except SystemExit as end:
        if end.code == 143:
            raise
        return {"status": end.code if isinstance(end.code, int) else int(end.code is not None)}
    except Exception as error:
        traceback.print_exc()
        return {"status": 1, "crash": f"{type(error).__name__}: {error}".splitlines()[0]}
    finally:
        gc.collect()
        torch = sys.modules.get("torch")
        if torch and torch.cuda.is_initialized():
            torch.cuda.empty_cache()  # for the other processes


if __name__ == "__main__":
    main()
