"""Stand-ins for modules that a learner's file imports and that are not here. Runs on the learner's side only.

A notebook imports a plotting library, a widget or a cloud drive to try things out, and no answer uses it. So an import
at the top level of the file gives a stand-in, which fails like the import itself as soon as it is used. What a unit
forbids is refused as ever, and an import inside of `try` or of a function fails where it stands: that is a use.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any, NoReturn

TOP = "<module>"
USES = (
    "__call__",
    "__iter__",
    "__len__",
    "__enter__",
    "__setattr__",
    "__mro_entries__",
    "__instancecheck__",
    "__next__",
)
OPERATORS = ("add", "sub", "mul", "truediv", "matmul", "pow", "mod", "neg", "lt", "le", "gt", "ge", "contains")
QUIET = ("__or__", "__ror__", "__getitem__")  # of annotations, which are read where a function is defined


class Absent:
    """A name of a module that is not here: it may be held, named in annotations and asked if it is there."""

    def __init__(self, name: str) -> None:
        vars(self)["_name"] = name

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{vars(self)['_name']}.{name}")

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{vars(self)['_name']}, which is not here>"


class AbsentModule(ModuleType):
    """The same for a module."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __bool__(self) -> bool:
        return False


def _fail(self: Absent, *_args: Any, **_named: Any) -> NoReturn:
    name = vars(self)["_name"].partition(".")[0]
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


for _use in (*USES, *(f"__{name}__" for name in OPERATORS), *(f"__r{name}__" for name in OPERATORS[:7])):
    setattr(Absent, _use, _fail)
for _quiet in QUIET:
    setattr(Absent, _quiet, lambda self, *_: self)


class Finder:
    """Finds a stand-in where no other finder finds a module that the learner's file imports at its top level."""

    def __init__(self, filename: str, text: str) -> None:
        self._filename = filename
        self._text = text

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return what the others find, else a stand-in. Raises what they raise for what is refused."""
        frame = _importer()
        if frame is None or (frame.f_code.co_filename, frame.f_code.co_name) != (self._filename, TOP):
            return None
        try:
            found = _elsewhere(self, name, path, target)
        except ModuleNotFoundError:  # here, and not for this unit
            found = None
        if found is not None or frame.f_lineno in self._tried():
            return found
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""

    def _tried(self) -> frozenset[int]:
        """Return the lines that stand inside of a `try`."""
        tries = [node for node in ast.walk(ast.parse(self._text)) if isinstance(node, ast.Try)]
        lines = [(node.body[0].lineno, node.body[-1].end_lineno or 0) for node in tries]
        return frozenset(line for first, last in lines for line in range(first, last + 1))


def _elsewhere(own: Finder, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
    if isinstance(sys.modules.get(name.rpartition(".")[0]), AbsentModule):
        return None
    specs = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not own)
    return next((spec for spec in specs if spec is not None), None)


def _importer() -> FrameType | None:
    """Return the frame whose import this is."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 (there is no other way to it)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return frame


@contextmanager
def stand_ins(filename: str, text: str) -> Iterator[None]:
    """Give the file of this name and text stand-ins for what it imports while it is loaded."""
    finder = Finder(filename, text)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, AbsentModule)]:
            del sys.modules[name]  # whoever asks Python for numpy later, our codec does, is told the truth
