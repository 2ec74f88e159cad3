"""The codec keeps every kind apart, refuses with a sentence what is not data, and takes nothing on trust."""

import math
import struct

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.values import Remote
from grader.worker.guest.server import class_name
from grader.worker.wire.codec import Codec, Garbage, Refused
from grader.worker.wire.rules import DTYPES, MAX_DEPTH, MAX_NUMBERS


class Stand(Remote):
    """What the host makes of an object that stayed on the other side."""

    def __init__(self, number, name):
        self._id, self._class_name = number, name


def learner(objects=None):
    kept = [] if objects is None else objects

    def keep(thing):
        kept.append(thing)
        return len(kept) - 1, class_name(type(thing))

    return Codec(keep=keep, find=lambda number, _: kept[number], call=lambda number, name: (name, number), host=False)


HOST = Codec(keep=None, find=Stand, lend=lambda _: 7, host=True)


def to_host(value):
    return HOST.decode(learner().encode(value))


def to_learner(value):
    return learner().decode(HOST.encode(value))


def identical(left, right):
    """Same kind, same bits, same order: -0.0 is not 0.0 and True is not 1."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return all(fact(left) == fact(right) for fact in (np.shape, np.result_type, in_columns, np.ndarray.tobytes))
    if isinstance(left, np.generic):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if isinstance(left, float | complex):
        return bits(left) == bits(right)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(identical, left, right))
    if isinstance(left, dict):
        return identical([*left.items()], [*right.items()])
    if isinstance(left, set | frozenset):
        return len(left) == len(right) and all(any(identical(one, two) for two in right) for one in left)
    return bool(left == right)


def in_columns(array):
    return array.flags.f_contiguous and not array.flags.c_contiguous


def bits(value):
    number = complex(value)
    return struct.pack("<dd", number.real, number.imag)


INTEGERS = st.integers() | st.integers(-(1 << 13590), 1 << 13590) | st.sampled_from([2**63, -(2**63), 2**64, 2**64 - 1])
TEXTS = st.text(st.characters()) | st.text(st.characters(), min_size=1000, max_size=1100)
HASHABLE = (
    st.none() | st.booleans() | INTEGERS | st.floats() | st.complex_numbers() | TEXTS | st.binary()
)  # fmt: skip
PLAIN = [np.dtype(name) for name in sorted(DTYPES)]
ARRAYS = hnp.arrays(st.sampled_from(PLAIN), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
SCALARS = st.sampled_from(PLAIN).flatmap(lambda dtype: hnp.arrays(dtype, ())).map(lambda array: array[()])
RANGES = st.builds(range, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 9))
KEYS = HASHABLE | st.tuples(HASHABLE, HASHABLE) | st.frozensets(HASHABLE, max_size=3)
VALUES = st.recursive(
    KEYS | ARRAYS | ARRAYS.map(np.asfortranarray) | SCALARS | RANGES | st.binary(min_size=1024, max_size=1100),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
    ),
    max_leaves=12,
)
LONG_LISTS = st.integers(64, 80).flatmap(
    lambda size: st.lists(st.floats() | st.integers(-(2**65), 2**65) | st.booleans(), min_size=size, max_size=size)
)


@settings(deadline=None, max_examples=200)
@given(VALUES | LONG_LISTS)
@example([float(n) for n in range(100)] + [math.nan, -0.0, math.inf])
@example([*range(100), 2**63 - 1, -(2**63)])
@example([*range(100), 2**63])
@example([True] * 100)
@example([1] * 99 + [1.0])
@example({(1, 2.0): [np.float32(1)], "a": {1, 2}, (): frozenset({3})})
@example(np.array(3.0))
@example(np.zeros((0, 3)))
@example(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
@example(np.arange(12)[::-2])
@example([slice(None, 3), slice(1, None, -1)])
@example("lone \ud800 surrogate")
def test_a_value_arrives_as_it_left(value):
    assert identical(to_host(value), value)
    assert identical(to_learner(value), value)


@pytest.mark.parametrize("dtype", PLAIN, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3, 2), (2, 3, 1), (1,) * 40])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_dtype_shape_and_order(dtype, shape, order):
    array = np.ones(shape, dtype, order)
    assert identical(to_host(array), array)


def test_an_array_that_arrived_can_be_written_to():
    to_host(np.zeros(3))[0] = 1.0


def test_a_piece_of_an_array_arrives_without_the_rest():
    assert len(learner().encode(np.zeros((1000, 1000))[::500, ::500])) < 200


class Thing:
    pass


def test_what_is_no_data_stays_and_comes_back_the_same():
    kept = []
    side = learner(kept)
    thing, function = Thing(), lambda: 1
    stands = HOST.decode(side.encode([thing, {"f": function}, (i for i in range(3))]))
    assert [stands[0]._class_name, stands[1]["f"]._class_name, stands[2]._class_name] == [
        "Thing",
        "function",
        "generator",
    ]
    back = side.decode(HOST.encode([stands[0], stands[1]["f"]]))
    assert back[0] is thing
    assert back[1] is function


def test_a_host_function_is_lent():
    assert learner().decode(HOST.encode([abs])) == [("abs", 7)]


def test_nobody_can_lend_the_host_a_function():
    with pytest.raises(Garbage):
        HOST.decode(HOST.encode([abs]))


# What lies about its class, or is a little more than data, is an object and no data.


class Liar:
    __class__ = float

    def __eq__(self, _):
        return True

    __hash__ = None


class Meta(type):
    __name__ = property(lambda _: 1 / 0)
    __module__ = property(lambda _: "numpy")


class OddlyNamed(metaclass=Meta):
    pass


class Scalar(np.float64):
    __module__ = "numpy"


def lookalike(kind, *args):
    """An instance of a subclass that has its base's name."""
    return type(kind.__name__, (kind,), {})(*args)


NO_DATA = {
    "a lying __class__": Liar(),
    "a subclass of float": lookalike(float, 1.0),
    "a subclass of int": lookalike(int, 1),
    "a subclass of str": lookalike(str, "a"),
    "a subclass of list": lookalike(list, [1.0]),
    "a subclass of dict": lookalike(dict, [("a", 1)]),
    "a subclass of tuple": lookalike(tuple, [1]),
    "a subclass of float64 that says it is numpy's": Scalar(1.0),
    "a metaclass that raises": OddlyNamed(),
    "a time": np.datetime64("2026-01-01"),
    "a long double": np.longdouble(1),
    "a class": float,
}


@pytest.mark.parametrize("name", NO_DATA)
def test_only_the_exact_type_is_data(name):
    assert isinstance(to_host(NO_DATA[name]), Stand)


class Mine(np.ndarray):
    pass


CYCLE = []
CYCLE += [1, CYCLE]
LOOP = {}
LOOP["self"] = LOOP


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def doubled(times):
    """A list of little size that would be 2 ** times parts long."""
    value = [1]
    for _ in range(times):
        value = [value, value]
    return value


REFUSED = {
    "an array of objects": (lambda: np.array([1, "a"], object), "dtype object"),
    "an array of texts": (lambda: np.array(["a"]), "dtype <U1"),
    "an array of records": (lambda: np.zeros(2, [("x", "f8"), ("y", "i4")]), "dtype [('x'"),
    "an array of the other byte order": (lambda: np.zeros(2, ">f8"), "dtype >f8"),
    "an array of times": (lambda: np.zeros(2, "datetime64[s]"), "dtype datetime64"),
    "a masked array": (lambda: np.ma.array([1.0]), "a MaskedArray, a subclass of numpy.ndarray"),
    "an array of a class of one's own": (lambda: np.zeros(2).view(Mine), "a Mine, a subclass of numpy.ndarray"),
    "a list in itself": (lambda: CYCLE, "contains itself"),
    "a dict in itself": (lambda: LOOP, "contains itself"),
    "deep nesting": (lambda: nested(MAX_DEPTH + 1), "nested more than"),
    "the same list over and over": (lambda: doubled(40), "too many parts"),
    "many short texts": (lambda: [["abc"] * 1000] * 300, "too many parts"),
    "a huge whole number": (lambda: 10**5000, "a whole number of 16610 bits"),
    "a large array": (lambda: np.zeros(9 << 20), "larger than 64 MB"),
    "one number that claims to be many": (lambda: np.broadcast_to(np.zeros(1), 10**12), "larger than 64 MB"),
    "a long text": (lambda: "a" * (65 << 20), "larger than 64 MB"),
    "a long list": (lambda: [0.0] * (MAX_NUMBERS + 1), "lists have more than"),
    "two long lists": (lambda: [[0] * (MAX_NUMBERS // 2 + 1)] * 2, "lists have more than"),
    "a long range": (lambda: range(10**30), "a range of more than"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(name):
    make, why = REFUSED[name]
    with pytest.raises(Refused) as refused:
        learner().encode(make())
    assert why in str(refused.value)
    assert str(refused.value).startswith(("it ", "its "))


def test_the_deepest_value_that_passes():
    assert to_host(nested(MAX_DEPTH)) == nested(MAX_DEPTH)


def test_the_oracle_store_takes_no_objects():
    with pytest.raises(Refused, match="it holds a Thing, which is not data"):
        Codec(keep=None, find=Stand, host=True).encode([Thing()])
