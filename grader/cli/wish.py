"""What a `grade` was asked for, as data."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.cli.formats import MADE_OF

if TYPE_CHECKING:
    from grader.running.job import Options


@dataclass(frozen=True)
class Wish:
    """What was asked for. only: a text that the exercises' names hold. ours: judge the references instead.

    saved, lines: what a watched file held when it was saved, and where it was changed; see `cli.saved`.
    ran: a file with the cells that a kernel has run; cell: whether one of them is to be graded, whatever lies in the
    folder. tries: what is graded is not the work that counts, so nothing is recorded. See `cli.cells`.
    require, accept: levels of isolation, see `Session.grade`. edges: open or required; by default as the course says.
    """

    targets: tuple[str, ...] = ()
    everything: bool = False
    submission: str | None = None
    seed: int | None = None
    json: bool = False
    timeout: float | None = None
    keep_going: bool = False
    only: str = ""
    quiet: bool = False
    verbose: bool = False
    save: bool = True
    ours: bool = False
    total: float | None = None
    require: str = "split"
    accept: str | None = None
    edges: str | None = None
    jobs: int | None = None
    digested: bool = False
    saved: str = ""
    lines: str = ""
    problems: bool = False
    ran: str = ""
    cell: bool = False
    tries: bool = False
    form: str = "text"

    @property
    def options(self) -> "Options":
        """How to grade, as the session is told."""
        from grader.running.job import Options

        return Options(
            seed=self.seed,
            timeout=self.timeout,
            total=self.total,
            require=self.require,
            accept=self.accept or "",
            edges=self.edges or "",
            digested=self.digested or self.machine in MADE_OF,
            jobs=self.jobs or processors(),
            trusts=self.is_own,
        )

    @property
    def machine(self) -> str:
        """The format that a machine is to read; empty where somebody reads the page."""
        return "json" if self.json else self.form if self.form != "text" else ""

    @property
    def is_own(self) -> bool:
        """Whether a learner grades the folder that is theirs, and may believe what is kept in it."""
        return self.save and self.submission is None

    @property
    def is_recorded(self) -> bool:
        """Only verdicts on the learner's own folder are, by the course's own rule about edges."""
        return self.is_own and not (self.ours or self.tries) and self.edges is None

    @property
    def is_bare(self) -> bool:
        """Whether nobody said what to grade: then it is the current exercise."""
        return not (self.targets or self.everything or self.only or self.submission or self.ours)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
