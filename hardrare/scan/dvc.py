"""A scan's folder as a DVC repository, for those who want to vary and keep it."""

import shutil
import subprocess
from pathlib import Path

from hardrare.errors import InputError
from hardrare.scan.layout import PROMISED, RECORD
from hardrare.tables import complete

IGNORED = ["/kept", "/data", "/scratch", f"/{RECORD}", "*.part", "label_first.*"]
AS = ["-c", "user.name=hardrare", "-c", "user.email=hardrare@localhost"]


def into_dvc(out: Path) -> None:
    """Make the folder a DVC repository whose stages are up to date.

    Raises:
        InputError: DVC or git is not there, or fails.
    """
    for tool in ("git", "dvc"):
        if shutil.which(tool) is None:
            raise InputError(
                f"--dvc needs {tool}; install it (pip install 'hardrare[study]' brings DVC)."
            )
    new = not (out / ".git").exists()
    if new:
        _tool(out, "git", "init", "-q")
        with complete(out / ".gitignore") as part:
            lines = [*IGNORED, *(f"/{name}" for name in PROMISED.values())]
            part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if not (out / ".dvc").exists():
        _tool(out, "dvc", "init", "-q")
    _tool(out, "dvc", "commit", "-q", "-f")
    if new:
        _tool(out, "git", "add", "-A")
        known = subprocess.run(["git", "config", "user.email"], cwd=out, capture_output=True)
        _tool(out, "git", *([] if known.stdout.strip() else AS), "commit", "-qm", "A scan")


def _tool(out: Path, *words: str) -> None:
    done = subprocess.run(words, cwd=out, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise InputError(f"{' '.join(words[:2])} in {out} failed: {said[0]}")
