"""What host and learner's side agree on beside the codec: kinds of message, limits of what is told, and fixed words.

A message is one byte that says what it is, then one encoded value:

    Q [operation, arguments]    host -> learner's side      A ["value", x] | ["error", record] | ["refused", text]
    C [id, args, kwargs]        a call-back of the host     R the same three answers
    S                           a worker has started; the only message without a value
"""

QUESTION, ANSWER, CALL, REPLY, READY = b"Q", b"A", b"C", b"R", b"S"
PROTOCOL = 3  # raised with every change of what is asked or how; kept transcripts of another number are not read
MAX_TEXT = 2000
MAX_FRAMES = 12  # as `model.FRAMES`
REFUSED = "is not allowed in this exercise"  # stands in every error of a forbidden tool
