"""What an attack could change in the world, and whether it did: files, processes, memory, the network."""

import contextlib
import fcntl
import gc
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import stat
import tempfile
import time
from pathlib import Path

from grader.worker.confine import libc

CANARY = "chainrule-canary-"  # attackers may search for it; what follows is a secret of each run
MARK = "chainrule-attack"  # in every name that an attack leaves anywhere
SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
LOCK = "/tmp/chainrule-arenas.lock"  # noqa: S108
SEGMENT = 0x63686169  # the key of shared memory that an attack makes
SECONDS, KILOBYTES, PEAK = 60.0, 64 << 10, 640 << 10  # seconds on the wall of a machine that does much else
SHMGET, SHMCTL = 29, 31


def canary(place, secret=""):
    """What lies about for thieves. secret: of which run; a new one where nothing is said."""
    return f"{CANARY}{place}-{secret or secrets.token_hex(8)}"


class Before:
    """What the world looked like, and what has become of it."""

    def __init__(self, arena) -> None:
        self.arena = arena
        self.files = self._files()
        self.shared = marked()
        self.processes = processes()
        gc.collect()
        gc.disable()  # else it is chance whether what an exception holds is still there when we look
        self.rss = self.high = _status("VmRSS")
        try:
            Path("/proc/self/clear_refs").write_text("5", "ascii")
        except OSError:  # an ordinary user whose memory nobody may look into: then only a new record is seen
            self.high = _status("VmHWM")
        self.began = time.monotonic()
        self.seconds = 0.0
        self.peak = 0

    def _files(self):
        """Every file of ours by path, but for what the grader itself keeps or makes."""
        found = {}
        for path in self.arena.base.rglob("*"):
            inside = path.relative_to(self.arena.base).parts
            if inside[0] == "tmp" and len(inside) > 1 and inside[1].startswith("grade-"):
                continue
            facts = path.lstat()
            data = path.read_bytes() if stat.S_ISREG(facts.st_mode) and facts.st_size < 1 << 24 else b""
            when = facts.st_mtime_ns if stat.S_ISREG(facts.st_mode) else 0
            found[str(path)] = (facts.st_mode, facts.st_uid, when, hashlib.sha256(data).hexdigest())
        return found

    def differences(self):
        """Yield a sentence for everything that is not as it was, and put it right."""
        self.seconds = time.monotonic() - self.began
        self.peak = max(0, _status("VmHWM") - self.high)
        grown = _status("VmRSS") - self.rss
        gc.enable()
        if self.seconds > SECONDS:
            yield f"it took {self.seconds:.0f} s"
        if grown > KILOBYTES or self.peak > PEAK:
            yield f"the grader grew by {grown >> 10} MB, and by {self.peak >> 10} MB at its peak"
        yield from self._changed()
        yield from self._left()
        if pending(self.arena.server) or pending(self.arena.datagrams):
            yield "it reached the network"

    def _changed(self):
        now = self._files()
        changed = [path for path in self.files if now.get(path) != self.files[path]]
        changed += [path for path in now if path not in self.files and "/.grade/store/" not in path]
        changed += sorted(marked() - self.shared)
        if changed:
            yield f"files changed: {changed[:5]}"
        sweep()
        if _remove_segment():
            yield "it left shared memory"

    def _left(self):
        until = time.monotonic() + 1.0  # a killed process is gone a moment later
        while (left := processes() - self.processes) and time.monotonic() < until:
            time.sleep(0.02)
        if left:
            yield f"it left {len(left)} processes"
        kill(left)


def processes(home=""):
    """The processes that belong to this one, or that got loose from one that does: they have its home in their memory.

    home: the temporary folder of another grader, whose processes are meant instead.
    """
    parents, found = {}, set()
    mark = f"HOME={home or tempfile.gettempdir()}/".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            facts = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            parents[int(folder.name)] = int(facts[1])
            if b"zygote.py" in (folder / "cmdline").read_bytes() and mark in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found if home else found | _below(os.getpid(), parents)


def _below(root, parents):
    found = set()
    for pid in parents:
        above = pid
        while above in parents and above != root:
            above = parents[above]
        if above == root != pid:
            found.add(pid)
    return found


def kill(pids):
    """End them all."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def listeners():
    """A TCP and a UDP socket of this machine that nobody has any business with."""
    server, datagrams = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    datagrams.bind(server.getsockname())
    server.listen()
    for one in (server, datagrams):
        one.setblocking(False)
    return server, datagrams


def pending(one):
    """Say whether somebody did have."""
    try:
        if one.type == socket.SOCK_DGRAM:
            one.recv(100)
        else:
            one.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def beside_others(*, alone):
    """Wait for the other arenas here where an attack leaves its mark in a folder that all of them look at."""
    while True:
        try:
            lock = os.open(LOCK, os.O_RDONLY)
            break
        except FileNotFoundError:
            with contextlib.suppress(FileExistsError):
                os.close(os.open(LOCK, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o644))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def marked():
    """What lies about in the folders that everybody may write to, and bears our mark."""
    return {str(path) for folder in SHARED for path in Path(folder).glob(f"*{MARK}*")}


def sweep():
    """Remove it."""
    for path in marked():
        with contextlib.suppress(OSError):  # another user's
            shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink(missing_ok=True)


def _remove_segment():
    """Remove the shared memory that an attack made; say whether there was any."""
    if libc.MACHINE != "x86_64":
        return False
    try:
        segment = libc.syscall(SHMGET, SEGMENT, 0, 0)
    except OSError:
        return False
    libc.syscall(SHMCTL, segment, 0, 0)
    return True


def _status(name):
    """Kilobytes of this process."""
    text = Path("/proc/self/status").read_text("ascii", "replace")
    return int(re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)[1])
