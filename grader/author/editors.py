"""What an editor needs to know of a course: a task that watches, how its problems look, and where the checks are.

A task's problems are shown when it says that it waits again: `grade watch --problems` ends each verdict with the time
alone on a line, whatever language it speaks.
"""

import json
from pathlib import Path
from typing import Any

from grader.course.course import Course

PROBLEM = r"^(.+\.(?:py|ipynb)):(\d+):(\d+): (.+)$"
BEGINS, ENDS = r"^\d\d:\d\d:\d\d  \S", r"^\d\d:\d\d:\d\d$"
PYTHON = "${command:python.interpreterPath}"
EXTENSIONS = ("ms-python.python", "ms-toolsai.jupyter")


def files(course: Course) -> dict[Path, str]:
    """Return the settings of VS Code, by path."""
    texts = {"tasks.json": tasks(), "extensions.json": _extensions(), "settings.json": _settings(course)}
    return {course.root / ".vscode" / name: f"{json.dumps(text, indent=2)}\n" for name, text in texts.items()}


def tasks() -> dict[str, Any]:
    """Return the tasks: one that watches, and one that grades where the cursor is."""
    pattern = {"regexp": PROBLEM, "file": 1, "line": 2, "column": 3, "message": 4}
    matcher = {
        "owner": "grade",
        "source": "grade",
        "severity": "error",
        "fileLocation": ["autoDetect", "${workspaceFolder}"],
        "pattern": pattern,
    }
    watching = {"activeOnStart": True, "beginsPattern": BEGINS, "endsPattern": ENDS}
    return {
        "version": "2.0.0",
        "tasks": [
            {
                "label": "grade watch",
                "detail": "Check what I edit each time I save it",
                "type": "process",
                "command": PYTHON,
                "args": ["-m", "grader", "watch", "--plain", "--problems"],
                "isBackground": True,
                "presentation": {"panel": "dedicated", "reveal": "always", "clear": False},
                "problemMatcher": {**matcher, "background": watching},
            },
            {
                "label": "grade this line",
                "detail": "Check the exercise where the cursor is",
                "type": "process",
                "command": PYTHON,
                "args": ["-m", "grader", "${relativeFile}:${lineNumber}", "--plain", "--problems"],
                "group": {"kind": "test", "isDefault": True},
                "presentation": {"panel": "shared", "reveal": "always"},
                "problemMatcher": matcher,
            },
        ],
    }


def _extensions() -> dict[str, Any]:
    return {"recommendations": list(EXTENSIONS)}


def _settings(course: Course) -> dict[str, Any]:
    """Return where the Test Explorer finds the checks, and whose files they are to judge."""
    checks, learner = (path.relative_to(course.root).as_posix() for path in (course.checks, course.learner_folder))
    return {
        "python.testing.pytestEnabled": True,
        "python.testing.pytestArgs": [checks, "--submission", learner],
    }
