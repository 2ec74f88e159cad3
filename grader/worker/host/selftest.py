"""A self-test that is kept: as long as kernel, boot, rights and code are those that it was made with, it says the same.

Only for a learner who grades their own folder: whoever can write there can write anything. `grade ci`, submissions of
others and every run that requires a level measure.
"""

import os
import sys
from pathlib import Path

import msgspec

from grader import store
from grader.store import Latest
from grader.worker.host.isolation import LEVELS, Isolation
from grader.worker.host.launch import Launcher
from grader.worker.host.reading import sources

BOOT = Path("/proc/sys/kernel/random/boot_id")
RIGHTS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")


def known(launcher: Launcher, kept: Latest) -> Isolation | None:
    """Return what was measured here before, None where that does not hold any more."""
    try:
        found = msgspec.json.decode(kept.get(_name(launcher), _key(launcher)) or b"", type=Isolation)
    except (msgspec.MsgspecError, OSError):
        return None
    return found if found.level in LEVELS else None


def keep(launcher: Launcher, found: Isolation, kept: Latest) -> None:
    """Keep what was measured."""
    try:
        kept.put(_name(launcher), _key(launcher), msgspec.json.encode(found))
    except OSError:  # a system without /proc, where it takes no time either
        return


def _name(launcher: Launcher) -> str:
    return "-".join((*launcher.libraries, "files" if launcher.scratch else "none"))


def _key(launcher: Launcher) -> str:
    """Return a key of everything that it depends on. Raises OSError where the system does not tell."""
    launcher.ready()
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    parts = (
        *os.uname(),
        BOOT.read_text(),
        *(os.readlink(f"/proc/self/ns/{name}") for name in sorted(os.listdir("/proc/self/ns"))),  # noqa: PTH115, PTH208
        *(status.get(name, "") for name in RIGHTS),
        sys.executable,
        sys.version,
        launcher.start_method,
        launcher.isolation,
        *launcher.libraries,
        *launcher.reached,
        *launcher.problems,
    )
    return store.key(sources("host", "confine"), *(part.encode("utf-8", "surrogateescape") for part in parts))
