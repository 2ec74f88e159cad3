"""Let the author's own code run without a sound: what solutions and misconceptions print, and what they warn of."""

import contextlib
import io
from collections.abc import Iterator

from grader.judging.reference import unwarned


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Show nothing that is printed or warned of inside.

    Warnings are raised, filtered and recorded as ever, since a check may ask for them; only nobody reads them.
    """
    with contextlib.redirect_stdout(io.StringIO()), unwarned():
        yield
