"""Look at MessagePack without decoding it: whether there is a map in it.

No honest side writes one (a dict travels as an extension, whose keys are looked at first), and a map's keys could be
made to collide: half a megabyte of them keeps the decoder, which nothing can interrupt, busy for a minute.
"""

import re

MAP = re.compile(rb"[\x80-\x8f\xde\xdf]")
# Bytes behind the first one that are no tokens of their own: of the fixed kinds, array headers, short texts.
_BEHIND = dict(zip(range(0xCA, 0xD9), (4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17), strict=True))
_BEHIND |= {0xDC: 2, 0xDD: 4, **{0xA0 + size: size for size in range(32)}}
# How long a length is, and what else stands before the contents: of bytes, extensions, long texts.
_LENGTH = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
_LENGTH |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}


def has_map(data: bytes | memoryview) -> bool:
    """Say whether a map stands in it, outside of extensions. What is malformed is left to the decoder."""
    found = MAP.search(data)
    at, end = 0, len(data)
    while found and at < end:
        first = data[at]
        if 0x80 <= first <= 0x8F or first in (0xDE, 0xDF):
            return True
        at += 1 + _BEHIND.get(first, 0)
        if first in _LENGTH:
            wide, more = _LENGTH[first]
            at += wide + more + int.from_bytes(data[at : at + wide], "big")
    return False
