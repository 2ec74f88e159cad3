"""Which misconceptions say more than a learner's wrong answers could prove."""

import contextlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence

from grader.author import crashes
from grader.diagnose.asking import carried
from grader.diagnose.bits import ENOUGH, Evidence
from grader.diagnose.known import Bank, Known
from grader.diagnose.misconception import MOST_ASKED
from grader.diagnose.watch import Watcher
from grader.judging import reference
from grader.judging.candidate import Ours
from grader.judging.judge import Item, Judge
from grader.model import UNDONE


def light(
    judge: Judge, known: Bank, items: Sequence[Item], shown: Mapping[reference.Misconception, Sequence[Known]]
) -> Iterator[tuple[reference.Misconception, str]]:
    """Yield those whose failed checks all carry few bits, though their sentences tell a mechanism.

    items: the checks of an exercise. shown: what each misconception does under them.
    """
    for one, does in shown.items():
        failed = [(item, seen) for item, seen in zip(items, does, strict=True) if seen.outcome not in UNDONE]
        if one.symptom or not failed or _crash(does):
            continue
        evidence = Evidence()
        for item, seen in failed:
            evidence.check(seen.transcript, known.known(None, item).transcript)
        if evidence.bits < ENOUGH:
            watcher = Watcher(judge.course, judge.unit, judge.seed, Ours(judge.unit), math.inf)
            with contextlib.closing(watcher), contextlib.redirect_stdout(io.StringIO()):
                for item, _ in failed[:MOST_ASKED]:
                    carried(watcher, item, one, evidence)
        if evidence.bits < ENOUGH:
            yield one, _told(evidence.bits, len(failed))


def _crash(does: Sequence[Known]) -> bool:
    """Say whether it does not run by its own fault, which is another finding."""
    return crashes.first(exchange for seen in does for exchange in seen.transcript.exchanges) is not None


def _told(bits: int, checks: int) -> str:
    return (
        f"what it gets wrong in {checks} check{'s' if checks > 1 else ''} proves too little for a mechanism ({bits} of "
        f"{ENOUGH} bits): word `says` by what goes wrong and add symptom=True, or add a check that tells more."
    )
