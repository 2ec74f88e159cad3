"""The worker: answer the host's questions over a socket until it goes away.

Fixed descriptors: 0 nothing to read, 1 and 2 the output pipe, SOCKET the questions, TRACE where faulthandler writes.
"""

import contextlib
import faulthandler
import importlib
import mmap
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from grader.worker.confine import probe
from grader.worker.confine.cell import Cell
from grader.worker.guest import forbid, inert, load, scan, unpack
from grader.worker.guest.server import Server
from grader.worker.wire.frames import FrameReader, pack
from grader.worker.wire.protocol import READY, REPLY

SOCKET, TRACE, RULES = 3, 4, 5
HIGH = 100  # descriptors are parked from here on while they are put in their places
CHUNK = 1 << 18
# Of the standard library, what modules of learners and of courses import.
OFTEN = (
    "collections",
    "dataclasses",
    "functools",
    "heapq",
    "itertools",
    "json",
    "pathlib",
    "pickle",
    "random",
    "tempfile",
    "typing",
)
BALLAST = 4 << 20


class Channel:
    """Framed messages over a socket's descriptor. The end of the stream ends the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._reader = FrameReader()
        self._waiting: list[bytes] = []

    def receive(self) -> bytes:
        """Return the next whole message."""
        message = self.heard()
        if not message:
            os._exit(0)
        return message

    def heard(self) -> bytes:
        """Return the next whole message; nothing at the end of the stream."""
        while not self._waiting:
            data = os.read(self._descriptor, CHUNK)
            if not data:
                return b""
            self._waiting += self._reader.feed(data)
        return self._waiting.pop(0)

    def send(self, packed: bytes) -> None:
        """Send one whole message, packed."""
        rest = memoryview(packed)
        while rest:
            rest = rest[os.write(self._descriptor, rest[:CHUNK]) :]


class Worker(Server):
    """A server of one learner's module."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(self._ask)
        self._channel = channel
        self._ballast = mmap.mmap(-1, BALLAST)

    def op_forbid(self, patterns: list[str]) -> None:
        """Take away what dotted names stand for; comes before the learner's module."""
        forbid.forbid(patterns)

    def op_load(self, source: bytes, filename: str, code: bytes = b"") -> None:
        """Execute the learner's module."""
        load.load(self, source, filename, code)

    def op_scan(self, source: bytes, filename: str, notebook: bool = False, ran: bytes = b"") -> dict[str, Any]:
        """Read the module's syntax tree instead; such a worker never loads."""
        return scan.scan(source, filename, notebook=notebook, ran=ran)

    def op_unpack(self, archive: bytes, limits: dict[str, int]) -> dict[str, Any]:
        """Take a course's files out of an archive; such a worker never loads."""
        try:
            files, others = unpack.unpack(archive, limits)
        except unpack.BadArchive as error:
            return {"files": {}, "others": [], "problem": str(error)}
        return {"files": files, "others": others, "problem": ""}

    def op_probe(self, target: dict[str, Any]) -> dict[str, bool]:
        """Try the doors of the cell; such a worker never loads."""
        return probe.run(target)

    def serve(self) -> None:
        """Answer for ever."""
        self._channel.send(pack(READY))
        while True:
            self._answer(self._channel.receive())

    def _answer(self, question: bytes) -> None:
        answer = self.answer(question)
        flush()
        try:
            packed = pack(answer)
        except MemoryError as error:
            self.relieve()
            packed = pack(self._encode(["error", self._record(error)]))
        self._channel.send(packed)

    def relieve(self) -> None:
        """Let go of memory that was put by for this."""
        self._ballast.close()

    def _ask(self, call: bytes) -> bytes:
        """Put a call-back to the host; it may ask questions of its own before it replies."""
        self._channel.send(pack(call))
        while True:
            message = self._channel.receive()
            if message[:1] == REPLY:
                return message
            self._answer(message)


def flush() -> None:
    """Push out what was printed, whatever the learner's code has put in place of sys.stdout."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a closed or replaced stream is the learner's affair
            stream.flush()


def warm() -> None:
    """Do in the zygote, when its libraries are there, what every worker would do."""
    for name in OFTEN:
        importlib.import_module(name)
    if "numpy" in sys.modules:
        for name in ("numpy.random", "numpy.typing"):  # numpy loads them when they are asked for
            importlib.import_module(name)
    if "torch" in sys.modules:
        inert.calm(sys.modules["torch"])
        sys.modules["torch"].manual_seed(0)  # it looks for devices the first time
    forbid.warm()


def become(cell: Cell, descriptors: Sequence[int], request: dict[str, Any]) -> None:
    """Turn this process into a worker and serve. Never returns.

    descriptors: socket, output, trace, and those by which it joins its control groups. request: `start` its number,
    `memory` bytes beyond what is mapped, `folder` a scratch folder, which a confined worker cannot see.
    """
    if os.getsid(0) != os.getpid():
        os.setsid()
    channel, output, trace, *groups = descriptors
    for group in groups:
        with contextlib.suppress(OSError):  # the host looks whether it is in
            os.write(group, b"0")
    nothing = os.open(os.devnull, os.O_RDONLY)
    rules = cell.kept()
    sources = (nothing, output, output, channel, trace, *((rules,) if rules >= 0 else ()))
    for number, source in enumerate(sources):
        os.dup2(source, HIGH + number)
    for number in range(len(sources)):
        os.dup2(HIGH + number, number)
    os.closerange(len(sources), 4096)
    cell.close(request["start"], request["memory"], RULES if rules >= 0 else -1, request["folder"])
    with contextlib.suppress(OSError):  # a worker that may write nothing cannot even see it
        os.chdir(request["folder"])
        os.environ["TMPDIR"] = request["folder"]
    run()


def run() -> None:
    """Serve on the fixed descriptors."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = open(descriptor, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = [""]
    faulthandler.enable(file=TRACE, all_threads=False)
    faulthandler.register(signal.SIGUSR1, file=TRACE, all_threads=False)
    Worker(Channel(SOCKET)).serve()
