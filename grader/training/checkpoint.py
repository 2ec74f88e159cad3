"""What a run keeps on disk: one file a unit, numpy's npz without pickle, written whole or not at all.

The host alone writes it: a worker cannot even see the folder, and gives what is kept as data. A file that was changed
by hand, cut off or made by something else is refused, never repaired.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.language import heard, later, phrase
from grader.submission.whole import write_whole
from grader.values import Tensor

FORMAT = 1
MAX_BYTES = 1 << 30
MARK, PART = "meta", "state."
LIST, ARRAY, TENSOR = "list", "array", "tensor"
State = Mapping[str, Any]


class Damaged(UsageError):
    """A checkpoint that cannot be used."""


@dataclass(frozen=True)
class Facts:
    """What a run was begun with. data: the name of its text. text, program, work: digests of text, run and answers."""

    unit: str
    seed: int
    total: int
    data: str
    text: str
    program: str
    work: str


@dataclass(frozen=True)
class Checkpoint:
    """A run between two chunks. losses: one for each step taken. state: as `begin` and `advance` give it."""

    facts: Facts
    losses: tuple[float, ...]
    state: State = field(default_factory=dict)

    @property
    def step(self) -> int:
        """How many steps it has taken."""
        return len(self.losses)

    def save(self, path: Path) -> None:
        """Write it in the place of the one before. Raises UsageError where it cannot be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, self._bytes())
        except OSError as error:
            raise _unsaved(path, error) from error

    def _bytes(self) -> bytes:
        import numpy as np

        arrays: dict[str, Any] = {"losses": np.asarray(self.losses, dtype=np.float64)}
        kinds = {}
        for name, value in self.state.items():
            kinds[name], arrays[PART + name] = _stored(value)
        meta = {"format": FORMAT, **asdict(self.facts), "kinds": kinds, "sum": _sum(arrays)}
        arrays[MARK] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()


def _unsaved(path: Path, error: OSError) -> UsageError:
    says = later("The run cannot be saved in {file}: {reason}.")
    return UsageError(phrase(says, file=_shown(path), reason=heard(error.strerror or str(error))))


def load(path: Path) -> Checkpoint | None:
    """Read a checkpoint; None where there is none. Raises Damaged for what `save` has not written."""
    try:
        with path.open("rb") as file:
            arrays = _arrays(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged(path) from error
    try:
        meta = json.loads(bytes(arrays.pop(MARK)))
        kinds, wanted, version = meta.pop("kinds"), meta.pop("sum"), meta.pop("format")
        if version != FORMAT or wanted != _sum(arrays):
            raise damaged(path)
        losses = tuple(arrays.pop("losses").tolist())
        state = {name: _given(kinds[name], arrays.pop(PART + name)) for name in kinds}
        return Checkpoint(Facts(**meta), losses, state)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path) from error


def _arrays(data: bytes) -> dict[str, Any]:
    """Return what an npz holds; nothing where it is none."""
    import numpy as np

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if len(data) > MAX_BYTES or sum(one.file_size for one in packed.infolist()) > MAX_BYTES:
                return {}
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, MemoryError):
        return {}


def damaged(path: Path) -> Damaged:
    """Return the refusal of what is not, or no longer, a run of the unit that the file is called after."""
    says = later("{file} is no run of yours that can go on: it is damaged, or was changed, or is another file.")
    again = phrase("Begin anew, in its place:  {command}", command=f"grade run {path.stem} --fresh")
    return Damaged(f"{phrase(says, file=_shown(path))}\n{again}")


def _shown(path: Path) -> Path:
    with suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path


def _sum(arrays: Mapping[str, Any]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(repr((name, array.dtype.str, array.shape)).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _stored(value: Any) -> tuple[str, Any]:
    """Return the kind of a part of a state, and the array that holds it."""
    import numpy as np

    if isinstance(value, Tensor):
        return f"{TENSOR} {value.dtype}", value.array
    if isinstance(value, list):
        whole = all(type(one) is int for one in value)
        return LIST, np.asarray(value, dtype=np.int64 if whole else np.float64)
    return ARRAY, value


def _given(kind: str, array: Any) -> Any:
    """Return a part of a state as it was."""
    if kind.startswith(TENSOR):
        return Tensor(array, kind.partition(" ")[2])
    return array.tolist() if kind == LIST else array


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep a second run of the same unit out of this folder. Raises UsageError where one is under way."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.with_suffix(".lock").open("a+b")
    except OSError as error:
        raise _unsaved(path, error) from error
    with opened as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such locks here
            pass
        except OSError as error:
            file.seek(0)
            number = file.read(20).decode("ascii", "replace").strip()
            says = later(
                "Another grade run {unit} is under way in this folder: process {number}. Let it end, or stop it."
            )
            raise UsageError(phrase(says, unit=path.stem, number=number or "?")) from error
        file.truncate(0)
        file.write(b"%d\n" % os.getpid())
        file.flush()
        for left in path.parent.glob(f".{path.name}.*"):  # of one that was killed while it wrote
            left.unlink(missing_ok=True)
        yield
