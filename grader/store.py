"""A folder of answers that were computed once: bytes under a key made of everything they depend on."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def key(*parts: bytes) -> str:
    """Return a name for an answer that depends on these parts, whole and in this order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:40]


def sources(paths: Iterable[Path]) -> bytes:
    """Return a digest of files' contents; a missing file counts as empty."""
    return key(*(path.read_bytes() if path.exists() else b"" for path in paths)).encode()


class Memo:
    """Keeps bytes by key. A folder that cannot be read or written costs time, not correctness."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> bytes | None:
        """Return what was kept, or None."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep it, whole or not at all."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
                file.write(data)
            os.replace(file.name, self._folder / name)  # noqa: PTH105 (a name, not a Path)
        except OSError:
            return
