"""Take a course's files out of a zip or tar archive, by exact name. Runs in a worker that never loads learner code.

Nothing is extracted: a member's folder and metadata only decide whether it is taken, so no path can lead anywhere.
"""

import io
import stat
from collections.abc import Container, Iterator
from typing import IO

MAX_MEMBERS = 5000
MAX_STREAM = 256 << 20  # bytes of an unpacked tar that are looked at
CHUNK = 1 << 20
MAX_TOTAL = 48 << 20  # of all files that are taken; one message to the host holds them
MAX_SHOWN = 200
MAX_NAMES = 500
KINDS = (".py", ".ipynb", ".py.txt", ".ipynb.txt")  # of a file that may have been meant
NEITHER = "it is neither a zip nor a tar archive, or it is damaged"


class BadArchive(ValueError):
    """Nothing can be taken from it. The text says why, for the learner."""


def unpack(data: bytes, limits: dict[str, int]) -> tuple[dict[str, bytes], list[str]]:
    """Return the wanted files, name -> bytes, and the paths of other modules and notebooks in it.

    limits: name without folder -> bytes that it may have. Raises BadArchive.
    """
    others: list[str] = []
    try:
        members = list(_members(data, limits, others))
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
            raise BadArchive(f"it holds {_shown(paths[name])} and {_shown(path)}; keep the one that is to be graded")
        paths[name] = path
    return {_name(path): content for path, content in members}, others


def _shown(path: str) -> str:
    """Return a member's path for a message: whoever packed it chose every character."""
    return ascii(path)[1:-1][:MAX_SHOWN]


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _members(data: bytes, limits: dict[str, int], others: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of what is wanted; add the paths of what may have been meant to others."""
    total = 0
    # By its first bytes: a tar may hold a zip, and zipfile looks for one at the end.
    for path, content in (_zipped if data.startswith(b"PK") else _tarred)(data, limits, others):
        total += len(content)
        if total > MAX_TOTAL:
            raise BadArchive(f"the course's files in it are larger than {MAX_TOTAL >> 20} MB")
        yield path, content


def _is_wanted(path: str, wanted: Container[str], others: list[str]) -> bool:
    """Say whether a member's name is asked for, and not that of what macOS puts beside each file."""
    if "__MACOSX" in path.replace("\\", "/").split("/"):
        return False
    if _name(path) in wanted:
        return True
    if path.lower().endswith(KINDS) and len(path) <= MAX_SHOWN and len(others) < MAX_NAMES:
        others.append(path)
    return False


def _zipped(data: bytes, limits: dict[str, int], others: list[str]) -> Iterator[tuple[str, bytes]]:
    import zipfile  # here and below: few submissions are archives, and every worker would pay for it

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        _few(len(members))
        for member in members:
            if not _is_wanted(member.filename, limits, others):
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise BadArchive(f"{_shown(member.filename)} in it is no plain file")
            if member.flag_bits & 1:
                raise BadArchive(f"{_shown(member.filename)} in it is encrypted")
            with archive.open(member) as file:
                yield member.filename, _read(file, member.filename, limits)


def _tarred(data: bytes, limits: dict[str, int], others: list[str]) -> Iterator[tuple[str, bytes]]:
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
        for count, member in enumerate(archive):
            _few(count)
            if member.offset_data + member.size > MAX_STREAM:  # even what is skipped has to be unpacked
                raise BadArchive(f"it unpacks to more than {MAX_STREAM >> 20} MB")
            if not _is_wanted(member.name, limits, others):
                continue
            file = archive.extractfile(member) if member.isreg() else None
            if file is None:
                raise BadArchive(f"{_shown(member.name)} in it is no plain file")
            yield member.name, _read(file, member.name, limits)


def _few(members: int) -> None:
    if members > MAX_MEMBERS:
        raise BadArchive(f"it holds more than {MAX_MEMBERS} files")


def _read(file: IO[bytes], path: str, limits: dict[str, int]) -> bytes:
    """Read a member; the size that it claims may be a lie."""
    limit = limits[_name(path)]
    data = bytearray()
    while len(data) <= limit and (chunk := file.read(CHUNK)):
        data += chunk
    if len(data) > limit:
        raise BadArchive(f"{_shown(path)} in it is larger than {limit >> 20} MB")
    return bytes(data)
