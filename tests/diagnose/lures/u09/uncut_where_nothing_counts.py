# exercise: special_tokens
# true: where no special token counts, the text is merged without being cut into chunks
# why: you merged the text as a whole
# not: you returned the bytes of the text


_right = RegexTokenizer.encode


def _encode(self, text, allowed_special="none_raise"):
    ids = _right(self, text, allowed_special)
    counted = allowed_special == "all" or not isinstance(allowed_special, str)
    return ids if counted and self.special_tokens else encode(text, self.merges)


RegexTokenizer.encode = _encode
