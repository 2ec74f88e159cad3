"""Wrong answers to u11.name_tokenizer, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.encode",
    symptom=True,
    says="BOS stands in front only. It is the stop sign, too: without one behind, the model never learns that a "
    "name ends.",
)
def bos_once(self, doc):
    return [self.BOS, *(self.chars.index(char) for char in doc)]


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.encode",
    symptom=True,
    says="BOS stands behind only. The model also has to learn how names begin: BOS stands in front as well.",
)
def bos_behind_only(self, doc):
    return [*(self.chars.index(char) for char in doc), self.BOS]


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer",
    says="BOS is 0, as the dot in makemore, and the characters begin at 1. Here they begin at 0 and BOS is the "
    "last id.",
)
class bos_zero(NameTokenizer):
    def __init__(self, docs):
        self.chars = sorted(set("".join(docs)))
        self.BOS = 0
        self.vocab_size = len(self.chars) + 1

    def encode(self, doc):
        return [0, *(self.chars.index(char) + 1 for char in doc), 0]

    def decode(self, ids):
        return "".join(self.chars[i - 1] for i in ids if i != 0)


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.decode",
    says="BOS leaves a mark in the text. It is no character: decode skips it.",
)
def decode_bos(self, ids):
    return "".join("<BOS>" if i == self.BOS else self.chars[i] for i in ids)


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.decode",
    symptom=True,
    says="decode looks BOS up among the characters, and it is none of them: that id is behind the last one.",
)
def decode_all(self, ids):
    return "".join(self.chars[i] for i in ids)


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.decode",
    symptom=True,
    says="The text ends at the first BOS, or begins behind it: what stands on its other side is lost.",
)
def decode_to_bos(self, ids):
    text = ""
    for i in ids[1:] if ids[0] == self.BOS else ids:
        if i == self.BOS:
            break
        text += self.chars[i]
    return text


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.__init__",
    says="The characters are numbered as they come up in the documents. They are numbered in sorted order.",
)
def unsorted(self, docs):
    self.chars = list(dict.fromkeys("".join(docs)))
    self.BOS = len(self.chars)
    self.vocab_size = self.BOS + 1


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.__init__",
    says="vocab_size counts the characters only. BOS is a token, too.",
)
def bos_not_counted(self, docs):
    self.chars = sorted(set("".join(docs)))
    self.BOS = len(self.chars)
    self.vocab_size = len(self.chars)


@misconception(
    "name_tokenizer",
    replaces="NameTokenizer.encode",
    symptom=True,
    says="A character that no document has is left out without a word. It has no id: that is a ValueError.",
)
def unknown_dropped(self, doc):
    return [self.BOS, *(self.chars.index(char) for char in doc if char in self.chars), self.BOS]
