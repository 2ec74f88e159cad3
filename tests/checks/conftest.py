"""What the tests of a unit's oracles are given; each of these files names its UNIT."""

import pytest

from grader.judging import reference
from grader.judging.oracle import Oracle, Store


@pytest.fixture(scope="module")
def oracle(request, tmp_path_factory):
    return Oracle(Store(request.module.UNIT, tmp_path_factory.mktemp("store")))


@pytest.fixture(scope="module")
def solution(request):
    return reference.solution(request.module.UNIT)
