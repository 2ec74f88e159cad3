# exercise: gpt2_tokenizer
# true: what is remembered works; ids = ids + ... copies all ids at each chunk
# not: the time of one word is spent each time it comes


def _encode_ordinary(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        if chunk not in self.cache:
            word = [self.byte_ids[byte] for byte in chunk.encode("utf-8")]
            while len(word) > 1:
                pair = min(get_stats(word), key=lambda one: self.ranks.get(one, math.inf))
                if pair not in self.ranks:
                    break
                word = merge(word, pair, self.merges[pair])
            self.cache[chunk] = word
        ids = ids + self.cache[chunk]
    return ids


GPT2Tokenizer.encode_ordinary = _encode_ordinary
