"""Processes that find everything imported: what tests call `python -m stages...` and `dvc`.

A process of a stage spends seconds on importing torch, one of DVC a second on importing DVC.
Here one server imports all that once, and forgets the code of this repository again; for each
call it forks, and the child reads the code that lies in the folder of the call. To the callers
nothing is different: a program of that name on the PATH, with its own folder, environment, input,
output and status.

    python tests/warm.py SOCKET FOLDER    # the server; it ends with its input

`FOLDER` gets the two programs, which hand a call to the server; whatever else is asked of
`python` is done by Python itself.
"""

import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
OWN = ("hardrare", "stages")  # the code that a child reads anew
CLIENT = """#!{python} -IS
import json, os, socket, sys
name, words = {name!r}, sys.argv[1:]
if name == "python" and not (words[:1] == ["-m"] and words[1].partition(".")[0] in {own}):
    os.execv({python!r}, [{python!r}, *words])
call = json.dumps([name, words, os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(call).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(call)
    status = server.recv(1)
sys.exit(status[0] if status else 70)
"""


def lay_clients(folder: Path, address: str) -> None:
    """The programs that stand for `python` and `dvc`."""
    values = {"python": sys.executable, "address": address, "own": OWN}
    for name in ("python", "dvc"):
        client = folder / name
        client.write_text(CLIENT.format(name=name, **values), "utf-8")
        client.chmod(0o755)


def warm_up() -> None:
    """Import what stages and DVC import, and forget the code of this repository again."""
    sys.path[0] = str(ROOT)
    for path in sorted((ROOT / "stages").glob("*.py")):
        importlib.import_module(f"stages.{path.stem}")
    for name in ("cli", "repo", "repo.commit", "repo.experiments", "commands.repro"):
        importlib.import_module(f"dvc.{name}")
    for name in [n for n in sys.modules if n.partition(".")[0] in OWN]:
        del sys.modules[name]
    del sys.path[0]


def serve(address: str) -> None:
    """Fork for every call until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who handle a call
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            caller, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                os._exit(handle(caller))
            caller.close()


def handle(caller: socket.socket) -> int:
    """Run one call in a child and tell its status; it is killed if the caller goes."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(caller, 8, 3)
    with caller.makefile("rb") as sent:
        call = json.loads(sent.read(int.from_bytes(size, "big")))
    child = os.fork()
    if child == 0:
        caller.close()
        os._exit(run(streams, *call))
    for stream in streams:
        os.close(stream)
    watched = os.pidfd_open(child)
    ready, _, _ = select.select([watched, caller], [], [])
    if watched not in ready:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(OSError):
        caller.send(bytes([status if status >= 0 else 128 - status]))
    return 0


def run(streams: list[int], name: str, words: list[str], folder: str, environment: dict) -> int:
    """The call itself, as its own program would do it; returns its status."""
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    given = [p for p in environment.get("PYTHONPATH", "").split(os.pathsep) if p]
    sys.path[:0] = [folder, *given] if name == "python" else given
    try:
        if name == "dvc":
            from dvc.cli import main

            sys.argv = [str(Path(sys.executable).with_name("dvc")), *words]
            return main() or 0
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
            return 1
        return error.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    warm_up()
    lay_clients(Path(sys.argv[2]), sys.argv[1])
    serve(sys.argv[1])
