"""The zygotes of one process: one for each kind of worker, started when first asked for, shared by all who need one."""

from collections.abc import Sequence
from typing import Self

from grader.worker.host.launch import Launcher


class Launchers:
    """Owns launchers. Use it as a context manager, or close it: it leaves nothing behind."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[tuple[str, ...], bool], Launcher] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, libraries: Sequence[str], *, scratch: bool = False) -> Launcher:
        """Return the launcher for a unit's libraries; `scratch` as for `Launcher`. It warms up in the background."""
        kind = (tuple(libraries), scratch)
        if kind not in self._kinds:
            self._kinds[kind] = Launcher(libraries, scratch=scratch)
        return self._kinds[kind]

    def reader(self) -> Launcher:
        """Return a launcher for what needs no library, such as reading a file: the first that will be there."""
        quick = [launcher for launcher in self._kinds.values() if launcher.is_ready or launcher.is_light]
        return quick[0] if quick else self.of(())

    def forked(self, first: int | None = None) -> None:
        """In a fork of the process that owns them: have lines of its own to the zygotes; see `Launcher.forked`."""
        for launcher in self._kinds.values():
            launcher.forked(first)

    def shared(self, count: int, share: int) -> None:
        """Leave out the numbers of workers that others have; see `Launcher.shared`."""
        for launcher in self._kinds.values():
            launcher.shared(count, share)

    @property
    def alive(self) -> bool:
        """Whether all zygotes live."""
        return all(launcher.alive for launcher in self._kinds.values())

    def tidy(self, numbers: range) -> None:
        """Take away the folders of a fork's workers, whose fork may have been killed."""
        for launcher in self._kinds.values():
            launcher.tidy(numbers)

    def close(self) -> None:
        """End them all."""
        for launcher in self._kinds.values():
            launcher.close()
        self._kinds.clear()
