"""Wrong answers to u09.gpt4_tokenizer, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "gpt4_tokenizer",
    replaces="GPT4Tokenizer.encode_ordinary",
    says="You started from the bytes themselves. In this table the single bytes have the ids 0 to 255 in another "
    "order.",
)
def no_byte_shuffle(self, text):
    return [idx for chunk in self.compiled.findall(text) for idx in encode(chunk, self.merges)]


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="You cut every token behind its first byte. Which two parts it was made of is what merging with the lower "
    "ranks leaves.",
)
def split_in_half(mergeable_ranks):
    by_rank = sorted(mergeable_ranks.items(), key=lambda item: item[1])
    return {(mergeable_ranks[token[:1]], mergeable_ranks[token[1:]]): rank for token, rank in by_rank if len(token) > 1}


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="You allowed the token's own rank, so the last merge happened as well, and one part is left instead of two.",
)
def max_rank_inclusive(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(token) > 1:
            unions = [mergeable_ranks.get(left + right, math.inf) for left, right in pairwise(parts)]
            if min(unions, default=math.inf) > rank:
                left, right = parts
                merges[(mergeable_ranks[left], mergeable_ranks[right])] = rank
                break
            i = unions.index(min(unions))
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return merges


_set_up, _recover = GPT4Tokenizer.__init__, recover_merges


@misconception(
    "gpt4_tokenizer",
    replaces="GPT4Tokenizer.__init__",
    says="Your vocab is built from shuffled bytes, and nobody shuffles them back: decoding gives other letters.",
)
def decode_no_unshuffle(self, mergeable_ranks, special_tokens=None):
    _set_up(self, mergeable_ranks, special_tokens)
    self.vocab = _bytes_vocab()
    for (left, right), idx in self.merges.items():
        self.vocab[idx] = self.vocab[left] + self.vocab[right]


@misconception(
    "gpt4_tokenizer",
    says="Decoding stops at the id of a special token, which has no entry in the table of ranks.",
    symptom=True,
)
class special_decode(GPT4Tokenizer):
    def decode(self, ids):
        return decode(ids, self.vocab)


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="Your merges stand in the order of the table. They are asked for in ascending order of the ranks.",
)
def as_the_table(mergeable_ranks):
    merges = {rank: pair for pair, rank in _recover(mergeable_ranks).items()}
    return {merges[rank]: rank for rank in mergeable_ranks.values() if rank in merges}


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="You took the first cut whose two parts are tokens. Several cuts may be like that; which one it was, only "
    "merging again tells.",
)
def first_cut_that_fits(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda entry: entry[1]):
        cuts = ((token[:i], token[i:]) for i in range(1, len(token)))
        parts = next((cut for cut in cuts if cut[0] in mergeable_ranks and cut[1] in mergeable_ranks), None)
        if parts:
            merges[(mergeable_ranks[parts[0]], mergeable_ranks[parts[1]])] = rank
    return merges
