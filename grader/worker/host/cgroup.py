"""Limits that count all processes of a worker together, by control groups (cgroups(7)), where they may be made.

Limits of a single process do not add up: a worker that can start processes, or fill memory that belongs to none, gets
round them. As root, or where a folder of the hierarchy was given to the user, each worker has a group of its own below
the grader's, and whatever is still in it at the end is killed. Elsewhere nothing is done and nothing said.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PREFIX = "grade-"
PROCS = "cgroup.procs"
PROCESSES = 16
CONTROLLERS = ("memory", "pids")
LIMITS = {1: ("memory.limit_in_bytes", "pids.max"), 2: ("memory.max", "pids.max")}
PATIENCE = 1.0  # seconds until what was killed has left its group
OFF = "off"


class Groups:
    """The groups of one launcher's workers. version: of the kernel's interface, 0 where no group can be made."""

    def __init__(self) -> None:
        self.version = 0
        self._folders: list[Path] = []
        if os.environ.get("GRADE_CGROUP") != OFF:
            with contextlib.suppress(OSError, ValueError, IndexError):
                self._begin()

    def _begin(self) -> None:
        version, parents = _parents()
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        for parent in dict.fromkeys(parents):
            _sweep(parent)
            (parent / name).mkdir()
            self._folders.append(parent / name)
        if version == 2:
            (self._folders[0] / "cgroup.subtree_control").write_text("+memory +pids", "ascii")
        self.version = version

    def make(self, number: int, memory: int) -> list[int]:
        """Make a group for a worker; return the descriptors by which it joins on its own, see `serve.become`.

        memory: bytes for all that it starts. To move another process takes the kernel up to 15 ms, for which the
        host need not wait.
        """
        joins: list[int] = []
        try:
            for folder in self._all:
                group = folder / str(number)
                group.mkdir()
                for file, value in zip(LIMITS[self.version], (memory, PROCESSES), strict=True):
                    if (group / file).exists():
                        (group / file).write_text(str(value), "ascii")
                joins.append(os.open(group / PROCS, os.O_WRONLY | os.O_CLOEXEC))
        except OSError:
            for descriptor in joins:
                os.close(descriptor)
            self._without(number)
            return []
        return joins

    def require(self, number: int, pid: int) -> None:
        """Do without groups from now on, if a worker that is ready has not joined all of its own."""
        try:
            joined = all(str(pid) in (folder / str(number) / PROCS).read_text("ascii").split() for folder in self._all)
        except OSError:
            joined = False
        if not joined:
            self._without(number)

    @property
    def _all(self) -> list[Path]:
        return self._folders if self.version else []

    def _without(self, number: int) -> None:
        """Somebody has taken the right away; this worker and those to come do without."""
        self.version = 0
        for folder in self._folders:
            with contextlib.suppress(OSError):  # one that it is already in goes when it ends
                (folder / str(number)).rmdir()

    def end(self, number: int) -> None:
        """Kill what is left of a worker, and remove its group."""
        _remove(folder / str(number) for folder in self._folders)

    def close(self) -> None:
        """Kill what is left and remove all groups."""
        _remove(group for folder in self._folders if folder.exists() for group in folder.iterdir() if group.is_dir())
        _remove(self._folders)
        self._folders, self.version = [], 0


def _parents() -> tuple[int, list[Path]]:
    """Return the version, and the grader's own folder for each controller. Raises OSError, ValueError without any."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text("ascii").splitlines())
    mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines()]
    found = {}
    for left, right in mounts:
        root, point = left.split()[3:5]
        kind, _, options = right.split(" ", 2)
        names = CONTROLLERS if kind == "cgroup2" else {*CONTROLLERS} & {*options.replace(" ", ",").split(",")}
        for name in names if kind.startswith("cgroup") else ():
            group = own.get("" if kind == "cgroup2" else name)
            if group is not None:
                inside = group.removeprefix(root) if root != "/" else group
                found[kind, name] = Path(point, inside.lstrip("/"))
    if all(("cgroup", name) in found for name in CONTROLLERS):
        return 1, [found["cgroup", name] for name in CONTROLLERS]
    whole = found.get(("cgroup2", "memory"))
    if whole is None or not {*CONTROLLERS} <= {*(whole / "cgroup.subtree_control").read_text("ascii").split()}:
        raise ValueError("no controllers for groups below the grader's own")
    return 2, [whole]


def _sweep(parent: Path) -> None:
    """Remove the groups of graders that were killed."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            _remove([*(group for group in folder.iterdir() if group.is_dir()), folder])


def _remove(groups: Iterable[Path]) -> None:
    for group in groups:
        until = time.monotonic() + PATIENCE
        while group.exists():
            try:
                _kill(group)
                group.rmdir()
            except OSError:
                if time.monotonic() > until:
                    break
                time.sleep(0.001)


def _kill(group: Path) -> None:
    for pid in map(int, (group / PROCS).read_text("ascii").split()):
        if pid:  # 0 is a process that cannot be seen from here, and would mean the grader's own group to kill(2)
            with contextlib.suppress(OSError):  # gone already
                os.kill(pid, signal.SIGKILL)
