"""Values as bytes, both ways: MessagePack with extension types, and data only. No pickle, no eval, no code.

Kinds stay apart: bool, int of any size, float, complex, numpy scalar, str, bytes, None, list, tuple, dict, set,
range, slice, array (dtype, shape, order), tensor (dtype, shape, requires_grad). What is not data travels as the number
of an object that stays where it is (a handle), or of a host function that is lent to the learner's code.

Layout of a value: four bytes of length, that much MessagePack, then the raw bytes of arrays and long texts one after
another. The MessagePack part is small by force, since it is the part that can cost many times its size in memory.

Covered: lying classes (exact types only), subclasses, cycles, object arrays, endless nesting, forged sizes, garbage,
bytes that are referred to many times (every raw byte is read once).
"""

import sys
from collections.abc import Callable
from typing import Any

import msgspec

from grader.worker.wire.decode import Reader
from grader.worker.wire.encode import Writer
from grader.worker.wire.rules import LENGTH, MAX_META_BYTES, Garbage, Refused

__all__ = ["Codec", "Garbage", "Refused"]


class Codec:
    """One side's way of writing and reading values."""

    def __init__(
        self,
        *,
        keep: Callable[[object], tuple[int, str]] | None,
        find: Callable[[int, str], object],
        call: Callable[[int, str], Callable[..., Any]] | None = None,
        lend: Callable[[Callable[..., Any]], int] | None = None,
        host: bool,
    ) -> None:
        """keep: gives an object that is not data a number and a class name (learner's side). find: the way back.

        lend: gives a host function a number (host). call: makes a function of a number and a name (learner's side).
        host: this side reads what it cannot trust, so sizes are limited, and tensors stay arrays with a name.
        """
        self.keep = keep
        self.find = find
        self.call = call
        self.lend = lend
        self.host = host

    def encode(self, value: object) -> bytes:
        """Return a value as bytes. Raises Refused."""
        writer = Writer(self.keep, self.lend, sys.maxsize if self.host else MAX_META_BYTES)
        try:
            meta = msgspec.msgpack.encode(writer.plain(value, 0))
        except (RecursionError, OverflowError) as error:
            raise Refused("it is nested too deeply, or contains itself") from error
        if len(meta) > MAX_META_BYTES and not self.host:
            raise Refused(f"it has too many parts: more than {MAX_META_BYTES >> 20} MB of them")
        return b"".join([LENGTH.pack(len(meta)), meta, *writer.raw])

    def decode(self, data: bytes | memoryview) -> Any:
        """Return the value. Raises Garbage for anything that `encode` does not make."""
        view = memoryview(data)
        if len(view) < LENGTH.size:
            raise Garbage("a message without a beginning")
        (length,) = LENGTH.unpack_from(view)
        end = LENGTH.size + length
        if end > len(view) or (self.host and length > MAX_META_BYTES):
            raise Garbage("a message with a wrong length")
        reader = Reader(view[end:], find=self.find, call=self.call, host=self.host)
        try:
            return reader.read(view[LENGTH.size : end])
        except Garbage:
            raise
        except Exception as error:  # the many ways in which bytes can be wrong
            raise Garbage(f"unreadable: {type(error).__name__}") from error
