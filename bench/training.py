"""A step of `grade run`, with its worker, its data on the way and its checkpoint, beside the same loop without us."""

import ast
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bench.cold import ROOT
from bench.measure import Row, in_turns
from grader.course import data
from grader.course.course import Course
from grader.course.training import Training, source, training
from grader.course.unit import Unit
from grader.judging import reference
from grader.session import Session
from grader.submission.files import Folder
from grader.submission.scanned import scan
from grader.training.asker import Text
from grader.training.trainer import Trainer

CHUNKS = 2
STEPS = 1 << 20  # in all: so many that no schedule comes to its end


def rows(times: int) -> Iterator[Row]:
    """Yield a line for each unit that has a run."""
    course = Course.find(ROOT)
    with Session(course) as session, tempfile.TemporaryDirectory() as folder:
        for unit in course.units:
            if unit.run.exists():
                yield _steps(session, unit, Path(folder), times)


def _steps(session: Session, unit: Unit, folder: Path, times: int) -> Row:
    plan = training(unit.run)
    text = _text(session.course, plan)
    scanned = scan(unit, Folder(ROOT / "solutions"), session.launchers.reader)
    with closing(Trainer(unit, plan, scanned, session.launcher(unit), text, timeout=600.0)) as trainer:
        begun = trainer.begin(trainer.facts(1, STEPS))

        def ours() -> None:
            run = begun
            for _ in range(CHUNKS):
                run = trainer.advance(run)
                run.save(folder / f"{unit.key}.npz")

        steps = CHUNKS * plan.chunk
        with_us, without = in_turns(ours, _bare(unit, plan, text), times)
    return Row(
        f"a step of `grade run {unit.key}`", "the same loop in one process", with_us / steps, without / steps, 1.0
    )


def _text(course: Course, plan: Training) -> Text:
    ours = [one for one in data.catalogue(course.data) if one.name in plan.data and not one.fetch]
    return Text(ours[0].name, ours[0].path.name, ours[0].path.read_text("utf-8")) if ours else Text()


def _bare(unit: Unit, plan: Training, text: Text) -> Callable[[], None]:
    """Return the loop of a run on our solution, in this process."""
    module = reference.solution(unit)
    names = {"learner": module}
    exec(compile(ast.unparse(source(plan.file)), str(plan.file), "exec"), names)  # noqa: S102 (ours)
    if text.shown:
        names["prepare"](text.content)  # type: ignore[operator]
    begun = names["begin"](1)  # type: ignore[operator]

    def loop() -> None:
        state = begun
        for chunk in range(CHUNKS):
            state, _ = names["advance"](state, chunk, chunk * plan.chunk, plan.chunk, STEPS)  # type: ignore[operator]

    return loop
