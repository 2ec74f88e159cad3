# attack: raises exceptions of its own that bear the names of a test framework's verdicts
# unit: u01_area
# outcomes: error
# process: holds

CALLS = []
NAMES = ("Skipped", "XFailed", "Exit", "OutcomeException", "WorkerLost", "GraderError", "CourseError", "OutOfTime")


def cross(a, b):
    name = NAMES[len(CALLS) % len(NAMES)]
    CALLS.append(name)
    raise type(name, (BaseException,), {"__module__": "_pytest.outcomes", "outcome": "pass"})("passed")
