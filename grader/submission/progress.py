"""What a learner has done so far: `.grade/state.json` of a course folder, keyed by exercise.

Losing it must never cost a verdict: whatever cannot be read or written becomes one sentence in `notices`. There is no
clock in it. It knows no course: an exercise that a course no longer has is kept as it stands.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from grader.language import heard, later, phrase
from grader.model import ExerciseResult, Outcome
from grader.submission.whole import locked, write_whole

SCHEMA = 1
FILE = "state.json"
UNJUDGED = (Outcome.FAULT, Outcome.SYNTAX, Outcome.MISSING)
UNTRIED = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one exercise.

    outcome: of the last verdict; empty before the first. digest: of the learner's source at that verdict.
    passed_digest: of the source at the last pass. passed: it has passed at least once.
    failed, checks: which check failed first at the last verdict, counted from 1, 0 for none; of how many.
    open_edges: how many edges did not pass at the last verdict.
    waits_for: the exercise that has to pass first; empty where none has.
    blamed: the function that the last verdict named; empty where it named none.
    tries: different sources that were written and did not pass.
    hints: rungs shown in all. rungs: those of each answer; a file from before they were counted has none.
    """

    outcome: str = ""
    digest: str = ""
    passed_digest: str = ""
    passed: bool = False
    failed: int = 0
    checks: int = 0
    open_edges: int = 0
    waits_for: str = ""
    blamed: str = ""
    tries: int = 0
    hints: int = 0
    rungs: dict[str, int] = {}

    def stands(self, digest: str) -> bool:
        """Whether the last verdict was a pass and this source is still the one that passed.

        digest: of the source now; empty where the file cannot be read at all, which takes nothing away.
        """
        return self.outcome == Outcome.PASS and digest in ("", self.passed_digest)

    def changed(self, digest: str) -> bool:
        """Whether the last verdict was a pass, of a source that is no longer there."""
        return self.outcome == Outcome.PASS and not self.stands(digest)

    def after(self, other: "Record") -> "Record":
        """Return this record with what only grows taken from another one of the same exercise, too."""
        shown = {name: max(self.rungs.get(name, 0), other.rungs.get(name, 0)) for name in {*self.rungs, *other.rungs}}
        return msgspec.structs.replace(
            self,
            passed=self.passed or other.passed,
            passed_digest=self.passed_digest if self.passed else other.passed_digest,
            tries=max(self.tries, other.tries),
            hints=max(self.hints, other.hints),
            rungs=dict(sorted(shown.items())),
        )


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    schema: int
    last: str = ""
    broken: dict[str, str] = {}
    exercises: dict[str, Record]


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    schema: int


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The outside of the file, readable whatever the records hold."""

    exercises: dict[str, msgspec.Raw]
    last: str = ""
    broken: dict[str, str] = {}


@dataclass
class State:
    """The records of a course folder. folder: `.grade`. notices: sentences for the learner. keeps: may be saved.

    last: the exercise that was worked on last. broken: of units whose file did not load at the last verdict, a digest
    of the file as it was then.
    """

    folder: Path
    records: dict[str, Record] = field(default_factory=dict)
    last: str = ""
    broken: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    keeps: bool = True
    _read: dict[str, Record] = field(default_factory=dict)
    _broken: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    @property
    def shown(self) -> str:
        """The file as a sentence names it."""
        return f"{self.folder.name}/{FILE}"

    @classmethod
    def load(cls, folder: Path) -> "State":
        """Read the file, whatever is in it. Raises nothing for a bad file: see `notices`."""
        state = cls(folder)
        try:
            data = state.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return state
        except OSError as error:
            state.keeps = False
            says = later("Your progress cannot be read ({file}: {reason}); nothing is saved.")
            state.notices.append(phrase(says, file=state.path, reason=heard(error.strerror or "")))
            return state
        state._decode(data)
        state._read, state._broken = dict(state.records), dict(state.broken)
        return state

    def of(self, exercise: str) -> Record:
        """Return the record of an exercise, a blank one where there is none."""
        return self.records.get(exercise, Record())

    def judged(self, result: ExerciseResult) -> None:
        """Take over a verdict. A file not there or not to be read, or a fault of ours, says nothing of the exercise."""
        before = self.of(result.id)
        outcome = result.outcome
        if not is_said(result):
            return
        passed = outcome is Outcome.PASS
        is_try = outcome not in UNTRIED and result.digest != before.digest
        self.records[result.id] = Record(
            outcome=str(outcome),
            digest=result.digest,
            passed_digest=result.digest if passed else before.passed_digest,
            passed=passed or before.passed,
            failed=_first_failed(result),
            checks=len(result.checks),
            open_edges=len(result.open_edges),
            waits_for=result.first_failure.waits_for if result.first_failure else "",
            blamed=_blamed(result),
            tries=before.tries + is_try,
            hints=before.hints,
            rungs=before.rungs,
        )

    def hinted(self, exercise: str, rungs: Mapping[str, int]) -> None:
        """Remember how many rungs of each answer's ladder have been shown; a count never falls."""
        before = self.of(exercise)
        most = {**before.rungs, **{name: max(shown, before.rungs.get(name, 0)) for name, shown in rungs.items()}}
        hints = max(before.hints, sum(most.values()))
        self.records[exercise] = msgspec.structs.replace(before, hints=hints, rungs=most)

    def worked(self, results: Sequence[ExerciseResult]) -> None:
        """Remember what was worked on: of several exercises the first that did not pass, of several units nothing."""
        if results and len({result.id.partition(".")[0] for result in results}) == 1:
            self.last = next((one for one in results if one.outcome is not Outcome.PASS), results[-1]).id

    def loaded(self, unit: str, broken: str) -> None:
        """Remember whether a unit's file loaded. broken: a digest of one that did not; else empty."""
        self.broken.pop(unit, None)
        if broken:
            self.broken[unit] = broken

    @property
    def written(self) -> bytes:
        """The records as they stand in the file."""
        records = dict(sorted(self.records.items()))
        document = _Document(schema=SCHEMA, last=self.last, broken=self.broken, exercises=records)
        return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"

    def moved(self, exercise: str, digest: str) -> None:
        """Take note that an answer that stands was given other words around it. digest: of it now.

        An empty digest says that it has to be graded again: other checks ask for it.
        """
        before = self.of(exercise)
        self.records[exercise] = msgspec.structs.replace(before, digest=digest or before.digest, passed_digest=digest)

    def back(self, old: "State") -> None:
        """Take the records of an earlier state, but for those that a verdict or a hint changed since."""
        for name, now in self.records.items():
            then = old.of(name)
            if msgspec.structs.replace(now, digest=then.digest, passed_digest=then.passed_digest) == then:
                self.records[name] = then

    def save(self) -> None:
        """Write the file whole or not at all. Where that fails there is one more notice, and nothing else.

        What another command has written since this one read the file stays: only what changed here is put into it.
        """
        if not self.keeps:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder):
                self._merge()
                write_whole(self.path, self.written)
        except OSError as error:
            says = later("Your progress could not be saved ({file}: {reason}). The verdict stands.")
            self.notices.append(phrase(says, file=self.shown, reason=heard(error.strerror or str(error))))

    def _merge(self) -> None:
        """Take over the records that this command has not touched, as they stand in the file by now."""
        with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            now = msgspec.json.decode(self.path.read_bytes(), type=_Document)
            if now.schema == SCHEMA:
                mine = {name: one for name, one in self.records.items() if one != self._read.get(name)}
                both = {name: one.after(now.exercises.get(name, one)) for name, one in mine.items()}
                self.records = {**self.records, **now.exercises, **both}
                told = {
                    name for name in {*self.broken, *self._broken} if self.broken.get(name) != self._broken.get(name)
                }
                theirs = {name: digest for name, digest in now.broken.items() if name not in told}
                self.broken = theirs | {name: self.broken[name] for name in told & self.broken.keys()}
        self._read, self._broken = dict(self.records), dict(self.broken)

    def _decode(self, data: bytes) -> None:
        try:
            version = msgspec.json.decode(data, type=_Version).schema
            envelope = msgspec.json.decode(data, type=_Envelope) if version <= SCHEMA else _Envelope(exercises={})
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._rebuild()
            return
        if version > SCHEMA:
            self.keeps = False
            says = later(
                "Your progress in {file} was written by a newer chainrule: it is left alone, nothing is saved. "
                "Update chainrule."
            )
            self.notices.append(phrase(says, file=self.shown))
            return
        self.last, self.broken = envelope.last, envelope.broken
        for name, raw in envelope.exercises.items():
            with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                self.records[name] = msgspec.json.decode(raw, type=Record)
        if len(self.records) < len(envelope.exercises):
            self._rebuild()

    def _rebuild(self) -> None:
        """Put a damaged file aside; the records that could be read are kept."""
        names = (f"{FILE}.bad-{number}" for number in range(1, 1 << 20))
        aside = next(name for name in names if not (self.folder / name).exists())
        kept = phrase("it starts anew")
        if self.records:
            kept = phrase("what could be read is kept, {number} in number", number=len(self.records))
        try:
            self.path.rename(self.folder / aside)
        except OSError:
            self.keeps = False
            says = later("Your progress in {file} is damaged and cannot be put aside; nothing is saved.")
            self.notices.append(phrase(says, file=self.shown))
            return
        says = later("Your progress in {file} was damaged: {kept}. The old file is now {aside}.")
        self.notices.append(phrase(says, file=self.shown, kept=kept, aside=aside))


def is_said(result: ExerciseResult) -> bool:
    """Say whether a verdict is about the exercise: not about a file that is not there, cannot be read, or our fault."""
    return result.outcome not in UNJUDGED and not any(check.unloaded for check in result.checks)


def _blamed(result: ExerciseResult) -> str:
    first = result.first_failure
    return first.where.function if first is not None and first.where is not None and not first.unloaded else ""


def _first_failed(result: ExerciseResult) -> int:
    first = result.first_failure
    return result.checks.index(first) + 1 if first is not None else 0
