"""`grade run [UNIT]`: train what the learner wrote, to the lecture's end."""

import json
import os
import shlex
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import outside, pictures, texts
from grader.cli.live import Progress
from grader.cli.mishap import INTERRUPTED
from grader.cli.terminal import Positive, look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.training import Training
    from grader.course.unit import Unit
    from grader.training.asker import Text
    from grader.training.checkpoint import Checkpoint
    from grader.training.trainer import Trainer

FAILED, WAITS = 1, 3


@dataclass(frozen=True)
class Wish:
    """What was asked for. seed, steps: as the saved run has them, if not given."""

    unit: str | None = None
    steps: int | None = None
    fresh: bool = False
    seed: int | None = None
    data: str | None = None
    text: str | None = None
    submission: str | None = None
    timeout: float | None = None
    ranks: int | None = None
    device: str | None = None
    weights: str | None = None
    plot: str | None = None
    json: bool = False

    @property
    def outside(self) -> outside.Outside:
        """What of it no worker has."""
        return outside.Outside(self.ranks, self.device, self.weights)


@click.command()
@click.argument("unit", required=False)
@click.option("--steps", type=Positive(int), metavar="N", help="Steps in all; by default as the unit says.")
@click.option("--fresh", is_flag=True, help="Begin anew, in the place of the run that is saved.")
@click.option("--seed", type=int, metavar="N", help="Draw other random numbers.")
@click.option("--data", metavar="NAME", help="Train on another data set of datasets/catalogue.toml.")
@click.option("--text", metavar="FILE", help="Train on a text of your own.")
@click.option("--submission", metavar="PATH", help="Train what stands in another folder, zip or tar.")
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds that a few steps may compute.")
@click.option("--ranks", type=Positive(int), metavar="N", help="Train in N processes, outside of any worker.")
@click.option("--device", metavar="NAME", help="Train on cpu or cuda, outside of any worker.")
@click.option("--weights", metavar="FILE", help="Load published weights instead, outside of any worker.")
@click.option("--plot", metavar="FILE", help="Draw the curve there at the end, .png or .svg.")
@click.option("--json", is_flag=True, help="Write one JSON document at the end.")
@look()
def run(**options: Any) -> int:
    """Train what you wrote in UNIT, and show what it has learned.

    Without UNIT: the one where you are. It shows the loss while it falls, and at the end its curve, numbers to compare,
    and samples. Ctrl-C stops it; the same command goes on where it was.

    It trains on the course's own data, whose entropy is known; on the lecture's, once `grade data fetch` has brought
    it.

    Several processes, a GPU and published weights are had outside of any worker only: your own program then runs as
    `python` would run it.
    """
    from grader.cli.place import Place
    from grader.training.asker import Text
    from grader.training.checkpoint import alone

    wish = Wish(**options)
    if wish.plot:
        pictures.target(wish.plot)  # before it trains
    with Place.here(terminal(), wish.submission, trusts=False) as place:
        unit, plan = _chosen(place, wish.unit)
        facts = {"own": wish.submission is None, "timed": wish.timeout is not None}
        outside.require_possible(place, unit, plan, wish.outside, **facts)
        text = Text() if wish.weights else texts.chosen(place, unit, plan, data=wish.data, file=wish.text)
        with alone(saved(place, unit)):
            return _Run(place, unit, plan, text, wish).done()


class _Run:
    """One command: what is saved goes on, or a run begins."""

    def __init__(self, place: "Place", unit: "Unit", plan: "Training", text: "Text", wish: Wish) -> None:
        from grader.training.page import Words

        self._place = place
        self._unit = unit
        self._plan = plan
        self._text = text
        self._wish = wish
        self._path = saved(place, unit)
        self._words = Words(unit, plan, text, place.terminal.style, _command(unit, wish))
        self._saved: Checkpoint | None = None

    def done(self) -> int:
        """Train; return the exit code."""
        from grader.training import page
        from grader.training.asker import Halted, blocked
        from grader.training.crew import OpenTrainer
        from grader.training.trainer import Trainer

        place, unit = self._place, self._unit
        with place.session as session:
            scanned = place.scanned(unit)
            launcher = session.launcher(unit)
            crew = self._wish.outside.crew
            facts = (unit, self._plan, scanned, launcher, self._text)
            trainer = OpenTrainer(crew, *facts) if crew else Trainer(*facts, timeout=self._wish.timeout)
            with closing(trainer):
                try:
                    return self._trained(trainer)
                except KeyboardInterrupt:
                    return self._stopped()
                except Halted as halted:
                    waits = blocked(unit, halted.result)
                    if waits is not None:
                        return self._waits(waits)
                    self._write(
                        self._words.halted(halted, self._saved), FAILED, halted.check.outcome, **page.of_halt(halted)
                    )
                    return FAILED

    def _trained(self, trainer: "Trainer") -> int:
        from grader.training import page

        trainer.require_readable()
        lacking = trainer.unwritten()
        if lacking is not None:
            return self._waits(lacking)
        if self._wish.weights:
            found = trainer.published(self._wish.weights, self._place.course.seed)
            page_of = self._words.loaded(self._wish.weights, found)
            self._write(page_of, 0, "done", **page.of_finding(found, None))
            return 0
        self._saved = self._begun(trainer)
        self._tell()
        with closing(Progress(self._place.terminal, self._words, self._plan.chunk, quiet=self._wish.json)) as progress:
            for after in progress.watched(trainer, self._saved, self._path):
                self._saved = after
        found = trainer.finish(self._saved)
        self._write(self._words.ended(self._saved, found), 0, "done", **page.of_finding(found, self._words.floor))
        self._draw(self._saved)
        return 0

    def _draw(self, run: "Checkpoint") -> None:
        """Draw the curve, where a picture was asked for."""
        if self._wish.plot:
            from grader.plotting.plotter import losses

            path, said = pictures.target(self._wish.plot), self._place.terminal
            pictures.write(said, path, lambda: losses(run, self._plan, self._unit.key), told=not self._wish.json)

    def _begun(self, trainer: "Trainer") -> "Checkpoint":
        """Return the run that is saved, if it can go on; else a new one, saved before its first step."""
        from dataclasses import replace

        from grader.training import checkpoint

        wish = self._wish
        usual = wish.steps or self._plan.steps_on(self._text.name)
        seed = self._place.course.seed if wish.seed is None else wish.seed
        known = None if wish.fresh else checkpoint.load(self._path)
        if known is None:
            begun = trainer.begin(trainer.facts(seed, usual))
            begun.save(self._path)
            return begun
        now = trainer.facts(known.facts.seed if wish.seed is None else wish.seed, wish.steps or known.facts.total)
        self._require_same(known, now)
        if known.facts.work != now.work and not wish.json:
            says = later("Your code was edited since step {step} was saved. It goes on from there; anew: {command}")
            self._place.terminal.note(phrase(says, step=f"{known.step:,}", command=self._anew))
        return replace(known, facts=now)

    @property
    def _anew(self) -> str:
        return f"{self._words.command} --fresh"

    def _require_same(self, known: "Checkpoint", now: Any) -> None:
        """Raise UsageError where what is saved was begun with something else."""
        from grader.errors import UsageError

        was, step = known.facts, f"{known.step:,}"
        if was.unit != now.unit:
            from grader.training.checkpoint import damaged

            raise damaged(self._path)
        says = ""
        if was.seed != now.seed:
            says = phrase("The run that is saved, at step {step}, has seed {seed}.", step=step, seed=was.seed)
        elif (was.data, was.text) != (now.data, now.text):
            says = phrase("The run that is saved, at step {step}, was begun on another text.", step=step)
        elif was.program != now.program:
            says = phrase("The run that is saved, at step {step}, was begun before the course changed.", step=step)
        if says:
            raise UsageError(f"{says}\n{phrase('Begin anew, in its place:  {command}', command=self._anew)}")

    def _tell(self) -> None:
        """Say what begins, and what in it has not passed."""
        from grader.training import page
        from grader.training.asker import used

        run, say = self._saved, self._place.terminal.note
        if self._wish.json or run is None or run.step >= run.facts.total:
            return
        say(self._words.opening(run.facts.total))
        crew = self._wish.outside.crew
        if crew is not None:
            say(outside.said(crew))
        if run.step:
            say(phrase("It goes on after step {step}.", step=f"{run.step:,}"))
        open_ = [one for one in used(self._unit, self._plan)[0] if not self._place.is_done(one)]
        if open_ and self._wish.submission is None:
            say(page.not_passed(open_, self._unit))

    def _waits(self, exercise: Any) -> int:
        scanned = self._place.scanned(self._unit)
        where = next(iter(scanned.unwritten(exercise).values()), None)
        place = {"file": where.file, "line": where.line, "function": where.function} if where else None
        message = phrase("{name} is not written yet.", name=exercise.id)
        self._write(
            self._words.waits(exercise, where), WAITS, "todo", exercise=exercise.id, message=message, where=place
        )
        return WAITS

    def _stopped(self) -> int:
        """Say that Ctrl-C came; before anything was saved it is as for any other command."""
        if self._saved is None:
            raise KeyboardInterrupt
        if self._wish.json:
            self._write("", INTERRUPTED, "stopped")
        else:
            self._place.terminal.note(self._words.stopped(self._saved))
        return INTERRUPTED

    def _write(self, text: str, code: int, status: str, **more: Any) -> None:
        """Write a page, or the document that was asked for."""
        from grader.training.page import document

        if self._wish.json:
            found = document(code, self._unit, self._text, self._saved, str(status), **more)
            text = json.dumps(found, indent=2, ensure_ascii=True)
        self._place.terminal.say(text)


def _command(unit: "Unit", wish: Wish) -> str:
    """Return what goes on with a run: the options that say what is run stand in it."""
    given = [("--data", wish.data), ("--text", wish.text), ("--submission", wish.submission)]
    words = [f"{name} {shlex.quote(value)}" for name, value in (*given, *wish.outside.options) if value]
    return " ".join(["grade run", unit.key, *words])


def saved(place: "Place", unit: "Unit") -> Path:
    """Return where the run of a unit is saved; of another submission's, apart from the learner's own."""
    if place.submission is None:
        return place.course.checkpoints / f"{unit.key}.npz"
    from grader import store

    whose = store.key(os.fsencode(Path(place.submission).resolve()))[:8]
    return place.course.checkpoints / whose / f"{unit.key}.npz"


def _chosen(place: "Place", word: str | None) -> "tuple[Unit, Training]":
    """Return the unit that is meant, and its run. Raises UsageError."""
    from grader.course.training import training
    from grader.errors import UsageError

    current = None if word else place.current()
    unit = place.targets.unit(word) if word else place.course.unit((current or place.course.exercises[0]).unit)
    if unit.run.exists():
        return unit, training(unit.run)
    there = phrase(", ").join(one.key for one in place.course.units if one.run.exists())
    says = later("{unit} has nothing to train. Units that have: {names}.")
    raise UsageError(phrase(says, unit=unit.key, names=there or phrase("none")))
