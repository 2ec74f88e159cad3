"""What a confined worker can see of the file system: the interpreter, the standard library, its unit's packages.

Nothing of a course, of a submission, of a home folder. Computed in the host, which has imported the same things.
"""

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import CourseError

SYSTEM = (
    *("/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"),
    *("/usr/lib/aarch64-linux-gnu", "/etc/ld.so.cache", "/usr/share/zoneinfo", "/etc/localtime"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
SITE = ("site-packages", "dist-packages")
NOT_NEEDED = (*SITE, "test", "idlelib", "turtledemo", "ensurepip")


def view(packages: Sequence[str], folders: Sequence[str], scratch: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the paths of a worker's view.

    packages: the top-level names that a unit may import. folders: where packages are installed. scratch: folders in
    which files may be written.
    `tree`: folders and files to put into a file tree of its own; `hidden`: folders in it that must look empty but for
    what else is put there. `readable`, `listable`: the same as rules for reading in the system's own tree.
    """
    library = Path(sysconfig.get_path("stdlib"))
    parts = [str(path) for name in packages for folder in folders for path in _package(Path(folder), name)]
    system = [str(path) for path in (*map(Path, SYSTEM), *_interpreter()) if path.exists()]
    entries = [str(entry) for entry in library.iterdir() if entry.name not in NOT_NEEDED]
    return {
        "tree": [str(library), *system, *parts],
        "hidden": [str(library / name) for name in SITE if (library / name).is_dir()],
        "readable": [*entries, *system, *DEVICES, *parts],
        "listable": [str(library), *folders],
        "writable": [*scratch],
    }


def _package(folder: Path, name: str) -> Iterable[Path]:
    """Yield what belongs to a package: its folder or module, its libraries beside it, its metadata."""
    for pattern in (name, f"{name}.py", f"{name}.libs", f"{name}.*.so", f"{name}-*.dist-info", f"_{name}*"):
        yield from folder.glob(pattern)


def _interpreter() -> Iterable[Path]:
    """Yield the shared library of the interpreter, if it has one."""
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    if name and folder:
        yield Path(folder, name)
    yield Path(sys.base_prefix, "lib", f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0")


def library_folders(libraries: Sequence[str]) -> list[str]:
    """Return the folders that hold the engine's and a unit's packages. Raises CourseError where one is missing."""
    folders = set()
    for library in ("msgspec", *libraries):
        spec = importlib.util.find_spec(library)
        if spec is None or spec.origin is None:
            raise CourseError(
                f"this unit needs {library}, which is not installed here: python -m pip install {library}"
            )
        origin = Path(spec.origin)
        folders.add(str(origin.parent.parent if origin.name.startswith("__init__") else origin.parent))
    return sorted(folders)
