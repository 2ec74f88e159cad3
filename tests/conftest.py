"""What all tests share: golden files. `pytest --update-goldens` writes them again; read what changed, then commit."""

import os
from pathlib import Path

import pytest

from grader import language

GOLDEN = Path(__file__).parent / "golden"


for variable in language.VARIABLES:  # whoever runs the tests may speak another language; the tests read English
    os.environ.pop(variable, None)
os.environ["LANG"] = "C.UTF-8"


def pytest_addoption(parser):
    parser.addoption("--update-goldens", action="store_true", help="write the golden files instead of comparing")


@pytest.fixture
def chinese():
    """Speak Chinese in this process, for one test."""
    language.choose("zh")
    yield
    language.choose(language.ENGLISH)


@pytest.fixture
def golden(request):
    """Compare a text with tests/golden/NAME, or write it there."""

    def check(name, text):
        path = GOLDEN / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing: pytest --update-goldens writes it"
        assert text == path.read_bytes().decode()

    return check
