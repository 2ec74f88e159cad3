"""The subject of a check: the host's stand-ins for a learner's module, its objects and the check's helper code.

A check talks to these and cannot tell a worker from a solution in-process or a recorded transcript. Every exchange is
kept. What comes back is data, a handle for what is not data, or an exception that says what went wrong over there.
"""

import builtins
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import GraderError, GraderFault
from grader.failures import LearnerError
from grader.language import phrase
from grader.model import Location
from grader.values import name_of
from grader.worker.host.given import Answer, Given
from grader.worker.host.handle import Handle, LearnerModule, Props
from grader.worker.host.process import WorkerLost
from grader.worker.host.script import Line
from grader.worker.host.text import NO_TEXT, Text
from grader.worker.host.trail import Trail
from grader.worker.wire.codec import Codec, Garbage, Refused
from grader.worker.wire.protocol import ANSWER, MAX_FRAMES, MAX_TEXT, QUESTION, REFUSED, REPLY
from grader.worker.wire.rules import MAX_NAME


class RefusedAnswer(Exception):
    """The learner's value cannot be sent: an object array, a cycle, too large. The text is for the learner."""


ENDS = (GraderError, AssertionError, RefusedAnswer, Refused)
OWN_NAME = re.compile(r"[\w.]+\.<locals>\.")  # in what Python says of a function that a check made
MAX_LINES = 1 << 20
MAX_CHECK_BYTES = 256 << 20  # all answers of one check are kept until it ends
MAX_CALLS, MAX_CALL_BYTES = 1000, 16 << 10


class Link(Protocol):
    """How messages reach the learner's side: a worker, a server in-process, or a transcript."""

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Send a question, hand call-backs to `on_call`, return the answer."""


@dataclass(frozen=True)
class Exchange:
    """One question and its answer.

    asked: as a learner would write it. calls: what host functions were called with meanwhile; of very many, the first.
    """

    asked: str
    question: bytes
    answer: bytes
    calls: tuple[bytes, ...] = ()


@dataclass
class Transcript:
    """What was asked of a subject during one check, in order. given: the questions in words, and what they gave."""

    exchanges: list[Exchange] = field(default_factory=list)
    given: Given = field(default_factory=Given)

    @property
    def size(self) -> int:
        """Bytes of the questions and answers."""
        return sum(len(exchange.question) + len(exchange.answer) for exchange in self.exchanges)


@dataclass
class Frame:
    """One question while it is being answered; a call-back may put others meanwhile, each with a frame of its own.

    name: what an object that arrives now is called. made: numbers of the objects that arrived for the first time.
    """

    name: str = ""
    calls: list[bytes] = field(default_factory=list)
    made: list[int] = field(default_factory=list)


class Subject:
    """Puts questions over a link and turns answers into values. `learner` and `props` are its two faces."""

    def __init__(self, link: Link, text: Text = NO_TEXT) -> None:
        """text: the learner's file, to show the lines that errors name."""
        self._link = link
        self._text = text
        self._handles: dict[int, Handle] = {}
        self._lent: list[Callable[..., Any]] = []
        self._failed: BaseException | None = None
        self._received = 0
        self._codec = Codec(keep=None, find=self._handle, lend=self._lend, host=True)
        self._frame = Frame()
        self.vary: Callable[[str, tuple[Any, ...]], tuple[Any, ...]] | None = None
        self.transcript = Transcript()
        self.trail = Trail()
        self.learner = LearnerModule(self)
        self.props = Props(self)

    def ask(self, operation: str, *arguments: Any, asked: str = "") -> Any:
        """Put one question. Raises LearnerError, RefusedAnswer, or what the link raises for a worker that is lost.

        `vary`, where it is set, is given operation and arguments and returns the arguments to ask with instead.
        """
        if self.vary is not None:
            arguments = self.vary(operation, arguments)
        question = self.question(operation, *arguments)
        step = self.trail.ask(operation, arguments)
        outer, self._frame = self._frame, Frame()
        try:
            value = self._answer(question, asked)
            self.trail.answered(step, value, self._frame.made)
        finally:
            made = {number: repr(self._handles[number]) for number in self._frame.made}
            self.transcript.given.script.add(Line(step.number, asked, step.given, made))
            self._frame = outer
        if asked:
            kept = Answer(asked, value, operation, bool(step.given), step.number)
            self.transcript.given.add(kept, self._received)
        return value

    def _answer(self, question: bytes, asked: str) -> Any:
        """Send a question that is written; return the value of its answer."""
        try:
            answer = self._link.exchange(question, self._called)
        finally:
            if asked:
                self.transcript.given.asked.append(asked)
        self.transcript.exchanges.append(Exchange(asked, question, answer, tuple(self._frame.calls)))
        self._received += len(answer)
        if self._received > MAX_CHECK_BYTES:
            raise RefusedAnswer(f"your code gave more than {MAX_CHECK_BYTES >> 20} MB in one check")
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        self._frame.name = asked
        return self._value(answer, asked)

    def question(self, operation: str, *arguments: Any) -> bytes:
        """Return the message that puts a question. Raises Refused."""
        return QUESTION + self._codec.encode([operation, list(arguments)])

    def forget(self) -> None:
        """Let go of all answers; the faces and the codec hold this object, so it may stay for a while."""
        self._handles.clear()
        self._lent.clear()
        self._received = 0
        self._restart()

    def begin(self, seed: int) -> None:
        """Begin a check: earlier handles are void, random generators start from `seed` (32 bits)."""
        self.forget()
        self.ask("begin", seed)
        self._restart()

    def _restart(self) -> None:
        self.transcript = Transcript()
        self.trail = Trail()

    def _value(self, answer: bytes, asked: str) -> Any:
        kind, value = self._decode(answer, ANSWER)
        if kind == "value":
            _name_parts(value, asked)
            return value
        if kind == "refused" and isinstance(value, str):
            raise RefusedAnswer(_plain(value))
        raise self._error(value)

    def _decode(self, message: bytes, kind: bytes) -> list[Any]:
        value = self._codec.decode(memoryview(message)[1:])
        if message[:1] != kind or not isinstance(value, list) or len(value) != 2:
            raise Garbage("not an answer")
        return value

    def _error(self, record: Any) -> LearnerError:
        """Build the exception from the record; anything odd in it was forged and is left out."""
        if not isinstance(record, dict):
            raise Garbage("an error without a record")
        bases, frames = record.get("bases"), record.get("frames")
        error = LearnerError(
            type=_plain(record.get("type"))[:MAX_NAME] or "Exception",
            bases=tuple(map(_plain, bases[:MAX_FRAMES])) if isinstance(bases, list) else (),
            message=_plain(record.get("message")),
            frames=tuple(map(self._location, frames[:MAX_FRAMES])) if isinstance(frames, list) else (),
        )
        error.missing = record.get("missing") is True
        refused, said, _ = error.message.partition(f" {REFUSED}")
        error.forbidden = refused if said else ""
        error.again = _plain(record.get("again"))[:MAX_NAME]
        near = _plain(record.get("near"))[:MAX_NAME]
        error.near = near if near.isidentifier() else ""
        return error

    def _location(self, frame: Any) -> Location:
        line, function = frame if isinstance(frame, list) and len(frame) == 2 else (0, "")
        line = line if type(line) is int and 0 < line <= MAX_LINES else 0
        return self._text.location(line, _plain(function)[:MAX_NAME])

    # Call-backs: host functions that the learner's code was given.

    def _lend(self, function: Callable[..., Any]) -> int:
        self._lent.append(function)
        return len(self._lent) - 1

    def _called(self, message: bytes) -> bytes:
        """Run a host function for the learner's code. A failed check inside it ends the question it belongs to."""
        if len(self._frame.calls) < MAX_CALLS:
            self._frame.calls.append(message[:MAX_CALL_BYTES])
        known = len(self._frame.made)
        number, args, kwargs = self._call(message)
        function = self._lent[number]
        self._name_given(self._frame.made[known:], function)
        try:
            return REPLY + self._codec.encode(["value", function(*args, **kwargs)])
        except ENDS as error:
            self._failed = error
            reply = ["error", {"type": "HostError", "message": "the check ended here"}]
        except (WorkerLost, Garbage):
            raise
        except LearnerError as error:
            reply = ["error", {"type": error.type, "message": error.message}]
        except Exception as error:  # noqa: BLE001 (0 ** -1 in a host function is the learner's to see)
            name = type(error).__name__
            name = name if hasattr(builtins, name) else "HostError"
            reply = ["error", {"type": name, "message": OWN_NAME.sub("", str(error))}]
        return REPLY + self._codec.encode(reply)

    def _call(self, message: bytes) -> tuple[int, tuple[Any, ...], dict[str, Any]]:
        call = self._codec.decode(memoryview(message)[1:])
        if not (isinstance(call, list) and len(call) == 3):
            raise Garbage("not a call")
        number, args, kwargs = call
        known = isinstance(number, int) and 0 <= number < len(self._lent)
        if not known or not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise Garbage("a call of nothing that was lent")
        return number, args, kwargs

    def _name_given(self, numbers: list[int], function: Callable[..., Any]) -> None:
        """Name the objects that came first as arguments of a host function: they are the answer to no question."""
        for number in numbers:
            handle = vars(self._handles[number])
            says = phrase("<{kind} given to {name}>", kind=handle["_class_name"], name=name_of(function))
            handle["_expression"] = says

    def _handle(self, number: int, class_name: str) -> "Handle":
        handle = self._handles.get(number)
        if handle is None:
            handle = Handle(self, number, class_name if class_name.isidentifier() else "object", self._frame.name)
            self._handles[number] = handle
            self._frame.made.append(number)
        return handle


def _name_parts(value: Any, asked: str) -> None:
    """Name the objects in a list by their places, `parameters()[3]`; one that has come before keeps its name."""
    for index, part in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(part, Handle) and asked and repr(part) == asked:
            vars(part)["_expression"] = f"{asked}[{index}]"


def _plain(text: Any) -> str:
    """Return a text of the learner's side so that it can be printed and kept; what is no text counts as empty."""
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode() if type(text) is str else ""


class Loopback:
    """A server in-process: for solutions and misconceptions, which are ours. The same bytes as over a socket."""

    def __init__(self, make_server: Callable[[Callable[[bytes], bytes]], Any]) -> None:
        self._server = make_server(self._ask_host)
        self._on_call: list[Callable[[bytes], bytes]] = []

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Answer in this process."""
        self._on_call.append(on_call)
        try:
            answer: bytes = self._server.answer(message)
            return answer
        finally:
            self._on_call.pop()

    def _ask_host(self, call: bytes) -> bytes:
        return self._on_call[-1](call)


class Replay:
    """A recorded transcript: answers the same questions in the same order, and nothing else."""

    def __init__(self, transcript: Transcript) -> None:
        self._left = list(transcript.exchanges)

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:  # noqa: ARG002 (a record calls nobody)
        """Return the recorded answer. Raises GraderFault where the question is another one."""
        if not self._left or self._left[0].question != message:
            raise GraderFault("this question was not asked when the transcript was recorded")
        return self._left.pop(0).answer
