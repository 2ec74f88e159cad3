"""Train a learner's code: a worker does some steps at a time, and all that lasts comes back as data.

The worker forgets everything from one chunk to the next but the text that it trains on. So what is saved between two
chunks is the whole run: one that goes on gives the same numbers as one that was never stopped.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from grader.course.training import Training, digest, source
from grader.course.unit import Unit
from grader.judging import reference
from grader.language import later, phrase
from grader.submission.scanned import Scanned
from grader.training.asker import Asker, Text, number
from grader.training.beside import beside
from grader.training.checkpoint import Checkpoint, Facts, State
from grader.values import Tensor, is_array
from grader.worker.host.launch import Launcher

MAX_PARTS, MAX_NAME, MAX_WHOLE = 1000, 200, 1 << 62


@dataclass(frozen=True)
class Finding:
    """What a run has come to. measures: numbers by their names. samples: what the model wrote.

    curves, pictures: by title, numbers to draw, and what is drawn already.
    """

    measures: dict[str, float] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    curves: dict[str, list[float]] = field(default_factory=dict)
    pictures: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Trainer(Asker):
    """Trains the code of one file. Close it: it owns a worker."""

    def __init__(
        self, unit: Unit, plan: Training, scanned: Scanned, launcher: Launcher, text: Text, *, timeout: float | None
    ) -> None:
        """timeout: processor seconds of a chunk, instead of the run's own."""
        self._plan = plan
        program = reference.helper(source(plan.file))
        super().__init__(unit, plan, program, scanned, launcher, text, timeout=timeout)

    def _title(self, _step: int) -> str:
        return phrase("in grade run {unit}, after step {step}", unit=self._unit.key, step=f"{_step:,}")

    def _apart(self) -> str:
        return phrase("It happened in the run itself, not in a line of yours.")

    def facts(self, seed: int, total: int) -> Facts:
        """Return what a run begins with here and now."""
        work = hashlib.sha256("".join(map(self._scanned.digest, self._beneath)).encode()).hexdigest()[:16]
        return Facts(self._unit.key, seed, total, self._text.name, self._text.digest, digest(self._plan), work)

    def begin(self, facts: Facts) -> Checkpoint:
        """Return a run that has not taken any step. Raises Halted."""
        state = self._asked("begin", (number(facts.seed, 0),), facts.seed, 0, _state)
        return Checkpoint(facts, (), state)

    def advance(self, run: Checkpoint) -> Checkpoint:
        """Take the steps of the next chunk. Raises Halted."""
        count = min(self._plan.chunk, run.facts.total - run.step)
        given = (run.state, number(run.facts.seed, run.step), run.step, count, run.facts.total)
        state, losses = self._asked("advance", given, run.facts.seed, run.step, lambda value: _advanced(value, count))
        bad = next((at for at, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if bad is not None:
            raise self._halted(AssertionError(_no_number(losses[bad], run.step + bad)), run.step, None)
        return replace(run, losses=(*run.losses, *losses), state=state)

    def finish(self, run: Checkpoint) -> Finding:
        """Return what it has come to. Raises Halted."""
        came = self._asked("finish", (run.state, number(run.facts.seed, -1)), run.facts.seed, run.step, finding)
        return replace(came, measures={**came.measures, **beside(self._unit, self._plan, run.state, came.measures)})

    def published(self, place: str, seed: int) -> Finding:
        """Return what the code makes of published weights. place: a file, or what the run takes for one."""
        return self._asked("published", (place,), seed, 0, finding)


def chunks(trainer: Trainer, run: Checkpoint) -> Iterator[Checkpoint]:
    """Yield the run after each chunk, to its end. Raises Halted."""
    while run.step < run.facts.total:
        run = trainer.advance(run)
        yield run


# What comes back is a claim: it is made of what it should be made of, or it is refused.


def _state(value: Any) -> State:
    if not isinstance(value, dict) or len(value) > MAX_PARTS or not all(map(_is_part, value.items())):
        raise AssertionError(phrase("What is to be saved is not made of arrays and lists of numbers."))
    return value


def _is_part(item: tuple[Any, Any]) -> bool:
    name, value = item
    if not (isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable() and "/" not in name):
        return False
    numbers = isinstance(value, list) and all(map(_is_number, value))
    return numbers or isinstance(value, Tensor) or is_array(value)


def _advanced(value: Any, count: int) -> tuple[State, list[float]]:
    state, losses = value if isinstance(value, tuple) and len(value) == 2 else (None, None)
    if not isinstance(losses, list) or len(losses) != count or not all(map(_is_number, losses)):
        says = later("{number} losses are expected, one a step: {given} came.")
        given = phrase("{number} numbers", number=len(losses)) if isinstance(losses, list) else phrase("something else")
        raise AssertionError(phrase(says, number=count, given=given))
    return _state(state), [float(one) for one in losses]


def finding(value: Any) -> Finding:
    """Return what a run has come to, of what its function returned. Raises AssertionError for anything else."""
    parts = value if isinstance(value, dict) else {}
    measures, samples, pictures, curves = (
        parts.get(name, {}) for name in ("measures", "samples", "pictures", "curves")
    )
    numbers = isinstance(measures, dict) and all(
        isinstance(name, str) and _is_number(one) for name, one in measures.items()
    )
    texts = isinstance(samples, list | dict) and all(isinstance(one, str) for one in samples)
    drawn = isinstance(pictures, dict) and all(
        isinstance(rows, list) and all(isinstance(one, str) for one in rows) for rows in pictures.values()
    )
    lists = isinstance(curves, dict) and all(
        isinstance(name, str) and isinstance(one, list) and all(map(_is_number, one)) for name, one in curves.items()
    )
    if not (numbers and texts and drawn and lists):
        raise AssertionError(phrase("What the run has come to is not made of numbers and texts."))
    return Finding(measures, tuple(samples), curves, {str(name): tuple(rows) for name, rows in pictures.items()})


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < MAX_WHOLE)


def _no_number(loss: float, step: int) -> str:
    says = later("The loss of step {step} is {loss}. From there on nothing is learned.")
    return phrase(says, step=f"{step:,}", loss=loss)
