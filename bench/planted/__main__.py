"""Plant faults in the engine's guards: `python -m bench.planted [--jobs N] [--list] [NAME ...]`.

NAME: a part of the name of a fault; by default all. The exit code is 1 where a fault goes unnoticed, and 2 where the
list does not fit the tree.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from bench.planted.fault import Fault, Stale, faults, require_fresh
from bench.planted.trial import BROKEN, FOUND, MISSED, ROOT, SECONDS, UNTRIED, Copy, Ended

EXPECTED = (FOUND, UNTRIED, "has a reason")


def main() -> int:
    """Say of each fault what became of it, and at the end how many went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m bench.planted", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many copies of the tree side by side")
    parser.add_argument("--list", action="store_true", help="say the names, plant nothing")
    given = parser.parse_args()
    try:
        chosen = faults(given.names)
        require_fresh(ROOT, chosen)
        if not given.list:
            require_green(chosen)
    except Stale as stale:
        print(stale, file=sys.stderr)
        return 2
    if given.list:
        print("\n".join(fault.name for fault in chosen))
        return 0
    counts = Counter(_told(fault, ended) for fault, ended in tried(chosen, given.jobs))
    print(", ".join(f"{number} {what}" for what, number in counts.items()))
    return int(any(what not in EXPECTED for what in counts))


def require_green(chosen: Sequence[Fault]) -> None:
    """Raise Stale where a test fails without any fault: then it says nothing about one."""
    with Copy() as copy:
        tests = tuple(dict.fromkeys(test for fault in chosen for test in fault.tests))
        ended = copy.run(tests, SECONDS * len(tests))
    if ended.what in (FOUND, BROKEN):
        raise Stale(f"without any fault the tests fail: {ended.said}")


def tried(chosen: Sequence[Fault], jobs: int) -> Iterator[tuple[Fault, Ended]]:
    """Yield each fault and how its tests ended, in the order of the list."""
    with ExitStack() as stack:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for _ in range(max(1, jobs)):
            copies.put(stack.enter_context(Copy()))
        pool = stack.enter_context(ThreadPoolExecutor(max(1, jobs)))

        def one(fault: Fault) -> Ended:
            copy = copies.get()
            try:
                return copy.tried(fault)
            finally:
                copies.put(copy)

        yield from zip(chosen, pool.map(one, chosen), strict=True)


def _told(fault: Fault, ended: Ended) -> str:
    """Print a line about a fault and return what became of it."""
    what = ended.what
    if fault.reason and what in (FOUND, MISSED):
        what = "has a reason" if what == MISSED else "is found although it has a reason"
    said = fault.reason or ended.said
    print(f"{what:8} {ended.seconds:5.1f} s  {fault.name}  ({said})", flush=True)
    return what if what != MISSED else "missed: write a test, or a reason"


if __name__ == "__main__":
    sys.exit(main())
