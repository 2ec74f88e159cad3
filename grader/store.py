"""A folder of answers that were computed once: bytes under a key made of everything they depend on."""

import hashlib
import shutil
import tempfile
import zlib
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
