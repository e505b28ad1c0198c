"""Tar files as they stand: what lies in them and where, without unpacking them."""

import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardrare.datasets._remote import Place
from hardrare.errors import InputError


@dataclass(frozen=True)
class Member:
    """A file in a tar file: its name there, where it begins, and its bytes."""

    name: str
    start: int
    size: int


def members(shard: Place) -> list[Member]:
    """The files of a shard, in their order.

    Raises:
        InputError: it is no complete tar file, or a compressed one.
    """
    try:
        with shard.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:") as opened:
            return [
                Member(member.name, member.offset_data, member.size)
                for member in opened
                if member.isfile()
            ]
    except (tarfile.TarError, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{shard}: no complete, uncompressed tar file ({reason}); unzip it, or fetch it again."
        ) from None


def contents(wanted: Sequence[tuple[Place, Member]]) -> Iterator[bytes]:
    """The bytes of members, in their order; a shard is opened once where they follow each other."""
    at, stream = None, None
    try:
        for shard, member in wanted:
            if shard != at:
                if stream:
                    stream.close()
                at, stream = shard, shard.open("rb")
            stream.seek(member.start)
            yield stream.read(member.size)
    finally:
        if stream:
            stream.close()
