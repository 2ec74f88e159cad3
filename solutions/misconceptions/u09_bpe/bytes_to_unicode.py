"""Wrong answers to u09.bytes_to_unicode, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "bytes_to_unicode",
    says="You gave every byte its own character. Control characters, the space and the soft hyphen cannot be seen.",
)
def chr_all():
    return {byte: chr(byte) for byte in range(256)}


def _alphabet(kept):
    moved = [byte for byte in range(256) if byte not in kept]
    return {byte: chr(byte) if byte in kept else chr(256 + moved.index(byte)) for byte in range(256)}


@misconception(
    "bytes_to_unicode",
    says="Your ranges end one too early: the last of each, among them the tilde, moved. 188 bytes stay and 68 move.",
)
def range_off():
    return _alphabet({*range(ord("!"), ord("~")), *range(161, 172), *range(174, 255)})


@misconception(
    "bytes_to_unicode",
    says="You counted all bytes on the way, also those that stay. The new characters are numbered by the moved ones "
    "only.",
)
def order_n():
    kept = {*range(ord("!"), ord("~") + 1), *range(161, 173), *range(174, 256)}
    return {byte: chr(byte) if byte in kept else chr(256 + byte) for byte in range(256)}
