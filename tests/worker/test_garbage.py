"""Whatever bytes arrive, the host reads a value or says Garbage, and takes little memory for it."""

import contextlib
import tracemalloc

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.worker.wire import rules
from grader.worker.wire.codec import Codec, Garbage
from grader.worker.wire.rules import LENGTH

LEARNER = Codec(keep=lambda thing: (0, type(thing).__name__), find=lambda *_: None, host=False)
HOST = Codec(keep=None, find=lambda number, name: (number, name), host=True)


def read(data):
    with contextlib.suppress(Garbage):
        HOST.decode(data)


SEEDS = [
    LEARNER.encode(value)
    for value in (
        [1, 2.0, "a" * 2000, b"b" * 2000, 2**80, None, True],
        {"a": (1, 2), 3: {4}, (5,): frozenset({6})},
        [np.arange(6.0).reshape(2, 3), np.float32(2), np.array(True)],
        [list(range(100)), [0.5] * 100, range(9), 1j],
        ["value", object()],
    )
]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_garbage_is_garbage(data):
    read(data)
    read(LENGTH.pack(len(data)) + data)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_message_is_read_or_refused(message, data):
    cut = data.draw(st.integers(0, len(message)))
    damaged = bytearray(message[:cut] if data.draw(st.booleans()) else message)
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            place = data.draw(st.integers(0, len(damaged) - 1))
            damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    tracemalloc.start()
    try:
        read(bytes(damaged))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def ext(code, payload):
    return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(payload))


def message(value, raw=b""):
    meta = msgspec.msgpack.encode(value)
    return LENGTH.pack(len(meta)) + meta + raw


def nest_extensions(depth):
    value = ext(rules.TUPLE, [])
    for _ in range(depth):
        value = ext(rules.TUPLE, [value])
    return value


MB = bytes(1 << 20)
BOMBS = {
    "a list that announces four billion items": LENGTH.pack(5) + b"\xdd\xff\xff\xff\xff",
    "a map that announces four billion items": LENGTH.pack(5) + b"\xdf\xff\xff\xff\xff",
    "a text that announces four gigabytes": LENGTH.pack(5) + b"\xdb\xff\xff\xff\xff",
    "bytes that announce four gigabytes": LENGTH.pack(5) + b"\xc6\xff\xff\xff\xff",
    "an extension that announces four gigabytes": LENGTH.pack(6) + b"\xc9\xff\xff\xff\xff\x01",
    "a length that is not there": LENGTH.pack(0xFFFFFFFF) + MB,
    "lists in lists in lists": LENGTH.pack(500_000) + b"\x91" * 500_000,
    "extensions in extensions": message(nest_extensions(200)),
    "a megabyte of raw bytes, read fifty times": message([ext(rules.FLOATS, [0, 1 << 20])] * 50, MB),
    "an array of which little is there": message(ext(rules.ARRAY, ["<f8", [1 << 30], "C", [0, 8]]), bytes(8)),
    "an array larger than its bytes": message(ext(rules.ARRAY, ["<f8", [2], "C", [0, 1 << 40]]), bytes(8)),
    "an array without end": message(ext(rules.ARRAY, ["<f8", [1 << 62, 1 << 62], "C", [0, 8]]), bytes(8)),
    "an array of negative size": message(ext(rules.ARRAY, ["<f8", [-1], "C", [0, 8]]), bytes(8)),
    "an array of objects": message(ext(rules.ARRAY, ["|O", [1], "C", [0, 8]]), bytes(8)),
    "a truth value of 7": message(ext(rules.ARRAY, ["|b1", [1], "C", [0, 1]]), b"\7"),
    "a tensor that says another dtype": message(
        ext(rules.TENSOR, ["<f8", [1], "C", [0, 8], "float32", False]), bytes(8)
    ),
    "a slice before the beginning": message(ext(rules.TEXT, [-4, 4]), b"abcd"),
    "a slice of floats": message(ext(rules.TEXT, [0.0, 4]), b"abcd"),
    "a range without end": message(ext(rules.RANGE, [0, 10**18, 1])),
    "a range of no step": message(ext(rules.RANGE, [0, 1, 0])),
    "a very large whole number": message(msgspec.msgpack.Ext(rules.INT, bytes(2000))),
    "a dict of odd length": message(ext(rules.DICT, [1, 2, 3])),
    "a dict with a list as key": message(ext(rules.DICT, [[1], 2])),
    "a set of lists": message(ext(rules.SET, [[1]])),
    "a set that is a number": message(ext(rules.SET, 5)),
    "a handle without a number": message(ext(rules.HANDLE, ["a", "b"])),
    "an unknown kind": message(msgspec.msgpack.Ext(99, b"")),
    "no text": message(ext(rules.TEXT, [0, 2]), b"\xff\xfe"),
    "two values": LENGTH.pack(2) + b"\x01\x02",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_lie_costs_nothing(name):
    tracemalloc.start()
    try:
        with pytest.raises(Garbage):
            HOST.decode(BOMBS[name])
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_largest_message_costs_a_bounded_multiple_of_itself():
    parts = (1 << 20) - 6
    meta = b"\xdd" + parts.to_bytes(4, "big") + b"\x80" * parts  # a million empty dicts
    tracemalloc.start()
    try:
        read(LENGTH.pack(len(meta)) + meta)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


TOO_MUCH = {
    "more structure": (message(list(range(1 << 20))), "wrong length"),
    "more depth": (message(nest_extensions(rules.MAX_DEPTH + 3)), "nested too deeply"),
    "bytes beyond the end": (message(ext(rules.BYTES, [4, 0]), b"abc"), "not there"),
    "bytes beyond the end, of none": (message([ext(rules.BYTES, [100, 2])], b"abc"), "not there"),
    "bytes before the beginning": (message(ext(rules.BYTES, [-2, 1]), b"abc"), "not there"),
    "a negative number of bytes": (message(ext(rules.BYTES, [2, -1]), b"abc"), "not there"),
    "bytes that were read before": (message([ext(rules.BYTES, [0, 2])] * 2, b"abc"), "read before"),
    "places that are truths": (message(ext(rules.BYTES, [False, True]), b"abc"), "not there"),
    "a very large whole number": (
        message(msgspec.msgpack.Ext(rules.INT, bytes(rules.MAX_INT_BYTES + 1))),
        "very large",
    ),
    "a very long range": (message(ext(rules.RANGE, [0, rules.MAX_NUMBERS + 1, 1])), "very long range"),
    "a map": (message({"a": 1}), "a map"),
    "a kind that there is not": (message(msgspec.msgpack.Ext(99, b"")), "unknown kind"),
    "a function": (message(msgspec.msgpack.Ext(rules.LENT, b"0 f")), "a function"),
    "a truth value of 2": (message(ext(rules.ARRAY, ["|b1", [1], "C", [0, 1]]), b"\x02"), "no truth value"),
    "an array of objects": (message(ext(rules.ARRAY, ["|O", [1], "C", [0, 8]]), bytes(8)), "no array"),
    "an array in no order": (message(ext(rules.ARRAY, ["<f8", [1], "K", [0, 8]]), bytes(8)), "no array"),
    "a negative shape": (message(ext(rules.ARRAY, ["<f8", [-1], "C", [0, 8]]), bytes(8)), "no shape"),
    "too many axes": (message(ext(rules.ARRAY, ["<f8", [1] * 65, "C", [0, 8]]), bytes(8)), "no shape"),
    "nothing of any size": (message(ext(rules.ARRAY, ["<f8", [0, 1 << 40], "C", [0, 0]])), "sums do not fit"),
    "a number of objects": (message(ext(rules.SCALAR, ["|O", bytes(8)])), "unknown number type"),
    "a handle below none": (message(ext(rules.HANDLE, [-1, "A"])), "no handle"),
    "a handle of a truth": (message(ext(rules.HANDLE, [True, "A"])), "no handle"),
    "a handle beyond all": (message(ext(rules.HANDLE, [rules.MAX_HANDLE, "A"])), "no handle"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_no_honest_side_sends_is_garbage_and_named(name):
    data, said = TOO_MUCH[name]
    with pytest.raises(Garbage, match=said):
        HOST.decode(data)


def test_what_is_just_small_enough_is_read():
    assert HOST.decode(message(ext(rules.BYTES, [1, 2]), b"abc")) == b"bc"
    assert HOST.decode(message([ext(rules.BYTES, [0, 2]), ext(rules.BYTES, [2, 1])], b"abc")) == [b"ab", b"c"]
    assert HOST.decode(message(ext(rules.RANGE, [0, rules.MAX_NUMBERS, 1]))) == range(rules.MAX_NUMBERS)
    assert HOST.decode(message(nest_extensions(rules.MAX_DEPTH))) is not None
    assert HOST.decode(message(ext(rules.HANDLE, [rules.MAX_HANDLE - 1, "A"]))) == (rules.MAX_HANDLE - 1, "A")


def test_lists_of_numbers_are_counted_together(monkeypatch):
    monkeypatch.setattr(rules, "MAX_NUMBERS", 10)
    lists = [ext(rules.FLOATS, [0, 48]), ext(rules.INTS, [48, 32])]
    assert HOST.decode(message(lists, bytes(80))) == [[0.0] * 6, [0] * 4]
    with pytest.raises(Garbage, match="very long lists"):
        HOST.decode(message([*lists, ext(rules.INTS, [80, 8])], bytes(88)))


@pytest.mark.parametrize("kind", [rules.SET, rules.FROZENSET, rules.DICT])
def test_keys_that_were_made_alike_are_refused(monkeypatch, kind):
    monkeypatch.setattr(rules, "MAX_ALIKE", 5)
    prime = (1 << 61) - 1  # whole numbers have the hash of their rest by it
    keys = [index * prime for index in range(7)]
    items = [part for key in keys for part in (key, 0)] if kind == rules.DICT else keys
    whole = [
        part if part < 1 << 63 else msgspec.msgpack.Ext(rules.INT, part.to_bytes(16, "little", signed=True))
        for part in items
    ]
    with pytest.raises(Garbage, match="all alike"):
        HOST.decode(message(ext(kind, whole)))
