"""The hand-made reports, for every test of a format.

Tests are no package (pytest's importlib mode), so the two files beside this one are loaded by
path, under names of their own.
"""

import importlib.util
import sys
from pathlib import Path

import pytest


def load(name):
    spec = importlib.util.spec_from_file_location(f"report_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


FACTS, SAMPLES = load("facts"), load("samples")


@pytest.fixture(scope="session")
def facts():
    """The module: locations, mismatches, causes."""
    return FACTS


@pytest.fixture(scope="session")
def samples():
    """The module: builders and the reports."""
    return SAMPLES


@pytest.fixture(params=SAMPLES.SAMPLES)
def report(request):
    """Each of the reports."""
    return SAMPLES.SAMPLES[request.param]
