"""Wrong answers to u09.special_tokens, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _counted(self, text, allowed_special):
    """Return the special tokens that count, as the solution does."""
    if allowed_special == "all":
        return self.special_tokens
    if not isinstance(allowed_special, str):
        return {token: idx for token, idx in self.special_tokens.items() if token in allowed_special}
    if allowed_special not in ("none", "none_raise"):
        raise ValueError(f"unknown: {allowed_special!r}")
    found = [token for token in self.special_tokens if token in text]
    if found and allowed_special == "none_raise":
        raise ValueError(f"the text holds {found[0]!r}")
    return {}


def _pieces(text, allowed, order=lambda tokens: sorted(tokens, key=len, reverse=True), escape=regex.escape):
    if not allowed:
        return [text]
    return regex.split("(" + "|".join(map(escape, order(allowed))) + ")", text)


def _ids_of(self, pieces, allowed):
    return [idx for piece in pieces for idx in ([allowed[piece]] if piece in allowed else self.encode_ordinary(piece))]


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="You searched for the special token as if it were a pattern. In <|endoftext|> the | means or: it is found "
    "wherever there is a < or a >.",
)
def unescaped(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed, escape=str), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Of two special tokens that begin alike, the one that was registered first is found, and cuts the longer one "
    "apart.",
)
def prefix_first(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed, order=list), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="A special token counts in every mode, whatever allowed_special says: whoever types <|endoftext|> "
    "puts a control token into the model's input.",
)
def always_all(self, text, allowed_special="none_raise"):
    return _ids_of(self, _pieces(text, self.special_tokens), self.special_tokens)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="With none_raise a special token in the text goes through in silence. The mode is there to make noise.",
    symptom=True,
)
def no_raise(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, "none" if allowed_special == "none_raise" else allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="You took the special tokens out, encoded the rest in one piece and put them back. So text from both sides "
    "of a special token was merged.",
)
def merged_neighbours(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    left, places = 0, []
    pieces = _pieces(text, allowed)
    for piece in pieces:
        if piece in allowed:
            places.append((left, allowed[piece]))
        else:
            left += len(piece.encode("utf-8"))
    ids, at = [], 0
    for idx in self.encode_ordinary("".join(piece for piece in pieces if piece not in allowed)):
        while places and places[0][0] <= at:
            ids.append(places.pop(0)[1])
        ids.append(idx)
        at += len(self.vocab[idx])
    return ids + [idx for _, idx in places]


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Between two special tokens side by side, and before one at the start, lies an empty piece. You looked for "
    "pairs in it.",
)
def empty_chunks(self, text, allowed_special="none_raise"):
    allowed, ids = _counted(self, text, allowed_special), []
    for piece in _pieces(text, allowed):
        if piece in allowed:
            ids.append(allowed[piece])
            continue
        for chunk in self.compiled.findall(piece) or [piece]:
            word = list(chunk.encode("utf-8"))
            while len(word) != 1:
                pair = min(get_stats(word), key=lambda candidate: self.merges.get(candidate, math.inf))
                if pair not in self.merges:
                    break
                word = merge(word, pair, self.merges[pair])
            ids += word
    return ids


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Where no special token counts, you returned the bytes of the text. It is ordinary text then, cut and merged.",
)
def raw_bytes(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed) if allowed else list(text.encode("utf-8"))


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Where no special token is registered, you returned the bytes of the text. It is ordinary text then, cut and "
    "merged.",
)
def raw_bytes_unregistered(self, text, allowed_special="none_raise"):
    if not self.special_tokens:
        return list(text.encode("utf-8"))
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="What one call allowed still counts in the next. allowed_special holds for the call that it is given to.",
)
def mode_stays(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    self.counted = {**getattr(self, "counted", {}), **allowed}
    return _ids_of(self, _pieces(text, self.counted), self.counted)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.register_special_tokens",
    says="You kept the caller's own dict. What they do with it afterwards changes your special tokens; keep a copy.",
)
def callers_dict(self, special_tokens):
    self.special_tokens = special_tokens


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.register_special_tokens",
    says="Special tokens of before are still special. Registering replaces them.",
    symptom=True,
)
def added_to_the_old(self, special_tokens):
    self.special_tokens = {**self.special_tokens, **special_tokens}


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Only none_raise is looked at. In every other mode all special tokens count, whatever allowed_special says.",
)
def all_but_none_raise(self, text, allowed_special="none_raise"):
    allowed = self.special_tokens
    if allowed_special == "none_raise":
        allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Where no special token counts, you merged the text as a whole. It is ordinary text then: cut it first, as "
    "encode_ordinary does.",
)
def uncut_without_special(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed) if allowed else encode(text, self.merges)
