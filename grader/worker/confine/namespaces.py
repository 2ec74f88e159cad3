"""A network, a process table, IPC and a file tree of one's own: see namespaces(7), user_namespaces(7), pivot_root(2).

As root the kernel gives them directly; anyone else needs a user namespace, which many systems refuse (Docker's default
profile, Ubuntu 24.04's AppArmor). Some refuse only half-way, so `rehearse` tries everything in a child first.
"""

import contextlib
import os
import stat
from collections.abc import Iterable, Sequence

from grader.worker.confine import libc

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
MOUNTS = "mounts"
ALL = NEW_MOUNTS | NEW_UTS | NEW_IPC | NEW_PID | NEW_NETWORK
READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
RECURSIVE, PRIVATE = 16384, 1 << 18
KEPT = (
    (os.ST_NOSUID, NO_SETUID),
    (os.ST_NODEV, NO_DEVICES),
    (os.ST_NOEXEC, NO_EXEC),
    (1024, 1024),
    (2048, 2048),
    (4096, 1 << 21),
)
NOBODY = 65534
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
STAGE = "/tmp"  # where the new tree is put together; hidden below it is only the old /tmp  # noqa: S108
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/random")
TREE_OPTIONS = "size=1m,nr_inodes=8192,mode=755"


def enter(*, root: bool) -> None:
    """Leave the system's namespaces for new ones; the next child is process 1. The caller must have one thread.

    root: without a user namespace. Raises OSError.
    """
    if root:
        libc.unshare(ALL)
    else:
        user, group = os.getuid(), os.getgid()
        libc.unshare(ALL | NEW_USER)
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{NOBODY} {user} 1"),
            ("gid_map", f"{NOBODY} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 (no pathlib in a worker)
                file.write(text)
    libc.mount(None, "/", None, RECURSIVE | PRIVATE)


def rehearse(*, root: bool) -> str:
    """Try everything in a child that is thrown away; return what went wrong, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        problem = b""
        try:
            enter(root=root)
            libc.mount("tmpfs", STAGE, "tmpfs", NO_SETUID | NO_DEVICES, TREE_OPTIONS)
        except BaseException as error:  # noqa: BLE001 (a child must never return into the caller's code)
            problem = str(error).encode()[:300] or b"it failed"
        os.write(writing, problem or b"ok")
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 400)
    os.close(reading)
    os.waitpid(child, 0)
    return "" if said == b"ok" else said.decode("utf-8", "replace") or "the rehearsal died"


def own_tree(paths: Iterable[str], hidden: Iterable[str], writable: Iterable[str] = ()) -> None:
    """Make `paths` and a few devices, read-only, the whole file system of this process. Raises OSError.

    hidden: folders below one of the paths that are empty, but for paths that lie in them. writable: folders that are
    not read-only.
    Links stay links; a path that does not exist is left out.
    """
    covers, free = set(hidden), set(writable)
    wanted = {*map(os.path.abspath, paths), *DEVICES, *covers, *free}
    opened = [found for path in sorted(wanted) if (found := _opened(path))]
    libc.mount("tmpfs", STAGE, "tmpfs", NO_SETUID | NO_DEVICES, TREE_OPTIONS)
    for path, place, link in opened:
        if path in covers:
            os.close(place)
            libc.mount("tmpfs", STAGE + path, "tmpfs", NO_SETUID | NO_DEVICES, TREE_OPTIONS)
        else:
            _put(path, place, link, 0 if path in free else READ_ONLY)
    for path in (*(STAGE + cover for cover in covers), STAGE):
        libc.mount(None, path, None, REMOUNT | READ_ONLY | NO_SETUID | NO_DEVICES, TREE_OPTIONS)
    _pivot(STAGE)


def own_process_table(original: int) -> None:
    """Give the next child a process table of its own. original: a pidfd of this process; see `same_process_table`."""
    libc.setns(original, NEW_PID)
    libc.unshare(NEW_PID)


def same_process_table(original: int) -> None:
    """Have later children in this process's own table again."""
    libc.setns(original, NEW_PID)


def _opened(path: str) -> tuple[str, int, str] | None:
    """Return path, a descriptor of what lies there now, and where it points if it is a link."""
    try:
        if os.path.islink(path):  # noqa: PTH114 (no pathlib in a worker)
            return path, -1, os.readlink(path)  # noqa: PTH115
        return path, os.open(path, os.O_PATH | os.O_CLOEXEC), ""
    except OSError:
        return None


def _put(path: str, place: int, link: str, only: int) -> None:
    target = STAGE + path
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)  # noqa: PTH103, PTH120
    if link:
        with contextlib.suppress(FileExistsError):
            os.symlink(link, target)  # noqa: PTH211
        return
    mode = os.fstat(place).st_mode
    if stat.S_ISDIR(mode):
        os.makedirs(target, mode=0o755, exist_ok=True)  # noqa: PTH103
    elif not os.path.exists(target):  # noqa: PTH110
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o444))
    libc.mount(f"/proc/self/fd/{place}", target, None, BIND)
    only = 0 if stat.S_ISCHR(mode) else only | NO_DEVICES
    libc.mount(None, target, None, BIND | REMOUNT | NO_SETUID | only | _locked(target))
    os.close(place)


def _locked(target: str) -> int:
    """Return the flags that a remount inside a user namespace must keep."""
    flags = os.statvfs(target).f_flag
    return sum(mount for given, mount in KEPT if flags & given)


def _pivot(new: str) -> None:
    os.chdir(new)
    if libc.MACHINE not in PIVOT_ROOT:
        raise libc.Unavailable(f"no number of pivot_root for {libc.MACHINE}")
    libc.syscall(PIVOT_ROOT[libc.MACHINE], b".", b".", what="pivot_root")
    libc.unmount(".")
    os.chdir("/")


def names(*, user: bool) -> Sequence[str]:
    """Return what `enter` gives, for the report."""
    return [MOUNTS, "network", "processes", "ipc", "host name", *(["user"] if user else [])]
