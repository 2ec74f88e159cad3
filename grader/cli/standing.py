"""`grade status`, `grade list`, `grade next`: where a learner stands."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Entry, Place

SCHEMA = 1
WORD = 7  # of changed
SHOWN = 3  # exercises to write again
WORDS = {
    "FAIL": later("FAIL"),
    "done": later("done"),
    "changed": later("changed"),
    "waits": later("waits"),
    "todo": later("todo"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@look()
def status(*, as_json: bool) -> int:
    """Show how far you are."""
    from grader.cli.place import Place

    with Place.here(terminal()) as place:
        entries = place.entries()
        place.terminal.say(json.dumps(_status_data(place, entries), indent=2) if as_json else _status(place, entries))
    return 0


@click.command("list")
@click.argument("unit", required=False)
@click.option("--todo", "wanted", flag_value="todo", help="Only what is not done and not wrong.")
@click.option("--done", "wanted", flag_value="done", help="Only what has passed.")
@click.option("--failing", "wanted", flag_value="failing", help="Only what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@look()
def list_(unit: str | None, wanted: str | None, *, as_json: bool) -> int:
    """List the exercises, and where they are.

    UNIT: only those of a unit, u05 or backprop_ninja.
    """
    from grader.cli.place import Place, Standing

    kinds = {
        "todo": (Standing.TODO, Standing.WAITS, Standing.CHANGED),
        "done": (Standing.DONE,),
        "failing": (Standing.FAIL,),
    }.get(wanted or "", tuple(Standing))
    with Place.here(terminal()) as place:
        exercises = place.targets.unit(unit).exercises if unit else place.course.exercises
        entries = [entry for entry in place.entries(exercises) if entry.standing in kinds]
        if as_json:
            document = {"schema": SCHEMA, "exercises": [_entry_data(entry) for entry in entries]}
            place.terminal.say(json.dumps(document, indent=2))
        else:
            place.terminal.say(_list(place, entries) if entries else phrase("None."))
    return 0


@click.command("next")
@look()
def next_() -> int:
    """Say which exercise comes next, and where it is."""
    from grader.cli.place import Place, all_done

    with Place.here(terminal()) as place:
        current = place.current()
        if current is None:
            place.terminal.say(all_done(place.course))
            return 0
        from grader.report.page import Page

        page = Page(place.terminal.style)
        page.head(phrase("Next"), current.id, place.entry(current).place)
        page.say(current.text, 6)
        page.commands("grade open", "grade show", "grade hint")
        place.terminal.say(page.text())
    return 0


def _status(place: "Place", entries: "Sequence[Entry]") -> str:
    from grader.report.page import Page

    page = Page(place.terminal.style)
    page.labelled(phrase("Progress"), _counts(entries, total=True))
    names = [unit.name.replace("_", " ", 1) for unit in place.course.units]
    column = max(map(len, names))
    for unit, name in zip(place.course.units, names, strict=True):
        mine = [entry for entry in entries if entry.exercise.unit == unit.name]
        done = sum(entry.standing == "done" for entry in mine)
        part, rest = phrase("{part} of {whole}", part=done, whole=len(mine)), _counts(mine, total=False)
        if page.style.plain:
            parts = phrase(", ").join(filter(None, (part, rest)))
            page.say(phrase("{label}: {text}", label=name, text=parts))
        else:
            page.item(f"{name:<{column}}  {part:>9}", rest, column=column + 14)
    page.labelled(phrase("Now"), _now(place))
    waiting = _due(place)
    if waiting:
        more = phrase("and {number} more", number=len(waiting) - SHOWN) if len(waiting) > SHOWN else ""
        page.labelled(phrase("Again"), phrase(", ").join([*waiting[:SHOWN], *filter(None, [more])]))
        page.commands(f"grade again {waiting[0]}")
    return page.text()


def _due(place: "Place") -> list[str]:
    from grader.cli.again import due
    from grader.submission.repeats import Repeats

    return due(place, Repeats.load(place.course.state_folder))


def _counts(entries: "Sequence[Entry]", *, total: bool) -> str:
    """Return `19 of 48 done, 1 failing, 28 to do`, or of a unit what is not done, with the names of what fails."""
    from grader.report.words import edges_open

    failing = [entry.exercise.id for entry in entries if entry.standing == "FAIL"]
    changed = sum(entry.standing == "changed" for entry in entries)
    done = sum(entry.standing == "done" for entry in entries)
    todo = len(entries) - done - changed - len(failing)
    parts = [phrase("done")] if done == len(entries) and not total else []
    if total:
        parts = [phrase("{done} of {total} done", done=done, total=len(entries))]
    if failing:
        says = later("{number} failing") if total else later("{number} failing: {exercise}")
        if len(failing) > 1 and not total:
            says = later("{number} failing, the first {exercise}")
        parts.append(phrase(says, number=len(failing), exercise=failing[0].partition(".")[2]))
    if changed:
        says = (
            later("{number} changed since it passed") if changed == 1 else later("{number} changed since they passed")
        )
        parts.append(phrase(says, number=changed))
    if todo and (total or done or failing or changed):
        parts.append(phrase("{number} to do", number=todo))
    parts.append(edges_open(sum(entry.record.open_edges for entry in entries if entry.standing == "done")))
    return phrase(", ").join(part for part in parts if part)


def _now(place: "Place") -> str:
    from grader.cli.place import all_done
    from grader.report.words import count

    current = place.current()
    if current is None:
        return all_done(place.course)
    entry = place.entry(current)
    says = later("{number} try") if entry.record.tries == 1 else later("{number} tries")
    tries = phrase(says, number=entry.record.tries) if entry.record.tries else ""
    hints = count(entry.record.hints, "hint") if entry.record.hints else ""
    parts = (current.id, entry.place, phrase(", ").join(part for part in (tries, hints) if part))
    return (", " if place.terminal.style.plain else "   ").join(part for part in parts if part)


def _list(place: "Place", entries: "Sequence[Entry]") -> str:
    """Return a row an exercise, in columns; a remark that does not fit stands below its row, nothing is cut."""
    from grader.report.page import Page
    from grader.report.style import cells, padded

    page = Page(place.terminal.style)
    names = max(cells(entry.exercise.id) for entry in entries)
    room = page.style.width - WORD - names - 4
    is_wide = page.style.plain or max(cells(entry.place) for entry in entries) <= room
    places = [entry.place if is_wide else _line(entry) for entry in entries]
    column = max(map(cells, places))
    unit = ""
    for entry, at in zip(entries, places, strict=True):
        if not is_wide and entry.exercise.unit != unit:
            unit = entry.exercise.unit
            page.gap()
            page.parts(0, unit.partition("_")[0], entry.file)
        word, said = phrase(WORDS.get(entry.standing, entry.standing)), _said(entry)
        if page.style.plain:
            page.head(word, entry.exercise.id, at, said)
            continue
        row = f"{padded(word, WORD)}  {padded(entry.exercise.id, names)}  "
        fits = cells(row) + column + 2 + cells(said) <= page.style.width
        page.row(f"{row}{padded(at, column)}  {said if fits else ''}".rstrip())
        if not fits:
            page.say(said, WORD + 2)
    return page.text()


def _line(entry: "Entry") -> str:
    return phrase("line {number}", number=entry.where.line) if entry.where else ""


def _said(entry: "Entry") -> str:
    """Return what a list adds to the word: `check 4 of 7`, `2 edges open`."""
    from grader.report.words import edges_open

    parts = []
    if entry.standing == "FAIL" and entry.record.failed:
        parts.append(phrase("check {number} of {total}", number=entry.record.failed, total=entry.record.checks))
    if entry.standing == "FAIL" and entry.edited:
        parts.append(phrase("edited since"))
    if entry.standing == "changed":
        parts.append(phrase("since it passed"))
    if entry.standing == "done":
        parts.append(edges_open(entry.record.open_edges))
    return phrase(", ").join(part for part in parts if part)


def _entry_data(entry: "Entry") -> dict[str, Any]:
    return {
        "exercise": entry.exercise.id,
        "unit": entry.exercise.unit,
        "status": str(entry.standing).lower(),
        "outcome": entry.record.outcome or None,
        "edited": entry.edited,
        "file": entry.file,
        "line": entry.where.line if entry.where else None,
        "points": entry.exercise.points,
        "checks": entry.exercise.total,
        "failed": entry.record.failed or None,
        "open_edges": entry.record.open_edges,
        "tries": entry.record.tries,
        "hints": entry.record.hints,
    }


def _status_data(place: "Place", entries: "Sequence[Entry]") -> dict[str, Any]:
    current = place.current()
    return {
        "schema": SCHEMA,
        "course": place.course.title,
        "done": sum(entry.standing == "done" for entry in entries),
        "total": len(entries),
        "current": current.id if current else None,
        "again": _due(place),
        "units": [
            {
                "unit": unit.name,
                "title": unit.title,
                "done": sum(entry.standing == "done" for entry in entries if entry.exercise.unit == unit.name),
                "total": len(unit.exercises),
            }
            for unit in place.course.units
        ],
        "exercises": [_entry_data(entry) for entry in entries],
    }
