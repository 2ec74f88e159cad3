"""Print the table: `python -m bench [--quick]`."""

import sys

from bench import cold, resident, training, warm, watch
from bench.measure import HEAD


def main() -> None:
    """Measure everything; a line is printed as soon as it is known."""
    times = 3 if "--quick" in sys.argv else 9
    print(HEAD)
    for part in (cold, resident, watch, warm, training):
        for row in part.rows(times):
            print(row.text(), flush=True)


if __name__ == "__main__":
    main()
