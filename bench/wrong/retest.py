"""Whether a cause that was named holds with inputs that no diagnosis has seen: other seeds, other numbers."""

import math
import re
from collections.abc import Sequence
from contextlib import closing
from itertools import cycle

from bench.wrong.ground import Ground
from grader.diagnose import forensics, listing, misconception
from grader.diagnose.asking import asked_on
from grader.diagnose.bits import Evidence
from grader.diagnose.case import Case
from grader.diagnose.forensics import Explained
from grader.diagnose.known import Bank
from grader.diagnose.places import predicates
from grader.diagnose.probe import Probe
from grader.diagnose.watch import Watcher
from grader.judging.candidate import Candidate, Learner, Ours
from grader.judging.judge import Item, Judge
from grader.model import UNDONE, Outcome
from grader.submission.scanned import Scanned

HELD_OUT = (9001, 9002, 9003)  # seeds that no diagnosis sees
OTHER_NUMBERS = ((11, 12, 13), (21, 22, 23))
PLENTY = 30.0
MOSTLY = 0.8  # of the places that are said to be wrong: by chance a wrong number may be the right one


def still_named(ground: Ground, name: str, items: Sequence[Item], candidate: Learner, found: Scanned) -> bool:
    """Say whether a misconception explains the failures under another seed, too; where nothing fails, it cannot."""
    judge = Judge(ground.course, ground.unit, seed=HELD_OUT[0])
    verdicts = [judge.check(item, candidate, found) for item in items]
    with closing(forensics.watcher(judge, candidate, items, verdicts)) as watcher:
        named = misconception.name(Bank(judge), items, verdicts, watcher)
    passed = all(verdict.result.outcome in UNDONE for verdict in verdicts)
    return passed or (named is not None and named[1].misconception == name)


def behaves_like(ground: Ground, name: str, items: Sequence[Item], candidate: Candidate) -> bool:
    """Say whether a program gives what a misconception gives, wherever that one is wrong, with inputs it has not seen.

    Under every check that the misconception fails, past the first wrong number. Code that runs out of time must do so
    where the misconception does.
    """
    return any(_like_on(ground, name, base, items, candidate) for base in ("", *ground.unit.bases))


def _like_on(ground: Ground, name: str, base: str, items: Sequence[Item], candidate: Candidate) -> bool:
    for seed in HELD_OUT[:2]:
        judge, wrong = Judge(ground.course, ground.unit, seed=seed), Ours(ground.unit, name, base)
        one = next(one for one in listing.misconceptions(ground.unit) if one.name == name)
        watcher = Watcher(ground.course, ground.unit, seed, candidate, PLENTY, heavy=True)
        for item in items:
            outcome = judge.check(item, wrong).result.outcome
            if outcome in UNDONE:
                continue
            mine = (
                judge.check(item, candidate, candidate.scanned)
                if isinstance(candidate, Learner)
                else judge.check(item, candidate)
            )
            if mine.result.outcome is not outcome:
                return False
            if outcome is not Outcome.TIMEOUT and not asked_on(watcher, item, one, base, Evidence()):
                return False
    return True


def trouble(ground: Ground, explained: Explained, item: Item, others: Sequence[Item], candidate: Learner) -> str:
    """Ask for the same relation with other seeds and other numbers; return where it does not hold."""
    rest = [other for other in others if other.id != item.id]
    for seed, jitters in zip((ground.course.seed, *HELD_OUT), cycle(OTHER_NUMBERS)):
        watcher = Watcher(ground.course, ground.unit, seed, candidate, PLENTY, heavy=True)
        case = Case(watcher, item, rest, jitters=jitters)
        if not case.comparable:
            continue  # with these inputs the mutant is right, or fails in another way
        again = explained.family(case)
        key = explained.finding.key
        if key[0] == "parts":
            holds = _wrong_there(case, str(key[1]))
        else:
            holds = again is not None and _plain(again.key) == _plain(key)
        if not holds:
            return f"[seed {seed}, numbers {jitters[0]}: {again.key if again else 'nothing'}]"
        bad = next((probe for probe in case.probes if not _holds(key, probe)), None)
        if bad is not None:
            return f"[seed {seed}: computed once more it does not hold: {bad.yours.values[:4]}]"
    return ""


def _wrong_there(case: Case, words: str) -> bool:
    """Say whether all that is wrong lies where it is said to, and nearly all that lies there is wrong."""
    places = [chosen for name, chosen in predicates(case) if name == words]
    return any(
        all(probe.wrong <= chosen(probe) and len(probe.wrong) >= MOSTLY * len(chosen(probe)) for probe in case.probes)
        for chosen in places
    )


def _plain(key: tuple[object, ...]) -> str:
    """Return a key without the numbers of single inputs: `Value(2.5)` is another one under another seed."""
    return re.sub(r"\((-?[\d.e+-]+)\)", "(*)", str(key))


def _holds(key: tuple[object, ...], probe: Probe) -> bool:
    """Compute the plain relations once more, with numpy and nothing of the diagnosis."""
    import numpy as np

    if not (probe.yours.numeric and probe.expected.numeric):
        return True
    mine, theirs = np.asarray(probe.yours.values, float), np.asarray(probe.expected.values, float)
    if key[0] == "zero":
        return bool((mine == 0).all() and (theirs != 0).any())
    if key[0] == "factor" and len(key) == 2 and isinstance(key[1], float):
        return bool(np.allclose(mine, key[1] * theirs, rtol=1e-4, atol=1e-7 * abs(theirs).max()))
    if key[0] == "offset" and isinstance(key[1], float):
        return bool(np.allclose(mine - theirs, key[1], rtol=1e-3, atol=1e-6 * max(abs(theirs).max(), 1e-300)))
    if key[0] == "near":
        return bool(abs(mine - theirs).max() <= 3e-3 * abs(theirs).max())
    if key[0] == "constant":
        return bool(np.allclose(mine, float(str(key[1])), rtol=1e-4))
    return math.isfinite(probe.expected.size)
