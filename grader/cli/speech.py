"""`grade language`: the language of a course's folder, and of the texts in the learner's files."""

from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.cli.place import Place
    from grader.cli.renewal import Renewed


@click.command("language")
@click.argument("code", metavar="[CODE]", required=False)
@look()
def language(code: str | None) -> int:
    """Choose the language here, such as zh or en.

    Stubs and texts in your files are put into it around your answers; what you wrote stays. What has no translation
    stays English. Without CODE: which languages there are. --lang and a folder's language come before LANG.
    """
    from grader.cli.place import Place
    from grader.errors import UsageError
    from grader.language import languages

    with Place.here(terminal()) as place:
        if code is None:
            place.terminal.say(_there(place))
        elif code not in languages():
            says = later("{value} is not a language that grade speaks: {all}.")
            raise UsageError(phrase(says, value=repr(code), all=", ".join(languages())))
        else:
            _switch(place, code)
    return 0


def _there(place: "Place") -> str:
    """Return a row for each language: how many units have their texts in it."""
    from grader.language import ENGLISH, languages
    from grader.report.page import Page

    page = Page(place.terminal.style)
    units = place.course.units
    for code in languages():
        number = len([unit for unit in units if code in (ENGLISH, *unit.written)])
        says = (
            later("texts of {number} of {all} units, chosen here")
            if code == place.language
            else later("texts of {number} of {all} units")
        )
        page.labelled(code, phrase(says, number=number, all=len(units)))
    page.commands("grade language CODE")
    return page.text()


def _switch(place: "Place", code: str) -> None:
    from grader import language as spoken
    from grader.cli import origins, renewal
    from grader.cli.transaction import Write, on_disk
    from grader.cli.update import carried, carry_out, written

    there = [unit for unit in place.course.units if place.work.holds(unit)]
    found = [
        renewal.of_unit(place, unit, origins.stub_of(unit, code), None, in_place=False)
        for unit in there
        if unit.solution.exists()
    ]
    carried(place, found, known=True)
    mark = place.course.root / spoken.CHOSEN
    chosen = Write(mark, on_disk(mark), f"{code}\n".encode("ascii"))
    spoken.choose(code)
    changed = [one for one in found if one.left or one.conflicts or one.write is not None]
    _tell(place, changed, code)
    if not [one for one in found if one.write is not None] and chosen.old == chosen.new:
        place.terminal.say(phrase("Everything here is in this language; nothing to do."))
        return
    carry_out(place, [write for write in (chosen, *written(place, found)) if write.old != write.new])


def _tell(place: "Place", changed: "Sequence[Renewed]", code: str) -> None:
    from grader.cli.update import conflicts
    from grader.language import ENGLISH
    from grader.report.page import Page

    page = Page(place.terminal.style)
    done = [one.unit for one in changed if one.write is not None]
    for says, units in (
        (later("{units}: in {code} now; what you wrote stays."), [u for u in done if code in (ENGLISH, *u.written)]),
        (later("{units}: not in {code} yet, so in English."), [u for u in done if code not in (ENGLISH, *u.written)]),
    ):
        if units:
            keys = phrase(", ").join(unit.key for unit in units)
            page.labelled(phrase("Texts"), phrase(says, units=keys, code=code))
    for one in changed:
        for says in filter(None, (one.left, *conflicts(one))):
            page.labelled(one.unit.key, says)
    if page.text().strip():
        place.terminal.say(page.text())
