"""The cell that workers live in: what is done in which order, in the zygote once and in every worker.

The order matters. Namespaces come before the imports (they need one thread), the file tree after them (libraries look
around while they are imported), the filter of system calls last (it forbids what the other steps need).
"""

import os
import resource
import signal
import sys
from dataclasses import dataclass, field
from typing import Any

from grader.worker.confine import landlock, libc, namespaces, privileges, seccomp

PROCESS, SYSCALLS, CONFINED = "process", "syscalls", "confined"
# Names of what can be reached, as reports and the doctor tell them; others depend on it.
OWN_USER, FILE_TREE, SECCOMP = "user of its own", "file tree", "seccomp"
LINUX = sys.platform == "linux"
FIRST_USER, USERS = 210_000, 40_000  # numbers that no account has
LIMITS = (
    (resource.RLIMIT_FSIZE, 16 << 20),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_CORE, 0),
)


@dataclass
class Cell:
    """What could be had on this machine. wanted: process, syscalls or confined; more is never tried.

    reached: names of what was put in place, for the report. problems: what could not be, and why.
    """

    wanted: str
    reached: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _root: bool = False
    _rules: int = -1
    _own_table: int = -1
    _mapped: int = 0
    _files: bool = False

    def enter(self) -> None:
        """Enter namespaces of one's own, if they are wanted and can be had whole. Must run before any thread starts.

        Returns in the first process of the new process table; the old process stays only to wait for it.
        """
        privileges.die_with_parent()
        self._root = os.geteuid() == 0 and privileges.has_capability(privileges.SYS_ADMIN)
        if self.wanted != CONFINED:
            return
        problem = namespaces.rehearse(root=self._root)
        if problem:
            self.problems.append(f"namespaces: {problem}")
            return
        namespaces.enter(root=self._root)
        child = os.fork()
        if child:
            _wait(child)
        privileges.die_with_parent()
        self.reached += namespaces.names(user=not self._root)

    def seal(self, view: dict[str, Any]) -> None:
        """Close the door behind the imports. view: paths by name, see `grader.worker.host.view`."""
        if not LINUX:
            return
        self._mapped = mapped_bytes()
        privileges.not_dumpable()
        if self.wanted == PROCESS:
            return
        if namespaces.MOUNTS in self.reached:
            namespaces.own_tree(view["tree"], view["hidden"], view["writable"])
            self.reached.append(FILE_TREE)
            self._table()
        try:
            self._rules = landlock.ruleset(view["readable"], view["listable"], view["writable"])
            self.reached.append(f"Landlock {landlock.version()}")
        except (OSError, libc.Unavailable) as error:
            self.problems.append(f"Landlock: {error}")
        try:
            seccomp.program()
            self.reached.append(SECCOMP)
        except libc.Unavailable as error:
            self.problems.append(f"seccomp: {error}")
        own_root = self._root or FILE_TREE not in self.reached  # in a user namespace nobody can change the user
        if os.geteuid() == 0 and own_root and (FILE_TREE in self.reached or _open_to_all(view["readable"])):
            self.reached.append(OWN_USER)
        self._files = bool(view["writable"]) and (self._rules >= 0 or FILE_TREE in self.reached)

    def _table(self) -> None:
        """Prepare for a process table of its own for every worker."""
        try:
            self._own_table = os.pidfd_open(os.getpid())
            namespaces.own_process_table(self._own_table)
            namespaces.same_process_table(self._own_table)
            self.reached.append("process table of its own")
        except OSError as error:
            self._own_table = -1
            self.problems.append(f"process table: {error}")

    def fork(self) -> int:
        """Fork a worker, in a process table of its own where that can be had."""
        if self._own_table < 0:
            return os.fork()
        namespaces.own_process_table(self._own_table)
        pid = os.fork()
        if pid:
            namespaces.same_process_table(self._own_table)
        return pid

    def kept(self) -> int:
        """The descriptor that a worker must carry until `close`; negative where there is none."""
        return self._rules

    def close(self, number: int, memory: int, rules: int, folder: str) -> None:
        """Shut this worker in, for good. number: the worker's; memory: bytes beyond what is mapped.

        folder: the only place where it may write, if it may write at all.
        rules: the descriptor of `kept` in this process, or negative; closed here, so that nobody can add to the rules.
        """
        if not LINUX:
            limit(resource.RLIM_INFINITY)  # elsewhere an address space limit is ignored or breaks the interpreter
            return
        privileges.die_with_parent()
        if OWN_USER in self.reached:
            privileges.drop_bounding()
            privileges.become(user_of(number))
            privileges.die_with_parent()
        if self.wanted != PROCESS and (self.reached or os.geteuid() == 0):
            privileges.drop_bounding()
            privileges.drop_capabilities()
        privileges.not_dumpable()
        privileges.no_new_privileges()
        if rules >= 0:
            for one in (rules, *((landlock.write_below(folder),) if self._files else ())):
                landlock.enforce(one)
                os.close(one)
        limit(self._mapped + memory)
        if SECCOMP in self.reached:
            seccomp.install(seccomp.program(files=self._files))


def user_of(number: int) -> int:
    """Return the user number of a worker that has a user of its own."""
    return FIRST_USER + number % USERS


def limit(address_space: int) -> None:
    """Set the limits of a worker's process; a lower one that holds already stays."""
    for which, value in (*LIMITS, (resource.RLIMIT_AS, address_space)):
        _, hard = resource.getrlimit(which)
        if value == resource.RLIM_INFINITY:
            continue
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def mapped_bytes() -> int:
    """Bytes of address space that this process has mapped."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (pathlib is not imported in a worker)
        return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")


def _wait(child: int) -> None:
    """Wait for the real zygote and end as it ended; hold nothing open meanwhile."""
    os.closerange(3, 4096)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _open_to_all(paths: list[str]) -> bool:
    """Say whether anybody may read what a worker needs; a Python below a private home is not."""
    folders = {os.path.dirname(path) for path in paths}  # noqa: PTH120
    while folders:
        folder = folders.pop()
        try:
            if not os.stat(folder).st_mode & 0o001:  # noqa: PTH116
                return False
        except OSError:
            continue
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent != folder:
            folders.add(parent)
    return True
