"""Everything that the grader raises on purpose.

GraderError
├── CourseError      the course is wrong: an instructor must act
├── SubmissionError  the submission cannot be graded at all: the learner must act
│   └── NotHandedIn  what was to be graded is not there
├── UsageError       the command was called wrongly: whoever typed it must act
└── GraderFault      the grader is wrong: we must act

A message holds the thing, the place and the next step. It is shown as it stands.
"""


class GraderError(Exception):
    """Base of the tree; never raised itself."""


class CourseError(GraderError):
    """The course is wrong: an instructor must act."""


class SubmissionError(GraderError):
    """The submission cannot be graded at all: the learner must act."""


class NotHandedIn(SubmissionError):
    """A file, or all of them, is not in the submission."""


class UsageError(GraderError):
    """The command was called with something that does not exist or does not fit."""


class GraderFault(GraderError):
    """The grader broke a promise of its own; nothing a learner wrote can be the cause."""
