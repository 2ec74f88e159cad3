"""Numbers to stand beside those of a run, which a worker cannot have: it has only the libraries of its unit.

So the host asks an oracle of the unit, after the last step, with data that the worker gave. Its answer is not kept.
"""

from collections.abc import Mapping
from typing import Any

from grader.course.training import Training
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.judging import reference
from grader.judging.oracle import loaded


def beside(unit: Unit, plan: Training, state: Mapping[str, Any], measures: Mapping[str, float]) -> dict[str, float]:
    """Return what the oracle that RUN names makes of a run's state and measures: more measures, by their names.

    Nothing where RUN names none, or where a library of the oracles is not installed. Raises CourseError for one that
    there is not.
    """
    if not plan.beside:
        return {}
    try:
        module = loaded(unit)
    except CourseError as error:
        if isinstance(error.__cause__, ImportError):
            return {}
        raise
    function = getattr(module, plan.beside, None)
    if function is None:
        raise CourseError(f"{unit.oracles}: has no oracle {plan.beside!r}, which {plan.file.name} names.")
    reference.one_thread()
    return {str(name): float(one) for name, one in function(dict(state), dict(measures)).items()}
