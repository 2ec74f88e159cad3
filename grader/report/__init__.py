"""Report formats: one a module, each a pure function of a Report. A new format is a module and a line here."""

from importlib import import_module
from typing import Any

from grader.model import Report

FORMATS = {
    "json": "grader.report.json",
    "junit": "grader.report.junit",
    "markdown": "grader.report.markdown",
    "problems": "grader.report.problems",
    "text": "grader.report.text",
}


def render(name: str, report: Report, *, hidden: bool = False, **options: Any) -> str:
    """Return a report in the format of that name; the module is loaded now.

    hidden: show what hidden checks ask and found; for instructors only. options: the format's own.
    Raises KeyError for an unknown format.
    """
    text: str = import_module(FORMATS[name]).render(report, hidden=hidden, **options)
    return text
