"""What ends a check early, as exceptions: the learner's code raised, or an answer was not what was expected."""

from typing import Any

from grader.model import Location, Mismatch

TODO = "TODO: "
TOP = "<module>"  # Python's name for code outside of functions


class LearnerError(Exception):
    """The learner's code raised. What is here was said by the learner's process: a claim, shown and never obeyed.

    type: the exception's class name. bases: the names of its builtin bases, itself included.
    frames: the learner's own frames, outermost first. missing: the module lacks a name that was asked for.
    forbidden: the tool that the exercise forbids and that was used; empty for any other error.
    near: a known name that comes near the one that Python does not know; empty where none does.
    again: of a RecursionError, the function that came back to itself with the same arguments; empty where none did.
    """

    def __init__(
        self,
        *,
        type: str,  # noqa: A002 (the word for it)
        bases: tuple[str, ...] = (),
        message: str = "",
        frames: tuple[Location, ...] = (),
    ) -> None:
        super().__init__(f"{type}: {message}" if message else type)
        self.type = type
        self.bases = bases
        self.message = message
        self.frames = frames
        self.missing = False
        self.again = ""
        self.near = ""
        self.forbidden = ""

    def is_a(self, kind: type[BaseException]) -> bool:
        """Say whether a builtin exception class would have caught it."""
        return kind.__name__ in (*self.bases, self.type)

    @property
    def at_top(self) -> Location | None:
        """The line outside of any function that led to it, if one did."""
        return self.frames[0] if self.frames and self.frames[0].function == TOP else None

    @property
    def unwritten(self) -> bool:
        """Say whether a stub raised it; a NotImplementedError with words of the learner's own is no stub's."""
        return self.is_a(NotImplementedError) and (not self.message or self.message.startswith(TODO))


class WrongAnswer(AssertionError):
    """An answer differs from what was expected.

    pair: both sides as they came, for forensics; never shown and never sent anywhere. at: where in what was compared
    they part, `[2]`. compared: the learner's side of it, whole; None where nothing was compared.
    """

    def __init__(self, mismatch: Mismatch, pair: tuple[Any, Any] | None = None, *, at: str = "") -> None:
        super().__init__(f"{mismatch.label}: {mismatch.problem}: {mismatch.yours}, expected {mismatch.expected}")
        self.mismatch = mismatch
        self.pair = pair
        self.at = at
        self.compared: Any = None
