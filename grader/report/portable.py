"""A report for another machine: files are named as they are inside of the submission, and no path of this machine."""

from pathlib import PurePath
from typing import Any

import msgspec

from grader.model import Report


def portable(report: Report, *, secret: bool = False) -> Report:
    """Return a report without the folders that lead to the submission, which is called by its own name.

    Files of the course's own folder keep its name, `exercises/u05.py`, as the root of a repository sees them.
    secret: its seed is an instructor's, and is left out, too.
    """
    names = _names(report)
    if names:
        report = msgspec.convert(_renamed(msgspec.to_builtins(report), names), Report)
    own_name = "" if report.own else PurePath(report.submission).name
    seed = None if secret else report.seed
    return msgspec.structs.replace(report, submission=own_name or report.submission, seed=seed)


def _names(report: Report) -> dict[str, str]:
    """Return what to write for a path, the longest first."""
    given = PurePath(report.submission)
    if report.own and not given.is_absolute():
        return {}
    names = {unit.file: unit.file.removeprefix(str(given)).lstrip("/:") for unit in report.units if unit.file}
    if report.own:
        names = {file: f"{given.name}/{name}" for file, name in names.items()}
    if given.is_absolute():
        names |= {f"{given}/": f"{given.name}/" if report.own else "", str(given): given.name}
    return {path: name for path, name in names.items() if path != name}


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for path, name in names.items():
            value = value.replace(path, name)
        return value
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    return [_renamed(item, names) for item in value] if isinstance(value, list | tuple) else value
