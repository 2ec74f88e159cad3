"""The host's side of its address: a lock that only one can have, and the socket, put there in one step.

The lock file holds the owner's number. Whoever has the lock may take away what the last owner has left.
"""

import fcntl
import os
import socket
from contextlib import suppress

from grader.resident.address import LOCK, SOCKET, inside

WAITING = 16  # clients that may wait for the host to have time


class Door:
    """An address that this process holds. Raises OSError where somebody else does, or the folder is none of ours."""

    def __init__(self, folder: int, name: str) -> None:
        """folder: a descriptor of the private folder; the door's from now on."""
        self._folder = folder
        self._name = name
        self._made = (0, 0)
        self.listener: socket.socket | None = None
        self._lock = os.open(name + LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(self._lock).st_ino != os.stat(name + LOCK, dir_fd=folder).st_ino:
            raise BlockingIOError("the lock was taken away meanwhile")
        os.ftruncate(self._lock, 0)
        os.write(self._lock, b"%d" % os.getpid())

    def open(self) -> socket.socket:
        """Begin to listen."""
        new = f"{self._name}.new"
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=self._folder)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.setblocking(False)
        listener.bind(inside(self._folder, new))
        os.chmod(new, 0o600, dir_fd=self._folder)
        listener.listen(WAITING)
        os.rename(new, self._name + SOCKET, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        self._made = self._there()
        self.listener = listener
        return listener

    def is_ours(self) -> bool:
        """Say whether who looks for the socket finds this one."""
        return self._made == self._there()

    def _there(self) -> tuple[int, int]:
        try:
            facts = os.stat(self._name + SOCKET, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return 0, 0
        return facts.st_dev, facts.st_ino

    def shut(self) -> None:
        """Listen no more; who comes finds nobody."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None
            with suppress(OSError):
                os.unlink(self._name + SOCKET, dir_fd=self._folder)

    def leave(self) -> None:
        """Give the address up, for a host that comes after."""
        if self._lock < 0:
            return
        self.shut()
        with suppress(OSError):
            os.unlink(self._name + LOCK, dir_fd=self._folder)
        os.close(self._lock)
        self._lock = -1

    def let_go(self) -> None:
        """In a fork: hold nothing of it."""
        if self.listener is not None:
            self.listener.close()
        os.close(self._lock)
        os.close(self._folder)
