"""Whether a learner's file loads at all, without any check."""

from grader.course import Unit
from grader.failed import Failed
from grader.model import CheckResult
from grader.party import Learner, LoadFailed
from grader.survey import Survey


def unloaded(unit: Unit, survey: Survey, party: Learner) -> CheckResult | None:
    """Return why a file cannot be run, as each of its exercises would say; None where it can."""
    exercise = unit.exercises[0]
    try:
        party.subject(exercise)
    except LoadFailed as failed:
        facts = Failed(unit, exercise, "", survey, lambda: None).facts(failed.cause)
        return CheckResult(id="file", title="", unloaded=True, **facts)
    return None
