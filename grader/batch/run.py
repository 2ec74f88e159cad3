"""A class from its folder to its reports: tasks for those who have none yet, written as they come, then the summary.

Nothing depends on the order in which submissions are done, nor on how many processes do it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from grader.batch import roster, summary
from grader.batch.ledger import Ledger, unwritten
from grader.batch.names import Entry, Found, file_names
from grader.batch.task import Done, Plan, Task, do
from grader.course.course import Course
from grader.language import phrase
from grader.pool import Pool
from grader.submission.whole import write_whole


@dataclass
class Tally:
    """What a run did. graded: anew. kept: reports that still held. failed: why a submission has no report, by learner.

    faulty: whose failure is ours. details: of faults, for us.
    """

    graded: int = 0
    kept: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    details: list[str] = field(default_factory=list)
    taken: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Class:
    """Who handed in what. people: of the roster; without one, of nobody."""

    course: Course
    found: Found
    people: roster.Matched | None = None

    @property
    def files(self) -> dict[str, str]:
        """The name of each learner's files."""
        return file_names(entry.learner for entry in self.found.entries)

    def label(self, learner: str) -> str:
        """Return how the roster calls a learner."""
        person = self.people.of.get(learner) if self.people else None
        return person.label if person else ""


def graded(here: Class, plan: Plan, ledger: Ledger, jobs: int) -> Iterator[Tally]:
    """Grade all who have no report that holds; yield the tally after each. Raises CourseError, UsageError."""
    files, tally = here.files, Tally()

    def tasks() -> Iterator[Task]:
        for entry in here.found.entries:
            file = files[entry.learner]
            yield Task(plan, entry, ledger.key(f"{file}.json"), file)

    with Pool(here.course, here.course.names, max(1, min(jobs, len(files)))) as pool:
        for task, done in pool.as_done(do, tasks()):
            _note(tally, task, done or Done(reason=phrase("It ended the process that graded it, twice."), fault="lost"))
            if done and done.report:
                ledger.write(f"{task.file}.json", done.key, done.report)
            yield tally


def _note(tally: Tally, task: Task, done: Done) -> None:
    learner = task.entry.learner
    tally.taken[learner] = done.taken
    if done.reason:
        tally.failed[learner] = done.reason
    elif done.report:
        tally.graded += 1
    else:
        tally.kept += 1
    if done.fault:
        tally.details.append(f"{learner}\n{done.fault}")
    if done.reason and done.fault:
        tally.faulty.add(learner)


def summed(here: Class, plan: Plan, ledger: Ledger, tally: Tally) -> summary.Summary:
    """Return the page of the class as it is now, whoever has been graded in this run or an earlier one."""
    files = here.files
    chosen = [one for one in here.course.exercises if one.id in set(plan.exercises)]
    points = sum(one.points for one in chosen)
    rows = [_row(here, ledger, entry, files[entry.learner], points, tally) for entry in here.found.entries]
    people = here.people or roster.Matched({}, (), ())
    nobody = phrase("Nothing was handed in.")
    rows += [summary.absent("", person.label, points, summary.MISSING, nobody) for person in people.missing]
    return summary.Summary(
        course=here.course.title,
        learners=tuple(rows),
        unknown=people.unknown,
        twice=people.twice,
        strays=tuple(here.found.strays),
        left=tuple(ledger.left({f"{file}.json" for file in files.values()})),
    )


def _row(here: Class, ledger: Ledger, entry: Entry, file: str, points: int, tally: Tally) -> summary.Row:
    learner, label = entry.learner, here.label(entry.learner)
    reason = tally.failed.get(learner, "")
    if not reason:
        try:
            return summary.graded(ledger.folder, f"{file}.json", learner, label, tally.taken.get(learner, {}))
        except (OSError, msgspec.MsgspecError):
            reason = phrase("It was not graded yet.")
    return summary.absent(learner, label, points, summary.NOT_GRADED, reason)


def write(folder: Path, page: summary.Summary) -> None:
    """Write both summaries. Raises UsageError where there is no room, or no right."""
    texts: dict[str, Callable[[], bytes]] = {
        "summary.json": lambda: summary.as_json(page).encode("ascii"),
        "summary.csv": lambda: summary.as_csv(page).encode("utf-8-sig"),  # else a spreadsheet reads no Chinese
    }
    for name, text in texts.items():
        try:
            write_whole(folder / name, text())
        except OSError as error:
            raise unwritten(folder / name, error) from error
