"""Files that lie elsewhere, by their address: `s3://bucket/prefix`, `gs://...`, `file:///...`.

pyarrow reads S3, Google's storage, HDFS and files; what else there is (`az://`, `hf://`, ...) is
fsspec's where its package is installed. Credentials come from where these look for them, above all
the environment (`AWS_ACCESS_KEY_ID`, ..., and `AWS_ENDPOINT_URL` for a server of one's own). No
address holds any: it stands in the parameters and the record of a scan.
"""

import os
from collections.abc import Iterator
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

    >>> place("s3://bucket/photos/")
    Remote(address='s3://bucket/photos')
    """
    if isinstance(text, Remote):
        return text
    return Remote(str(text).rstrip("/")) if "://" in str(text) else Path(text).expanduser()


def unreachable(address: str, error: Exception) -> InputError:
    """The sentence for what cannot be had from afar."""
    reason = " ".join(str(error).split())[:160].rstrip(". ")
    return InputError(
        f"{address}: cannot be reached ({reason}); mend the address, or the credentials of the "
        "environment."
    )


@cache
def _listed(address: str) -> list[tuple[str, int, int]]:
    system, path = _system(address)
    try:
        own = system.get_file_info(path)
        below = own.type == fs.FileType.Directory
        found = system.get_file_info(fs.FileSelector(path, recursive=True)) if below else [own]
    except OSError as error:
        raise unreachable(address, error) from None
    files = [one for one in found if one.type == fs.FileType.File]
    return sorted((one.path.removeprefix(f"{path}/"), one.size, one.mtime_ns or 0) for one in files)


def forget() -> None:
    """Have addresses listed anew: what lies there may have changed since the scan before."""
    _listed.cache_clear()


def _system(address: str) -> tuple[fs.FileSystem, str]:
    """The file system of an address, and the path there."""
    scheme, _, path = address.partition("://")
    try:
        server = next((os.environ[one] for one in ENDPOINT if os.environ.get(one)), None)
        return _of_scheme(scheme, path.partition("/")[0], os.getpid(), server), (
            path if scheme != "file" else f"/{path.lstrip('/')}"
        )
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
    if scheme == "file":
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
