"""`grade [TARGET...]`: grade, say what was found, remember it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import mishap
from grader.cli.formats import Format
from grader.cli.terminal import F, Positive, look, terminal
from grader.cli.wish import Wish
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.model import Report


FORMS = "Write the report for a machine: json, junit, markdown, or problems for an editor."
AGAIN = 75  # the exit code for whoever watches: what was saved is not there any more, look again


class Level(click.ParamType[str]):
    """A level of isolation; they are looked up when one is given, not when the command is made."""

    name = "level"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a level that there is."""
        from grader.worker.host.isolation import LEVELS

        if value not in LEVELS:
            self.fail(phrase("{value} is not one of {all}.", value=repr(value), all=", ".join(LEVELS)), param, ctx)
        return str(value)


def shut_in(required: str) -> Callable[[F], F]:
    """Give a command the options for how well a learner's code must be shut in. required: by default."""

    def add(command: F) -> F:
        asked, accepted = "--require-isolation", "--accept-isolation"
        says = "Refuse below LEVEL: split, process, syscalls or confined."
        command = click.option(
            accepted, "accept", type=Level(), metavar="LEVEL", help="Make do with LEVEL; marks the report."
        )(command)
        return click.option(
            asked, "require", type=Level(), metavar="LEVEL", default=required, show_default=True, help=says
        )(command)

    return add


def with_edges(command: F) -> F:
    """Give a command the option for what becomes of edges."""
    says = "Pass without edges (open), or not (required); by default as the course says."
    kinds = click.Choice(["open", "required"])
    return click.option("--edges", type=kinds, help=says)(command)


def with_jobs(command: F) -> F:
    """Give a command the option for how many processes judge."""
    says = "Processes that judge; by default one a core."
    return click.option("--jobs", type=Positive(int), metavar="N", help=says)(command)


@click.command("grade")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--all", "everything", is_flag=True, help="Grade every exercise of the course.")
@click.option("-k", "only", metavar="TEXT", default="", help="Grade the exercises whose name holds TEXT.")
@click.option("--submission", metavar="PATH", help="Grade another folder, zip or tar; nothing is recorded.")
@click.option("--keep-going", is_flag=True, help="Show every failure in full, not only the first.")
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds a check may compute.")
@click.option("--seed", type=int, metavar="N", help="Draw other random inputs.")
@click.option("--json", is_flag=True, help="Write one JSON document to standard output.")
@click.option("--format", "form", type=Format(), metavar="NAME", default="text", help=FORMS)
@with_jobs
@click.option("-q", "quiet", is_flag=True, help="One line an exercise.")
@click.option("-v", "verbose", is_flag=True, help="Also list every check with its outcome.")
@click.option("--no-save", "save", flag_value=False, default=True, type=bool, help="Do not record the verdict.")
@with_edges
@shut_in("split")
@click.option("--saved", default="", hidden=True)
@click.option("--lines", default="", hidden=True)
@click.option("--ran", default="", hidden=True)
@click.option("--cell", is_flag=True, hidden=True)
@click.option("--problems", is_flag=True, hidden=True)
@click.option("--solution", "ours", is_flag=True, hidden=True, help="Judge the references instead of a submission.")
@look()
def run(**options: Any) -> int:
    """Grade exercises, by default the one where you are."""
    from grader.cli import cells
    from grader.cli.place import Place, all_done

    wish = Wish(**options)
    with Place.here(terminal(), wish.submission, trusts=wish.is_own) as place:
        exercises = _saved(place, wish) if wish.saved else chosen(place, wish)
        if exercises is None:
            return AGAIN
        if not exercises:
            place.terminal.say(all_done(place.course))
            return 0
        says = ""
        if wish.ran:
            wish, says = cells.counted(place, wish, exercises)
        is_first = wish.is_bare and not any(record.outcome for record in place.state.records.values())
        report, broken = with_broken(place, wish, graded(place, wish, exercises))
        remember(place, wish, report)
        if broken:
            place.terminal.say(broken)
        show(place, wish, report, is_first=is_first)
        if says and not wish.machine:
            place.terminal.say(cells.below(place, says))
        return report.exit_code


def chosen(place: "Place", wish: Wish) -> "list[Exercise]":
    """Return the exercises to grade, in the course's order; none where everything has passed. Raises UsageError."""
    from grader.cli.targets import matching
    from grader.errors import UsageError

    if wish.targets and wish.everything:
        raise UsageError(phrase("--all grades everything: leave out the targets, or leave out --all."))
    if wish.is_bare:
        current = place.current()
        return [current] if current else list(place.course.exercises) if wish.machine else []
    found = place.targets.find(wish.targets) if wish.targets else list(place.course.exercises)
    if wish.only:
        found = list(matching(found, wish.only))
        if not found:
            raise UsageError(phrase('No exercise has "{text}" in its name. grade list shows them all.', text=wish.only))
    return found


def _saved(place: "Place", wish: Wish) -> "list[Exercise] | None":
    from grader.cli import saved

    return saved.chosen(place, wish.targets, wish.saved, wish.lines)


def graded(place: "Place", wish: Wish, exercises: "Sequence[Exercise]") -> "Report":
    """Grade the exercises. Raises what `Session.grade` raises, and KeyboardInterrupt even where somebody caught it."""
    from grader.cli.patience import Patience
    from grader.judging.beneath import nobody

    patience = Patience(place.terminal, [exercise.id for exercise in exercises], quiet=bool(wish.machine) or wish.quiet)
    with place.session as session, patience:
        if wish.ours:
            report = session.grade_ours(exercises, options=wish.options)
        else:
            report = session.grade(
                exercises,
                submission=Path(wish.submission) if wish.submission is not None else None,
                options=wish.options,
                on_exercise=patience.step,
                stands=place.is_done if wish.is_recorded else nobody,
                ran=place.ran,
            )
    if place.terminal.interrupted:
        raise KeyboardInterrupt
    if session.notes:
        mishap.save_details(list(wish.targets), "\n".join(session.notes))
    return report


def with_broken(place: "Place", wish: Wish, report: "Report") -> "tuple[Report, str]":
    """Add the verdict on what one exercise waits for, where an edit broke that after it had passed; and a sentence."""
    from msgspec.structs import replace

    from grader.model import UNDONE, Outcome

    waiting = report.exercises[0] if len(report.exercises) == 1 else None
    check = waiting.first_failure if waiting else None
    if waiting is None or check is None or check.outcome is not Outcome.BLOCKED or wish.machine or not wish.is_recorded:
        return report, ""
    needed = next((one for one in place.course.exercises if one.id == check.waits_for), None)
    if needed is None or not place.was_broken(needed):
        return report, ""
    found = graded(place, wish, [needed]).exercises[0]
    if found.outcome in UNDONE or found.outcome is Outcome.FAULT:
        return report, ""
    says = later("{needed} has passed before. It was edited since, and does not pass any more. {exercise} needs it.")
    unit = replace(report.units[0], exercises=(found, waiting))
    return replace(report, units=(unit,)), phrase(says, needed=needed.id, exercise=waiting.id)


def remember(place: "Place", wish: Wish, report: "Report") -> None:
    """Record the verdicts, but for exercises where the grader itself failed: their details are kept."""
    faults = [
        f"{exercise.id} {check.id}\n{check.message}"
        for exercise in report.exercises
        for check in exercise.checks
        if check.outcome == "fault"
    ]
    if faults:
        place.terminal.note(mishap.save_details(list(wish.targets), "\n\n".join(faults)))
    if wish.is_recorded:
        _begun(place, report)
        for exercise in report.exercises:
            place.state.judged(exercise)
        place.state.worked(report.exercises)
        for unit in report.units:
            loaded = not any(check.unloaded for exercise in unit.exercises for check in exercise.checks)
            found = "" if loaded else place.scanned(place.course.unit(unit.unit)).fingerprint
            place.state.loaded(unit.unit, found)
        place.save()
        _dated(place, report)
        _kept(place, report)


def _begun(place: "Place", report: "Report") -> None:
    """Keep the stubs of units that no verdict was recorded of: an update merges around what was written since."""
    begun = {name.partition(".")[0] for name in place.state.records}
    fresh = [unit for unit in map(place.course.unit, (one.unit for one in report.units)) if unit.key not in begun]
    if fresh:
        from grader.cli import origins

        origins.remember(place.course, fresh)


def _dated(place: "Place", report: "Report") -> None:
    """Remember the day on which an exercise passed: `grade status` says when to write it again."""
    passed = [exercise.id for exercise in report.exercises if exercise.outcome == "pass"]
    if passed:
        from grader.submission.repeats import Repeats

        Repeats.load(place.course.state_folder).passed(passed)


def _kept(place: "Place", report: "Report") -> None:
    """Keep the verdicts themselves, for `grade report`."""
    from grader.submission import verdicts

    exercises = {one.id: one for one in place.course.exercises}
    for result in report.exercises:
        verdicts.keep(place.course.state_folder, exercises[result.id], result)


def show(place: "Place", wish: Wish, report: "Report", *, is_first: bool = False) -> None:
    """Say what was found."""
    from grader.cli import screens
    from grader.report import render, text

    if wish.machine:
        place.terminal.say(render(wish.machine, report))
        return
    style = place.terminal.style
    if wish.problems:
        place.terminal.say(render("problems", report))
    if wish.quiet:
        place.terminal.say("\n".join(text.lines(report, style)))
        return
    if is_first:
        place.terminal.say(screens.welcome(place, report.exercises[0]))
    if wish.keep_going and len(report.exercises) > 1:
        place.terminal.say(screens.in_full(report, style, recorded=wish.is_recorded))
    else:
        place.terminal.say(text.render(report, style=style, ahead=_ahead(place, wish, report)))
    if wish.verbose:
        place.terminal.say(screens.checks(report, style))
    if is_first:
        place.terminal.say(screens.commands(style))


def _ahead(place: "Place", wish: Wish, report: "Report") -> Any:
    """Return what comes next, after a pass of the learner's own work."""
    from grader.report.text import Ahead

    offer = place.course.unit(report.units[0].unit).solution.exists()
    if not wish.is_recorded or report.exit_code != 0:
        return Ahead(solution=offer, recorded=wish.is_recorded)
    done = sum(map(place.is_done, place.course.exercises))
    current = place.current()
    entry = place.entry(current) if current else None
    return Ahead(
        exercise=current.id if current else "",
        where=entry.where if entry else None,
        done=done,
        total=len(place.course.exercises),
        solution=offer,
        recorded=True,
    )
