"""Take a course's files out of a zip or tar archive, by exact name. Runs in a worker that never loads learner code.

Nothing is extracted: a member's folder and metadata only decide whether it is taken, so no path can lead anywhere.
"""

import io
import stat
from collections.abc import Iterator, Sequence
from typing import IO

MAX_MEMBERS = 5000
MAX_STREAM = 256 << 20  # bytes of an unpacked tar that are looked at
CHUNK = 1 << 20
NEITHER = "it is neither a zip nor a tar archive, or it is damaged"


class BadArchive(ValueError):
    """Nothing can be taken from it. The text says why, for the learner."""


def unpack(data: bytes, names: Sequence[str], limit: int) -> dict[str, bytes]:
    """Return the wanted files: name -> bytes. names: without folders. limit: bytes that one may have.

    Raises BadArchive.
    """
    try:
        members = list(_members(data, set(names), limit))
    except BadArchive:
        raise
    except MemoryError as error:
        raise BadArchive("it needs more memory than it is given") from error
    except Exception as error:  # damaged or made to hurt, it can raise anything
        raise BadArchive(NEITHER) from error
    paths: dict[str, str] = {}
    for path, _ in members:
        name = _name(path)
        if name in paths:
            raise BadArchive(f"it holds {paths[name]} and {path}; keep the one that is to be graded")
        paths[name] = path
    return {_name(path): content for path, content in members}


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _members(data: bytes, wanted: set[str], limit: int) -> Iterator[tuple[str, bytes]]:
    import zipfile  # here and below: few submissions are archives, and every worker would pay for it

    if zipfile.is_zipfile(io.BytesIO(data)):
        yield from _zipped(data, wanted, limit)
    else:
        yield from _tarred(data, wanted, limit)


def _is_wanted(path: str, wanted: set[str]) -> bool:
    """Say whether a member's name is asked for, and not that of what macOS puts beside each file."""
    parts = path.replace("\\", "/").split("/")
    return parts[-1] in wanted and "__MACOSX" not in parts


def _zipped(data: bytes, wanted: set[str], limit: int) -> Iterator[tuple[str, bytes]]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        _few(len(members))
        for member in members:
            if not _is_wanted(member.filename, wanted):
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise BadArchive(f"{member.filename} in it is no plain file")
            if member.flag_bits & 1:
                raise BadArchive(f"{member.filename} in it is encrypted")
            with archive.open(member) as file:
                yield member.filename, _read(file, member.filename, limit)


def _tarred(data: bytes, wanted: set[str], limit: int) -> Iterator[tuple[str, bytes]]:
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
        for count, member in enumerate(archive):
            _few(count)
            if member.offset_data + member.size > MAX_STREAM:  # even what is skipped has to be unpacked
                raise BadArchive(f"it unpacks to more than {MAX_STREAM >> 20} MB")
            if not _is_wanted(member.name, wanted):
                continue
            file = archive.extractfile(member) if member.isreg() else None
            if file is None:
                raise BadArchive(f"{member.name} in it is no plain file")
            yield member.name, _read(file, member.name, limit)


def _few(members: int) -> None:
    if members > MAX_MEMBERS:
        raise BadArchive(f"it holds more than {MAX_MEMBERS} files")


def _read(file: IO[bytes], path: str, limit: int) -> bytes:
    """Read a member; the size that it claims may be a lie."""
    data = bytearray()
    while len(data) <= limit and (chunk := file.read(CHUNK)):
        data += chunk
    if len(data) > limit:
        raise BadArchive(f"{path} in it is larger than {limit >> 20} MB")
    return bytes(data)
