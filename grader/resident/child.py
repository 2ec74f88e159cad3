"""One request, in a fork of the host: become what the client is, run the command, say how it ended. Never returns.

What a cold process would be born with is put in place here: folder, streams, environment, signals. The rest of what it
would be born with the host has already; see `likeness`.
"""

import io
import os
import signal
import sys
import tempfile
import time
import traceback
from _socket import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grader.resident import wire
from grader.session import Session

Command = Callable[[list[str], Session], int]
NUMBERS = 1 << 10  # of workers that one request may start
FAILED = 1  # Python's own exit code for an exception that nobody caught


@dataclass(frozen=True)
class Stream:
    """One of the client's three. descriptor: in this process, negative for one that is closed."""

    descriptor: int
    encoding: str
    errors: str
    by_line: bool
    at_once: bool


@dataclass(frozen=True)
class Request:
    """What a client asks for. folder: a descriptor of its working folder. ignored: signals that it does not heed."""

    words: list[str]
    environment: dict[bytes, bytes]
    umask: int
    ignored: tuple[int, ...]
    streams: tuple[Stream, ...]
    folder: int

    @classmethod
    def read(cls, data: bytes, descriptors: list[int]) -> "Request":
        """Read what `client.request` wrote. Raises ValueError, IndexError for anything else."""
        words, environment, numbers, *streams = wire.unpack(data)
        folder, *rest = descriptors
        return cls(
            words=[os.fsdecode(word) for word in words],
            environment=dict(zip(environment[::2], environment[1::2], strict=True)),
            umask=int(numbers[0]),
            ignored=tuple(map(int, numbers[1:])),
            streams=tuple(_stream(facts, rest) for facts in streams),
            folder=folder,
        )


def _stream(facts: list[bytes], descriptors: list[int]) -> Stream:
    if not facts:
        return Stream(-1, "", "", by_line=False, at_once=False)
    encoding, errors, by_line, at_once = (fact.decode("ascii") for fact in facts)
    return Stream(descriptors.pop(0), encoding, errors, by_line == "1", at_once == "1")


class Watched(io.FileIO):
    """A stream's descriptor that tells the client before the first byte is written: from then on nothing is undone."""

    line: socket | None = None

    def write(self, data: Any, /) -> int:
        """Write, as a FileIO does."""
        if Watched.line is not None:
            with suppress(OSError):
                wire.send(Watched.line, wire.SPEAKS)
            Watched.line = None
        return super().write(data)


def numbers(request: int) -> range:
    """Return the numbers that the workers of a request may have."""
    return range(request * NUMBERS, (request + 1) * NUMBERS)


def serve(line: socket, data: bytes, descriptors: list[int], session: Session, number: int, command: Command) -> int:
    """Do what a client asks for; return the command's exit code. number: of the request, from 1."""
    request = Request.read(data, descriptors)
    _heed(request.ignored)
    os.fchdir(request.folder)
    _streams(request.streams)
    for descriptor in descriptors:
        os.close(descriptor)
    os.umask(request.umask)
    os.environb.clear()
    os.environb.update(request.environment)
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["grade", *request.words]
    session.launchers.forked(numbers(number).start)
    Watched.line = line
    _tell(line)
    return _run(request.words, session, command)


def _heed(ignored: tuple[int, ...]) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for heedless in ignored:
        signal.signal(heedless, signal.SIG_IGN)


def _streams(streams: tuple[Stream, ...]) -> None:
    """Put the client's streams where every program has them."""
    made: list[io.TextIOWrapper | None] = []
    for number, stream in enumerate(streams):
        if stream.descriptor < 0:
            os.close(number)
            made.append(None)
            continue
        os.dup2(stream.descriptor, number)
        raw = Watched(number, "rb" if number == 0 else "wb", closefd=False)
        buffered = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
        text = io.TextIOWrapper(
            buffered, stream.encoding, stream.errors, line_buffering=stream.by_line, write_through=stream.at_once
        )
        made.append(text)
    sys.stdin, sys.stdout, sys.stderr = made
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = made  # type: ignore[misc]


def _tell(line: socket) -> None:
    own = os.pidfd_open(os.getpid())
    wire.send(line, wire.CHILD, [own])
    os.close(own)


def _run(words: list[str], session: Session, command: Command) -> int:
    """Run the command and end as the interpreter would."""
    try:
        code = command(words, session)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else FAILED
    except BaseException:  # noqa: BLE001 (as Python itself does with what nobody caught)
        traceback.print_exc()
        code = FAILED
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    return code
