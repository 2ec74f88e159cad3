"""`grade plot [NAME]`: a picture of what the learner's code does."""

import difflib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from grader.cli import pictures, texts
from grader.cli.terminal import Positive, look, terminal
from grader.language import later, of_course, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from grader.cli.place import Place
    from grader.course.plots import Plot
    from grader.course.unit import Unit
    from grader.plotting.figure import Figure
    from grader.training.checkpoint import Checkpoint

FAILED, WAITS = 1, 3
SIMILAR = 0.5


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    name: str | None = None
    out: str | None = None
    ascii: bool = False
    dark: bool = False
    on: str | None = None
    seed: int | None = None
    data: str | None = None
    text: str | None = None
    submission: str | None = None
    timeout: float | None = None


@click.command()
@click.argument("name", required=False)
@click.option("--out", metavar="FILE", help="Where to write it, .png or .svg; by default plots/NAME.png.")
@click.option("--ascii", is_flag=True, help="Draw it in characters, here.")
@click.option("--dark", is_flag=True, help="Light on dark.")
@click.option("--on", metavar="TEXT", help="Another sentence or expression than the plot's own.")
@click.option("--seed", type=int, metavar="N", help="Draw other random numbers.")
@click.option("--data", metavar="NAME", help="Another data set of datasets/catalogue.toml.")
@click.option("--text", metavar="FILE", help="A text of your own.")
@click.option("--submission", metavar="PATH", help="Of what stands in another folder, zip or tar.")
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds that your code may compute.")
@look()
def plot(**options: Any) -> int:
    """Draw what your code does: graphs, borders, gauges, attention.

    NAME is one of the list that comes without it, such as u01.graph, or boundary where one unit has it. u01 lists
    those of a unit. Your code runs where it always does and gives numbers; they are drawn here.

    Pictures need the extra [plots]; --ascii needs nothing.
    """
    from grader.cli.place import Place

    wish = Wish(**options)
    with Place.here(terminal(), wish.submission, trusts=False) as place:
        known = _known(place)
        found = _found(wish.name or "", known, place)
        if isinstance(found, list):
            place.terminal.say(_listed(found, place))
            return 0
        path = None if wish.ascii else pictures.target(wish.out or f"plots/{found.id.replace('.', '-')}.png")
        if wish.ascii and wish.out:
            from grader.errors import UsageError

            raise UsageError(phrase("--ascii draws here, --out in a file: leave one out."))
        return _Drawing(place, found, wish, path).done()


@dataclass(frozen=True)
class Loss:
    """The plot that every unit with a run has: the curve of the run that is saved."""

    unit: "Unit"
    name: str = "loss"

    @property
    def id(self) -> str:
        """`u08.loss`."""
        return f"{self.unit.key}.{self.name}"


class _Drawing:
    """One picture. path: where it goes; None for characters on the screen."""

    def __init__(self, place: "Place", plot: "Plot | Loss", wish: Wish, path: "Path | None") -> None:
        self._place = place
        self._plot = plot
        self._wish = wish
        self._path = path

    def done(self) -> int:
        """Draw it; return the exit code."""
        from grader.training.asker import Halted, blocked

        if isinstance(self._plot, Loss):
            return self._loss(self._plot.unit)
        try:
            return self._asked(self._plot)
        except Halted as halted:
            waits = blocked(self._plot.unit, halted.result)
            if waits is not None:
                return self._waits(waits)
            from grader.training.page import fault

            self._place.terminal.say(fault(halted, self._place.terminal.style))
            return FAILED

    def _loss(self, unit: "Unit") -> int:
        from grader.course.training import training
        from grader.plotting.plotter import losses

        plan, run = training(unit.run), self._run(unit)
        return self._show(lambda: losses(run, plan, unit.key))

    def _asked(self, plot: "Plot") -> int:
        from grader.plotting.figure import beside
        from grader.plotting.plotter import Plotter

        place, wish = self._place, self._wish
        run = self._run(plot.unit) if plot.run else None
        self._require_possible(plot)
        text = self._text(plot, run)
        on, seed = wish.on or plot.on, place.course.seed if wish.seed is None else wish.seed
        with place.session as session:
            launcher = session.launcher(plot.unit)

            def plotter(scanned: Any) -> Plotter:
                return Plotter(plot, scanned, launcher, text, timeout=wish.timeout)

            with closing(plotter(place.scanned(plot.unit))) as mine:
                mine.require_readable()
                lacking = mine.unwritten()
                if lacking is not None:
                    return self._waits(lacking)
                yours = mine.data(run, on, seed)
            if not plot.beside or not plot.unit.solution.exists():
                return self._show(lambda: mine.figure(yours))
            with closing(plotter(place.scanned_in(plot.unit, place.course.solutions))) as theirs:
                ours = theirs.data(run, on, seed)
            return self._show(lambda: beside(mine.figure(yours), theirs.figure(ours)))

    def _require_possible(self, plot: "Plot") -> None:
        from grader.errors import UsageError

        if self._wish.on is not None and not plot.on:
            raise UsageError(phrase("grade plot {name} is about nothing that --on could change.", name=plot.id))

    def _run(self, unit: "Unit") -> "Checkpoint":
        """Return the run of a unit that is saved. Raises UsageError where none is, or it is of another course."""
        from grader.cli.run import saved
        from grader.course.training import digest, training
        from grader.errors import UsageError
        from grader.training import checkpoint

        run = checkpoint.load(saved(self._place, unit))
        command = f"grade run {unit.key}"
        if self._wish.submission:
            command += f" --submission {self._wish.submission}"
        if run is None or not run.step:
            says = later("{name} shows what {unit} has learned, and no run of it is saved. Train first:  {command}")
            raise UsageError(phrase(says, name=f"grade plot {self._plot.id}", unit=unit.key, command=command))
        if run.facts.unit != unit.key or run.facts.program != digest(training(unit.run)):
            says = later("The run that is saved, at step {step}, was begun before the course changed.")
            anew = phrase("Begin anew, in its place:  {command}", command=f"{command} --fresh")
            raise UsageError(f"{phrase(says, step=f'{run.step:,}')}\n{anew}")
        return run

    def _text(self, plot: "Plot", run: "Checkpoint | None") -> Any:
        """Return the text that it is drawn of; of a run the one that it was trained on. Raises UsageError."""
        from grader.errors import UsageError

        wish, data = self._wish, self._wish.data
        if run is not None and plot.data and not wish.text:
            data = data or run.facts.data
            if not data:
                says = later("The run that is saved was trained on a text of your own. Name it: --text FILE")
                raise UsageError(phrase(says))
        command = f"grade plot {plot.id}"
        text = texts.chosen(self._place, plot.unit, plot, data=data, file=wish.text, command=command)
        if run is not None and plot.data and text.digest != run.facts.text:
            says = later("The run that is saved, at step {step}, was begun on another text.")
            raise UsageError(phrase(says, step=f"{run.step:,}"))
        return text

    def _show(self, make: "Callable[[], Figure]") -> int:
        said = self._place.terminal
        if self._path is not None:
            pictures.write(said, self._path, make, dark=self._wish.dark)
        else:
            from grader.plotting.characters import characters

            said.say(characters(make(), said.style))
        return 0

    def _waits(self, exercise: Any) -> int:
        from grader.training.page import waits

        unit = self._plot.unit
        where = next(iter(self._place.scanned(unit).unwritten(exercise).values()), None)
        says = phrase("{exercise} is not written yet. There is nothing to draw without it.", exercise=exercise.id)
        style = self._place.terminal.style
        self._place.terminal.say(waits(style, f"grade plot {self._plot.id}", exercise, says, where))
        return WAITS


def _known(place: "Place") -> "list[Plot | Loss]":
    """Return all plots of the course, in the order of its units."""
    from grader.course.plots import plots

    found: list[Plot | Loss] = []
    for unit in place.course.units:
        own = plots(unit)
        found += [*own, *([Loss(unit)] if unit.run.exists() else [])]
    return found


def _found(word: str, known: "list[Plot | Loss]", place: "Place") -> "Plot | Loss | list[Plot | Loss]":
    """Return the plot that a word means, or those of which a list is wanted. Raises UsageError."""
    from grader.errors import UsageError

    if not word:
        return known
    names = {word, word.replace("_", "-")}
    of_unit = [one for one in known if word in (one.unit.key, one.unit.name, one.unit.name.partition("_")[2])]
    if of_unit:
        return of_unit
    found = [one for one in known if names & {one.id, one.name}]
    if len(found) == 1:
        return found[0]
    if found:
        says = later("{number} plots are called {word}: {names}. Which one?")
        raise UsageError(phrase(says, number=len(found), word=word, names=", ".join(one.id for one in found)))
    if word in {unit.key for unit in place.course.units}:
        raise UsageError(phrase("{unit} has no plots. grade plot lists those that there are.", unit=word))
    spelled = {name: one.id for one in known for name in (one.name, one.id)}
    near = difflib.get_close_matches(word.lower(), spelled, n=3, cutoff=SIMILAR)
    names_ = ", ".join(dict.fromkeys(spelled[name] for name in near))
    more = phrase("Did you mean {name}?", name=names_) if near else phrase("grade plot lists those that there are.")
    raise UsageError(phrase('No plot "{word}". {more}', word=word, more=more))


def _listed(found: "list[Plot | Loss]", place: "Place") -> str:
    """Return the page that lists plots: what each shows, and what it waits for."""
    from grader.report.page import Page
    from grader.report.style import padded, wrap

    page = Page(place.terminal.style)
    page.say(phrase("What can be drawn, with: {command}", command="grade plot NAME"), 0)
    page.gap()
    of_run = [one for one in found if isinstance(one, Loss)]
    rows = [(one.id, _about(one)) for one in found if not isinstance(one, Loss)]
    if len(of_run) == 1:
        rows.append(
            (of_run[0].id, phrase("the loss of your run (after {command})", command=f"grade run {of_run[0].unit.key}"))
        )
    elif of_run:
        units = ", ".join(one.unit.key for one in of_run)
        about = phrase("the loss of your run (after {command}): {units}", command="grade run UNIT", units=units)
        rows.append(("UNIT.loss", about))
    wide = max((len(name) for name, _ in rows), default=0) + 2
    for name, about in rows:
        if place.terminal.style.plain:
            page.fact(name, about)
            continue
        first, *more = wrap(about, place.terminal.style.width - wide - 2)
        page.row(f"  {padded(name, wide)}{first}")
        for row in more:
            page.row(f"  {'':{wide}}{row}")
    return page.text()


def _about(plot: "Plot") -> str:
    """Say what a plot shows, and what it waits for."""
    about = of_course(plot.about, plot.file.parent, plot.unit.name)
    command = f"grade run {plot.unit.key}"
    return phrase("{about} (after {command})", about=about, command=command) if plot.run else about
