"""What a request and a host must have in common, so that an answer out of the host is the one of a cold run.

`surroundings` choose the host: another terminal with other limits, or another Python, has another one. `python` is
what may change under the same name, by an update: a host that differs there is out of date.
"""

import os
import sys

PROTOCOL = 1
NAMESPACES = ("mnt", "user", "pid", "net", "ipc", "uts")
# Read when Python or a library starts; what a request sets otherwise is set in the child.
READ_AT_START = (
    "PYTHON",
    "LD_",
    "OMP_",
    "MKL_",
    "KMP_",
    "OPENBLAS_",
    "NUMEXPR_",
    "TORCH_",
    "PYTORCH_",
    "MALLOC_",
    "GRADE_",
)
BY_NAME = ("HOME", "TMPDIR", "XDG_RUNTIME_DIR")
SET_IN_CHILD = ("PYTHONIOENCODING", "PYTHONUNBUFFERED", "GRADE_RESIDENT")
NOT_FLAGS = ("unbuffered", "safe_path")
PRIVILEGES = (b"Groups:", b"CapEff:", b"CapBnd:", b"NoNewPrivs:", b"Seccomp:", b"Cpus_allowed_list:")
LIMITS = ("AS", "DATA", "STACK", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK")


def python() -> bytes:
    """Return the version of Python, in full, and of what is spoken."""
    return f"{PROTOCOL} {sys.version}".encode()


def environment() -> dict[str, str]:
    """Return the variables that are read at a start."""
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if (name.startswith(READ_AT_START) and name not in SET_IN_CHILD) or name in BY_NAME
    }


def surroundings() -> bytes:
    """Return everything else that two processes must share: user, privileges, limits, namespaces, Python's settings."""
    import resource

    flags = {name: getattr(sys.flags, name) for name in dir(sys.flags) if name.islower() and name[0] != "_"}
    facts = (
        (os.getuid(), os.getgid(), os.getpriority(os.PRIO_PROCESS, 0)),
        (sys.executable, sys.prefix, os.path.dirname(os.path.abspath(__file__))),
        [value for name, value in flags.items() if name not in NOT_FLAGS and not callable(value)],
        (sys.warnoptions, sys._xoptions, sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()),  # noqa: SLF001
        environment(),
        [os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES],
        [resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in LIMITS],
        [line for line in _status(os.getpid()) if line.startswith(PRIVILEGES)],
    )
    return repr(facts).encode()


def barred(pid: int) -> bool:
    """Say whether a process has given up privileges for good, as every worker has: nobody inherits them back.

    A process that cannot be looked at counts as one.
    """
    return b"NoNewPrivs:\t0\n" not in _status(pid)


def _status(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            return file.readlines()
    except OSError:
        return []
