"""Let the author's own code run without a sound: what solutions and misconceptions print, and what they warn of."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Show nothing that is printed or warned of inside.

    Warnings are raised, filtered and recorded as ever, since a check may ask for them; only nobody reads them.
    """
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.showwarning = _unseen
        yield


def _unseen(*_: Any, **__: Any) -> None:
    """Stand for what would write a warning to standard error."""
