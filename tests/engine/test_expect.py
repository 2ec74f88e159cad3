"""`close`, `same` and `raises`: every way to differ, with the fields that a report is made of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import Tensor, close, same, tensor
from grader.failures import WrongAnswer
from grader.judging.expect import described
from grader.values import Remote

NAN, INF = math.nan, math.inf


class Value(Remote):
    _class_name, _id = "Value", 0

    def __eq__(self, _):
        return True

    __hash__ = None

    def __repr__(self):
        return "Value(2)"


def wrong(yours, expected, check=close, **options):
    with pytest.raises(WrongAnswer) as caught:
        check(yours, expected, "x", **options)
    return caught.value.mismatch


def facts(mismatch, *names):
    return tuple(getattr(mismatch, name) for name in names)


# Kinds.


@pytest.mark.parametrize(
    ("yours", "expected", "said", "wanted"),
    [
        (None, 1.0, "None", "float"),
        (True, 1.0, "bool True", "float"),
        ("1.0", 1.0, "str '1.0'", "float"),
        ([1.0], 1.0, "list [1]", "float"),
        (1 + 0j, 1.0, "complex (1+0j)", "float"),
        (np.complex128(1), 1.0, "numpy complex128 (1+0j)", "float"),
        (np.array([1.0]), 1.0, "float64 array", "float"),
        (np.bool_(True), 1.0, "numpy bool True", "float"),
        (Value(), 1.0, "Value object", "float"),
        (tensor(np.ones(1)), 1.0, "float64 tensor", "float"),
        (1.0, [1.0], "float 1", "list"),
        ((1.0,), [1.0], "tuple (1,)", "list"),
        ([1, 2, 3, 4], (1, 2, 3, 4), "list of 4 items", "tuple"),
        ([(1, 1.0)], {1: 1.0}, "list [(1, 1)]", "dict"),
        ([1.0], np.ones(1), "list", "float64 array"),
        (np.ones(1), tensor(np.ones(1)), "float64 array", "float64 tensor"),
        (np.float64(1), np.array(1.0), "numpy float64", "float64 array"),
        (1, "1", "int 1", "str"),
        (b"a", "a", "bytes b'a'", "str"),
        ([1], {1}, "list [1]", "set"),
        (0, None, "int 0", "None"),
    ],
    ids=repr,
)
def test_another_kind(yours, expected, said, wanted):
    assert facts(wrong(yours, expected), "problem", "yours", "expected", "label") == ("kind", said, wanted, "x")


@pytest.mark.parametrize(("yours", "expected"), [(1, 1.0), (np.float64(1), 1.0), (np.int32(1), 1), (1.0, 1 + 0j)])
def test_numbers_that_may_stand_for_each_other(yours, expected):
    close(yours, expected, "x")


@pytest.mark.parametrize(
    ("yours", "expected"), [(1, 1.0), (1.0, 1), (True, 1), (1, True), (np.float64(1), 1.0), ((1,), [1]), ("a", b"a")]
)
def test_the_same_is_of_the_same_kind(yours, expected):
    assert wrong(yours, expected, same).problem == "kind"


@pytest.mark.parametrize(
    ("yours", "expected", "said", "wanted"),
    [
        ({True: 2}, {1: 2}, "bool True", "int 1"),
        ({1.0: 2, "a": 3}, {1: 2, "a": 3}, "float 1", "int 1"),
        ({1.0}, {1}, "float 1", "int 1"),
        ({(1.0, True): 3}, {(1, 1): 3}, "(float 1, bool True)", "(int 1, int 1)"),
        ({frozenset({1.0})}, {frozenset({1})}, "frozenset {float 1}", "frozenset {int 1}"),
    ],
    ids=repr,
)
def test_keys_and_members_are_of_the_same_kind_too(yours, expected, said, wanted):
    assert facts(wrong([yours], [expected], same), "label", "problem", "yours", "expected") == (
        *("x[0]", "kind", said),
        wanted,
    )
    close(yours, expected, "x")
    for value in (yours, expected):
        same(value, value, "x")
        same(type(value)(list(value.items()) if isinstance(value, dict) else list(value)), value, "x")


def test_an_object_is_never_the_same_as_anything():
    assert wrong(Value(), Value(), same).problem == "value"
    assert wrong([Value()], [1], same).problem == "kind"


# Structure.


def test_another_length():
    assert facts(wrong([1.0], [1.0, 2.0]), "problem", "yours", "expected") == ("length", "1 item", "2 items")


def test_structure_inside_is_named_by_its_place():
    assert facts(wrong([[1.0], [2.0, 3.0]], [[1.0], [2.0]]), "label", "problem") == ("x[1]", "length")
    assert facts(wrong({"w": [1.0, None]}, {"w": [1.0, 2.0]}), "label", "problem") == ("x['w'][1]", "kind")


def test_another_shape_comes_before_values():
    found = wrong(np.zeros((2, 3)), np.ones((3, 2)))
    assert facts(found, "problem", "yours", "expected", "yours_shape") == ("shape", "(2, 3)", "(3, 2)", "(2, 3)")


def test_another_dtype_comes_before_values():
    found = wrong(np.zeros(2, np.float32), np.ones(2))
    assert facts(found, "problem", "yours", "expected") == ("dtype", "float32", "float64")
    assert wrong(Tensor(np.ones(2, np.uint16), "bfloat16"), Tensor(np.ones(2, np.uint16), "uint16")).problem == "dtype"


def test_other_keys():
    found = wrong({"a": 1, "c": 2}, {"a": 1, "b": 2})
    assert facts(found, "problem", "yours") == ("keys", "2 keys; missing: 'b'; unexpected: 'c'")
    assert found.expected == "2 keys: ['a', 'b']"
    assert wrong({"a": 1, "b": 2}, {"a": 1}).yours == "2 keys; unexpected: 'b'"
    assert wrong({"a": 1}, {"a": 1, "b": 2}).yours == "1 key; missing: 'b'"


# Values.


def test_another_number():
    found = wrong(2.0, 3.0)
    assert facts(found, "problem", "yours", "expected", "at", "differ", "total") == ("value", "2", "3", "", 1, 1)
    assert facts(found, "max_abs", "max_rel", "rtol", "atol") == (1.0, 1 / 3, 1e-7, 1e-10)


def test_numbers_are_told_apart_in_as_many_digits_as_it_takes():
    assert facts(wrong(1.00000001, 1.0, rtol=0), "yours", "expected") == ("1.00000001", "1")


def test_the_first_and_the_worst_place_of_an_array():
    expected = np.arange(12.0).reshape(4, 3)
    yours = expected.copy()
    yours[1, 2] += 0.5
    yours[3, 0] = -9.0
    found = wrong(yours, expected)
    assert facts(found, "at", "yours", "expected", "differ", "total") == ("[1, 2]", "5.5", "5", 2, 12)
    assert facts(found, "worst_at", "max_abs", "max_rel") == ("[3, 0]", 18.0, 2.0)
    assert found.right == "rows 0 and 2 are right"


def test_whole_columns_that_are_right():
    expected = np.ones((3, 3))
    yours = expected.copy()
    yours[:, [0, 2]] = 0.0
    assert wrong(yours, expected).right == "column 1 is right"


def test_the_first_place_in_a_structure():
    found = wrong({"w": np.ones(2), "b": [1.0, 2.5]}, {"w": np.ones(2), "b": [1.0, 2.0]})
    assert facts(found, "at", "differ", "total") == ("['b'][1]", 1, 4)


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (NAN, 1.0),
        (1.0, NAN),
        (INF, -INF),
        (1.0, INF),
        (NAN, INF),
        (INF, 1.0),
        (10**400, 1.0),
        (1.0, 10**400),
        (10**400, 10**400 + 1),
        (complex(1e308, 1e308), 0j),
        (complex(NAN, 0), 0j),
    ],
    ids=str,
)
def test_numbers_that_are_not_near(yours, expected):
    for many in (lambda x: x, lambda x: [x], np.array):
        if (isinstance(yours, int) or isinstance(expected, int)) and many is np.array:
            continue
        assert wrong(many(yours), many(expected)).problem == "value"
    assert wrong(yours, expected).max_abs > 1e307


@pytest.mark.parametrize("number", [NAN, INF, -INF, 0.0, complex(NAN, 1), 10**400], ids=str)
def test_numbers_that_agree_with_themselves(number):
    close(number, number, "x")
    same(number, number, "x")


def test_tolerances():
    close(1.0 + 1e-8, 1.0, "x")
    close(1e-11, 0.0, "x")
    close(np.array([1.0 + 1e-8]), np.array([1.0]), "x")
    wrong(1.0 + 1e-6, 1.0)
    wrong(1e-9, 0.0)
    wrong(1.0 + 1e-15, 1.0, same)


def test_a_long_whole_number_is_told_by_its_ends():
    assert wrong(10**200, 1).yours == "10000000...00000000 (201 digits)"


def test_bfloat16_is_compared_by_value():
    def of(*bits):
        return Tensor(np.array(bits, np.uint16), "bfloat16")

    close(of(0x3F80), of(0x3F80), "x")
    assert facts(wrong(of(0x4000), of(0x3F80)), "yours", "expected", "max_abs") == ("2", "1", 1.0)


def test_texts_and_sets():
    assert facts(wrong("ab", "abc", same), "problem", "yours", "expected", "max_abs") == (
        "value",
        "'ab'",
        "'abc'",
        None,
    )
    same({1, 2}, {2, 1}, "x")
    same(b"a", b"a", "x")
    assert wrong({1}, {2}, same).problem == "value"


# For all arrays.

FLOATS = st.floats(-1e6, 1e6)
ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=FLOATS)
NESTED = st.recursive(
    FLOATS | st.integers(), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(), x, max_size=3)
)


@given(ARRAYS | NESTED | st.floats() | st.complex_numbers())
def test_everything_is_close_to_itself(value):
    close(value, value, "x")


@given(ARRAYS, st.data())
def test_a_change_is_found_where_it_is(expected, data):
    place = tuple(data.draw(st.integers(0, size - 1)) for size in expected.shape)
    yours = expected.copy()
    yours[place] += data.draw(st.sampled_from([1.0, -1.0, 1e9, NAN, INF]))
    found = wrong(yours, expected)
    assert facts(found, "at", "worst_at", "differ") == (f"[{', '.join(map(str, place))}]",) * 2 + (1,)
    assert found.total == expected.size


@given(st.lists(FLOATS, min_size=1), st.data())
def test_a_change_in_a_list_is_found_where_it_is(expected, data):
    place = data.draw(st.integers(0, len(expected) - 1))
    yours = [value + (index == place) for index, value in enumerate(expected)]
    assert facts(wrong(yours, expected), "at", "differ") == (f"[{place}]", 1)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (1.23456789, "float 1.23457"),
        ("a" * 500, "str of 500 characters"),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, "dict of 4 items"),
        (range(10**6), "range range(0, 1000000)"),
        (10**200, "int 10000000...00000000 (201 digits)"),
        (10**5000, "int a whole number of 16610 bits"),
    ],
    ids=["None", "float", "text", "dict", "range", "long", "longer"],
)
def test_values_in_words(value, words):
    assert described(value) == words
