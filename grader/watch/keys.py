"""Single keys of a terminal, without waiting for the return key; the terminal is put back whatever happens."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class NoKeys:
    """Where nobody can type: it only waits."""

    def key(self, seconds: float) -> str:
        """Wait; return no key."""
        time.sleep(seconds)
        return ""


class Keys:
    """The keys of a POSIX terminal. descriptor: that of standard input."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def key(self, seconds: float) -> str:
        """Return the key that was pressed within so many seconds, or nothing. A terminal that went away has none."""
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        if not ready:
            return ""
        try:
            pressed = os.read(self._descriptor, 64).decode("utf-8", "replace")
        except OSError:
            pressed = ""
        if not pressed:
            time.sleep(seconds)
        return pressed[:1]


class WindowsKeys:
    """The keys of a Windows console."""

    def key(self, seconds: float) -> str:
        """Return the key that was pressed within so many seconds, or nothing."""
        import msvcrt

        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
                return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
            time.sleep(min(0.02, seconds))
        return ""


@contextmanager
def listening(*, wanted: bool = True) -> Iterator[NoKeys | Keys | WindowsKeys]:
    """Give the keys of standard input, if it is a terminal and somebody sees what they do."""
    if not wanted or sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield NoKeys()
    elif sys.platform == "win32":
        yield WindowsKeys()
    else:
        yield from _posix(sys.stdin.fileno())


def _posix(descriptor: int) -> Iterator[Keys | NoKeys]:
    import termios

    before = termios.tcgetattr(descriptor)

    def put_back() -> None:
        with suppress(termios.error, OSError):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def take() -> None:
        now = termios.tcgetattr(descriptor)
        now[3] &= ~(termios.ICANON | termios.ECHO)  # Ctrl-C and Ctrl-Z go on to work
        termios.tcsetattr(descriptor, termios.TCSADRAIN, now)

    def suspend(*_: Any) -> None:
        put_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, suspend)
        take()

    stops = signal.getsignal(signal.SIGTSTP)
    if stops == signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, suspend)
    try:
        take()
        yield Keys(descriptor)
    finally:
        put_back()
        signal.signal(signal.SIGTSTP, stops)
