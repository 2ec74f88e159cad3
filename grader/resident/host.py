"""The process that stays: it waits for requests, forks itself for each, and warms what was needed while nobody waits.

It has one thread, runs no code of a learner's and reads nothing of theirs. What it serves was checked a moment before:
who asks, and that engine, course and Python are those it was made of.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from grader.course.unit import Unit
from grader.errors import GraderError
from grader.resident import child, client, contents, life, wire
from grader.resident.door import Door
from grader.session import Session
from grader.worker.confine import privileges
from grader.worker.wire.libraries import HEAVY

MILLISECONDS = 1000  # a second
WITH_NUMPY = ("numpy.random", "grader.judging.expect_arrays", "grader.diagnose.vary_arrays")  # loaded when needed


@dataclass
class Guest:
    """A client. since: when it came. number: of its request. child: who serves it, 0 before it; pidfd: of that."""

    line: socket.socket
    since: float
    ready: bool = False
    number: int = 0
    child: int = 0
    pidfd: int = -1


class Host:
    """Serves one course. command: what runs a request's words."""

    def __init__(self, session: Session, door: Door, limits: life.Limits, command: child.Command, like: bytes) -> None:
        """like: how a client introduces itself that is like this process was when it began."""
        self._session = session
        self._door = door
        self._limits = limits
        self._command = command
        self._like = like
        self._made_of = contents.read(session.course)
        self._poll = select.poll()
        self._calls: dict[int, Callable[[], object]] = {}
        self._guests: dict[int, Guest] = {}
        self._served = 0
        self._idle_since = time.monotonic()
        self._over = False
        self._place = life.identity(session.course.root)
        self._wanted: dict[str, None] = {}  # units and libraries that a request had to load, in order
        self._wishes, self._wish = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._signals, self._signal = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._on(self._wishes, self._note)
        self._on(self._signals, lambda: os.read(self._signals, 1 << 8))

    def end(self, *_: object) -> None:
        """Serve nobody any more; whoever is served already is served to the end."""
        self._over = True

    def prepare(self, unit: str) -> None:
        """Warm one unit, and what reads files."""
        self._session.launchers.of(()).ready()
        warm(self._session, unit)
        self._over = not life.is_single()

    def run(self) -> None:
        """Serve until it is over."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(self._signal, warn_on_full_buffer=False)  # else it would wait on
        if not self._over:
            self._open()
        while not self._over:
            self._step()
            self._warm()
            if self._spent():
                self.end()
        self._shut()
        self._door.leave()
        while self._guests:
            self._step()

    def _step(self) -> None:
        for descriptor, _ in self._poll.poll(self._limits.tick * MILLISECONDS):
            if descriptor in self._calls:
                self._calls[descriptor]()
        now = time.monotonic()
        for guest in list(self._guests.values()):
            if not guest.child and now > guest.since + self._limits.patience:
                self._forget(guest)

    def _spent(self) -> bool:
        """Say whether there is a reason to end."""
        if self._guests:
            self._idle_since = time.monotonic()
            return False
        return (
            time.monotonic() > self._idle_since + self._limits.idle
            or life.free_memory() < self._limits.free
            or not self._door.is_ours()
            or life.identity(self._session.course.root) != self._place
            or not self._session.launchers.alive
        )

    def _on(self, descriptor: int, call: Callable[[], object]) -> None:
        self._calls[descriptor] = call
        self._poll.register(descriptor, select.POLLIN)

    def _off(self, descriptor: int) -> None:
        if self._calls.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)

    def _open(self) -> None:
        listener = self._door.open()
        self._on(listener.fileno(), self._greet)

    def _shut(self) -> None:
        listener = self._door.listener
        if listener is not None:
            self._off(listener.fileno())
        self._door.shut()

    def _greet(self) -> None:
        """Let somebody in, if it is the owner and no process that was shut in."""
        listener = self._door.listener
        if listener is None:
            return
        with suppress(OSError):
            line, _ = listener.accept()
            if not client.is_owner(line):
                line.close()
                return
            line.setblocking(False)
            guest = Guest(line, time.monotonic())
            self._guests[line.fileno()] = guest
            self._on(line.fileno(), lambda: self._hear(guest))

    def _hear(self, guest: Guest) -> None:
        """Read what a client says: a greeting, a request, or that it has gone."""
        try:
            data, descriptors = wire.receive(guest.line)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if guest.child or not data:
            self._abandoned(guest)
        elif not guest.ready:
            self._welcome(guest, data)
        else:
            self._fork(guest, data, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)

    def _abandoned(self, guest: Guest) -> None:
        """Kill who serves a client that has gone: nobody would read the verdict."""
        if not guest.child:
            self._forget(guest)
            return
        self._off(guest.line.fileno())
        with suppress(OSError):
            signal.pidfd_send_signal(guest.pidfd, signal.SIGKILL)

    def _welcome(self, guest: Guest, data: bytes) -> None:
        """Tell a client to go on; whom this host cannot serve any more is the last to come."""
        says, ours = _read(data), _read(self._like)
        current = says == ours and contents.read(self._session.course) == self._made_of
        if current:
            guest.ready = True
            with suppress(OSError):
                wire.send(guest.line, wire.READY)
            return
        self._forget(guest)
        if says[1:] == ours[1:]:  # else it is nobody who could be served by a host of this name
            self.end()

    def _fork(self, guest: Guest, data: bytes, descriptors: list[int]) -> None:
        self._served += 1
        guest.number = self._served
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            self._forget(guest)
            return
        if pid == 0:
            self._become(guest, data, descriptors, parent)
        guest.child, guest.pidfd = pid, os.pidfd_open(pid)
        self._on(guest.pidfd, lambda: self._bury(guest))

    def _become(self, guest: Guest, data: bytes, descriptors: list[int], parent: int) -> None:
        """Be the child. Never returns."""
        try:
            privileges.die_with_parent()
            if os.getppid() != parent:
                os._exit(child.FAILED)
            self._let_go(guest)
            before = _loaded(self._session)
            code = child.serve(guest.line, data, descriptors, self._session, guest.number, self._command)
            with suppress(OSError):
                for name in _loaded(self._session) - before:
                    os.write(self._wish, f"{name}\n".encode())
                wire.send(guest.line, wire.EXIT + str(code).encode())
        finally:
            os._exit(child.FAILED)

    def _let_go(self, guest: Guest) -> None:
        """Close in the child what is the host's alone."""
        for other in self._guests.values():
            if other is not guest:
                other.line.close()
                if other.pidfd >= 0:
                    os.close(other.pidfd)
        signal.set_wakeup_fd(-1)
        for descriptor in (self._wishes, self._signals, self._signal):
            os.close(descriptor)
        self._door.let_go()

    def _bury(self, guest: Guest) -> None:
        os.waitpid(guest.child, 0)
        self._off(guest.pidfd)
        os.close(guest.pidfd)
        self._session.launchers.tidy(child.numbers(guest.number))
        self._forget(guest)

    def _forget(self, guest: Guest) -> None:
        self._guests.pop(guest.line.fileno(), None)
        self._off(guest.line.fileno())
        guest.line.close()

    def _note(self) -> None:
        self._wanted |= dict.fromkeys(os.read(self._wishes, 1 << 12).decode().split())

    def _warm(self) -> None:
        """Load what requests had to load; who comes meanwhile finds no socket and does not wait."""
        if not self._wanted or self._guests or self._over:
            return
        self._shut()
        for name in self._wanted:
            warm(self._session, name)
        self._wanted.clear()
        if life.is_single():
            self._open()
        else:
            self.end()


def _loaded(session: Session) -> set[str]:
    """Return the units whose checks are there, and the libraries that take long to load."""
    return {*session.kept.items, *(name for name in HEAVY if name in sys.modules)}


def warm(session: Session, name: str) -> None:
    """Have a library loaded, or a unit's zygote and checks ready. What cannot be had is left to who asks for it."""
    with suppress(GraderError, KeyError, OSError, ImportError):
        if name in HEAVY:
            import_module(name)
        else:
            _prepare(session, session.course.unit(name))
    gc.collect()
    gc.freeze()


def _prepare(session: Session, unit: Unit) -> None:
    session.launcher(unit).ready()
    session.items(unit)
    session.isolation(unit)
    for name in WITH_NUMPY if "numpy" in sys.modules else ():
        import_module(name)


def _read(greeting: bytes) -> list[list[bytes]]:
    try:
        return wire.unpack(greeting)
    except ValueError:
        return []
