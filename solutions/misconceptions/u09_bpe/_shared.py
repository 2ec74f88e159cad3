"""What wrong answers to several exercises of unit 09 have in common."""


def _bytes_vocab():
    return {byte: bytes([byte]) for byte in range(256)}


def _checked(vocab_size):
    if vocab_size < 256:
        raise ValueError(f"vocab_size must be at least 256: got {vocab_size}")
