"""One planted fault, and the lists of them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FAULTS = Path(__file__).with_name("faults")


class Stale(Exception):
    """The list does not fit the tree."""


@dataclass(frozen=True)
class Fault:
    """One change to one file that must not go unnoticed. name: ROOM/SENTENCE; the fields are described in the package.

    reason: why no test can find it; empty for a fault that must be found.
    """

    name: str
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...]
    reason: str = ""

    def planted(self, source: str) -> str:
        """Return the text of the file with the fault in it. Raises Stale where its place is not the only one."""
        count = source.count(self.was)
        if count != 1:
            raise Stale(f"{self.name}: {self.file} has the text {count} times: {self.was!r}")
        return source.replace(self.was, self.becomes)


def faults(names: Sequence[str] = ()) -> list[Fault]:
    """Return all faults, or those whose name holds one of the texts. Raises Stale for a text that is in none."""
    found = [one for path in sorted(FAULTS.glob("*.toml")) for one in _read(path)]
    unknown = [name for name in names if not any(name in one.name for one in found)]
    if unknown:
        raise Stale(f"no fault has {unknown[0]!r} in its name")
    return [one for one in found if not names or any(name in one.name for name in names)]


def require_fresh(root: Path, chosen: Sequence[Fault]) -> None:
    """Raise Stale, with all that is wrong, where a fault does not fit a tree."""
    problems = []
    for fault in chosen:
        try:
            fault.planted((root / fault.file).read_text("utf-8"))
        except (Stale, OSError) as error:
            problems.append(str(error))
        lost = [test for test in fault.tests if not (root / test.partition("::")[0]).exists()]
        problems += [f"{fault.name}: there is no {test}" for test in lost]
    if problems:
        raise Stale("\n".join(problems))


def _read(path: Path) -> list[Fault]:
    tables = tomllib.loads(path.read_text("utf-8"))
    found = []
    for name, facts in tables.items():
        try:
            found.append(Fault(f"{path.stem}/{name}", tests=tuple(facts.pop("tests", ())), **facts))
        except TypeError as error:
            raise Stale(f"{path.name}: {name}: {error}") from error
    return found
