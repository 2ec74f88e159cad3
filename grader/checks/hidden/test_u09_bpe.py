"""Hidden checks of unit 09: the same claims on texts that no learner has seen."""

from itertools import pairwise

from grader import edge, exercise, same

LETTERS = ["a", "b", "ab", "B", "\u00e9", "\u4e16", "'s", "'Re", "'", "7", "42", "!", "?", "_"]
SIGNS = [*LETTERS, " ", " ", "  ", "\n", "\r\n", "\t"]
WORDS = ["on", "in", "ono", "nono", "nin", "inn", "ini", "noon", "no", "nin-on", "1010", "onion"]
END = "<|endoftext|>"


def mixture(rng, count, more=()):
    """Return a text in which anything may follow anything."""
    return "".join(rng.choices([*SIGNS, *more], k=count))


def sentences(rng, count):
    """Return a text of few words with much in common."""
    return "".join(rng.choice(WORDS) + rng.choice((" ", " ", ", ", ".\n", "  ")) for _ in range(count))


@exercise("get_stats")
class TestGetStats:
    def test_added_one_by_one(self, props, rng):
        """counts of one text after another add up"""
        counts = {(9, 9): 1}
        for _ in range(3):
            ids = [rng.randrange(3) for _ in range(20)]
            expected = dict(counts)
            for pair in pairwise(ids):
                expected[pair] = expected.get(pair, 0) + 1
            counts, returned, _ = props.stats_added(ids, counts)
            same(returned, expected, "get_stats of one more text, added to counts")
            same(counts, expected, "counts after one more text")


@exercise("merge")
class TestMerge:
    def test_again_and_again(self, learner, oracle, rng):
        """merges of merges, in lists of two ids"""
        ids = [rng.choice((7, 8)) for _ in range(80)]
        for idx in range(256, 262):
            pair = (ids[2], ids[3])
            expected = oracle.merged(ids, pair, idx)
            same(learner.merge(ids, pair, idx), expected, f"merge of {len(ids)} ids, {pair}")
            ids = expected


@exercise("train_bpe")
class TestTrainBpe:
    def test_ties_everywhere(self, props, oracle, rng):
        """a text in which most rounds are ties"""
        text = mixture(rng, 60) * 2
        merges, vocab = props.train(text, 290)
        expected = oracle.train(text, 290)
        same(list(merges.items()), list(expected[0].items()), "merges, in order")
        same(vocab, expected[1], "vocab")


@exercise("encode")
class TestEncode:
    def test_words_in_common(self, learner, oracle, rng):
        """words whose merges compete for the same letters"""
        merges, _ = oracle.train(sentences(rng, 80), 320)
        text = "".join(rng.choices("noi 1-", k=60))
        same(learner.encode(text, merges), oracle.encode(text, merges), f"encode({text!r})")


@exercise("decode")
class TestDecode:
    def test_own_tokens(self, learner, oracle, rng):
        """tokens of a trained vocabulary, in any order"""
        _, vocab = oracle.train(mixture(rng, 100), 320)
        ids = [rng.randrange(len(vocab)) for _ in range(50)]
        text = b"".join(vocab[idx] for idx in ids).decode(errors="replace")
        same(learner.decode(ids, vocab), text, "decode of 50 random tokens")


@exercise("split_text")
class TestSplitText:
    def test_anything_follows_anything(self, learner, oracle, rng):
        """two hundred pieces in a row, with both patterns"""
        text = mixture(rng, 200, ["\u2028", "\u3000", "\U0001f389", "\u0645", "\u0301"])
        for name in ("GPT4", "GPT2"):
            yours = learner.split_text(text, learner.fetch(f"{name}_SPLIT_PATTERN"))
            same(yours, oracle.split(text, name.lower()), f"split_text of a random text with {name}_SPLIT_PATTERN")


@exercise("regex_tokenizer")
class TestRegexTokenizer:
    def test_mixture(self, props, oracle, rng):
        """training and encoding of a random mixture"""
        text = mixture(rng, 250)
        merges, vocab = oracle.train(text, 300, "gpt4")
        yours = props.trained(text, 300)
        same(list(yours[0].items()), list(merges.items()), "merges, in order")
        same(yours[1], vocab, "vocab")
        new = mixture(rng, 60)
        same(
            props.tokenizer(text, 300).encode_ordinary(new), oracle.encode_split(new, merges, "gpt4"), f"ids of {new!r}"
        )


@exercise("train_bpe_fast")
class TestTrainBpeFast:
    def test_mixtures(self, props, oracle, rng):
        """thirty mixtures of signs and words"""
        texts = [mixture(rng, 50).replace("\r", "") + sentences(rng, 10) for _ in range(30)]
        learned = oracle.train_many(texts, 266)
        same(props.train_many(texts, [size for size, _ in learned]), [merges for _, merges in learned], "merges")

    def test_documents(self, props, oracle, rng):
        """documents with a special token between them"""
        text = "".join(sentences(rng, 6) + END for _ in range(30))
        size, vocab, merges = oracle.train_fast(text, 275, [END])
        yours = props.train_fast(text, size, [END])
        same(yours[1], merges, "merges, in order")
        same(sorted(yours[0].values()), sorted(vocab.values()), "the tokens in vocab, sorted")

    @edge
    def test_several_special_tokens(self, props, oracle, rng):
        """documents with several special tokens between them"""
        special = [END, "<|end", "(x|y)*", " no"]
        text = "".join(sentences(rng, 6) + rng.choice(special) for _ in range(30))
        size, vocab, merges = oracle.train_fast(text, 275, special)
        same(props.train_fast(text, size, special), (vocab, merges), "vocab and merges")


@exercise("special_tokens")
class TestSpecialTokens:
    def test_any_set(self, props, oracle, rng):
        """a mixture of text and special tokens, some of them allowed"""
        self.mixed(props, oracle, rng, {END: 900, "on in": 902, "!?": 903, "  ": 904, "\u4e16": 905})

    @edge
    def test_any_set_that_begins_alike(self, props, oracle, rng):
        """the same where one special token is the beginning of another"""
        self.mixed(props, oracle, rng, {"<|": 901, END: 900, "on": 906, "on in": 902, "  ": 904, "\u4e16": 905})

    def mixed(self, props, oracle, rng, special):
        """Encode and decode mixtures in which three special tokens count."""
        text = sentences(rng, 60)
        made = props.tokenizer(text, 275, None, special)
        merges = oracle.train(text, 275, "gpt4")[0]
        for _ in range(4):
            allowed = set(rng.sample(sorted(special), 3))
            new = mixture(rng, 20, special) + sentences(rng, 5)
            counted = {token: special[token] for token in special if token in allowed}
            expected = oracle.encode_split(new, merges, "gpt4", counted)
            same(made.encode(new, allowed), expected, f"encode of a mixture, {sorted(allowed)}")
            same(made.decode(expected), new, "decode of its ids")


@exercise("bytes_to_unicode")
class TestBytesToUnicode:
    def test_some_bytes(self, learner, oracle, rng):
        """fifty bytes at random"""
        yours, expected = learner.bytes_to_unicode(), oracle.bytes_to_unicode()
        chosen = sorted(rng.sample(range(256), 50))
        same([yours[byte] for byte in chosen], [expected[byte] for byte in chosen], "characters of fifty bytes")


@exercise("gpt2_tokenizer")
class TestGPT2Tokenizer:
    def test_mixture(self, props, oracle, rng):
        """a random mixture, by the slice of GPT-2"""
        self.there_and_back(props, oracle, mixture(rng, 100) + sentences(rng, 20), oracle.gpt2_files())

    @edge
    def test_other_files(self, props, oracle, rng):
        """a random mixture, by files of another tokenizer, whose ids were dealt at random"""
        files = oracle.files(rng.getrandbits(32), sentences(rng, 90) + mixture(rng, 90), 340)
        self.there_and_back(props, oracle, mixture(rng, 100) + sentences(rng, 20), files)

    def there_and_back(self, props, oracle, text, files):
        """Encode and decode by files."""
        made, expected = props.gpt2(*files), oracle.gpt2_encode(text, *files)
        same(made.encode(text), expected, "encode of a random mixture")
        same(made.decode(expected), text, "decode of its ids")


@exercise("gpt4_tokenizer")
class TestGPT4Tokenizer:
    def test_other_tables(self, learner, props, oracle, rng):
        """a table of another tokenizer: its merges, and the ids of a random mixture"""
        ranks = oracle.ranks(rng.getrandbits(32), sentences(rng, 90) + mixture(rng, 60), 320)
        same(props.recover(ranks), oracle.recover_merges(ranks), "recover_merges")
        text = mixture(rng, 60) + sentences(rng, 10)
        expected = oracle.gpt4_encode(text, ranks)
        made = learner.GPT4Tokenizer(ranks)
        same(made.encode(text), expected, "encode of a random mixture")
        same(made.decode(expected), text, "decode of its ids")

    @edge
    def test_special_tokens(self, learner, oracle, rng):
        """the ids of a random mixture with special tokens in it, and back"""
        ranks, special = oracle.ranks(rng.getrandbits(32), sentences(rng, 60), 290), {END: 5000, "<| no |>": 5001}
        text = mixture(rng, 60, special) + sentences(rng, 10)
        expected = oracle.gpt4_encode(text, ranks, special)
        made = learner.GPT4Tokenizer(ranks, special)
        same(made.encode(text, "all"), expected, "encode of a random mixture, 'all'")
        same(made.decode(expected), text, "decode of its ids")


@exercise("save_load")
class TestSaveLoad:
    def test_streams(self, props, oracle, rng):
        """a random mixture cut anywhere, after save and load"""
        text = mixture(rng, 250) + sentences(rng, 30)
        made = props.reloaded(props.tokenizer(text, 320))
        expected = oracle.encode_split(text, oracle.train(text, 320, "gpt4")[0], "gpt4")
        self.in_pieces(props, rng, made, text, expected)

    @edge
    def test_special_in_streams(self, props, oracle, learner, rng):
        """random mixtures with special tokens cut anywhere, with both patterns, after save and load"""
        special = {END: 900, "<| no |>": 901, "!?": 902}
        for name in ("GPT4", "GPT2"):
            text = mixture(rng, 250, special) + sentences(rng, 30)
            pattern = learner.fetch(f"{name}_SPLIT_PATTERN")
            made = props.reloaded(props.tokenizer(text, 320, pattern, special))
            merges = oracle.train(text, 320, name.lower())[0]
            expected = oracle.encode_split(text, merges, name.lower(), special)
            self.in_pieces(props, rng, made, text, expected)

    def in_pieces(self, props, rng, made, text, expected):
        """Encode a stream of single characters, and one of pieces of a few."""
        same(props.streamed(made, list(text), "all"), expected, "ids of single characters, 'all'")
        size = rng.randint(2, 9)
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        same(props.streamed(made, pieces, "all"), expected, f"ids of pieces of {size} characters, 'all'")
