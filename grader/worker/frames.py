"""Messages over a stream: four bytes of length, then the message.

A length is a claim: memory is taken for what has arrived, never for what was announced.
"""

import struct

from grader.worker.codec import Garbage

HEADER = struct.Struct("<I")
MAX_FRAME_BYTES = 80 << 20


def pack(message: bytes) -> bytes:
    """Return a message as it travels."""
    return HEADER.pack(len(message)) + message


class Reader:
    """Cuts what arrives into messages."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._have = 0
        self._need = HEADER.size

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and return the messages that are whole now. Raises Garbage for an impossible length."""
        self._chunks.append(data)
        self._have += len(data)
        if self._have < self._need:
            return []
        rest = memoryview(b"".join(self._chunks))
        messages = []
        while True:
            self._need = HEADER.size
            if len(rest) < self._need:
                break
            (length,) = HEADER.unpack_from(rest)
            if length > MAX_FRAME_BYTES:
                raise Garbage(f"a message of {length} bytes was announced")
            self._need += length
            if len(rest) < self._need:
                break
            messages.append(bytes(rest[HEADER.size : self._need]))
            rest = rest[self._need :]
        self._chunks = [bytes(rest)] if rest else []
        self._have = len(rest)
        return messages
