"""A runtime folder of its own for every test, in which hosts may stay; none outlives its test."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # what the tests share stands beside them

import household

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def house(tmp_path):
    """The tiny course with a runtime folder of its own."""
    made = household.build(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """The same with a host, for a module whose tests change nothing."""
    made = household.build(tmp_path_factory.mktemp("warm"))
    made.host()
    yield made
    made.close()
