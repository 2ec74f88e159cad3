"""What waits for an exercise that it needs: one cause is one message."""

from msgspec.structs import replace

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.model import ExerciseResult, Outcome

# How a check can end because of an exercise that it needs.
CAUSED = (Outcome.FAIL, Outcome.ERROR, Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASH)


def failed_needs(unit: Unit, exercise: Exercise, before: dict[str, ExerciseResult]) -> list[ExerciseResult]:
    """Return the exercises that this one needs, itself or through others, and that failed in this run, in order."""
    needs = [before[name] for name in unit.needed(exercise) if name in before]
    return [need for need in needs if need.outcome not in (Outcome.PASS, Outcome.TODO)]


def blocked(result: ExerciseResult, failed: ExerciseResult) -> ExerciseResult:
    """Say that an exercise waits for one that it stands on and that failed."""
    if any(check.unloaded for check in result.checks):  # then the file is to blame, and says so
        return result
    waits = next((check.waits_for for check in failed.checks if check.waits_for), "")
    if failed.outcome is not Outcome.BLOCKED:
        waits = failed.id
    checks = tuple(
        replace(
            check,
            outcome=Outcome.BLOCKED,
            waits_for=waits or failed.id,
            message="",
            mismatch=None,
            cause=None,
            frames=(),
        )
        if check.outcome in CAUSED
        else check
        for check in result.checks
    )
    return replace(result, checks=checks)
