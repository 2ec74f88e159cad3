"""The faces of a subject: its module, its helper code, its objects. Each use of one becomes a question."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from grader.values import Remote
from grader.wording import expression, operand, shown


class Asker(Protocol):
    """Whoever takes questions."""

    def ask(self, operation: str, *arguments: Any, asked: str = "") -> Any:
        """Put one question; asked: as a learner would write it."""


class Face:
    """A module on the learner's side: its functions are attributes here."""

    def __init__(self, subject: Asker) -> None:
        self._subject = subject

    _operation = "call"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._subject.ask(self._operation, name, args, kwargs, asked=expression(name, args, kwargs))

        call.__name__ = name
        return call


class LearnerModule(Face):
    """The learner's module: `learner.softmax(x)`, `learner.Value(2.0)`, `learner.fetch("NAME")`."""

    def fetch(self, name: str) -> Any:
        """Return a module-level name: data, or a handle."""
        return self._subject.ask("fetch", name, asked=name)

    def vjp(self, function: "str | Handle", *args: Any, **kwargs: Any) -> "Pull":
        """Run a forward pass on the learner's side and return the way back: `learner.vjp("softmax", x)(cotangent)`.

        function: a name of the module, or an object such as a model. Torch units only.
        """
        name = function if isinstance(function, str) else shown(function)
        asked = expression(name, args, kwargs)
        return Pull(self._subject.ask, self._subject.ask("vjp", function, args, kwargs, asked=asked), asked)


class Pull:
    """A forward pass that was run. Call it with a cotangent like the output."""

    def __init__(self, ask: Callable[..., Any], handle: Any, asked: str) -> None:
        self._ask = ask
        self._handle = handle
        self._asked = asked
        self._parameters: dict[str, Any] = {}

    @property
    def value(self) -> Any:
        """The output of the forward pass."""
        return self._ask("get", self._handle, "value", asked=self._asked)

    @property
    def parameters(self) -> dict[str, Any]:
        """Gradients of a model's parameters by name, known after the call."""
        return self._parameters

    def __call__(self, cotangent: Any) -> list[Any]:
        """Return the gradients of the arguments, in order; None for what is no floating-point tensor or has no path."""
        pull = self._ask("get", self._handle, "pull")
        asked = f"{self._asked}.backward({shown(cotangent)})"
        of_args, self._parameters = self._ask("apply", pull, (cotangent,), {}, asked=asked)
        return list(of_args)


class Props(Face):
    """The check's helper code on the learner's side."""

    _operation = "help"


class Handle(Remote):
    """An object that stayed on the learner's side. Attributes, calls and operators are forwarded."""

    def __init__(self, subject: Asker, number: int, class_name: str, expression_: str) -> None:
        vars(self).update(_subject=subject, _id=number, _class_name=class_name, _expression=expression_)

    def __repr__(self) -> str:
        return self._expression or f"<{self._class_name}>"

    def __hash__(self) -> int:
        return hash((self._id, 0.5))  # not that of a number, or a dict that holds both would ask the worker `==`

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._subject.ask("get", self, name, asked=f"{operand(self)}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._subject.ask("set", self, name, value, asked=f"{operand(self)}.{name} = {shown(value)}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
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
        return self._operate("getitem", (self, key), f"{operand(self)}[{shown(key)}]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._operate("setitem", (self, key, value), f"{operand(self)}[{shown(key)}] = {shown(value)}")

    def __str__(self) -> str:
        return str(self._operate("str", (self,), f"str({shown(self)})"))

    def __float__(self) -> float:
        return float(self._operate("float", (self,), f"float({shown(self)})"))

    def _made(self, name: str, operands: tuple[Any, ...], asked: str) -> Any:
        """Return what an operator gives. An operand that it gives back is called what was asked from then on."""
        value = self._operate(name, operands, asked)
        if any(value is one for one in operands) and isinstance(value, Handle):
            known = vars(value)
            return Handle(known["_subject"], known["_id"], known["_class_name"], asked)
        return value

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
            return self._made(name, (left, right), f"{operand(left)} {sign} {operand(right)}")

        return apply

    def prefix(name: str, sign: str) -> Callable[[Handle], Any]:
        return lambda self: self._made(name, (self,), f"{sign}{operand(self)}")

    for name, sign in BINARY.items():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(Handle, f"__{name}__", infix(operation, sign, reflected=False))
        setattr(Handle, f"__r{name}__", infix(operation, sign, reflected=True))
    for name, sign in COMPARE.items():
        setattr(Handle, f"__{name}__", infix(name, sign, reflected=False))
    for name, sign in UNARY.items():
        setattr(Handle, f"__{name}__", prefix(name, sign))
    Handle.__abs__ = lambda self: self._operate("abs", (self,), f"abs({shown(self)})")  # type: ignore[attr-defined]


_forward_operators()
