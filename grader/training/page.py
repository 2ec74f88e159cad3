"""What a run says: while it trains, when it has ended, and what it waits for or ended with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.course.declarations import Exercise
from grader.course.training import ELSE, Training
from grader.course.unit import Unit
from grader.language import later, of_course, phrase
from grader.model import Location, Outcome
from grader.report.page import Page
from grader.report.style import Style, cells, lines_of, padded, visible, wrap
from grader.report.verdict import ShownCheck, show_check
from grader.training.asker import Halted, Text
from grader.training.checkpoint import Checkpoint
from grader.training.curve import binned, drawn, figure
from grader.training.trainer import Finding

SCHEMA, POINTS, TOLD = 1, 200, 10
MOST_ROWS = 24  # of samples
BAR = 20
DEV = "dev"  # the measure that is compared with the floor: the loss on what was not trained on
BELOW = 0.1  # nats; of some thousand characters the mean surprise is known to a tenth of this


class ShownStep(ShownCheck):
    """A step of a run that failed: it has no number among checks."""

    @property
    def number(self) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True)
class Words:
    """How the run of one unit is told, on one text. command: what goes on with it."""

    unit: Unit
    plan: Training
    text: Text
    style: Style
    command: str

    def of(self, says: str) -> str:
        """Return a sentence of the course's in the language that is spoken."""
        return of_course(says, self.plan.file.parent, self.unit.name)

    @property
    def floor(self) -> float | None:
        """What no honest model beats; None where nobody knows."""
        return self.plan.floor.get(self.text.name)

    @property
    def loss(self) -> str:
        """The name of the curve."""
        return self.of(self.plan.loss) or phrase("loss")

    def opening(self, total: int) -> str:
        """Say what begins."""
        facts = {"unit": self.unit.key, "about": self.of(self.plan.about), "steps": f"{total:,}"}
        if not self.text.shown:
            return phrase("{unit}: {about}, {steps} steps.", **facts)
        return phrase("{unit}: {about}, {steps} steps on {file}.", **facts, file=self.text.shown)

    def waiting(self, run: Checkpoint) -> str:
        """Return the row before the first steps have come back."""
        return phrase("step {step} of {total}", step=f"{run.step:,}", total=f"{run.facts.total:,}")

    def progress(self, run: Checkpoint, chunk: int, left: float | None = None) -> str:
        """Return a row on how far it is. left: seconds; without them, nothing is said of time."""
        total = run.facts.total
        bar = "#" * (BAR * run.step // total)
        parts = [f"[{bar:.<{BAR}}]"] if left is not None else []
        parts.append(self.waiting(run))
        mean = binned(run.losses[-chunk:], 1)
        parts += [f"{self.loss} {figure(one)}" for one in mean]
        if self.floor is not None:
            parts.append(phrase("floor {number}", number=f"{self.floor:.4f}"))
        if left:
            parts.append(phrase("{time} left", time=_time(left)))
        return "   ".join(parts)

    def ended(self, run: Checkpoint, found: Finding) -> str:
        """Return the page on a run that has taken all its steps."""
        page = Page(self.style)
        steps = phrase("{number} steps", number=f"{run.step:,}")
        on = phrase("on {file}", file=self.text.shown) if self.text.shown else ""
        page.head("DONE", self.unit.key, steps, on, phrase("seed {number}", number=run.facts.seed))
        self._curve(page, run)
        self._measures(page, found)
        self._drawn(page, found)
        self._samples(page, found)
        self._compare(page, run)
        page.gap()
        again, longer = f"{self.command} --fresh", f"{self.command} --steps {2 * run.step}"
        self._command(page, phrase("Anew    {command}", command=again))
        self._command(page, phrase("Longer  {command}", command=longer))
        return page.text()

    def loaded(self, weights: str, found: Finding) -> str:
        """Return the page on what the learner's code makes of published weights."""
        page = Page(self.style)
        page.head("DONE", self.unit.key, phrase("on {file}", file=weights))
        self._measures(page, found)
        self._drawn(page, found)
        self._samples(page, found)
        return page.text()

    def _curve(self, page: Page, run: Checkpoint) -> None:
        page.gap()
        if self.style.plain:
            for at, loss in enumerate(binned(run.losses, TOLD), 1):
                step = run.step * at // min(TOLD, run.step)
                page.say(
                    phrase("Until step {step}: {loss} {number}", step=f"{step:,}", loss=self.loss, number=figure(loss))
                )
            return
        page.say(self.loss)
        for row in drawn(run.losses, self.style.width, self.floor):
            page.row(row)

    def _measures(self, page: Page, found: Finding) -> None:
        page.gap()
        rows = [(self.of(name), figure(number), "") for name, number in found.measures.items()]
        if self.floor is not None and self.text.shown:
            about = phrase("the entropy that is left to whoever sees as much")
            rows.append((phrase("floor"), figure(self.floor), about))
        widths = [max((cells(row[column]) for row in rows), default=0) for column in (0, 1)]
        for label, said, about in rows:
            if self.style.plain:
                page.fact(label, said, about)
            else:
                row = f"  {padded(label, widths[0])}   {said:>{widths[1]}}"
                fits = cells(row) + 3 + cells(about) <= self.style.width
                page.row(f"{row}   {about}".rstrip() if fits else row)
                page.say("" if fits else about)
        self._leak(page, found)

    def _leak(self, page: Page, found: Finding) -> None:
        dev = found.measures.get(DEV, math.inf)
        if self.floor is None or dev >= self.floor - BELOW:
            return
        says = later("{name} is {number} below the floor. The answer is somewhere in what the model sees.")
        page.gap()
        page.labelled(phrase("Why"), phrase(says, name=self.of(DEV), number=f"{self.floor - dev:.4f}"))

    def _drawn(self, page: Page, found: Finding) -> None:
        for title, numbers in found.curves.items():
            page.gap()
            page.say(self.of(title))
            for row in drawn(numbers, self.style.width) if not self.style.plain else _in_words(numbers):
                page.row(row)
        for title, rows in found.pictures.items():
            page.gap()
            page.say(self.of(title))
            for row in rows[:MOST_ROWS]:
                page.row(f"    |{row}")

    def _samples(self, page: Page, found: Finding) -> None:
        if not found.samples:
            return
        page.gap()
        page.say(self.of(self.plan.samples) or phrase("What it writes:"))
        lines = [line for sample in found.samples for line in lines_of(sample)]
        for row in [row for line in lines for row in wrap(line, self.style.width - 4)][:MOST_ROWS]:
            page.quote(row)

    def _compare(self, page: Page, run: Checkpoint) -> None:
        says = self.of(self.plan.compare.get(self.text.name, self.plan.compare.get(ELSE, "")))
        if not says:
            return
        usual = self.plan.steps_on(self.text.name)
        more = phrase("That is after {number} steps.", number=f"{usual:,}") if usual != run.facts.total else ""
        page.gap()
        page.labelled(phrase("Compare"), *filter(None, (says, more)))

    def halted(self, halted: Halted, run: Checkpoint | None) -> str:
        """Return the page on a run that the learner's code ended. run: what was saved before."""
        page = Page(self.style)
        result = halted.result
        show_check(page, ShownStep(result, halted.check, alone=True))
        page.gap()
        page.say(phrase("Check it alone:  {command}", command=f"grade {result.id}"))
        if halted.check.outcome is Outcome.TIMEOUT:
            page.say(phrase("More time:  {command}", command=f"{self.command} --timeout 60"))
        if run is not None and run.step:
            self._goes_on(page, run)
        return page.text()

    def _goes_on(self, page: Page, run: Checkpoint) -> None:
        page.say(phrase("Saved after step {step}. It goes on from there:", step=f"{run.step:,}"))
        self._command(page, self.command)

    def _command(self, page: Page, says: str) -> None:
        """Add a command in one row, so that it can be copied."""
        page.rows.append(visible(says) if self.style.plain else f"  {visible(says)}")

    def waits(self, exercise: Exercise, where: Location | None) -> str:
        """Return the page on an exercise that is not written, without which there is nothing to train."""
        says = phrase("{exercise} is not written yet. There is nothing to train without it.", exercise=exercise.id)
        return waits(self.style, phrase("grade run {unit}", unit=self.unit.key), exercise, says, where)

    def stopped(self, run: Checkpoint) -> str:
        """Say that Ctrl-C came, and how to go on."""
        says = later("Stopped after step {step} of {total}. What it has learned is saved.")
        said = phrase(says, step=f"{run.step:,}", total=f"{run.facts.total:,}")
        go_on = phrase("Go on:  {command}", command=self.command)
        anew = phrase("Anew:   {command}", command=f"{self.command} --fresh")
        return f"{said}\n  {go_on}\n  {anew}"


def waits(style: Style, command: str, exercise: Exercise, says: str, where: Location | None) -> str:
    """Return the page on an exercise that is not written, which a command waits for."""
    page = Page(style)
    page.head("BLOCKED", command, phrase("waits for {exercise}", exercise=exercise.id))
    page.say(says, 9)
    if where is not None:
        page.parts(9, where.place)
    page.say(phrase("Do that one first:  {command}", command=f"grade {exercise.id}"), 9)
    return page.text()


def fault(halted: Halted, style: Style) -> str:
    """Return the page on what the learner's code ended, where nothing was saved."""
    page = Page(style)
    show_check(page, ShownStep(halted.result, halted.check, alone=True))
    page.gap()
    page.say(phrase("Check it alone:  {command}", command=f"grade {halted.result.id}"))
    return page.text()


def document(code: int, unit: Unit, text: Text, run: Checkpoint | None, status: str, **more: Any) -> dict[str, Any]:
    """Return what `--json` writes: how a run stands, and what it has come to.

    status: done, stopped, or the outcome of what ended it. more: other entries.
    """
    found: dict[str, Any] = {"schema": SCHEMA, "exit": code, "status": status, "unit": unit.key, "data": text.name}
    if run is not None:
        found |= {"seed": run.facts.seed, "step": run.step, "steps": run.facts.total, "losses": _finite(run.losses)}
    return {**found, **more}


def _finite(numbers: Sequence[float]) -> list[float | None]:
    return [one if math.isfinite(one) else None for one in binned(numbers, POINTS)]


def _in_words(numbers: Sequence[float]) -> list[str]:
    return [phrase(", ").join(figure(one) for one in binned(numbers, TOLD))]


def of_finding(found: Finding, floor: float | None) -> dict[str, Any]:
    """Return what a run has come to, for `--json`."""
    finite = {name: one if math.isfinite(one) else None for name, one in found.measures.items()}
    pictures = {title: list(rows) for title, rows in found.pictures.items()}
    curves = {title: _finite(numbers) for title, numbers in found.curves.items()}
    texts = list(found.samples)
    return {"measures": finite, "floor": floor, "samples": texts, "curves": curves, "pictures": pictures}


def of_halt(halted: Halted) -> dict[str, Any]:
    """Return what ended a run, for `--json`."""
    where = halted.check.where
    place = {"file": where.file, "line": where.line, "function": where.function} if where else None
    return {"exercise": halted.result.id, "message": halted.check.message, "where": place}


def not_passed(exercises: Sequence[Exercise], unit: Unit) -> str:
    """Say which exercises in use have not passed as they are now."""
    says = later("Not passed as they are now: {names}. If the loss looks odd, begin there: {command}")
    names = phrase(", ").join(one.id for one in exercises)
    return phrase(says, names=names, command=f"grade {exercises[0].id if len(exercises) == 1 else unit.key}")


def _time(left: float) -> str:
    whole = max(1, round(left))
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return phrase("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return phrase("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
    return phrase("{number} s", number=seconds)
