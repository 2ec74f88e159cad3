"""The self-test: try what a worker must not be able to do, in a worker that has loaded no learner code.

A probe answers whether the door is open. A refusal only proves something if the host can do the same thing itself, so
the host tries first (`isolation`), and gives each probe a target that really is there.
"""

import ctypes
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from grader.worker.confine import libc

MEGABYTES = 4096  # far more than a worker may have
SHMGET, KEYCTL, BPF, IO_URING_SETUP, PTRACE, UNSHARE = (
    {"shmget": 29, "keyctl": 250, "bpf": 321, "io_uring": 425, "ptrace": 101, "unshare": 272}
    if libc.MACHINE == "x86_64"
    else {"shmget": 194, "keyctl": 219, "bpf": 280, "io_uring": 425, "ptrace": 117, "unshare": 97}
).values()
SETOWN = 8
SEIZE, INTERRUPT, DETACH, EVERY_KIND = 0x4206, 0x4207, 17, 0x40000000  # see ptrace(2), waitpid(2): __WALL


def run(target: dict[str, Any]) -> dict[str, bool]:
    """Return for every door whether it is open.

    target: `secret` a file that the host can read, `folder` one where it can write, `host` its process number,
    `port` a TCP port of this machine that answers.
    """
    return {name: _open(door, target) for name, door in DOORS.items()}


def _open(door: Callable[[dict[str, Any]], object], target: dict[str, Any]) -> bool:
    try:
        door(target)
    except (OSError, ValueError, MemoryError):
        return False
    return True


def _read(target: dict[str, Any]) -> None:
    with open(target["secret"], "rb") as file:  # noqa: PTH123 (no pathlib in a worker)
        file.read(1)


def _list(target: dict[str, Any]) -> None:
    os.listdir(os.path.dirname(target["secret"]))  # noqa: PTH120, PTH208


def _write(target: dict[str, Any]) -> None:
    _create(os.path.join(target["folder"], "probe"))  # noqa: PTH118


def _write_tmp(_target: dict[str, Any]) -> None:
    _create("/tmp/grade-probe")  # noqa: S108


def _write_memory(_target: dict[str, Any]) -> None:
    _create("/dev/shm/grade-probe")  # noqa: S108


def _create(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    os.unlink(path)  # noqa: PTH108


def _touch(target: dict[str, Any]) -> None:
    os.utime(target["secret"])


def _tcp(target: dict[str, Any]) -> None:
    socket.create_connection(("127.0.0.1", target["port"]), 1).close()


def _udp(_target: dict[str, Any]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"", ("127.0.0.1", 9))


def _unix(_target: dict[str, Any]) -> None:
    socket.socket(socket.AF_UNIX).close()


def _fork(_target: dict[str, Any]) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _signal_host(target: dict[str, Any]) -> None:
    os.kill(target["host"], 0)


def _signal_parent(_target: dict[str, Any]) -> None:
    os.kill(os.getppid() or 1, 0)


def _host_memory(target: dict[str, Any]) -> None:
    with open(f"/proc/{target['host']}/mem", "rb") as file:  # noqa: PTH123
        file.read(0)


def _host_environment(target: dict[str, Any]) -> None:
    with open(f"/proc/{target['host']}/environ", "rb") as file:  # noqa: PTH123
        file.read(1)


def _ptrace(target: dict[str, Any]) -> None:
    host = target["host"]
    libc.syscall(PTRACE, SEIZE, host, 0, 0)
    # Who is traced stops at each signal, for good if nobody looks; and only who is stopped can be let go.
    libc.syscall(PTRACE, INTERRUPT, host, 0, 0)
    _, status = os.waitpid(host, EVERY_KIND)
    by_signal = status >> 16 == 0
    libc.syscall(PTRACE, DETACH, host, 0, os.WSTOPSIG(status) if by_signal else 0)  # the signal is the host's to have


def _memfd(_target: dict[str, Any]) -> None:
    os.close(os.memfd_create("probe"))


def _shared_memory(_target: dict[str, Any]) -> None:
    segment = libc.syscall(SHMGET, 0, 4096, 0o1600)
    libc.syscall(31 if libc.MACHINE == "x86_64" else 195, segment, 0, 0)  # IPC_RMID: leave nothing


def _keyring(_target: dict[str, Any]) -> None:
    libc.syscall(KEYCTL, 0, ctypes.c_long(-3), 0)


def _signals_by_descriptor(_target: dict[str, Any]) -> None:
    import fcntl

    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, SETOWN, os.getpid())
    finally:
        os.close(reading)
        os.close(writing)


def _namespace(_target: dict[str, Any]) -> None:
    libc.syscall(UNSHARE, 0x10000000)


def _mount(_target: dict[str, Any]) -> None:
    libc.mount("tmpfs", "/tmp", "tmpfs", 0)  # noqa: S108
    libc.unmount("/tmp")  # noqa: S108


def _io_uring(_target: dict[str, Any]) -> None:
    os.close(libc.syscall(IO_URING_SETUP, 1, ctypes.create_string_buffer(120)))


def _bpf(_target: dict[str, Any]) -> None:
    attributes = ctypes.create_string_buffer(bytes([2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0]), 120)
    os.close(libc.syscall(BPF, 0, attributes, 120))


def _raise_limits(_target: dict[str, Any]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _limits_of_others(_target: dict[str, Any]) -> None:
    resource.prlimit(os.getppid() or 1, resource.RLIMIT_NOFILE)


def _memory(_target: dict[str, Any]) -> None:
    mmap.mmap(-1, MEGABYTES << 20).close()


def _outlive(_target: dict[str, Any]) -> None:
    libc.prctl(1, 0)
    libc.prctl(1, signal.SIGKILL)


def _exec(_target: dict[str, Any]) -> None:
    """A program that is not there: the answer tells whether exec is possible at all, and the worker lives on."""
    try:
        os.execv("/nonexistent", ["/nonexistent"])  # noqa: S606
    except FileNotFoundError:
        return


DOORS: dict[str, Callable[[dict[str, Any]], object]] = {
    "read a file of the host": _read,
    "list a folder of the host": _list,
    "write a file": _write,
    "write to /tmp": _write_tmp,
    "write to /dev/shm": _write_memory,
    "change a file's times": _touch,
    "connect by TCP": _tcp,
    "send by UDP": _udp,
    "open a unix socket": _unix,
    "start a process": _fork,
    "run a program": _exec,
    "signal the host": _signal_host,
    "signal its parent": _signal_parent,
    "read the host's memory": _host_memory,
    "read the host's environment": _host_environment,
    "trace the host": _ptrace,
    "make a memory file": _memfd,
    "make shared memory": _shared_memory,
    "use the keyring": _keyring,
    "have signals sent by a descriptor": _signals_by_descriptor,
    "make a namespace": _namespace,
    "mount": _mount,
    "use io_uring": _io_uring,
    "load a BPF map": _bpf,
    "raise its own limits": _raise_limits,
    "touch the limits of others": _limits_of_others,
    "map 4 GB": _memory,
    "outlive its parent": _outlive,
}
