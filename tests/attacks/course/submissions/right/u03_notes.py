"""Notes."""

from collections.abc import Callable
from pathlib import Path


def keep(texts: list[str]) -> list[int]:
    """Write each text to a file of its own and return the lengths of what is read from them."""
    # BEGIN SOLUTION
    for number, text in enumerate(texts):
        Path(f"{number}.txt").write_text(text, encoding="utf-8")
    return [len(Path(f"{number}.txt").read_text(encoding="utf-8")) for number in range(len(texts))]
    # END SOLUTION


def total(function: Callable[[int], float], count: int) -> float:
    """Return the sum of function(0), function(1) and so on, `count` terms."""
    # BEGIN SOLUTION
    return sum(function(number) for number in range(count))
    # END SOLUTION
