"""Find the file that was meant where a unit's own is not there: `micrograd_lastname.py`, `u01_micrograd (1).py`.

Names only: no file is opened. A name is whoever's who handed it in, so it is shown without what could act on a page.
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FILE = re.compile(r"(?P<stem>.+)\.(?P<kind>py|ipynb)(?:\.txt)?", re.IGNORECASE)
KEY = re.compile(r"(?<![a-z0-9])u\d\d(?![0-9])")
SIMILAR = 0.75
DEPTH, MOST = 2, 500  # of folders below a submission, and of the names that are looked at
LONGEST = 200


def names_below(folder: Path) -> list[str]:
    """Return the paths of modules and notebooks in a folder and a little below it, `hw/u01_micrograd.py`. No links."""
    found: list[str] = []
    seen = 0
    for at, folders, files in os.walk(folder):
        inner = os.path.relpath(at, folder)
        depth = 0 if inner == os.curdir else inner.count(os.sep) + 1
        folders[:] = sorted(name for name in folders if name[:1] not in (".", "_")) if depth < DEPTH else []
        seen += len(files)
        found += [name if not depth else str(Path(inner) / name) for name in sorted(files) if is_work(name)]
        if seen > MOST:
            break
    return found[:MOST]


def is_work(name: str) -> bool:
    """Whether a file could be a unit's, by its name alone."""
    return len(name) <= LONGEST and FILE.fullmatch(name) is not None


def nearest(unit: str, paths: Iterable[str]) -> tuple[str, str] | None:
    """Return the path that comes nearest to a unit's name, as it can be shown, and the name that it should have.

    unit: `u01_micrograd`. None where no path looks like it.
    """
    ranked = sorted((rank, path) for path in paths for rank in _ranks(unit, path.replace("\\", "/").rpartition("/")[2]))
    if not ranked:
        return None
    path = ranked[0][1]
    kind = ".ipynb" if ".ipynb" in path.lower() else ".py"
    return _harmless(path), f"{unit}{kind}"


def _ranks(unit: str, name: str) -> Iterator[int]:
    """Yield how far a file's name is from a unit's; nothing for one that is another unit's, or nobody's."""
    parts = FILE.fullmatch(name)
    if parts is None:
        return
    stem = re.sub(r"[^a-z0-9]+", "_", parts["stem"].lower())
    key, _, word = unit.partition("_")
    keys = KEY.findall(stem)
    if keys and key not in keys:
        return
    if unit in stem:
        yield 0
    elif keys:
        yield 1
    elif word and word in stem:
        yield 2
    elif max(difflib.SequenceMatcher(None, stem, one).ratio() for one in (unit, word)) >= SIMILAR:
        yield 3


def _harmless(path: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in path)[:LONGEST]
