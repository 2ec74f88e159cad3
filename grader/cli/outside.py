"""`grade run` outside of any worker: several processes, a GPU, published weights.

Nothing confines it, so it is for a program of one's own, on one's own machine, and it grades nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.training import Training
    from grader.course.unit import Unit
    from grader.training.crew import Crew


@dataclass(frozen=True)
class Outside:
    """What was asked for that no worker has."""

    ranks: int | None = None
    device: str | None = None
    weights: str | None = None

    @property
    def options(self) -> list[tuple[str, str]]:
        """The words of the command line that ask for it."""
        ranks = str(self.ranks) if self.ranks else ""
        return [("--ranks", ranks), ("--device", self.device or ""), ("--weights", self.weights or "")]

    @property
    def crew(self) -> "Crew | None":
        """What it takes; None where nothing was asked for."""
        if not any(value for _, value in self.options):
            return None
        from grader.training.crew import Crew
        from grader.worker.wire.ranks import CPU

        return Crew(self.ranks or 1, self.device or CPU)


def require_possible(place: "Place", unit: "Unit", plan: "Training", wish: Outside, *, own: bool, timed: bool) -> None:
    """Raise UsageError where it was asked for and cannot be. own: the learner's own program is run.

    timed: with a limit.
    """
    asked = wish.crew
    if asked is None:
        return
    from grader.course.training import training
    from grader.errors import UsageError
    from grader.training.crew import devices
    from grader.worker.wire.ranks import CPU, CUDA

    if not (plan.published if wish.weights else plan.open):
        runs = {one.key: training(one.run) for one in place.course.units if one.run.exists()}
        able = [key for key, run in runs.items() if (run.published if wish.weights else run.open)]
        says = later("grade run {unit} knows no {option}. Units that do: {names}.")
        option = next(name for name, value in reversed(wish.options) if value)
        names = phrase(", ").join(able) or phrase("none")
        raise UsageError(phrase(says, unit=unit.key, option=option, names=names))
    if not own:
        says = later("Outside of a worker only your own exercises are run: leave --submission out.")
        raise UsageError(phrase(says))
    if timed:
        raise UsageError(phrase("Outside of a worker nothing is timed: leave --timeout out."))
    if asked.device not in (CPU, CUDA):
        says = later("There is no device {device}. There are: {names}.")
        raise UsageError(phrase(says, device=asked.device, names=phrase(", ").join((CPU, CUDA))))
    there = devices(asked.device)
    if there < asked.ranks:
        says = later("{ranks} processes on {device} are asked for; torch finds devices for {there} on this machine.")
        raise UsageError(phrase(says, ranks=asked.ranks, device=asked.device, there=there))


def said(crew: "Crew") -> str:
    """Say what runs where."""
    if crew.ranks == 1:
        return phrase("It runs outside of any worker, on {device}.", device=crew.device)
    return phrase("It runs outside of any worker: {ranks} processes on {device}.", ranks=crew.ranks, device=crew.device)
