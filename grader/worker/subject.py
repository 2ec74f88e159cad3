"""Whoever is being asked: the host's stand-ins for a learner's module, its objects and the check's helper code.

A check talks to these and cannot tell a worker from a solution in-process or a recorded transcript. Every exchange is
kept. What comes back is data, a handle for what is not data, or an exception that says what went wrong over there.
"""

import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import GraderError, GraderFault
from grader.failures import LearnerError
from grader.model import Location
from grader.values import Remote, Tensor
from grader.worker.codec import Codec, Garbage
from grader.worker.server import ANSWER, QUESTION, REPLY

MAX_EXPRESSION = 120
CALLABLE_ERRORS = (GraderError, AssertionError, KeyboardInterrupt)


class Link(Protocol):
    """How messages reach the learner's side: a worker, a server in-process, or a transcript."""

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Send a question, hand call-backs to `on_call`, return the answer."""


class RefusedAnswer(Exception):
    """The learner's value cannot be sent: an object array, a cycle, too large. The text is for the learner."""


@dataclass(frozen=True)
class Exchange:
    """One question and its answer. asked: as a learner would write it."""

    asked: str
    question: bytes
    answer: bytes


@dataclass
class Transcript:
    """What was asked of a subject during one check, in order. last: what the last question gave, as (asked, value)."""

    exchanges: list[Exchange] = field(default_factory=list)
    last: tuple[str, Any] | None = None

    def tail(self, count: int = 3) -> tuple[str, ...]:
        """Return the last questions as a learner would write them, without the plumbing."""
        asked = [exchange.asked for exchange in self.exchanges if exchange.asked]
        return tuple(dict.fromkeys(asked[-count:]))


class Subject:
    """Puts questions over a link and turns answers into values. `learner` and `props` are its two faces."""

    def __init__(self, link: Link, *, filename: str = "", lines: tuple[str, ...] = ()) -> None:
        """filename, lines: the learner's file, to show the lines that errors name."""
        self._link = link
        self._filename = filename
        self._lines = lines
        self._handles: dict[int, Handle] = {}
        self._lent: list[Callable[..., Any]] = []
        self._failed: BaseException | None = None
        self._codec = Codec(keep=None, find=self._handle, lend=self._lend, host=True)
        self._asking = ""
        self.transcript = Transcript()
        self.learner = Learner(self)
        self.props = Props(self)

    def ask(self, operation: str, *arguments: Any, asked: str = "") -> Any:
        """Put one question. Raises LearnerError, RefusedAnswer, or what the link raises for a worker that is lost."""
        question = QUESTION + self._codec.encode([operation, list(arguments)])
        outer, self._asking = self._asking, asked
        try:
            answer = self._link.exchange(question, self._called)
        finally:
            self._asking = outer
        self.transcript.exchanges.append(Exchange(asked, question, answer))
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        value = self._value(answer, asked)
        if asked:
            self.transcript.last = (asked, value)
        return value

    def begin(self, seed: int) -> None:
        """Begin a check: earlier handles are void, random generators start from `seed` (32 bits)."""
        self._handles.clear()
        self._lent.clear()
        self.transcript = Transcript()
        self.ask("begin", seed)
        self.transcript = Transcript()

    def _value(self, answer: bytes, asked: str) -> Any:
        self._expression = asked
        kind, value = self._decode(answer, ANSWER)
        if kind == "value":
            return value
        if kind == "refused" and isinstance(value, str):
            raise RefusedAnswer(value)
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
        bases = record.get("bases")
        error = LearnerError(
            type=str(record.get("type", "Exception")),
            bases=tuple(str(base) for base in bases) if isinstance(bases, list) else (),
            message=str(record.get("message", "")),
            frames=tuple(self._location(frame) for frame in record.get("frames") or ()),
        )
        error.missing = record.get("missing") is True
        return error

    def _location(self, frame: Any) -> Location:
        try:
            line, function = frame
        except (TypeError, ValueError):
            line, function = 0, ""
        line = line if isinstance(line, int) else 0
        text = self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""
        return Location(file=self._filename, line=line, function=str(function), text=text)

    # Call-backs: host functions that the learner's code was given.

    def _lend(self, function: Callable[..., Any]) -> int:
        self._lent.append(function)
        return len(self._lent) - 1

    def _called(self, message: bytes) -> bytes:
        """Run a host function for the learner's code. A failed check inside it ends the question it belongs to."""
        number, args, kwargs = self._call(message)
        try:
            reply = ["value", self._lent[number](*args, **kwargs)]
        except CALLABLE_ERRORS as error:
            self._failed = error
            reply = ["error", {"type": "HostError", "message": "the check ended here"}]
        except LearnerError as error:
            reply = ["error", {"type": error.type, "message": error.message}]
        except Exception as error:  # noqa: BLE001 (0 ** -1 in a host function is the learner's to see)
            name = type(error).__name__
            reply = ["error", {"type": name if hasattr(builtins, name) else "HostError", "message": str(error)}]
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

    def _handle(self, number: int, class_name: str) -> "Handle":
        handle = self._handles.get(number)
        if handle is None:
            handle = Handle(self, number, class_name, self._expression)
            self._handles[number] = handle
        return handle

    _expression = ""


class Face:
    """A module on the learner's side: its functions are attributes here."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    _operation = "call"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._subject.ask(self._operation, name, args, kwargs, asked=expression(name, args, kwargs))

        call.__name__ = name
        return call


class Learner(Face):
    """The learner's module: `learner.softmax(x)`, `learner.Value(2.0)`, `learner.fetch("NAME")`."""

    def fetch(self, name: str) -> Any:
        """Return a module-level name: data, or a handle."""
        return self._subject.ask("fetch", name, asked=name)


class Props(Face):
    """The check's helper code on the learner's side."""

    _operation = "help"


class Handle(Remote):
    """An object that stayed on the learner's side. Attributes, calls and operators are forwarded."""

    def __init__(self, subject: Subject, number: int, class_name: str, expression_: str) -> None:
        vars(self).update(_subject=subject, _id=number, _class_name=class_name, _expression=expression_)

    def __repr__(self) -> str:
        return self._expression or f"<{self._class_name}>"

    def __hash__(self) -> int:
        return hash(self._id)

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._subject.ask("get", self, name, asked=f"{_operand(self)}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._subject.ask("set", self, name, value, asked=f"{_operand(self)}.{name} = {shown(value)}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._subject.ask("apply", self, args, kwargs, asked=expression(shown(self), args, kwargs))

    def __iter__(self) -> Iterator[Any]:
        iterator = self._operate("iter", (self,))
        while item := self._operate("next", (iterator,)):
            yield item[0]

    def __len__(self) -> int:
        return int(self._operate("len", (self,), f"len({shown(self)})"))

    def __contains__(self, item: object) -> bool:
        return bool(self._operate("contains", (self, item), f"{shown(item)} in {shown(self)}"))

    def __getitem__(self, key: Any) -> Any:
        return self._operate("getitem", (self, key), f"{_operand(self)}[{shown(key)}]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._operate("setitem", (self, key, value), f"{_operand(self)}[{shown(key)}] = {shown(value)}")

    def __str__(self) -> str:
        return str(self._operate("str", (self,), f"str({shown(self)})"))

    def __float__(self) -> float:
        return float(self._operate("float", (self,), f"float({shown(self)})"))

    def _operate(self, name: str, operands: tuple[Any, ...], asked: str = "") -> Any:
        return self._subject.ask("operator", name, operands, asked=asked)


BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
UNARY = {"neg": "-", "pos": "+", "invert": "~"}


def _forward_operators() -> None:
    """Give Handle every operator. Written as a loop: forty methods of one line each would all say the same."""

    def infix(name: str, sign: str, *, reflected: bool) -> Callable[[Handle, Any], Any]:
        def apply(self: Handle, other: Any) -> Any:
            left, right = (other, self) if reflected else (self, other)
            asked = f"{_operand(left)} {sign} {_operand(right)}"
            return self._operate(name, (left, right), asked)  # noqa: SLF001 (ours)

        return apply

    def prefix(name: str, sign: str) -> Callable[[Handle], Any]:
        return lambda self: self._operate(name, (self,), f"{sign}{_operand(self)}")  # noqa: SLF001 (ours)

    for name, sign in BINARY.items():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(Handle, f"__{name}__", infix(operation, sign, reflected=False))
        setattr(Handle, f"__r{name}__", infix(operation, sign, reflected=True))
    for name, sign in COMPARE.items():
        setattr(Handle, f"__{name}__", infix(name, sign, reflected=False))
    for name, sign in UNARY.items():
        setattr(Handle, f"__{name}__", prefix(name, sign))
    Handle.__abs__ = lambda self: self._operate("abs", (self,), f"abs({shown(self)})")  # type: ignore[attr-defined]  # noqa: SLF001


_forward_operators()


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


def expression(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return a call as a learner would write it."""
    words = [shown(arg) for arg in args] + [f"{key}={shown(value)}" for key, value in kwargs.items()]
    return _short(f"{name}({', '.join(words)})")


def shown(value: Any) -> str:
    """Return a value as a learner would write it: short, and sizes instead of long contents."""
    if isinstance(value, Remote):
        return _short(repr(value))
    if isinstance(value, Tensor):
        return f"<tensor {'x'.join(map(str, value.shape))}>"
    if type(value).__module__ == "numpy" and hasattr(value, "shape") and value.shape:
        return f"<array {'x'.join(map(str, value.shape))}>"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return _sequence(value)
    if callable(value):
        return getattr(value, "__name__", "f").replace("<lambda>", "f")
    return _short(repr(value))


def _sequence(values: Any) -> str:
    left, right = "[]" if isinstance(values, list) else "()"
    words = ", ".join(shown(value) for value in values[:20])
    if len(values) > 20 or len(words) > MAX_EXPRESSION // 2:
        return f"<{type(values).__name__} of {len(values)}>"
    return f"{left}{words}{',' if left == '(' and len(values) == 1 else ''}{right}"


def _operand(value: Any) -> str:
    text = shown(value)
    return f"({text})" if isinstance(value, Handle) and " " in text and not text.endswith(")") else text


def _short(text: str) -> str:
    return text if len(text) <= MAX_EXPRESSION else f"{text[: MAX_EXPRESSION - 3]}..."
