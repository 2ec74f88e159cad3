"""What is asked of a run, as data: another process can do it, which finds everything else by the course's folder."""

from pathlib import Path

import msgspec

from grader.worker.host.isolation import SPLIT


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to grade.

    seed: where random inputs come from, instead of the course's. timeout: processor seconds a check.
    total: processor seconds for all of it; what is left over then is reported as timed out.
    require: the isolation level below which nothing of the learner's is touched. accept: a lower one that will do, but
    then the report says that it is not verified.
    edges: open or required, instead of what the course says.
    digested: whether the report says of what it was made, see `Digests`.
    jobs: how many processes judge at most; the report does not depend on it.
    trusts: whether what was kept in the course's folder by earlier runs of this learner's is believed: what stands in
    a file, how well workers are shut in. Only for the learner who owns the folder; never for whoever gives marks.
    """

    seed: int | None = None
    timeout: float | None = None
    total: float | None = None
    require: str = SPLIT
    accept: str = ""
    edges: str = ""
    digested: bool = False
    jobs: int = 1
    trusts: bool = False


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade. course: its folder. exercises: their ids, `u05.softmax`; all where none is named.

    submission: a folder or an archive; None for the course's own.
    """

    course: Path
    exercises: tuple[str, ...] = ()
    submission: Path | None = None
    options: Options = Options()
