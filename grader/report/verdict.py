"""One exercise, its first failure in full: what, where, why, next, in that order. The rest is counted.

"Why" is there only where a cause is certain. Nothing here guesses.
"""

from collections.abc import Callable
from dataclasses import dataclass

from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult, Location, Outcome
from grader.report import mismatch
from grader.report.hidden import QUIET
from grader.report.page import Page
from grader.report.stack import message, place, places, stack
from grader.report.style import elide, visible
from grader.report.words import count, of

TOP = "<module>"  # Python's name for code outside of functions
NOT_YET = later("{name} is not written yet.")
PRINTED = 3
SIGNAL = "(SIG"  # in the message on a process that died; one that left by itself leaves no trace to look at


@dataclass(frozen=True)
class ShownCheck:
    """One exercise and the check that is shown.

    file: the unit's, where nothing better is known. alone: nothing is said of the other checks, nor what to type next.
    recorded: whoever reads it has a progress that is recorded, which a mishap leaves as it is.
    """

    exercise: ExerciseResult
    check: CheckResult
    file: str = ""
    alone: bool = False
    recorded: bool = False

    @property
    def number(self) -> str:
        """`check 4 of 7`; empty where no check has run."""
        if self.check.outcome is Outcome.RULE or whole_file(self.check) or (self.alone and not self.others(*Outcome)):
            return ""
        before = next(index for index, check in enumerate(self.exercise.checks) if check is self.check)
        return phrase("check {number} of {total}", number=before + 1, total=len(self.exercise.checks))

    @property
    def headline(self) -> str:
        """`check 4 of 7: gradient of the mean loss`, or whichever of both there is."""
        number, title = self.number, self.check.title
        return phrase("{check}: {title}", check=number, title=title) if number and title else number or title

    @property
    def where(self) -> Location | None:
        """The best line known."""
        return self.check.where or self.exercise.where

    def others(self, *outcomes: Outcome) -> int:
        """Count the other checks that ended so."""
        return sum(check.outcome in outcomes for check in self.exercise.checks if check is not self.check)


def whole_file(check: CheckResult) -> bool:
    """Whether it stands for a whole file: not there, not to be read, or its top level did not come to an end."""
    if check.outcome in (Outcome.SYNTAX, Outcome.MISSING):
        return True
    if check.outcome in QUIET or check.asked or check.hidden:
        return False
    if check.unloaded and check.outcome is Outcome.CRASH:
        return True
    first = check.frames[0] if check.frames else check.where
    return first.function == TOP if first else check.outcome is Outcome.ERROR


def outcome_of(exercise: ExerciseResult) -> Outcome:
    """Return the outcome a reader sees: that of the check that is shown; ours where nothing ran."""
    shown = exercise.first_failure
    return shown.outcome if shown else exercise.outcome


def show(page: Page, exercise: ExerciseResult, file: str = "", *, recorded: bool = False) -> None:
    """Add the verdict on one exercise that did not pass. file, recorded: see `ShownCheck`."""
    check = exercise.first_failure
    if check is None:
        page.head("FAULT", exercise.id, phrase("no check ran"))
        _ours(page, recorded=recorded)
    else:
        show_check(page, ShownCheck(exercise, check, file, recorded=recorded))


def show_check(page: Page, case: ShownCheck) -> None:
    """Add one check of an exercise, one that did not pass, in full."""
    if whole_file(case.check):
        _whole_file(page, case)
    else:
        _SHOW.get(case.check.outcome, _failed)(page, case)


def _failed(page: Page, case: ShownCheck) -> None:
    """What most outcomes share: a wrong answer, an exception, a worker that did not come back."""
    check = case.check
    _head(page, case)
    if not check.frames and check.outcome in (Outcome.FAIL, Outcome.ERROR):
        page.parts(len(check.outcome) + 2, *places(case.where), gap="  ")
    page.gap()
    if check.outcome is Outcome.FAIL:
        _asked(page, check)
        _answered(page, check)
        message(page, check.note)
    else:
        message(page, check.message)
        if check.frames:
            stack(page, check.frames)
        elif check.outcome is not Outcome.ERROR:
            _was_at(page, check.where)
        _asked(page, check)
        message(page, check.note)
    _printed(page, check)
    _why(page, check)
    if not case.alone:
        _rest(page, case)
        _next(page, case)


def _answered(page: Page, check: CheckResult) -> None:
    """Add what a wrong answer was: in words where a message says it, else both sides."""
    if check.mismatch is not None and not check.message:
        mismatch.show(page, check.mismatch)
    else:
        message(page, check.message)


def _head(page: Page, case: ShownCheck) -> None:
    page.head(case.check.outcome.upper(), case.exercise.id, case.headline)


def _was_at(page: Page, where: Location | None) -> None:
    if where is None:
        return
    page.fact(phrase("Was at"), place(where))
    if where.text:
        page.code(where.line, where.text)


def _asked(page: Page, check: CheckResult) -> None:
    """Add the questions, but for one that the message quotes."""
    asked = [one for one in check.asked if one not in check.message]
    for index, one in enumerate(asked):
        page.fact(phrase("Asked") if page.style.plain or not index else "", one)


def _printed(page: Page, check: CheckResult) -> None:
    """Add the last lines that the learner's code printed, marked, so that they cannot pass for ours."""
    if not check.output.strip():
        if check.outcome is Outcome.TIMEOUT and not check.hidden:
            page.fact(phrase("Printed"), phrase("nothing"))
        return
    lines = check.output.rstrip("\n").split("\n")
    whole = check.output_bytes <= len(check.output.encode("utf-8", "replace"))
    total = count(len(lines), "line") if whole else count(check.output_bytes, "byte")
    says = later("{total}, the last {number}:") if len(lines) > PRINTED else later("{total}:")
    page.fact(phrase("Printed"), phrase(says, total=total, number=PRINTED))
    for line in lines[-PRINTED:]:
        page.quote(line.removesuffix("\r"))


def _why(page: Page, check: CheckResult) -> None:
    if check.cause is not None:
        page.gap()
        page.labelled(phrase("Why"), check.cause.says, *check.cause.evidence)
        if check.cause.advice:
            page.labelled(phrase("Try"), check.cause.advice)


def _rest(page: Page, case: ShownCheck) -> None:
    """Count the checks that are not shown, and the points so far."""
    others = case.exercise.checks
    if len(others) < 2:
        return
    late = case.others(*(outcome for outcome in Outcome if outcome not in QUIET))
    passed = _counted(case.others(Outcome.PASS), later("{number} check passes, "), later("{number} checks pass, "))
    parts = [
        phrase("{checks}this one fails", checks=passed),
        _counted(
            case.others(Outcome.TODO), later("{number} is not written yet"), later("{number} are not written yet")
        ),
        _counted(
            case.others(Outcome.BLOCKED),
            later("{number} waits for another exercise"),
            later("{number} wait for another exercise"),
        ),
    ]
    more = later("; {number} more is told once it passes"), later("; {number} more are told once it passes")
    facts = phrase(", ").join(part for part in parts if part) + _counted(late, *more)
    points = of(case.exercise.earned, case.exercise.points)
    so_far = phrase("{number} points so far.", number=points) if case.exercise.points else ""
    page.gap()
    page.sentences(phrase("{facts}.", facts=facts[:1].upper() + facts[1:]), so_far)


def _counted(number: int, one: str, many: str) -> str:
    return phrase(one if number == 1 else many, number=number) if number else ""


def _next(page: Page, case: ShownCheck) -> None:
    identity, file = case.exercise.id, case.where.file if case.where else case.file
    page.gap()
    if case.check.outcome is Outcome.TIMEOUT:
        page.say(phrase("Does every loop there end? Look at what ends it first."))
        page.say(phrase("More time:  {command}", command=f"grade {identity} --timeout 60"))
    if case.check.outcome is Outcome.CRASH:
        fine = later("The grader and your progress are fine.") if case.recorded else later("The grader is fine.")
        page.say(phrase(fine))
        if SIGNAL in case.check.message:
            page.say(phrase("To see more, load your file and ask it yourself:"))
            page.say(f"python -X faulthandler -i {file}", 4)
    page.commands(
        phrase("Checks  {command}", command=f"grade show {identity}"),
        phrase("Stuck?  {command}", command=f"grade hint {identity}"),
    )


def _whole_file(page: Page, case: ShownCheck) -> None:
    """A file that cannot be read or run: its place is the headline, no exercise of it is to blame."""
    check = case.check
    where = check.frames[0] if check.frames else check.where
    page.head(check.outcome.upper(), where.place if where else case.file or case.exercise.id)
    if where and check.outcome is not Outcome.SYNTAX:  # that message shows the line itself
        page.code(where.line, where.text)
    message(page, check.message)
    if len(check.frames) > 1:
        stack(page, check.frames)
    _printed(page, check)
    broken = where or check.outcome in (Outcome.SYNTAX, Outcome.CRASH)
    until = phrase("Nothing in this file can run until it is fixed. ") if broken else ""
    page.say((until + (phrase("Your progress is kept.") if case.recorded else "")).strip())


def _rule(page: Page, case: ShownCheck) -> None:
    page.head("RULE", case.exercise.id, place(case.check.where))
    message(page, case.check.message)
    page.say(phrase("All rules:  {command}", command=f"grade show {case.exercise.id}"))


def _todo(page: Page, case: ShownCheck) -> None:
    before, _, after = phrase(NOT_YET, name="\0").partition("\0")
    first, _, more = case.check.message.partition("\n")
    name = first.removeprefix(before).removesuffix(after)
    own = name in ("", case.exercise.id.partition(".")[2])
    other = phrase("{name} is not written yet", name=elide(visible(name), 40))
    page.head("TODO", case.exercise.id, phrase("not written yet") if own else other)
    page.parts(6, *places(case.where), gap="  ")
    for line in (more, case.check.note):
        if line:
            page.say(line, 6)
    passed = case.others(Outcome.PASS)
    waiting = len(case.exercise.checks) - passed
    waits = later("{number} waits for it"), later("{number} wait for it")
    if not passed:
        waits = later("{number} check waits for it"), later("{number} checks wait for it")
    parts = [_counted(passed, later("{number} check passed"), later("{number} checks passed"))]
    facts = phrase(", ").join(part for part in (*parts, _counted(waiting, *waits)) if part)
    page.say(phrase("{facts}. This is not an error.", facts=facts), 6)
    page.say(phrase("Replace the line that raises NotImplementedError, save, then run:"), 6)
    page.say(f"grade {case.exercise.id}", 8)


def _blocked(page: Page, case: ShownCheck) -> None:
    needed = case.check.waits_for
    name = needed or phrase("another exercise")
    page.head("BLOCKED", case.exercise.id, phrase("waits for {exercise}", exercise=name))
    says = later("Nothing is known to be wrong here. It needs {exercise}, which does not pass yet.")
    page.say(phrase(says, exercise=name), 9)
    if case.check.note:
        page.say(case.check.note, 9)
    if needed:
        page.say(phrase("Do that one first:  {command}", command=f"grade {needed}"), 9)


def _fault(page: Page, case: ShownCheck) -> None:
    page.head("FAULT", case.exercise.id, case.headline)
    page.gap()
    message(page, case.check.message)
    _ours(page, recorded=case.recorded)


def _ours(page: Page, *, recorded: bool) -> None:
    says = later("This is our bug, not yours. The exercise was not recorded; your progress in it is as it was.")
    page.say(phrase(says if recorded else later("This is our bug, not yours.")))
    page.say(phrase("Please send this text to whoever runs the course."))


_SHOW: dict[Outcome, Callable[[Page, ShownCheck], None]] = {
    Outcome.TODO: _todo,
    Outcome.BLOCKED: _blocked,
    Outcome.FAULT: _fault,
    Outcome.RULE: _rule,
}
