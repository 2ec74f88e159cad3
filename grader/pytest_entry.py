"""What every pytest run loads where the kit is installed: in a course it adds the plugin, elsewhere it does nothing.

So `pytest checks` judges a course's solutions without any setting. No other project gets our options or fixtures.
"""

from pathlib import Path

import pytest

PLUGIN = "grader.pytest_plugin"
TABLE = b"[tool.grader]"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Add the plugin where pytest was started in a course, or something in one is tested."""
    here = early_config.invocation_params.dir
    given = [here / word.partition("::")[0] for word in early_config.known_args_namespace.file_or_dir]
    if any(map(_is_in_a_course, (here, *(path for path in given if path.exists())))):
        early_config.pluginmanager.import_plugin(PLUGIN)


def _is_in_a_course(path: Path) -> bool:
    """Look for the table that makes a folder a course, no further: most runs are somebody else's."""
    path = path.resolve()
    for folder in (path, *path.parents):
        try:
            if TABLE in (folder / "pyproject.toml").read_bytes():
                return True
        except OSError:
            continue
    return False
