"""What is said between a client and a host: a packet each, over a unix socket that keeps packets apart.

client: HELLO and how it is made up -> host: READY -> client: a request, with the descriptors of its folder and its
streams -> the host forks; the child: CHILD, with a descriptor of itself; SPEAKS, before it writes the first byte; EXIT
and its code. Where a packet does not come, the client has everything done cold.
"""

import sys
from _socket import (
    MSG_CMSG_CLOEXEC,
    SCM_RIGHTS,
    SOL_SOCKET,
    socket,
)  # the public module costs three times a bare Python's start

HELLO, READY, CHILD, SPEAKS, EXIT = b"hello", b"ready", b"child", b"speaks", b"exit "
MOST = 1 << 20
MOST_DESCRIPTORS = 4
INT = 4


def pack(*groups: list[bytes]) -> bytes:
    """Return groups of byte strings, none with a null in it, as one."""
    return b"\0".join(part for group in groups for part in (b"%d" % len(group), *group))


def unpack(data: bytes) -> list[list[bytes]]:
    """Return the groups. Raises ValueError for what `pack` did not make."""
    parts, groups, at = data.split(b"\0"), [], 0
    while at < len(parts):
        end = at + 1 + int(parts[at])
        if not at < end <= len(parts):
            raise ValueError("a group that is longer than all there is")
        groups.append(parts[at + 1 : end])
        at = end
    return groups


def send(line: socket, data: bytes, descriptors: list[int] | None = None) -> None:
    """Send one packet. Raises OSError, also for one that is too large."""
    numbers = b"".join(number.to_bytes(INT, sys.byteorder) for number in descriptors or ())
    line.sendmsg([data], [(SOL_SOCKET, SCM_RIGHTS, numbers)] if numbers else [])


def receive(line: socket) -> tuple[bytes, list[int]]:
    """Return the next packet and the descriptors that came with it; an empty one at the end. Raises OSError."""
    data, extra, _, _ = line.recvmsg(MOST, 64 + INT * MOST_DESCRIPTORS, MSG_CMSG_CLOEXEC)
    found = b"".join(value for level, kind, value in extra if (level, kind) == (SOL_SOCKET, SCM_RIGHTS))
    whole = range(0, len(found) - len(found) % INT, INT)
    return data, [int.from_bytes(found[at : at + INT], sys.byteorder) for at in whole]
