"""Wrong answers to u09.decode, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "decode",
    says="You decoded token by token. A token may hold half a character, and half an emoji is not valid UTF-8.",
)
def per_token(ids, vocab):
    return "".join(vocab[idx].decode("utf-8", errors="replace") for idx in ids)


@misconception(
    "decode",
    says="Decoding stops at bytes that are no valid UTF-8. A model puts out such sequences, and your program "
    "must survive them.",
    symptom=True,
)
def strict(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("utf-8")


@misconception(
    "decode", says="You dropped broken bytes without a trace. The reader should see that something was there."
)
def ignore(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("utf-8", errors="ignore")


@misconception(
    "decode",
    says="You read the bytes as Latin-1, in which every byte is a character. That never fails, and an e with an accent "
    "comes out as two odd signs.",
)
def latin1(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("latin-1")


@misconception("decode", says="You took the ids for code points. They are numbers of tokens; vocab knows their bytes.")
def chr_join(ids, vocab):
    return "".join(chr(idx) for idx in ids)
