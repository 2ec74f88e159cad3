"""Whether a learner's file loads at all, without any check."""

from grader.course.unit import Unit
from grader.judging.candidate import Learner, LoadFailed
from grader.judging.failed import Failed
from grader.model import CheckResult
from grader.submission.scanned import Scanned


def unloaded(unit: Unit, scanned: Scanned, candidate: Learner) -> CheckResult | None:
    """Return why a file cannot be run, as each of its exercises would say; None where it can."""
    exercise = unit.exercises[0]
    try:
        candidate.subject(exercise)
    except LoadFailed as failed:
        told = Failed(unit, exercise, "", scanned, lambda: None).told(failed.cause)
        return CheckResult(id="file", title="", unloaded=True, **vars(told))
    return None
