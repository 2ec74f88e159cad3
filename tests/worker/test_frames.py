"""Messages come out of a stream whole, however it was cut, and a length is never believed."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.wire.frames import HEADER, MAX_FRAME_BYTES, FrameReader, pack
from grader.worker.wire.rules import Garbage


def test_two_messages_in_one_chunk():
    assert FrameReader().feed(pack(b"one") + pack(b"two")) == [b"one", b"two"]


def test_a_message_byte_by_byte():
    reader = FrameReader()
    parts = [reader.feed(bytes([byte])) for byte in pack(b"slowly")]
    assert [part for part in parts if part] == [[b"slowly"]]


def test_one_and_a_half_messages():
    reader = FrameReader()
    stream = pack(b"one") + pack(b"two")
    assert reader.feed(stream[:9]) == [b"one"]
    assert reader.feed(stream[9:]) == [b"two"]


@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(st.integers(0, 60), max_size=30))
def test_any_cut_gives_the_same_messages(messages, sizes):
    reader, stream, got = FrameReader(), b"".join(map(pack, messages)), []
    for size in [*sizes, len(stream)]:
        got += reader.feed(stream[:size])
        stream = stream[size:]
    assert got == messages


def test_an_announcement_takes_no_memory():
    reader = FrameReader()
    tracemalloc.start()
    try:
        for _ in range(1000):
            assert reader.feed(b"") == []
        assert reader.feed(HEADER.pack(MAX_FRAME_BYTES) + b"a") == []
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_too_long_an_announcement_is_garbage():
    with pytest.raises(Garbage, match="4294967295 bytes"):
        FrameReader().feed(pack(b"first") + HEADER.pack(0xFFFFFFFF))
