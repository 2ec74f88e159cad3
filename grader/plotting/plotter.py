"""Ask a learner's code, in a worker, for what a plot shows."""

from dataclasses import replace
from typing import Any

from grader.course.plots import Plot
from grader.course.training import Training
from grader.judging import reference
from grader.language import later, of_course, phrase
from grader.plotting.claim import figure
from grader.plotting.figure import Curves, Figure, Series
from grader.submission.scanned import Scanned
from grader.training.asker import Asker, Text
from grader.training.checkpoint import Checkpoint
from grader.worker.host.launch import Launcher

LOSS = "loss"  # the plot that every unit with a run has


class Plotter(Asker):
    """Asks one file for one plot. Close it: it owns a worker."""

    def __init__(
        self, plot: Plot, scanned: Scanned, launcher: Launcher, text: Text, *, timeout: float | None = None
    ) -> None:
        self._plot = plot
        program = reference.helper(plot.program)
        super().__init__(plot.unit, plot, program, scanned, launcher, text, timeout=timeout)

    def data(self, run: Checkpoint | None, on: str, seed: int) -> Any:
        """Return what the code gives to be drawn. run: what was saved; on: what it is about. Raises Halted."""

        def whole(value: Any) -> Any:
            figure(value)
            return value

        state = dict(run.state) if run is not None else None
        return self._asked(self._plot.function, (state, on), seed, 0, whole)

    def figure(self, data: Any) -> Figure:
        """Return the figure of such data, in the language that is spoken."""
        plot = self._plot
        return figure(data, lambda text: of_course(text, plot.file.parent, plot.unit.name))

    def _title(self, _step: int) -> str:
        return phrase("in grade plot {name}", name=self._plot.id)

    def _apart(self) -> str:
        return phrase("It happened in the plot itself, not in a line of yours.")


def losses(run: Checkpoint, plan: Training, key: str) -> Figure:
    """Return the curve of a saved run, with the floor that is known of its text."""
    import numpy as np

    def translate(text: str) -> str:
        return of_course(text, plan.file.parent, plan.file.stem)

    name = translate(plan.loss) or phrase("loss (nats)")
    ys = np.asarray(run.losses, dtype=np.float64)
    ys[~np.isfinite(ys)] = np.nan
    curve = Series(name, ys, np.arange(len(ys), dtype=np.float64))
    curves = (replace(curve, pale=True), *_smooth(curve)) if len(ys) > 200 else (curve,)
    floor = plan.floor.get(run.facts.data)
    lines = {} if floor is None else {phrase("floor"): floor}
    title = phrase("{unit}: the loss of your run", unit=key)
    about = phrase("{about}, seed {seed}", about=translate(plan.about), seed=run.facts.seed)
    note = phrase("The floor is the entropy that is left to whoever sees as much.") if lines else ""
    return Figure(title, (Curves(about, phrase("step"), name, curves=curves, lines=lines),), note)


def _smooth(curve: Series) -> tuple[Series, ...]:
    """Return the means of windows, beside which the single losses are a cloud."""
    import numpy as np

    window = max(len(curve.ys) // 60, 5)
    known = np.isfinite(curve.ys)
    ys, xs = curve.ys[known], curve.xs[known]
    if len(ys) <= window:
        return ()
    sums = np.cumsum(np.insert(ys, 0, 0.0))
    means = (sums[window:] - sums[:-window]) / window
    says = later("mean of {number} steps")
    return (Series(phrase(says, number=window), means, xs[window // 2 :][: len(means)]),)
