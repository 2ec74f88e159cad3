"""What stands in a submission's file: where each answer is, what it uses, or why it cannot be read.

Read in a worker that never runs the code, so it is believed.
"""

import difflib
import fnmatch
import hashlib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import NotHandedIn, SubmissionError
from grader.language import phrase
from grader.model import CheckResult, Location, Outcome
from grader.qualnames import is_in
from grader.store import Latest, key
from grader.submission import explain
from grader.submission.files import Submission, SubmittedFile
from grader.worker.host import reading
from grader.worker.host.launch import Launcher
from grader.worker.host.text import Text
from grader.worker.host.trail import Asked

LINE_END = re.compile(r"\r\n|\n|\r")  # what Python counts lines by; str.splitlines knows more
NOTHING_KEPT = Latest(None)
CHINESE = ("gbk", "gb2312", "gb18030", "big5")  # encodings that a file may name and editors in China do


@dataclass(frozen=True)
class Span:
    """The lines of one answer, counted from 1, both ends included. digest: of its syntax, comments left out.

    unwritten: the line of the stub's that stands in it still; 0 for none.
    """

    first: int
    last: int
    digest: str
    unwritten: int = 0


@dataclass(frozen=True)
class Scanned:
    """One file of a submission, read but not run. problem: set where it cannot be read; then there are no spans.

    text: its name and lines. code: the compiled module as a worker made it; opaque bytes here.
    bases: of each class. twice: names that are defined more than once, with the lines. selfless: methods without a
    `self`. parameters: of each function. outline: where things seem to stand in a file that is no Python.
    promised: the answers of all the unit's exercises.
    """

    text: Text
    source: SubmittedFile | None
    spans: dict[str, Span] = field(default_factory=dict)
    uses: tuple[tuple[int, str], ...] = ()
    code: bytes = b""
    problem: CheckResult | None = None
    bases: dict[str, list[str]] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)
    selfless: tuple[str, ...] = ()
    parameters: dict[str, list[str]] = field(default_factory=dict)
    outline: dict[str, Span] = field(default_factory=dict)
    promised: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        """The file as the learner would type it."""
        return self.text.name

    @property
    def fingerprint(self) -> str:
        """A digest of the whole file; empty where there is none."""
        return hashlib.sha256(self.source.data).hexdigest()[:16] if self.source else ""

    def defined(self, name: str) -> str:
        """Return the name under which `Value.relu` is defined, `Node.relu` for one that is inherited; else nothing."""
        owner, _, last = name.rpartition(".")
        waiting, seen = [owner], set[str]()
        while waiting:
            one = waiting.pop(0)
            if (whole := f"{one}.{last}" if one else last) in self.spans:
                return whole
            seen.add(one)
            waiting += [base for base in self.bases.get(one, ()) if base not in seen]
        return ""

    def span(self, name: str) -> Span | None:
        """Return where a name is defined, inherited ones too."""
        return self.spans.get(self.defined(name))

    def location(self, exercise: Exercise) -> Location | None:
        """Return where an exercise starts: its first answer; of one that is missing, the class that it belongs in."""
        missing = next((answer for answer in exercise.answers if not self.span(answer)), "")
        return self.belongs(missing, self.promised) if missing else self._at(exercise.answers[0])

    def belongs(self, missing: str, taken: Iterable[str] = ()) -> Location | None:
        """Return where a missing name may be: one that comes near it, or the class that it should stand in.

        taken: names that stand for something else.
        """
        near = self.near(missing, taken)
        return self._at(self.strayed(missing) or (near[0] if near else missing.rpartition(".")[0]))

    def strayed(self, missing: str) -> str:
        """Return the function that stands at the margin and is meant for a method that is missing; else nothing."""
        owner, _, last = missing.rpartition(".")
        return last if owner in self.spans and self.parameters.get(last, [])[:1] == ["self"] else ""

    def blamed(self, exercise: Exercise, names: Iterable[str]) -> Location | None:
        """Return the place of what had a part in a wrong answer: a function's, if it is the only one.

        Else no function, and the lines of the whole exercise: nobody can say which one is wrong.
        """
        found = set(names)
        if len(found) != 1 and len(exercise.answers) == 1:
            found = set(exercise.answers)
        if len(found) == 1:
            return self._at(*found)
        spans = [span for span in map(self.span, exercise.answers) if span is not None]
        if len(spans) < len(exercise.answers):
            return self.location(exercise)
        return self.text.location(min(span.first for span in spans), last=max(span.last for span in spans))

    def _at(self, name: str) -> Location | None:
        span = self.span(name)
        return self.text.location(span.first, self.defined(name)) if span is not None else None

    def qualified(self, where: Location) -> Location:
        """Return a place with its function's whole name, `Value.exp`, where only the bare one is known."""
        line = where.line if not where.cell else self.text.cells[where.cell - 1] + where.line - 1
        around = [
            (span.last - span.first, name) for name, span in self.spans.items() if span.first <= line <= span.last
        ]
        name = min(around, default=(0, ""))[1]
        if not name or where.function.startswith("<"):
            return where
        own = name.rpartition(".")[2] == where.function
        return msgspec.structs.replace(where, function=name if own else f"{name}.<locals>.{where.function}")

    def unwritten(self, exercise: Exercise) -> dict[str, Location]:
        """Return the answers that are not written yet, in the order of the file, and where to write them."""
        spans = {answer: span for answer in exercise.answers if (span := self.span(answer)) and span.unwritten}
        names = sorted(spans, key=lambda answer: spans[answer].unwritten)
        return {name: self.text.location(spans[name].unwritten, name) for name in names}

    def doubled(self, exercise: Exercise) -> tuple[str, list[Location]] | None:
        """Return the first name that is defined more than once, and where: an answer, a class of one, or any other."""
        names = [name for answer in exercise.answers for name in (answer.rpartition(".")[0], answer)]
        found = next((name for name in (*names, *sorted(self.promised), *self.twice) if name in self.twice), "")
        return (found, [self.text.location(line, found) for line in self.twice[found]]) if found else None

    def digest(self, exercise: Exercise) -> str:
        """Return a digest of all answers of an exercise; empty where one is missing."""
        parts = [span.digest for span in map(self.span, exercise.answers) if span is not None]
        return "-".join(parts) if len(parts) == len(exercise.answers) else ""

    def near(self, name: str, taken: Iterable[str] = ()) -> list[str]:
        """Return the name that comes nearest to one that is missing, of the same class or of the module.

        taken: names that stand for something else. Underscores count for nothing: with them all operators look alike.
        """
        owner, _, last = name.rpartition(".")
        there = [span.rpartition(".") for span in self.spans if span not in taken]
        bare = {one.strip("_"): one for its, _, one in there if its == owner}
        found = difflib.get_close_matches(last.strip("_"), bare, n=1, cutoff=0.6)
        return [f"{owner}.{bare[one]}" if owner else bare[one] for one in found]

    def broken_rule(self, unit: Unit, exercise: Exercise) -> CheckResult | None:
        """Return the first use of a forbidden name: the unit's anywhere, the exercise's inside its answers."""
        for line, name in self.uses:
            in_answer = any(
                span is not None and span.first <= line <= span.last for span in map(self.span, exercise.answers)
            )
            rules = [*unit.forbid, *(exercise.forbid if in_answer else ())]
            if any(fnmatch.fnmatchcase(name, rule.name) for rule in rules):
                return self._rule(line, unit.refusal(name, exercise))
        return None

    def _rule(self, line: int, says: str) -> CheckResult:
        where = self.text.location(line)
        message = f"{where.line:6} | {self.text.of(line).rstrip()}\n{says}"
        return CheckResult(id="rules", title="rules", outcome=Outcome.RULE, message=message, where=where)


@dataclass(frozen=True)
class ScannedNames:
    """The names that checks of an exercise ask for, as a file defines them."""

    scanned: Scanned
    exercise: Exercise

    def answer(self, asked: Asked) -> str:
        """Return the answer that a name stands for, as it is defined; empty for any other."""
        defined = self.scanned.defined
        names = [f"{asked.owner}.{name}" if asked.owner else name for name in asked.names]
        found = next((one for one in map(defined, names) if one), "")
        if not asked.owner and self.is_own(found):  # an object is made
            found = defined(f"{found}.__init__") or found
        own = any(is_in(found, defined(answer) or answer) for answer in self.exercise.answers)
        return found if found and own else ""

    def is_own(self, class_name: str) -> bool:
        """Say whether the file defines a class of that name."""
        return class_name in self.scanned.bases


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """What is kept of a file, with the kinds that a worker answers with, since anybody may have written it."""

    defs: dict[str, tuple[int, int, str, int]]
    bases: dict[str, list[str]]
    twice: dict[str, list[int]]
    selfless: list[str]
    parameters: dict[str, list[str]]
    uses: list[tuple[int, str]]
    names: list[str]
    empty: bool
    code: bytes
    encoding: str | None = None
    text: bytes | None = None
    cells: list[int] | None = None
    problem: None = None


def scan(unit: Unit, submission: Submission, launcher: Callable[[], Launcher], kept: Latest = NOTHING_KEPT) -> Scanned:
    """Read a unit's file of a submission in a worker of its own that never runs it.

    launcher: gives the one that starts it. kept: what earlier runs of the same learner read in files like this one.
    """
    try:
        source = submission.read(unit)
    except SubmissionError as error:
        text = Text(submission.name(f"{unit.name}.py"))
        outcome = Outcome.MISSING if isinstance(error, NotHandedIn) else Outcome.ERROR
        return Scanned(text, None, problem=_problem(outcome, str(error)))
    try:
        found = _found(unit, source, launcher, NOTHING_KEPT if source.ran else kept)
    except reading.Unreadable as lost:
        message = phrase("{file} could not be read: {reason}", file=source.shown, reason=lost)
        return Scanned(Text(source.shown), source, problem=_problem(Outcome.SYNTAX, message))
    if source.is_notebook or source.ran:
        source = replace(source, data=found.get("text", source.data), stored=source.data)
    cells, numbers = tuple(found.get("cells", ())), tuple(found.get("numbers", ()))
    text = Text(source.shown, _lines(source.data, str(found.get("encoding"))), cells, numbers)
    if "problem" in found:
        seem = {name: Span(first, last, "") for name, (first, last) in found.get("outline", {}).items()}
        return Scanned(text, source, problem=_explained(text, found["problem"], own=source.own), outline=seem)
    if found["empty"]:
        message = explain.empty_message(source.shown, f"grade reset {unit.key}" if source.own else "")
        return Scanned(text, source, problem=_problem(Outcome.ERROR, message))
    spans = {name: Span(*facts) for name, facts in found["defs"].items()}
    uses = tuple((line, name) for line, name in found["uses"])
    facts = {name: found[name] for name in ("bases", "twice", "parameters")} | {"selfless": tuple(found["selfless"])}
    facts["promised"] = frozenset(answer for exercise in unit.exercises for answer in exercise.answers)
    return Scanned(text, source, spans, uses, found["code"], **facts)


def _found(unit: Unit, source: SubmittedFile, launcher: Callable[[], Launcher], kept: Latest) -> dict[str, Any]:
    """Return what a worker reads in a file. Raises Unreadable. Kept is what was found in one that could be read."""
    shown = source.shown.encode("utf-8", "surrogateescape")
    digest = key(reading.sources(), sys.version.encode(), shown, source.data)
    try:
        known = msgspec.msgpack.decode(kept.get(unit.name, digest) or b"", type=_Kept)
        return {name: value for name, value in msgspec.structs.asdict(known).items() if value is not None}
    except msgspec.MsgspecError:
        pass
    text = Text(source.shown)
    found = reading.read(launcher(), "scan", source.data, source.shown, source.is_notebook, source.ran, text=text)
    if found["problem"] is None:
        kept.put(unit.name, digest, msgspec.msgpack.encode(found))
    return {name: value for name, value in found.items() if value is not None}


def _lines(data: bytes, encoding: str) -> tuple[str, ...]:
    return tuple(LINE_END.split(data.decode(encoding if encoding.lower() in CHINESE else "utf-8-sig", "replace")))


def _explained(text: Text, problem: dict[str, Any], *, own: bool) -> CheckResult:
    what, line = problem["what"], problem["line"]
    where = msgspec.structs.replace(text.location(line), text=problem["text"].strip()) if line else None
    problem |= {"line": where.line if where else 0}
    if what == "notebook":
        message = explain.notebook_message(problem["message"])
    elif what == "margin":
        message = explain.margin_message(text.of(line), line, problem["message"])
    elif what == "encoding":
        message = explain.encoding_message(problem)
    else:
        message = explain.null_message(own=own) if what == "null" else explain.syntax_message(problem)
    return _problem(Outcome.SYNTAX, message, where)


def _problem(outcome: Outcome, message: str, where: Location | None = None) -> CheckResult:
    title = "the file can be read"
    return CheckResult(id="file", title=title, outcome=outcome, message=message, where=where, unloaded=True)
