"""What both directions of the codec agree on: numbers of kinds, limits, and the two ways to fail."""

import math
import struct
from collections.abc import Iterable

MAX_DEPTH = 64
MAX_META_BYTES = 1 << 20
MAX_RAW_BYTES = 64 << 20
MAX_INT_BYTES = 1700  # 4,094 digits: Python refuses to print more than 4,300
MAX_NUMBERS = 2 << 20  # in all lists of one message, and in one range
MAX_NAME = 100
MAX_HANDLE = 1 << 40  # numbers of objects; below it, no two of them have the same hash
MAX_ALIKE = 1000  # keys of one dict or set that may have the hash of another one
MAX_DIMENSIONS = 64
LONG = 1 << 10  # texts from this size on travel as raw bytes
MANY = 64  # lists of plain numbers from this length on travel as raw bytes

(INT, TEXT, ODD_TEXT, BYTES, INTS, FLOATS, TUPLE, DICT, SET) = range(1, 10)
(FROZENSET, COMPLEX, SCALAR, ARRAY, TENSOR, HANDLE, LENT, RANGE, SLICE) = range(10, 19)
DTYPES = frozenset(  # every plain number type, little-endian
    ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
)
LENGTH = struct.Struct("<I")
WORD_MIN, WORD_MAX = -(1 << 63), (1 << 64) - 1


class Refused(Exception):
    """A value that cannot be sent. The text is for whoever returned it."""


class Garbage(Exception):
    """Bytes that no honest side sends."""


def spread(shape: Iterable[int]) -> int:
    """Return how many numbers a sum over the empty axes of an array could have; an array of none can have any size."""
    return math.prod(max(size, 1) for size in shape)
