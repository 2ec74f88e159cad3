"""`grade update --pull`: git brings the new version of everything but the learner's files, which stay as they are."""

import subprocess
import sys
from pathlib import Path

from grader import language
from grader.cli import transaction
from grader.cli.place import Place
from grader.cli.transaction import Write
from grader.errors import UsageError
from grader.language import later, phrase
from grader.submission.files import NOTEBOOK
from grader.submission.whole import write_whole


def pull(place: Place, folder: Path) -> None:
    """Pull with git around the learner's files. Raises UsageError, with all as it was. folder: where backups are.

    They are saved first, taken back to what was committed, so that git has nothing to refuse, and put back after it.
    Where answers were committed git merges them, and what it makes of them does not matter.
    """
    stubs = [place.course.learner_folder / unit.stub.name for unit in place.course.units]
    mine = {path: path.read_bytes() for stub in stubs for path in (stub, stub.with_suffix(NOTEBOOK)) if path.is_file()}
    root = place.course.root
    if _git(root, "rev-parse", "--is-inside-work-tree").returncode:
        raise UsageError(phrase("{folder} is no checkout of git. Name the new version: {command}", **_other(root)))
    transaction.save(root, folder, [Write(path, data, data) for path, data in mine.items()])
    tracked = _git(root, "ls-files", "-z", "--", *map(str, mine)).stdout.split("\0")[:-1]
    try:
        if tracked:
            _git(root, "checkout", "HEAD", "--", *tracked)
        pulled = _git(root, "pull", "--no-rebase", "--no-edit")
        if pulled.returncode and not _settled(root, mine):
            says = later("git could not bring the new version, and your files are as they were. It says:\n{reason}")
            raise UsageError(phrase(says, reason=(pulled.stderr or pulled.stdout).strip()))
    finally:
        _put_back(mine)


def go_on() -> int:
    """Update with the course and the engine as they are now, in a process that has loaded nothing of the old ones."""
    command = [sys.executable, "-m", "grader", "update", "--lang", language.chosen()]
    return subprocess.run(command, check=False).returncode  # noqa: S603


def _settled(root: Path, mine: dict[Path, bytes]) -> bool:
    """Settle a merge in which git met conflicts in the learner's files only; else take it back."""
    met = _git(root, "diff", "--name-only", "--diff-filter=U", "-z", "--relative").stdout.split("\0")[:-1]
    if met and {root / name for name in met} <= set(mine):
        _put_back(mine)
        _git(root, "add", "--", *met)
        return _git(root, "commit", "--no-edit", "--no-verify").returncode == 0
    _git(root, "merge", "--abort")
    return False


def _put_back(mine: dict[Path, bytes]) -> None:
    for path, data in mine.items():
        if transaction.on_disk(path) != data:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, data)


def _git(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    try:
        command = ["git", "-C", str(root), *words]
        return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")  # noqa: S603
    except OSError as error:
        raise UsageError(phrase("There is no git here. Name the new version: {command}", **_other(root))) from error


def _other(root: Path) -> dict[str, str]:
    return {"folder": root.name, "command": f"grade update ../{root.name}-new"}
