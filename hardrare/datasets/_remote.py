"""Files that lie elsewhere, by their address: `s3://bucket/prefix`, `gs://...`, `file:///...`.

pyarrow reads S3, Google's storage, HDFS and files; what else there is (`az://`, `hf://`, ...) is
fsspec's where its package is installed. Credentials come from where these look for them, above all
the environment (`AWS_ACCESS_KEY_ID`, ..., and `AWS_ENDPOINT_URL` for a server of one's own). No
address holds any: it stands in the parameters and the record of a scan.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BufferedReader
from pathlib import Path, PurePosixPath

import pyarrow as pa
from pyarrow import fs

from hardrare.errors import InputError

ENDPOINT = "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"  # which pyarrow 26 does not read
BUFFER = 1 << 20  # bytes fetched at a time
# Seconds: a loaded server lists its objects in more than the 3 that pyarrow waits.
PATIENCE = {"connect_timeout": 10, "request_timeout": 60}
FILE = "file"  # the scheme of this machine
BUCKETS = "s3", "gs", "gcs"  # schemes whose addresses begin with the name of a bucket


@dataclass(frozen=True, order=True)
class Remote:
    """A file, or all files below an address; what readers of datasets ask of a `Path`, it answers.

    Attributes:
        address: without a `/` at its end.
    """

    address: str

    def __str__(self) -> str:
        return self.address

    def __truediv__(self, name: str) -> "Remote":
        return Remote(f"{self.address}/{name}")

    @property
    def name(self) -> str:
        """The last part of the address."""
        return PurePosixPath(self.address).name

    @property
    def suffix(self) -> str:
        """The ending of the name."""
        return PurePosixPath(self.address).suffix

    @property
    def local(self) -> Path | None:
        """The path where it lies on this machine; None where it lies elsewhere."""
        scheme, _, path = self.address.partition("://")
        return Path(f"/{path.lstrip('/')}") if scheme == FILE else None

    @property
    def parent(self) -> "Remote":
        """The address above."""
        return Remote(self.address.rpartition("/")[0])

    def relative_to(self, above: "Remote") -> PurePosixPath:
        """The rest of the address below another one."""
        return PurePosixPath(self.address.removeprefix(f"{above.address}/"))

    def is_file(self) -> bool:
        """Whether it is one file."""
        return self._info().type == fs.FileType.File

    def is_dir(self) -> bool:
        """Whether files lie below it."""
        return self._info().type == fs.FileType.Directory

    def exists(self) -> bool:
        """Whether anything is there."""
        return self._info().type != fs.FileType.NotFound

    def native(self) -> pa.NativeFile:
        """The file, opened for pyarrow's readers."""
        system, path = _system(self.address)
        return system.open_input_file(path)

    def open(self, mode: str = "rb") -> BufferedReader:  # noqa: ARG002 - as a Path's
        """The file, opened; some of it is fetched ahead."""
        return BufferedReader(self.native(), BUFFER)

    def read_bytes(self) -> bytes:
        """All of the file."""
        with self.native() as stream:
            return stream.read()

    def glob(self, pattern: str) -> Iterator["Remote"]:
        """The files below that a pattern names, such as `*.tar` or `*/*.tar`."""
        depth = pattern.count("/")
        for name, _, _ in self.listed():
            if name.count("/") == depth and PurePosixPath(name).match(pattern):
                yield self / name

    def listed(self) -> list[tuple[str, int, int]]:
        """All files below, sorted: name relative to this address, bytes, time of change in ns.

        Raises:
            InputError: it cannot be listed.
        """
        return _listed(self.address)

    def _info(self) -> fs.FileInfo:
        system, path = _system(self.address)
        try:
            return system.get_file_info(path)
        except OSError as error:
            raise unreachable(self.address, error) from None


Place = Path | Remote


def place(text: str | Path | Remote) -> Place:
    """A path, `~` expanded, or an address.

    >>> place("S3://bucket/photos/ ")
    Remote(address='s3://bucket/photos')
    """
    if isinstance(text, Remote):
        return text
    scheme, apart, rest = str(text).strip().partition("://")
    return Remote(f"{scheme.lower()}://{rest.rstrip('/')}") if apart else Path(text).expanduser()


def unreachable(address: str, error: Exception) -> InputError:
    """The sentence for what cannot be had from afar."""
    if isinstance(error, UnicodeError):
        return InputError(
            f"{address}: it, or a name below it, is no UTF-8, as names elsewhere must be; rename "
            "that, or copy the files to this machine and name their folder."
        )
    reason = " ".join(str(error).split())[:160].rstrip(". ")
    return InputError(
        f"{address}: cannot be reached ({reason}); mend the address, or the credentials of the "
        "environment."
    )


@cache
def _listed(address: str) -> list[tuple[str, int, int]]:
    system, path = _system(address)
    try:
        if (here := Remote(address).local) is not None and here.is_dir():
            return sorted(_files_below(here))
        own = system.get_file_info(path)
        below = own.type == fs.FileType.Directory
        listed = system.get_file_info(fs.FileSelector(path, recursive=True)) if below else [own]
        files = [entry for entry in listed if entry.type == fs.FileType.File]
        named = [
            (file.path.removeprefix(f"{path}/"), file.size, file.mtime_ns or 0) for file in files
        ]
    except (OSError, UnicodeError) as error:
        raise unreachable(address, error) from None
    return sorted(named)


def _files_below(top: Path) -> Iterator[tuple[str, int, int]]:
    """As `listed`, of a folder of this machine, where a name is any bytes; pyarrow reads UTF-8."""

    def refuse(error: OSError) -> None:
        raise error

    entered = set()
    for folder, below, names in os.walk(top, onerror=refuse, followlinks=True):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in entered:  # a link around in a circle
            below.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        below.sort()
        for path in (Path(folder, name) for name in names):
            with suppress(OSError):  # a broken link, or it went while this looked
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    yield path.relative_to(top).as_posix(), status.st_size, status.st_mtime_ns


def forget() -> None:
    """Have addresses listed anew: what lies there may have changed since the scan before."""
    _listed.cache_clear()


def _system(address: str) -> tuple[fs.FileSystem, str | bytes]:
    """The file system of an address, and the path there, of this machine as bytes."""
    scheme, _, path = address.partition("://")
    host, here = path.partition("/")[0], Remote(address).local
    if scheme in BUCKETS and not host:
        raise InputError(f"{address} names no bucket; write {scheme}://bucket/prefix.")
    try:
        if here is None:
            path.encode()  # pyarrow takes UTF-8 alone
        server = next((os.environ[name] for name in ENDPOINT if os.environ.get(name)), None)
        system = _of_scheme(scheme, host, os.getpid(), server)
        return system, path if here is None else os.fsencode(here)
    except (pa.ArrowException, OSError, ValueError, ImportError) as error:
        raise unreachable(address, error) from None


@cache
def _of_scheme(
    scheme: str,
    host: str,
    process: int,  # noqa: ARG001 - its own
    server: str | None,
) -> fs.FileSystem:
    """One file system for each process, host and server."""
    if scheme == FILE:
        return fs.LocalFileSystem()
    if scheme == "s3":
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if server is None and region is None:
            region = fs.resolve_s3_region(host)
        return fs.S3FileSystem(endpoint_override=server, region=region, **PATIENCE)
    if scheme in ("gs", "gcs", "hdfs", "viewfs"):
        return fs.FileSystem.from_uri(f"{scheme}://{host}/")[0]
    import fsspec

    return fs.PyFileSystem(fs.FSSpecHandler(fsspec.filesystem(scheme)))
