"""What is read from a syntax tree without running it: where answers stand, and what is used under which name."""

import pytest

from grader.worker.guest.load import decode
from grader.worker.guest.scan import scan

SOURCE = b"""\
import numpy as np
import torch.nn.functional as F
from math import exp as e, log
import os.path

@np.vectorize
def double(x):
    # a comment
    return np.exp(x) + F.softmax(x) + e(x) + os.path.join(x)


class Value:
    GRAD = 0.0

    def __add__(self, other):
        return other

    __radd__ = __add__


if True:
    cross = lambda a, b: a


class Value:
    def area(self):
        pass
"""


def test_answers_are_found_with_their_lines():
    found = scan(SOURCE, "u01.py")["defs"]
    assert found["double"][:2] == [6, 9]
    assert found["cross"][:2] == [22, 22]
    assert found["Value.area"][:2] == [26, 27]


def test_the_last_definition_of_a_name_is_the_one_that_counts():
    found = scan(SOURCE, "u01.py")["defs"]
    assert found["Value"][:2] == [25, 27]
    assert "Value.__radd__" not in found, "a method of the class that is no more"
    once = scan(SOURCE.rpartition(b"class Value")[0], "u01.py")["defs"]
    assert once["Value.__radd__"][:2] == [18, 18]


def test_a_digest_is_of_the_code_and_not_of_its_layout():
    one, two, other = (
        scan(source, "u01.py")["defs"]["f"][2]
        for source in (
            b"def f(x):\n    return x\n",
            b"\n\ndef f( x ):  # same\n    return (x)\n",
            b"def f(x):\n    return -x\n",
        )
    )
    assert one == two != other


@pytest.mark.parametrize(
    "use",
    [
        [1, "numpy"],
        [2, "torch.nn.functional"],
        [3, "math.exp"],
        [3, "math.log"],
        [4, "os.path"],
        [9, "numpy.exp"],
        [9, "torch.nn.functional.softmax"],
        [9, "math.exp"],
        [9, "os.path.join"],
    ],
    ids=str,
)
def test_uses_are_named_by_what_they_stand_for(use):
    assert use in [list(found) for found in scan(SOURCE, "u01.py")["uses"]]


def test_reading_never_runs():
    assert scan(b"raise SystemExit(3)\n", "u01.py")["problem"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "gbk"])
def test_a_source_is_read_in_the_encoding_that_it_names(encoding):
    text = f"# coding: {encoding}\nx = 'a'\n"
    assert decode(text.encode(encoding)).endswith("x = 'a'\n")
