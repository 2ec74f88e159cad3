"""Messages over a stream: four bytes of length, then the message.

A length is a claim: memory is taken for what has arrived, never for what was announced.
"""

import struct

from grader.worker.wire.rules import Garbage

HEADER = struct.Struct("<I")
MAX_FRAME_BYTES = 80 << 20


def pack(message: bytes) -> bytes:
    """Return a message as it travels."""
    return HEADER.pack(len(message)) + message


class FrameReader:
    """Cuts what arrives into messages."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and return the messages that are whole now. Raises Garbage for an impossible length."""
        self._waiting += data
        messages = []
        start = 0
        while (end := self._end(start)) <= len(self._waiting):
            messages.append(bytes(memoryview(self._waiting)[start + HEADER.size : end]))
            start = end
        del self._waiting[:start]
        return messages

    def _end(self, start: int) -> int:
        """Return where the message that begins at `start` ends, as far as that is known."""
        if len(self._waiting) < start + HEADER.size:
            return start + HEADER.size
        (length,) = HEADER.unpack_from(self._waiting, start)
        if length > MAX_FRAME_BYTES:
            raise Garbage(f"a message of {length} bytes was announced")
        return start + HEADER.size + int(length)
