"""What all tests share: golden files. `pytest --update-goldens` writes them again; read what changed, then commit."""

from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption("--update-goldens", action="store_true", help="write the golden files instead of comparing")
    parser.addoption("--process-level", action="store_true", help="attack the process level too; some attacks succeed")


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
