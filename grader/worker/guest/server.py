"""Answer questions about a namespace: the learner's side of the protocol.

The same code answers in a worker, about a learner's module, and in-process (loopback), about a solution of ours.
What it says is a claim: the host decides what a claim is worth. It holds no expected value and never compares.
What the messages are stands in `protocol`.
"""

import builtins
import contextlib
import marshal
import operator
import random
import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from grader.worker.guest.autograd import Pullback
from grader.worker.guest.nearby import near
from grader.worker.guest.recursion import endless
from grader.worker.wire.codec import Codec, Refused
from grader.worker.wire.protocol import ANSWER, CALL, MAX_FRAMES, MAX_TEXT
from grader.worker.wire.rules import MAX_NAME

OPERATORS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in (
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift", "rshift"),
        *("neg", "pos", "abs", "invert", "eq", "ne", "lt", "le", "gt", "ge"),
        *("getitem", "setitem", "delitem", "contains"),
    )
}
OPERATORS |= {name: getattr(builtins, name) for name in ("len", "iter", "next", "bool", "float", "int", "str")}


# What a learner's class may define anew, read where it cannot be.
_NAME, _BASES = type.__dict__["__name__"].__get__, type.__dict__["__mro__"].__get__
_TRACE = BaseException.__dict__["__traceback__"].__get__


class HostError(Exception):
    """A call-back of the host failed; the host knows why and will say so itself."""


class Server:
    """Holds a module and every object that was not data, and answers one question at a time."""

    def __init__(self, ask_host: Callable[[bytes], bytes], *, passes: tuple[type[BaseException], ...] = ()) -> None:
        """ask_host: sends a call-back message and returns the host's reply message.

        passes: what is no answer although it was raised here; in the host's own process, its Ctrl-C.
        """
        self._passes = passes
        self.module = ModuleType("submission")
        self.props = ModuleType("props")
        self.filename = ""
        self.lines: list[str] = []
        self._ask_host = ask_host
        self._objects: list[object] = []
        self._ids: dict[int, int] = {}
        self._ran: set[CodeType] = set()
        self._codec = Codec(keep=self._keep, find=self._find, call=self._callback, host=False)

    def answer(self, message: bytes) -> bytes:
        """Return the answer to one question. Never raises for anything that the learner's code does."""
        try:
            operation, arguments = self._codec.decode(memoryview(message)[1:])
            value = getattr(self, f"op_{operation}")(*arguments)
            return self._encode(["value", value])
        except Refused as refused:
            return self._encode(["refused", str(refused)])
        except self._passes:
            raise
        except BaseException as error:  # noqa: BLE001 (sys.exit and Ctrl-C in learner code are answers too)
            if isinstance(error, MemoryError):
                self.relieve()
            return self._encode(["error", self._record(error)])

    def relieve(self) -> None:
        """Make room for an answer when there is no memory left."""

    def _encode(self, answer: list[Any]) -> bytes:
        try:
            return ANSWER + self._codec.encode(answer)
        except Refused as refused:
            return ANSWER + self._codec.encode(["refused", str(refused)])

    # Operations. Each is named by the first element of a question.

    def op_fetch(self, name: str) -> Any:
        """Return a module-level name."""
        return self._name(name)

    def op_call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a module-level name."""
        return self._name(name)(*args, **kwargs)

    def op_apply(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object."""
        return function(*args, **kwargs)

    def op_get(self, thing: Any, name: str) -> Any:
        """Read an attribute."""
        return getattr(thing, name)

    def op_set(self, thing: Any, name: str, value: Any) -> None:
        """Write an attribute."""
        setattr(thing, name, value)

    def op_operator(self, name: str, operands: tuple[Any, ...]) -> Any:
        """Apply an operator or one of the few builtins that objects answer to."""
        if name == "next":
            try:
                return [next(operands[0])]
            except StopIteration:
                return []
        return OPERATORS[name](*operands)

    def op_vjp(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a forward pass that can be differentiated; `function` is a name or an object."""
        return Pullback(self._name(function) if isinstance(function, str) else function, args, kwargs)

    def op_props(self, code: bytes) -> None:
        """Load the check's helper code, compiled by the host once and for all, beside the learner's module."""
        self.props = ModuleType("props")
        vars(self.props)["learner"] = self.module
        exec(marshal.loads(code), vars(self.props))  # noqa: S102, S302 (ours)

    def op_help(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the props."""
        return getattr(self.props, name)(*args, **kwargs)

    def op_begin(self, seed: int) -> None:
        """Begin a check: forget the objects of the one before, seed every global generator there is."""
        self._objects.clear()
        self._ids.clear()
        random.seed(seed)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(seed)
        if "torch" in sys.modules:
            sys.modules["torch"].default_generator.manual_seed(seed)  # torch.manual_seed looks for devices each time

    def op_watch(self) -> None:
        """Take note from now on of which of the module's functions run."""
        self._ran = set()
        sys.setprofile(self._note)

    def op_ran(self) -> list[str]:
        """Return the names of those that have run since, all of them, and take no more notes."""
        sys.setprofile(None)
        names = {code.co_qualname for code in self._ran}
        for name, thing in list(vars(self.module).items()):
            held = {f"{name}.{own}": value for own, value in vars(thing).items()} if isinstance(thing, type) else {}
            held[name] = thing
            names |= {own for own, value in held.items() if type(value) is FunctionType and value.__code__ in self._ran}
        return sorted(names)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename == self.filename:
            self._ran.add(frame.f_code)

    # Objects that stay here.

    def _keep(self, thing: object) -> tuple[int, str]:
        number = self._ids.get(id(thing))
        if number is None:
            number = len(self._objects)
            self._objects.append(thing)
            self._ids[id(thing)] = number
        return number, class_name(type(thing))

    def _find(self, number: int, _class_name: str) -> object:
        return self._objects[number]

    def _name(self, name: str) -> Any:
        try:
            return vars(self.module)[name]
        except KeyError:
            raise Missing(name) from None

    def _callback(self, number: int, name: str) -> "Lent":
        def call_back(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            reply = self._ask_host(CALL + self._codec.encode([number, args, kwargs]))
            kind, value = self._codec.decode(memoryview(reply)[1:])
            if kind == "value":
                return value
            raise _exception(value["type"], value["message"])

        return Lent(call_back, name)

    # What went wrong, as data.

    def _record(self, error: BaseException) -> dict[str, Any]:
        return {
            "type": class_name(type(error))[:MAX_NAME],
            "bases": [
                name for base in _BASES(type(error)) if getattr(builtins, name := class_name(base), None) is base
            ][:-1],
            "message": self._text(error),
            "frames": self._frames(_TRACE(error)),
            "missing": isinstance(error, Missing),
            "again": endless(_TRACE(error), self.filename) if isinstance(error, RecursionError) else "",
            "near": self._near(error),
        }

    def _near(self, error: BaseException) -> str:
        try:
            return near(error, _TRACE(error))
        except BaseException:  # noqa: BLE001 (names and objects are a learner's, and may do anything)
            return ""

    def _text(self, error: BaseException) -> str:
        try:
            text = str(error)
        except BaseException:  # noqa: BLE001 (a learner's __str__ may do anything)
            text = "(its text could not be made)"
        return str.encode(str.__getitem__(text, slice(MAX_TEXT)), "utf-8", "backslashreplace").decode()

    def _frames(self, trace: TracebackType | None) -> list[list[Any]]:
        """Return the learner's own frames, outermost first: [line, function]."""
        frames: list[list[Any]] = []
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == self.filename:
                frames.append([trace.tb_lineno, code.co_qualname])
            trace = trace.tb_next
        if len(frames) > MAX_FRAMES:
            half = MAX_FRAMES // 2
            frames = frames[:half] + frames[-half:]
        return frames


class Lent:
    """A function of the host's. Printed it is its name, as a verdict writes it, and no address."""

    def __init__(self, call_back: Callable[[tuple[Any, ...], dict[str, Any]], Any], name: str) -> None:
        self._call_back = call_back
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask the host."""
        return self._call_back(args, kwargs)

    def __repr__(self) -> str:
        return self.__name__


Lent.__name__ = Lent.__qualname__ = "function"  # what its kind is called where it is shown


class Missing(AttributeError):
    """The module has no such name."""


def class_name(kind: type) -> str:
    """Return a class's own name; a metaclass could say something else, or raise."""
    name: str = _NAME(kind)
    return name.encode("utf-8", "backslashreplace").decode()


def _exception(name: str, message: str) -> Exception:
    """Make a builtin exception by its name, so that the learner's code can catch what a host function raised."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        with contextlib.suppress(TypeError):  # a few want more than a text
            return kind(message)
    return HostError(message)
