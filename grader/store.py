"""A folder of answers that were computed once: bytes under a key made of everything they depend on."""

import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

GENERATIONS = 3


def key(*parts: bytes) -> str:
    """Return a name for an answer that depends on these parts, whole and in this order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:40]


def digest(path: Path) -> str:
    """Return a digest of a file's contents."""
    return key(path.read_bytes())


def tree(root: Path, paths: Iterable[Path]) -> str:
    """Return a digest of files with their names below a folder, wherever that lies; one outside has its own name."""
    parts = []
    for path in paths:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        parts += [name.encode(), path.read_bytes()]
    return key(*parts)


class Memo:
    """Keeps bytes by key, compressed. A folder that cannot be read or written costs time, not correctness.

    What depends on other sources lies in other folders, of which the newest few are kept.
    """

    def __init__(self, folder: Path, generation: bytes) -> None:
        """generation: the digest of the sources that the answers depend on."""
        self._parent = folder
        self._folder = folder / generation.decode()[:16]

    def get(self, name: str) -> bytes | None:
        """Return what was kept, or None."""
        try:
            return zlib.decompress((self._folder / name).read_bytes())
        except (OSError, zlib.error):
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep it, whole or not at all."""
        try:
            if not self._folder.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                self._prune()
            _write_whole(self._folder / name, zlib.compress(data, 1))
        except OSError:
            return

    def _prune(self) -> None:
        generations = sorted(self._parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in generations[GENERATIONS:]:
            shutil.rmtree(old, ignore_errors=True)


class Latest:
    """The newest answer to each of a few questions, with the key of all that it depends on: another key is no answer.

    Whoever may write into the folder may put anything there, so it is for those whose folder it is.
    """

    def __init__(self, folder: Path | None) -> None:
        """folder: where they lie; None for nowhere, so that nothing is kept and nothing is believed."""
        self._folder = folder

    def get(self, name: str, key: str) -> bytes | None:
        """Return what was kept under this key, or None."""
        try:
            data = (self._folder / name).read_bytes() if self._folder is not None else b""
            before, kept = data[: len(key)], data[len(key) :]
            return zlib.decompress(kept) if before == key.encode() else None
        except (OSError, zlib.error):
            return None

    def put(self, name: str, key: str, data: bytes) -> None:
        """Keep it in the place of what was there, whole or not at all."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self._folder / name, key.encode() + zlib.compress(data, 1))
        except OSError:
            return


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all; on a full disk nothing is left of it. Raises OSError."""
    file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False)  # noqa: SIM115 (closed below)
    try:
        with file:
            file.write(data)
        Path(file.name).replace(path)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise
