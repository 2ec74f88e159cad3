"""How long a host lives: until nobody has asked for a while, memory is short, or its course is no longer there."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Limits:
    """idle: seconds without a request. free: the share of memory that must be free. tick: seconds between looks.

    patience: seconds that a client has for its request, once it is connected.
    """

    idle: float = 15 * 60.0
    free: float = 0.1
    tick: float = 10.0
    patience: float = 5.0


def free_memory() -> float:
    """Return the share of memory that is free, of the machine or of the control group where that has less."""
    return min(_free_of_machine(), _free_of_group())


def _free_of_machine() -> float:
    with suppress(OSError, ValueError, KeyError, ZeroDivisionError):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        facts = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return facts["MemAvailable"] / facts["MemTotal"]
    return 1.0


def _free_of_group() -> float:
    """Return the least share that the process's control group or one above it has free; 1 without a limit."""
    found = 1.0
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/cgroup").read_text("ascii").splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers:
                found = min(found, *_of_folders(GROUPS, group, "memory.max", "memory.current", "inactive_file"))
            elif "memory" in controllers.split(","):
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                found = min(found, *_of_folders(GROUPS / "memory", group, *names))
    return found


def _of_folders(top: Path, group: str, limit: str, used: str, given_back: str) -> list[float]:
    """Return the free share of a group and of all above it. given_back: what the kernel takes back by itself."""
    found = [1.0]
    folder = top / group.strip("/")
    for one in (folder, *folder.parents):
        with suppress(OSError, ValueError, StopIteration, ZeroDivisionError):
            most = int((one / limit).read_text("ascii"))  # `max` is no number
            lines = (one / "memory.stat").read_text("ascii").splitlines()
            cache = next(int(line.split()[1]) for line in lines if line.startswith(f"{given_back} "))
            found.append(1 - (int((one / used).read_text("ascii")) - cache) / most)
        if one == top:
            break
    return found


def is_single() -> bool:
    """Say whether this process has one thread: only such a one can be forked and be as it was."""
    with suppress(OSError):
        return b"Threads:\t1\n" in Path("/proc/self/status").read_bytes()
    return False


def identity(path: Path) -> tuple[int, int]:
    """Return which file or folder a path leads to now; (0, 0) for none."""
    try:
        facts = os.stat(path)
    except OSError:
        return 0, 0
    return facts.st_dev, facts.st_ino
