"""What stands in a submission's file: where each answer is, what it uses, or why it cannot be read.

Read in a worker that never runs the code, so it is believed.
"""

import difflib
import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from grader import explain
from grader.course import Exercise, Unit
from grader.errors import SubmissionError
from grader.language import phrase
from grader.model import CheckResult, Location, Outcome
from grader.submission import Source, Submission
from grader.worker import reading
from grader.worker.launch import Launcher
from grader.worker.text import Text

LINE_END = re.compile(r"\r\n|\n|\r")  # what Python counts lines by; str.splitlines knows more
CHINESE = ("gbk", "gb2312", "gb18030", "big5")  # encodings that a file may name and editors in China do


@dataclass(frozen=True)
class Span:
    """The lines of one answer, counted from 1, both ends included. digest: of its syntax, comments left out."""

    first: int
    last: int
    digest: str


@dataclass(frozen=True)
class Survey:
    """One file of a submission, read but not run. problem: set where it cannot be read; then there are no spans.

    text: its name and lines. code: the compiled module as a worker made it; opaque bytes here.
    """

    text: Text
    source: Source | None
    spans: dict[str, Span] = field(default_factory=dict)
    uses: tuple[tuple[int, str], ...] = ()
    code: bytes = b""
    problem: CheckResult | None = None

    @property
    def file(self) -> str:
        """The file as the learner would type it."""
        return self.text.name

    def location(self, exercise: Exercise, asked: str = "") -> Location | None:
        """Return where an answer of an exercise starts: the one asked last, if that can be told, else the first.

        asked: the question as a learner would write it.
        """
        called = [name for name in exercise.answers if f".{asked}".rfind(f"{name.rpartition('.')[2]}(") > 0]
        for answer in (*called, *exercise.answers):
            span = self.spans.get(answer)
            if span is not None:
                return self.text.location(span.first, answer)
        return None

    def digest(self, exercise: Exercise) -> str:
        """Return a digest of all answers of an exercise; empty where one is missing."""
        parts = [self.spans[answer].digest for answer in exercise.answers if answer in self.spans]
        return "-".join(parts) if len(parts) == len(exercise.answers) else ""

    def near(self, name: str, taken: Iterable[str] = ()) -> list[str]:
        """Return the name that comes nearest to one that is missing, of the same class or of the module.

        taken: names that stand for something else.
        """
        owner, _, last = name.rpartition(".")
        there = [span.rpartition(".") for span in self.spans if span not in taken]
        found = difflib.get_close_matches(last, [one for its, _, one in there if its == owner], n=1, cutoff=0.6)
        return [f"{owner}.{one}" if owner else one for one in found]

    def broken_rule(self, unit: Unit, exercise: Exercise) -> CheckResult | None:
        """Return the first use of a forbidden name: the unit's anywhere, the exercise's inside its answers."""
        for line, name in self.uses:
            in_answer = any(
                self.spans[answer].first <= line <= self.spans[answer].last
                for answer in exercise.answers
                if answer in self.spans
            )
            rules = [*unit.forbid, *(exercise.forbid if in_answer else ())]
            if any(fnmatch.fnmatchcase(name, rule.name) for rule in rules):
                return self._rule(line, unit.refusal(name, exercise))
        return None

    def _rule(self, line: int, says: str) -> CheckResult:
        where = self.text.location(line)
        message = f"{where.line:6} | {self.text.of(line).rstrip()}\n{says}"
        return CheckResult(id="rules", title="rules", outcome=Outcome.RULE, message=message, where=where)


def survey(unit: Unit, submission: Submission, launcher: Launcher) -> Survey:
    """Read a unit's file of a submission in a worker of its own that never runs it."""
    try:
        source = submission.read(unit)
    except SubmissionError as error:
        text = Text(submission.name(f"{unit.name}.py"))
        return Survey(text, None, problem=_problem(Outcome.ERROR, str(error)))
    text = Text(source.shown)
    try:
        found = reading.read(launcher, "scan", source.data, source.shown, source.is_notebook, text=text)
    except reading.Unreadable as lost:
        message = phrase("{file} could not be read: {reason}", file=source.shown, reason=lost)
        return Survey(text, source, problem=_problem(Outcome.SYNTAX, message))
    source = replace(source, data=found.get("text", source.data))
    text = Text(source.shown, _lines(source.data, str(found.get("encoding"))), tuple(found.get("cells", ())))
    if found["problem"] is not None:
        return Survey(text, source, problem=_explained(text, found["problem"]))
    spans = {name: Span(*facts) for name, facts in found["defs"].items()}
    uses = tuple((line, name) for line, name in found["uses"])
    return Survey(text, source, spans, uses, found["code"])


def _lines(data: bytes, encoding: str) -> tuple[str, ...]:
    return tuple(LINE_END.split(data.decode(encoding if encoding.lower() in CHINESE else "utf-8-sig", "replace")))


def _explained(text: Text, problem: dict[str, Any]) -> CheckResult:
    what, line = problem["what"], problem["line"]
    where = msgspec.structs.replace(text.location(line), text=problem["text"].strip()) if line else None
    problem = {**problem, "line": where.line if where else 0}
    if what == "notebook":
        message = explain.notebook_message(problem["message"])
    elif what == "encoding":
        message = explain.encoding_message(problem)
    else:
        message = explain.null_message() if what == "null" else explain.syntax_message(problem)
    return _problem(Outcome.SYNTAX, message, where)


def _problem(outcome: Outcome, message: str, where: Location | None = None) -> CheckResult:
    return CheckResult(id="file", title="the file can be read", outcome=outcome, message=message, where=where)
