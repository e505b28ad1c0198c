"""A scan from Python, and its result as tables and paths."""

import html
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from hardrare import shards
from hardrare.errors import InputError
from hardrare.scan import layout
from hardrare.scan.asked import Asked, place, source
from hardrare.scan.files import link_kept, linkable
from hardrare.scan.run import scan as run_scan

SHOWN = 24e6  # bytes of a page that a notebook takes as it is
HEIGHT = 720  # pixels


@dataclass(frozen=True)
class Scan:
    """A finished scan.

    Attributes:
        out: its folder.
    """

    out: Path

    def __post_init__(self) -> None:
        """Refuse a folder that holds no finished scan; its name may be a text."""
        object.__setattr__(self, "out", Path(self.out).expanduser())
        if not self.page.is_file():
            raise InputError(f"{self.out}: holds no finished scan; call hardrare.scan first.")

    @property
    def page(self) -> Path:
        """The page, one file."""
        return self.out / layout.PAGE

    @cached_property
    def scores(self) -> pl.DataFrame:
        """A row an image: `file_name`, `<axis>_score`, `<axis>_rank`, `reason`, ..."""
        return pl.read_parquet(self.out / "scores.parquet")

    @cached_property
    def skipped(self) -> pl.DataFrame:
        """A row a file that could not be taken, with its reason."""
        return pl.read_csv(self.out / layout.SKIPPED)

    @property
    def keep(self) -> list[str]:
        """The images that repeat no other."""
        return _lines(self.out / layout.KEEP)

    @property
    def drop(self) -> list[str]:
        """The images that repeat one that stays."""
        return _lines(self.out / layout.DROP)

    def most(self, axis: str, count: int = 20) -> pl.DataFrame:
        """The first images of an axis.

        Args:
            axis: duplicate, noisy, rare, hard, or mislabeled where labels were given.
            count: how many.

        Raises:
            InputError: the scan has no such axis.
        """
        column = f"{axis}_rank"
        if column not in self.scores.columns:
            known = [c.removesuffix("_rank") for c in self.scores.columns if c.endswith("_rank")]
            raise InputError(f"the scan has no axis {axis}; it has {', '.join(known)}.")
        return self.scores.sort(column, "file_name").head(count)

    def __repr__(self) -> str:
        """How many images, and where."""
        return f"Scan of {len(self.scores):,} images in {self.out}: {len(self.drop):,} to drop"

    def _repr_html_(self) -> str:
        """The page in a notebook, or a link where it is too large for one."""
        said = html.escape(repr(self))
        if self.page.stat().st_size > SHOWN:
            return f'<p>{said}. <a href="{html.escape(self.page.as_posix())}">The page</a></p>'
        text = html.escape(self.page.read_text("utf-8"), quote=True)
        frame = f'title="{said}" style="width:100%;height:{HEIGHT}px;border:0"'
        return f'<iframe sandbox="allow-scripts allow-downloads" {frame} srcdoc="{text}"></iframe>'


def scan(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    labels: str | Path | None = None,
    network: str | None = None,
    weights: str | Path | None = None,
    embeddings: str | Path | None = None,
    from_scratch: bool = False,
    minutes: float | None = None,
    crops: bool = False,
    parts: bool = False,
    ray: str | None = None,
    link: Literal["hardlink", "symlink", "copy"] | None = None,
) -> Scan:
    """Rank the images of a folder; called again it does only what is new.

    Args:
        folder: of images, or a text file of paths, COCO, YOLO, Parquet, IDX or tar files, or a
            saved dataset of Hugging Face; or an address, such as `s3://bucket/prefix`, under
            which image files, Parquet or tar files lie.
        out: where the scan goes; `<folder>-scan` in the working directory by default.
        labels: a table of `file_name` and `label`, or the word `folders` or `annotations`.
        network: one that timm or torchvision knows, in place of the one that comes along.
        weights: a file of them.
        embeddings: features of your own, .npy, .parquet or .csv.
        from_scratch: also train networks on the pixels.
        minutes: allowed for that.
        crops: each object of COCO or YOLO is an image of its own.
        parts: also rank as rare what has some part that no other image has.
        ray: shares reading, looking and comparing out by Ray: `auto`, or the address of a
            cluster; without it the environment's `HARDRARE_RAY` counts, if any.
        link: also make `<out>/kept`, a folder of the images that repeat no other.

    Returns:
        Tables and paths.

    Raises:
        InputError: something given is wrong; one sentence.
    """
    there = (
        Path(f"{Path(source(folder).name).stem}-scan") if out is None else Path(out).expanduser()
    )
    given = [None if value is None else str(value) for value in (labels, weights, embeddings)]
    asked = Asked(
        place(folder), given[0], minutes, from_scratch, network, given[1], given[2], crops, parts
    )
    if link and crops:
        raise InputError("link is for whole images, and crops makes objects; leave one out.")
    if link:
        linkable(asked.folder, link)
    with _by_ray(ray):
        run_scan(asked, there, time.perf_counter())
    if link:
        link_kept(there, asked.folder, link)
    return Scan(there)


@contextmanager
def _by_ray(address: str | None) -> Iterator[None]:
    """Ray for one scan; afterwards the environment is as it was."""
    before = os.environ.get(shards.ASKED)
    if address or before:
        shards.ask_ray(address or before or "")
    try:
        yield
    finally:
        if address:
            os.environ.pop(shards.ASKED, None)
            os.environ |= {shards.ASKED: before} if before else {}


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()
