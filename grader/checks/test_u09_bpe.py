"""Checks of unit 09: counting and merging, training, encoding, special tokens, the files of GPT-2, streams."""

import json
from itertools import pairwise

from grader import edge, exercise, raises, same, weight

UNIT = {
    "title": "BPE: how text becomes numbers",
    "lecture": "Let's build the GPT Tokenizer",
    "libraries": ["regex"],
    "scratch": True,
    "forbid": {
        "the tokenizer is what you write here, down to the bytes": [
            "tiktoken",
            "tiktoken.*",
            "tokenizers",
            "tokenizers.*",
            "sentencepiece",
            "sentencepiece.*",
            "transformers",
            "transformers.*",
        ],
    },
}

BYTES = {byte: bytes([byte]) for byte in range(256)}
END = "<|endoftext|>"
PARTY = "\U0001f389"  # four bytes
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"  # five characters that make one picture
NBSP = "\u00a0"
ARABIC = "\u0645\u0631\u062d\u0628\u0627"
CHINESE = "\u4f60\u597d\uff0c\u4e16\u754c\u3002"
GREETINGS = f"\uc548\ub155 \uc548\ub155\ud558\uc138\uc694 {PARTY}{PARTY} na\u00efve"
HELLOS = "na\u00efve " * 5 + GREETINGS * 2  # no pair that a few merges need occurs only once
# What text can do: accents composed and combined, other scripts, white space of all kinds, endings, digits, signs.
TORTURE = (
    f"Caf\u00e9 cafe\u0301 {CHINESE}{ARABIC} {FAMILY}{PARTY}!{NBSP}{NBSP}x\tTabs\t\tand  runs   of    spaces\r\n"
    "\r\n \n\n  I've we'll THEY'RE it'd 'tis don't 's'l''ve 12345 3.14 x2y -- "
    "...\n\n\n!?\n?!\r\n a_b <|endo  \u2028\u3000 end  "
)


def prose(rng, count):
    """Return a text that repeats itself, as training texts do: words, signs, numbers, line breaks."""
    words = ["".join(rng.choices("aehnrstw", k=rng.randint(1, 6))) for _ in range(14)] + ["it's", "12", "2026", PARTY]
    marks = [" "] * 8 + [", ", ". ", "!\n", "  ", "\n\n"]
    return "".join(rng.choice(words) + rng.choice(marks) for _ in range(count))


def anything(rng, count):
    """Return characters from all over Unicode; halves of surrogate pairs are none."""
    ranges = ((0, 0x80), (0x80, 0x800), (0x800, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000))
    return "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(count))


def pieces(rng, text):
    """Cut a text anywhere, empty pieces included."""
    cuts = sorted(rng.randint(0, len(text)) for _ in range(len(text) // 4))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def same_training(yours, expected):
    """Compare merges, in their order, and vocab."""
    merges, vocab = yours
    same(list(merges.items()), list(expected[0].items()), "merges, in order")
    same(vocab, expected[1], "vocab")


def same_fast(yours, vocab, merges):
    """Compare what a fast training gave: merges in their order, and which ids and which tokens there are."""
    same(yours[1], merges, "merges, in order")
    same(sorted(yours[0]), sorted(vocab), "the ids in vocab")
    same(sorted(yours[0].values()), sorted(vocab.values()), "the tokens in vocab, sorted")


def refuses_id(function, idx, label):
    """Require KeyError or ValueError that names an id."""
    error = raises(Exception, function, label)
    if error.is_a(NotImplementedError):
        raise error
    kinds = error.is_a(KeyError) or error.is_a(ValueError)
    assert kinds, f"{label}: an unknown id is a KeyError or a ValueError, this was {error.type}"
    assert str(idx) in error.message, f"{label}: the message does not name the id {idx}: {error.message}"


@exercise("get_stats", points=3, cpu=1.0)
class TestGetStats:
    """How often each pair of neighbours occurs, in a fresh dict or added to one."""

    def test_five_ids(self, props):
        """five ids have four pairs: [1, 2, 3, 1, 2]"""
        same(props.stats([1, 2, 3, 1, 2]), {(1, 2): 2, (2, 3): 1, (3, 1): 1}, "get_stats([1, 2, 3, 1, 2])")

    def test_overlapping(self, props):
        """in aaa the pair aa stands at two places, and both count"""
        same(props.stats([97, 97, 97]), {(97, 97): 2}, "get_stats([97, 97, 97])")
        same(props.stats([7, 7, 7, 7, 5, 7, 7]), {(7, 7): 4, (7, 5): 1, (5, 7): 1}, "get_stats([7, 7, 7, 7, 5, 7, 7])")

    def test_nothing_to_count(self, props):
        """a single id and no ids have no pairs"""
        same(props.stats([5]), {}, "get_stats([5])")
        same(props.stats([]), {}, "get_stats([])")

    def test_calls_are_apart(self, props):
        """a call without counts knows nothing of the call before"""
        same(props.stats([1, 2, 3, 1, 2]), {(1, 2): 2, (2, 3): 1, (3, 1): 1}, "get_stats([1, 2, 3, 1, 2])")
        same(props.stats([8, 9, 8, 9]), {(8, 9): 2, (9, 8): 1}, "get_stats([8, 9, 8, 9]) after get_stats of other ids")

    def test_adds_to_counts(self, props):
        """counts that are handed in are updated, and come back"""
        counts, returned, _ = props.stats_added([1, 2, 1, 2], {(1, 2): 5, (9, 9): 1})
        same(returned, {(1, 2): 7, (9, 9): 1, (2, 1): 1}, "get_stats([1, 2, 1, 2], counts)")
        same(counts, {(1, 2): 7, (9, 9): 1, (2, 1): 1}, "counts after get_stats([1, 2, 1, 2], counts)")

    @edge
    def test_adds_to_empty_counts(self, props):
        """an empty dict that is handed in is filled, too, and is what comes back"""
        counts, returned, is_it = props.stats_added([4, 4, 4], {})
        same(returned, {(4, 4): 2}, "get_stats([4, 4, 4], {})")
        same(counts, {(4, 4): 2}, "counts after get_stats([4, 4, 4], counts), empty before")
        same(is_it, True, "get_stats(ids, counts) is counts")

    @edge
    def test_bytes(self, props):
        """bytes are a sequence of ids, too"""
        same(props.stats(b"aaab"), {(97, 97): 2, (97, 98): 1}, "get_stats(b'aaab')")

    def test_order(self, props, rng):
        """the pairs stand in the order in which they are first met"""
        ids = [rng.randrange(4) for _ in range(30)]
        pairs = list(pairwise(ids))
        expected = [(pair, pairs.count(pair)) for pair in dict.fromkeys(pairs)]
        same(props.stats_in_order(ids), expected, "the pairs and their counts, in the order of the dict")

    def test_any_ids(self, props, rng):
        """every pair of a long list"""
        ids = [rng.choice((3, 300, 70000)) for _ in range(200)]
        pairs = list(pairwise(ids))
        same(props.stats(ids), {pair: pairs.count(pair) for pair in pairs}, "get_stats of 200 ids")


@exercise("merge", points=5, cpu=1.0)
class TestMerge:
    """A new list in which one id stands for each occurrence of a pair, from left to right."""

    def test_one_pair(self, learner):
        """the pair in the middle becomes the new id: [5, 1, 2, 6]"""
        same(learner.merge([5, 1, 2, 6], (1, 2), 300), [5, 300, 6], "merge([5, 1, 2, 6], (1, 2), 300)")

    def test_three_in_a_row(self, learner):
        """aaa becomes [X, a]: the left two are merged"""
        same(learner.merge([97, 97, 97], (97, 97), 256), [256, 97], "merge(aaa, (a, a))")

    def test_four_in_a_row(self, learner):
        """aaaa becomes [X, X]"""
        same(learner.merge([97, 97, 97, 97], (97, 97), 256), [256, 256], "merge(aaaa, (a, a))")

    def test_at_the_end(self, learner):
        """a pair at the very end is merged"""
        same(learner.merge([5, 6, 1, 2], (1, 2), 300), [5, 6, 300], "merge([5, 6, 1, 2], (1, 2))")

    def test_last_id_stays(self, learner):
        """a last id that is in no pair stays"""
        same(learner.merge([1, 2, 5], (1, 2), 300), [300, 5], "merge([1, 2, 5], (1, 2))")

    def test_half_a_pair_at_the_end(self, learner):
        """a list may end with the first half of the pair"""
        same(learner.merge([1, 2, 1], (1, 2), 300), [300, 1], "merge([1, 2, 1], (1, 2))")

    def test_not_side_by_side(self, learner):
        """the halves of a pair must stand side by side, in this order"""
        same(learner.merge([1, 3, 2, 1, 1, 2], (1, 2), 300), [1, 3, 2, 1, 300], "merge([1, 3, 2, 1, 1, 2], (1, 2))")

    def test_too_short(self, learner):
        """two ids can be the pair; a single one stays as it is"""
        same(learner.merge([1, 1], (1, 1), 300), [300], "merge([1, 1], (1, 1))")
        same(learner.merge([1], (1, 1), 300), [1], "merge([1], (1, 1))")

    @edge
    def test_empty(self, learner):
        """an empty list stays empty"""
        same(learner.merge([1, 2], (1, 2), 300), [300], "merge([1, 2], (1, 2))")
        same(learner.merge([], (1, 2), 300), [], "merge([], (1, 2))")

    @edge
    def test_list_is_kept(self, props):
        """the list you were given is not changed"""
        merged, ids = props.merged_and_kept([1, 2, 3, 1, 2], (1, 2), 300)
        same(merged, [300, 3, 300], "merge([1, 2, 3, 1, 2], (1, 2), 300)")
        same(ids, [1, 2, 3, 1, 2], "ids after merge(ids, (1, 2), 300)")

    @edge
    def test_new_id_of_the_pair(self, learner):
        """the new id may be one of the pair: what was just written is not read again"""
        same(learner.merge([1, 2, 2, 1, 2], (1, 2), 1), [1, 2, 1], "merge([1, 2, 2, 1, 2], (1, 2), 1)")

    def test_ids_are_no_digits(self, learner):
        """ids of several digits: 11, 2 is not 1, 2"""
        ids, merged = [11, 2, 1, 2, 21, 1, 22], [11, 2, 300, 21, 1, 22]
        same(learner.merge(ids, (1, 2), 300), merged, "merge([11, 2, 1, 2, 21, 1, 22], (1, 2))")

    def test_large_ids(self, learner, oracle, rng):
        """ids beyond 255, in any arrangement"""
        ids = [rng.choice((256, 257, 50000)) for _ in range(60)]
        for pair in ((256, 257), (257, 257), (50000, 256)):
            same(learner.merge(ids, pair, 50001), oracle.merged(ids, pair, 50001), f"merge of 60 ids, {pair}")

    @edge
    def test_long_list(self, props, oracle, rng):
        """half a million ids within a second: time grows with the length, not with its square"""
        ids = [idx for _ in range(600) for idx in rng.choice(((1, 2), (1, 2), (3,)))]
        yours = props.merged_digest(ids, 500, (1, 2), 256)
        same(yours, oracle.merged_digest(ids, 500, (1, 2), 256), "length and checksum of the merged list")


@exercise("train_bpe", points=8, cpu=3.0, needs=("get_stats", "merge"))
class TestTrainBpe:
    """Merges learned from the bytes of a text: the most frequent pair of each round, the first seen among equals."""

    def test_three_rounds(self, props):
        """aaabdaaabac: first aa, then aaa, then aaab"""
        merges, _ = props.train("aaabdaaabac", 259)
        same(list(merges.items()), [((97, 97), 256), ((256, 97), 257), ((257, 98), 258)], "merges of aaabdaaabac")

    def test_bytes_of_any_script(self, props, oracle):
        """text in other scripts is learned as UTF-8 bytes"""
        same_training(props.train(HELLOS, 264), oracle.train(HELLOS, 264))

    def test_vocab(self, props, oracle, rng):
        """a new token's bytes are those of its two parts, in a row"""
        text = prose(rng, 60)
        merges, vocab = props.train(text, 280)
        same(merges, oracle.train(text, 280)[0], "merges of a random text, 280 ids")
        same(len(vocab), 280, "len(vocab)")
        same({idx: vocab[idx] for idx in range(256)}, BYTES, "the first 256 entries of vocab")
        parts = {idx: vocab[left] + vocab[right] for (left, right), idx in merges.items()}
        same({idx: vocab[idx] for idx in range(256, 280)}, parts, "vocab from 256 on")

    @edge
    def test_ends_early(self, props):
        """when one token is left, or none, there is nothing more to merge"""
        same(props.train("abab", 300)[0], {(97, 98): 256, (256, 256): 257}, "merges of abab, 300 asked for")
        same(props.train("", 300), ({}, BYTES), "merges and vocab of an empty text")
        same(props.train("a", 300), ({}, BYTES), "merges and vocab of a single letter")

    @edge
    def test_once_is_enough(self, props, oracle):
        """pairs that occur once are merged as well, when nothing better is left"""
        same_training(props.train("abcdefg", 260), oracle.train("abcdefg", 260))

    def test_only_bytes(self, props):
        """a vocab_size of 257 has room for one merge, 256 for none"""
        same(props.train("aaaa", 257), ({(97, 97): 256}, {**BYTES, 256: b"aa"}), "merges and vocab for vocab_size=257")
        same(props.train("aaaa", 256), ({}, BYTES), "merges and vocab for vocab_size=256")

    @edge
    def test_too_small(self, props):
        """less than 256 raises ValueError"""
        same(props.train("aaaa", 257)[0], {(97, 97): 256}, "merges for vocab_size=257")
        for size in (255, 0):
            raises(ValueError, lambda size=size: props.train("aaaa", size), f"train_bpe('aaaa', {size})")

    def test_ties(self, props, rng):
        """among pairs that are equally frequent, the one seen first is merged"""
        letters = rng.sample("abcdefghijklmnop", 9)
        merges, _ = props.train(" ".join(letters) + "." + " ".join(letters), 258)
        first = {(ord(letters[0]), 32): 256, (256, ord(letters[1])): 257}
        same(list(merges.items()), list(first.items()), "the first two merges, where all pairs occur twice")

    def test_counts_change(self, props, oracle):
        """each round counts afresh: a merge takes pairs away and makes new ones"""
        text = "low lower lowest newer newest widest " * 4
        same_training(props.train(text, 275), oracle.train(text, 275))

    def test_any_text(self, props, oracle, rng):
        """a random text, 100 merges"""
        text = prose(rng, 300)
        same_training(props.train(text, 356), oracle.train(text, 356))

    @edge
    def test_again(self, props, oracle):
        """a second training knows nothing of the first"""
        same_training(props.train(HELLOS, 264), oracle.train(HELLOS, 264))
        same_training(props.train("aaabdaaabac", 259), oracle.train("aaabdaaabac", 259))
        same_training(props.train(HELLOS, 264), oracle.train(HELLOS, 264))


BC_FIRST = {(98, 99): 256, (97, 98): 257, (257, 99): 258, (257, 256): 259}  # bc, ab, abc, abbc
RUNS = {(97, 97): 256, (256, 256): 257, (257, 97): 258}  # aa, aaaa, aaaaa


@exercise("encode", points=6, cpu=1.0, needs=("get_stats", "merge"))
class TestEncode:
    """The ids of a text: of all pairs that stand there, the one learned first is merged, until none is left."""

    def test_training_text(self, learner, oracle):
        """the text of the training comes out as training left it"""
        merges, _ = oracle.train("aaabdaaabac", 259)
        same(learner.encode("aaabdaaabac", merges), [258, 100, 258, 97, 99], "encode('aaabdaaabac')")

    def test_learned_first(self, learner):
        """in abc, bc was learned before ab, so it wins, although ab comes first and abc is a token"""
        same(learner.encode("abc", BC_FIRST), [97, 256], "encode('abc')")

    def test_runs(self, learner):
        """aaaaa: merges apply to what earlier merges made"""
        same(learner.encode("aaaaaaa", RUNS), [257, 256, 97], "encode('aaaaaaa')")
        same(learner.encode("aaaaa", RUNS), [258], "encode('aaaaa')")

    def test_no_merge_applies(self, learner):
        """where no pair is in the table, the ids are the bytes"""
        same(learner.encode("hello", BC_FIRST), [104, 101, 108, 108, 111], "encode('hello')")
        same(learner.encode("abc", {}), [97, 98, 99], "encode('abc', {})")

    def test_no_pair(self, learner):
        """one character, one byte or two; and no character: an empty text has no ids"""
        same(learner.encode("h", BC_FIRST), [104], "encode('h')")
        same(learner.encode("\u00e9", BC_FIRST), [195, 169], "encode of an e with an accent")
        same(learner.encode("", BC_FIRST), [], "encode('')")

    def test_frequent_here(self, learner):
        """how often a pair occurs in this text does not matter"""
        same(learner.encode("bc abc abab", BC_FIRST), [256, 32, 97, 256, 32, 257, 257], "encode('bc abc abab')")

    def test_further_left(self, learner):
        """where in the text a pair stands does not matter"""
        same(learner.encode("abc bc bc", BC_FIRST), [97, 256, 32, 256, 32, 256], "encode('abc bc bc')")

    def test_made_of_new_tokens(self, learner):
        """a merge of two merged tokens"""
        same(learner.encode("abbc", BC_FIRST), [259], "encode('abbc')")

    def test_unseen_text(self, learner, oracle, rng):
        """a text that training has not seen"""
        merges, _ = oracle.train(prose(rng, 150), 330)
        text = prose(rng, 20)
        same(learner.encode(text, merges), oracle.encode(text, merges), "encode of a new text")

    def test_scripts(self, learner, oracle):
        """accents, other scripts, emoji, white space of all kinds"""
        merges, _ = oracle.train(TORTURE + GREETINGS, 300)
        same(learner.encode(TORTURE, merges), oracle.encode(TORTURE, merges), "encode of a text with everything")

    def test_there_and_back(self, learner, oracle, rng):
        """the bytes of the tokens are the bytes of the text, for any text"""
        merges, vocab = oracle.train(GREETINGS * 2 + TORTURE, 290)
        for text in (prose(rng, 10), anything(rng, 40)):
            ids = learner.encode(text, merges)
            same(b"".join(vocab[idx] for idx in ids), text.encode(), "the bytes of all tokens, joined")

    @edge
    def test_bytes(self, learner):
        """bytes are taken as they are"""
        same(learner.encode(b"\xffbc\x80", BC_FIRST), [255, 256, 128], r"encode(b'\xffbc\x80')")

    @edge
    def test_table_is_kept(self, props):
        """the table of merges stays as it is"""
        ids, merges = props.encoded_and_kept("abc hello", BC_FIRST)
        same(ids, [97, 256, 32, 104, 101, 108, 108, 111], "encode('abc hello')")
        same(merges, BC_FIRST, "merges after encode('abc hello', merges)")


@exercise("decode", points=4, cpu=1.0)
class TestDecode:
    """The text of some ids, whatever ids a model puts out."""

    def test_tokens(self, learner):
        """ids above 255 stand for the bytes in vocab"""
        vocab = {**BYTES, 256: b"he", 257: b"llo"}
        same(learner.decode([256, 257, 33], vocab), "hello!", "decode([256, 257, 33])")

    def test_emoji_in_four_tokens(self, learner):
        """a character whose four bytes are four tokens"""
        same(learner.decode([240, 159, 142, 137], BYTES), PARTY, "decode of four bytes of an emoji")

    def test_emoji_in_two_tokens(self, learner):
        """a character that is cut in the middle by two tokens"""
        vocab = {**BYTES, 256: b" \xf0\x9f", 257: b"\x8e\x89!"}
        same(learner.decode([256, 257], vocab), f" {PARTY}!", "decode([256, 257])")

    def test_broken_in_the_middle(self, learner):
        """what is around a broken byte is kept, and the break is shown"""
        same(learner.decode([104, 255, 105], BYTES), "h\ufffdi", "decode([104, 255, 105])")

    def test_lone_byte(self, learner):
        """a byte that is no character becomes U+FFFD"""
        same(learner.decode([128], BYTES), "\ufffd", "decode([128])")

    @edge
    def test_empty(self, learner):
        """no ids are an empty text"""
        same(learner.decode([104, 105], BYTES), "hi", "decode([104, 105])")
        same(learner.decode([], BYTES), "", "decode([])")

    @edge
    def test_unknown_id(self, learner):
        """an id that is not in vocab raises KeyError or ValueError and is named"""
        same(learner.decode([104, 105], BYTES), "hi", "decode([104, 105])")
        refuses_id(lambda: learner.decode([104, 999], BYTES), 999, "decode([104, 999])")

    def test_any_cut(self, learner, rng):
        """any text, cut into tokens anywhere"""
        data = (TORTURE + anything(rng, 20)).encode()
        cuts = sorted({0, len(data), *rng.sample(range(len(data)), 60)})
        tokens = [data[start:end] for start, end in pairwise(cuts)]
        ids = list(range(500, 500 + len(tokens)))
        same(learner.decode(ids, dict(zip(ids, tokens, strict=True))), data.decode(), "decode of a text cut anywhere")

    def test_any_bytes(self, learner, rng):
        """bytes at random, most of which are no text"""
        ids = [rng.randrange(256) for _ in range(60)]
        same(learner.decode(ids, BYTES), bytes(ids).decode(errors="replace"), "decode of 60 random bytes")


@exercise("split_text", points=4, cpu=1.0)
class TestSplitText:
    """The chunks that a pattern cuts from a text, nothing lost and nothing cleaned."""

    def test_words(self, learner):
        """a space goes with the word after it"""
        same(learner.split_text("Hello new world!"), ["Hello", " new", " world", "!"], "split_text('Hello new world!')")

    def test_endings(self, learner):
        """English endings are cut off, in small letters and in capitals"""
        same(learner.split_text("how's HOW'S we'll"), ["how", "'s", " HOW", "'S", " we", "'ll"], "how's HOW'S we'll")

    def test_digits(self, learner):
        """digits go three at a time, without a space"""
        same(learner.split_text("in 12345 3.14"), ["in", " ", "123", "45", " ", "3", ".", "14"], "in 12345 3.14")

    def test_several_spaces(self, learner):
        """of several spaces, the last one goes with the word"""
        same(learner.split_text("a   b  c"), ["a", "  ", " b", " ", " c"], "split_text of a, 3 spaces, b, 2 spaces, c")

    def test_white_space_at_the_end(self, learner):
        """white space at the end stays in one piece"""
        same(learner.split_text("end   "), ["end", "   "], "split_text('end   ')")
        same(learner.split_text(" \t "), [" \t "], "split_text of nothing but white space")

    def test_line_breaks(self, learner):
        """line breaks go together, and with the punctuation before them"""
        expected = ["one", ".\n\n", " ", " two", "\r\n", "\tthree"]
        same(learner.split_text("one.\n\n  two\r\n\tthree"), expected, "split_text of three lines")

    def test_scripts(self, learner):
        """letters are letters in any script; emoji are signs"""
        text = f"{CHINESE}x {ARABIC} {PARTY}{PARTY}{NBSP}y"
        expected = ["\u4f60\u597d", "\uff0c\u4e16\u754c", "\u3002x", f" {ARABIC}", f" {PARTY}{PARTY}", f"{NBSP}y"]
        same(learner.split_text(text), expected, "split_text of Chinese, Arabic and emoji")

    def test_gpt2(self, learner):
        """with GPT-2's pattern: digits in one piece, capitals are no endings, line breaks are white space"""
        expected = ["HOW", "'", "S", " 12345", "!", "\n", "\n", "x", " ", "\t", "y"]
        pattern = learner.fetch("GPT2_SPLIT_PATTERN")
        same(learner.split_text("HOW'S 12345!\n\nx \ty", pattern), expected, "split_text with GPT2_SPLIT_PATTERN")

    def test_dogs(self, learner):
        """I've 12 dogs!, as GPT-2 and as GPT-4 cut it"""
        gpt2, text = learner.fetch("GPT2_SPLIT_PATTERN"), "I've 12 dogs!"
        same(learner.split_text(text, gpt2), ["I", "'ve", " 12", " dogs", "!"], f"{text} with GPT2_SPLIT_PATTERN")
        same(learner.split_text(text), ["I", "'ve", " ", "12", " dogs", "!"], f"{text} with GPT4_SPLIT_PATTERN")

    @edge
    def test_own_pattern(self, learner):
        """any pattern: its matches, and only they"""
        same(learner.split_text("a1b22c333", r"\d+"), ["1", "22", "333"], r"split_text('a1b22c333', r'\d+')")

    @edge
    def test_empty(self, learner):
        """an empty text has no chunks"""
        same(learner.split_text("a b"), ["a", " b"], "split_text('a b')")
        same(learner.split_text(""), [], "split_text('')")

    def test_nothing_lost(self, learner, oracle, rng):
        """joined, the chunks give back the text"""
        text = TORTURE + prose(rng, 10) + TORTURE
        for name in ("GPT4", "GPT2"):
            chunks = learner.split_text(text, learner.fetch(f"{name}_SPLIT_PATTERN"))
            same("".join(chunks), text, f"the chunks of {name}_SPLIT_PATTERN, joined")
            same(chunks, oracle.split(text, name.lower()), f"split_text with {name}_SPLIT_PATTERN")

    def test_any_text(self, learner, oracle, rng):
        """any mixture of letters, digits, signs and white space, with both patterns"""
        text = "".join(
            rng.choices(["a", "b", "'s", "'LL", "7", "!", "?", " ", " ", "\n", "\r", "\t", "\u00e9", NBSP], k=120)
        )
        same(learner.split_text(text), oracle.split(text, "gpt4"), "split_text of a random text")
        yours = learner.split_text(text, learner.fetch("GPT2_SPLIT_PATTERN"))
        same(yours, oracle.split(text, "gpt2"), "split_text of a random text with GPT2_SPLIT_PATTERN")


DOGS = "dog. dog! dog? dog, dog. dog! dog; dogs? dog: hotdog. " * 2


@exercise(
    "regex_tokenizer",
    points=7,
    cpu=4.0,
    answers=("RegexTokenizer.train", "RegexTokenizer.encode_ordinary"),
    needs=("get_stats", "merge", "encode"),
)
class TestRegexTokenizer:
    """Training and encoding inside the chunks that a pattern cuts."""

    # The idle program "constant" asks the solution's `train`, and so learns: it idles in encode_ordinary only.

    def test_no_token_crosses(self, props):
        """no token crosses the edge of a chunk: dog and its punctuation stay apart"""
        # idle (constant): it learns as the solution does
        _, vocab = props.trained(DOGS, 262)
        same(b"dog" in vocab.values(), True, "dog is a token")
        crossing = [token for token in vocab.values() if b"g" in token and token.strip(b" dhogst")]
        assert not crossing, f"tokens of two chunks were merged: {crossing[0]!r} is part of a word and punctuation"

    def test_dogs(self, props, oracle):
        """the merges of a text in which whole phrases repeat"""
        # idle (constant): it learns as the solution does
        same_training(props.trained(DOGS, 262), oracle.train(DOGS, 262, "gpt4"))

    def test_all_chunks_count(self, props):
        """counts are added up over all chunks"""
        # idle (constant): it learns as the solution does
        merges, _ = props.trained("qq.abx,aby;abz", 257)
        same(merges, {(97, 98): 256}, "the first merge of 'qq.abx,aby;abz'")

    def test_first_seen(self, props, oracle):
        """among equals the pair is taken that is seen first, chunk by chunk"""
        # idle (constant): it learns as the solution does
        text = "zy yx xw zy yx xw"
        same_training(props.trained(text, 261), oracle.train(text, 261, "gpt4"))

    @edge
    def test_empty(self, props, learner):
        """an empty text: nothing is learned, nothing is encoded"""
        same(props.tokenizer("ab ab", 257).encode_ordinary("ab"), [256], "encode_ordinary('ab') after 'ab ab'")
        same(props.trained("", 300), [{}, BYTES], "merges and vocab of an empty text")
        same(learner.RegexTokenizer().encode_ordinary(""), [], "encode_ordinary('')")

    def test_white_space_only(self, props, oracle):
        """a text of white space is learned like any other"""
        text = "  \n\n \t\t  \n\n    "
        same_training(props.trained(text, 259), oracle.train(text, 259, "gpt4"))
        same(
            props.tokenizer(text, 259).encode_ordinary(text),
            oracle.encode_split(text, oracle.train(text, 259, "gpt4")[0], "gpt4"),
            "encode_ordinary of the same text",
        )

    @edge
    def test_ends_early(self, props):
        """when every chunk is one token, training ends"""
        # idle (constant): it learns as the solution does
        same(props.trained("ab ab", 300)[0], {(97, 98): 256, (32, 256): 257}, "merges of 'ab ab', 300 asked for")

    @edge
    def test_too_small(self, props, learner):
        """less than 256 raises ValueError"""
        # idle (constant): it learns and refuses as the solution does
        same(props.trained("abab", 257)[0], {(97, 98): 256}, "merges of 'abab', 257 asked for")
        made = learner.RegexTokenizer()
        raises(ValueError, lambda: made.train("abab", 255), "train('abab', 255)")

    def test_only_bytes(self, props):
        """a vocab_size of 257 has room for one merge, 256 for none"""
        # idle (constant): it learns as the solution does
        same(props.trained("abab", 257)[0], {(97, 98): 256}, "merges for vocab_size=257")
        same(props.trained("abab", 256)[0], {}, "merges for vocab_size=256")

    @edge
    def test_again(self, props):
        """a second training starts afresh"""
        made = props.tokenizer("ab ab ab", 258)
        made.train("cd cd", 257)
        same(made.encode_ordinary("ab cd"), [97, 98, 32, 256], "encode_ordinary('ab cd') after training on 'cd cd'")
        same(made.vocab, {**BYTES, 256: b"cd"}, "vocab after training on 'cd cd'")

    def test_two_tokenizers(self, props):
        """two tokenizers have nothing in common"""
        first = props.tokenizer("ab ab ab", 257)
        second = props.tokenizer("cd cd cd", 257)
        yours = [made.encode_ordinary("abcd") for made in (first, second)]
        same(yours, [[256, 99, 100], [97, 98, 256]], "encode_ordinary('abcd') of one trained on ab, one on cd")

    def test_encoding_cuts(self, props):
        """encoding cuts like training: 34 is a token, but 1234 is cut into 123 and 4"""
        made = props.tokenizer("34 34 34", 257)
        same(made.encode_ordinary("34"), [256], "encode_ordinary('34')")
        same(made.encode_ordinary("1234"), [49, 50, 51, 52], "encode_ordinary('1234')")

    def test_own_pattern(self, props, oracle, learner):
        """a pattern that is handed in is used in training and in encoding"""
        text = "12345 12345 it'S it'S 45"
        made = props.tokenizer(text, 262, learner.fetch("GPT2_SPLIT_PATTERN"))
        merges = oracle.train(text, 262, "gpt2")[0]
        same(made.encode_ordinary("12345 it'S"), oracle.encode_split("12345 it'S", merges, "gpt2"), "ids of 12345 it'S")

    def test_any_text(self, props, oracle, rng):
        """a random text, 70 merges"""
        # idle (constant): it learns as the solution does
        text = prose(rng, 120) + prose(rng, 120)
        same_training(props.trained(text, 326), oracle.train(text, 326, "gpt4"))

    def test_encodes_any_text(self, props, oracle, rng):
        """a new text after training on another"""
        text, new = prose(rng, 150), prose(rng, 15) + TORTURE
        merges = oracle.train(text, 292, "gpt4")[0]
        yours = props.tokenizer(text, 292).encode_ordinary(new)
        same(yours, oracle.encode_split(new, merges, "gpt4"), "encode_ordinary of a new text")


@exercise("train_bpe_fast", points=12, cpu=2.5, needs=("merge",))
class TestTrainBpeFast:
    """Merges learned from a file, exact and fast: chunks counted once, counts corrected, the greatest among equals."""

    def test_frequent_words(self, props):
        """an occurrence counts as often as its word occurs"""
        _, merges = props.train_fast("xyz" + " dog" * 5 + " fog cab cat can", 260, [END])
        same(merges[0], (b"o", b"g"), "the first merge of xyz, five times dog, fog, cab, cat, can")

    def test_prose(self, props, oracle, rng):
        """a text with all sorts of chunks, vocab_size 400: every merge in order"""
        text = "".join(prose(rng, 150) for _ in range(6))
        size, vocab, merges = oracle.train_fast(text, 400, [END])
        same_fast(props.train_fast(text, size, [END]), vocab, merges)

    def test_neighbours_change(self, props):
        """a merge takes the pairs beside it along: after th, he has become rarer"""
        _, merges = props.train_fast(" the the the the he hex", 261, [END])
        same(merges[:2], [(b"h", b"e"), (b"t", b"he")], "the first two merges")
        _, merges = props.train_fast(" thz thz thz hx hx", 260, [END])
        same(merges, [(b"t", b"h"), (b"th", b"z"), (b" ", b"thz")], "merges of ' thz thz thz hx hx'")

    def test_only_what_changes(self, props):
        """a word that a merge shortens keeps its other pairs: ab goes, cd stays as frequent as it was"""
        _, merges = props.train_fast(" abxcd abxcd abxcd aby aby cd cdz", 259, [END])
        same(merges, [(b"c", b"d"), (b"a", b"b")], "merges of ' abxcd abxcd abxcd aby aby cd cdz'")

    def test_special_in_no_token(self, props):
        """no part of a special token gets into a merge"""
        text = f"one two{END}two three{END}one three{END}" * 3
        _, merges = props.train_fast(text, 264, [END])
        same(len(merges), 7, "how many merges there are, for vocab_size=264")
        bad = [left + right for left, right in merges if set(left + right) & set(b"<|>")]
        assert not bad, f"{bad[0]!r} was merged, which occurs only in {END}"

    def test_special_cuts_first(self, props, oracle):
        """the text is cut at special tokens before anything else, so nothing joins across them"""
        text = f"ab{END}cd ab{END}cd ab{END}cd x{END}  y"
        _, vocab, merges = oracle.train_fast(text, 261, [END])
        same_fast(props.train_fast(text, 261, [END]), vocab, merges)

    def test_runs(self, props, oracle):
        """aaaa: pairs that overlap themselves keep their counts exact"""
        texts = ["aaaa aaa aa a aaaaa bb", "aaaaaa baaab abab aaab", "xaaax aaxaa aaaxaaa xaxax"]
        learned = oracle.train_many(texts, 262)
        same(props.train_many(texts, [size for size, _ in learned]), [merges for _, merges in learned], "merges")

    def test_ties_are_bytes(self, props):
        """among equals the greatest pair of bytes wins; a space is byte 32, the smallest here"""
        _, merges = props.train_fast(" ab ab", 259, [END])
        same(merges, [(b"a", b"b"), (b" ", b"ab")], "merges of ' ab ab'")
        _, merges = props.train_fast("\u00e9\u00e9 zz", 258, [END])
        same(merges, [(b"\xc3", b"\xa9")], "the first merge of two e with accents and zz")

    def test_ties_are_pairs(self, props):
        """pairs are compared part by part, not joined: (ab, c) is greater than (a, bd)"""
        text = ",".join(["bd"] * 5 + ["abd"] * 3 + ["abc"] * 3 + ["ab"])
        expected = [(b"b", b"d"), (b"a", b"b"), (b"ab", b"c"), (b"a", b"bd")]
        same(props.train_fast(text, 261, [END])[1], expected, f"merges of {text!r}")

    def test_gpt2_pattern(self, props):
        """the pattern is GPT-2's: digits in one piece, after a space"""
        _, merges = props.train_fast(" 123456" * 3 + " IT'S IT'S", 263, [END])
        expected = [(b"5", b"6"), (b"4", b"56"), (b"3", b"456"), (b"2", b"3456"), (b"1", b"23456"), (b" ", b"123456")]
        same(merges, expected, "merges of ' 123456' three times and \" IT'S\" twice")

    def test_many_texts(self, props, oracle, rng):
        """forty small texts full of repeats: the same as counting afresh in every round"""
        texts = ["".join(rng.choices("aaab c", k=rng.randint(40, 90))) for _ in range(40)]
        learned = oracle.train_many(texts, 262)
        same(props.train_many(texts, [size for size, _ in learned]), [merges for _, merges in learned], "merges")

    @edge
    def test_vocab(self, props):
        """ids: the bytes, what was merged, then the special tokens as given"""
        vocab, merges = props.train_fast("ab ab", 260, ["<|b|>", "<|a|>"])
        same(merges, [(b"a", b"b"), (b" ", b"ab")], "merges of 'ab ab'")
        expected = {256: b"ab", 257: b" ab", 258: b"<|b|>", 259: b"<|a|>"}
        same(vocab, {**BYTES, **expected}, "vocab of 'ab ab' with two special tokens")

    @edge
    def test_other_machines(self, props, oracle, rng):
        """the file is UTF-8, also where that is not the default"""
        text = prose(rng, 60) + GREETINGS + ARABIC
        _, vocab, merges = oracle.train_fast(text, 270, [END])
        same_fast(props.train_fast_abroad(text, 270, [END]), vocab, merges)

    @edge
    def test_longest_special(self, props, oracle):
        """of two special tokens that begin alike, the longer one is found"""
        special = ["<|a|>", "<|a|><|b|>"]
        text = "up<|a|><|b|>up <|b|><|a|>down<|b|> " * 2
        size, vocab, merges = oracle.train_fast(text, 264, special)
        same_fast(props.train_fast(text, size, special), vocab, merges)

    @edge
    def test_special_is_no_pattern(self, props, oracle):
        """a special token may hold signs that mean something in a regular expression"""
        text = "so so. so.so [x]+ so so.so so"
        size, vocab, merges = oracle.train_fast(text, 260, ["o.s", "[x]+"])
        same_fast(props.train_fast(text, size, ["o.s", "[x]+"]), vocab, merges)

    @edge
    def test_without_special(self, props, oracle):
        """without special tokens the whole file is text"""
        text = "a<|b a<|b"
        size, vocab, merges = oracle.train_fast(text, 259, [])
        same_fast(props.train_fast(text, size, []), vocab, merges)

    @edge
    def test_ends_early(self, props):
        """when every chunk is one token, training ends"""
        same(props.train_fast("abc", 400, [END])[1], [(b"b", b"c"), (b"a", b"bc")], "merges of 'abc', 400 asked for")
        same(props.train_fast("", 400, [END]), ({**BYTES, 256: END.encode()}, []), "vocab and merges of an empty file")

    @edge
    def test_too_small(self, props):
        """no room for bytes and special tokens raises ValueError"""
        same(
            props.train_fast("abab", 258, [END])[1], [(b"a", b"b")], "merges for vocab_size=258 with one special token"
        )
        raises(ValueError, lambda: props.train_fast("abab", 256, [END]), "vocab_size=256 with one special token")

    @edge
    def test_just_fits(self, props):
        """room for bytes and special tokens, and for no merge"""
        vocab, merges = props.train_fast("abab", 257, [END])
        same(merges, [], "merges for vocab_size=257 with one special token")
        same(vocab[256], END.encode("utf-8"), "vocab[256]")

    @edge
    @weight(2)
    def test_thousands_of_words(self, props, oracle, rng):
        """200 kilobytes with some 7,000 distinct words, vocab_size 1000, within 2.5 seconds"""
        seed = rng.getrandbits(32)
        size, merges = oracle.train_large(seed, 8000, 24000, 1000)
        same(props.train_large(seed, 8000, 24000, size), merges, "merges of 200 kilobytes, in order")


SPECIAL = {END: 1000, "<|user|>": 1001, "<|a|>": 1002, "<|a|><|a|>": 1003, "a.c": 1004, "[x y]+": 1005}
PLAIN = [text for text in SPECIAL if text != "<|a|><|a|>"]  # none is the beginning of another
# GPT-4's pattern cuts digits by threes, so that 1212 tells whether the text was cut before it was merged.
CHAT = "hello there, who is there? it is me again, hello again. the end of the text: 12, 12, 12, 12.\n" * 4


def specials(props, oracle, allowed, registered=SPECIAL):
    """Return a trained tokenizer, and a function: text -> expected ids, where the special tokens `allowed` count."""
    merges = oracle.train(CHAT, 284, "gpt4")[0]
    counted = {token: SPECIAL[token] for token in allowed}
    return props.tokenizer(CHAT, 284, None, registered), lambda text: oracle.encode_split(text, merges, "gpt4", counted)


def refused(function, label):
    """Require an error of any kind, but that of an unwritten answer."""
    error = raises(Exception, function, label)
    if error.is_a(NotImplementedError):
        raise error
    return error


@exercise(
    "special_tokens",
    points=7,
    cpu=1.0,
    answers=("RegexTokenizer.register_special_tokens", "RegexTokenizer.encode", "RegexTokenizer.decode"),
    needs=("decode", "regex_tokenizer"),
)
class TestSpecialTokens:
    """Special tokens count if the caller says so, and come back as text."""

    def test_all(self, props, oracle):
        """with "all", every registered one counts"""
        made, expected = specials(props, oracle, SPECIAL)
        text = f"hello{END}the text <|user|>again a.c"
        same(made.encode(text, "all"), expected(text), f"encode({text!r}, 'all')")

    def test_none(self, props, oracle):
        """with "none", none of them counts: what looks like one is text"""
        made, expected = specials(props, oracle, [])
        text = f"hello{END}the text <|user|>again 1212"
        same(made.encode(text, "none"), expected(text), f"encode({text!r}, 'none')")

    def test_none_raise(self, props, oracle):
        """with "none_raise", text that holds one is refused; other text is encoded"""
        made, expected = specials(props, oracle, [])
        text = "hello <|again 1212"
        same(made.encode(text, "none_raise"), expected(text), f"encode({text!r}, 'none_raise')")
        refused(lambda: made.encode(f"hello{END}", "none_raise"), f"encode('hello{END}', 'none_raise')")

    def test_default(self, props, oracle):
        """without a word it is "none_raise": strangers cannot put in control tokens"""
        made, expected = specials(props, oracle, [])
        same(made.encode("hello again"), expected("hello again"), "encode('hello again')")
        refused(lambda: made.encode("<|user|>hello"), "encode('<|user|>hello')")

    @edge
    def test_refusal(self, props, oracle):
        """with "none_raise" the error is a ValueError that names the special token"""
        made, expected = specials(props, oracle, [])
        same(made.encode("hello again"), expected("hello again"), "encode('hello again')")
        error = raises(ValueError, lambda: made.encode(f"hello{END}", "none_raise"), "encode with 'none_raise'")
        assert END in error.message, f"the message does not name the special token {END}: {error.message}"

    def test_set(self, props, oracle):
        """with a set, those in it count; the others are text, and raise nothing"""
        made, expected = specials(props, oracle, [END])
        text = f"<|user|>hello{END}<|user|>"
        same(made.encode(text, {END}), expected(text), f"encode({text!r}, {{{END!r}}})")

    @edge
    def test_empty_set(self, props, oracle):
        """with an empty set none of them counts, and none raises"""
        made, expected = specials(props, oracle, [])
        text = f"<|user|>hello{END}again"
        same(made.encode(text, set()), expected(text), f"encode({text!r}, set())")

    def test_nothing_registered(self, props, oracle):
        """where nothing is registered, all of a text is ordinary, in each mode"""
        made, expected = specials(props, oracle, [], None)
        text = f"hello there{END}again 1212"
        for mode in ("none_raise", "none", "all"):
            same(made.encode(text, mode), expected(text), f"encode({text!r}, {mode!r}), nothing registered")

    def test_one_after_another(self, props, oracle):
        """the mode holds for one call: "all", then "none", then a set, then "all" again"""
        made, expected = specials(props, oracle, SPECIAL)
        plain, one = (specials(props, oracle, allowed)[1] for allowed in ([], [END]))
        text = f"hello{END}again <|user|>"
        for mode, ids in (("all", expected), ("none", plain), ({END}, one), ("all", expected)):
            same(made.encode(text, mode), ids(text), f"encode({text!r}, {mode!r}), after calls in other modes")

    @edge
    def test_own_copy(self, props, oracle):
        """what the caller does with the dict after it was registered changes nothing"""
        made, expected = specials(props, oracle, [END])
        text = f"hello{END}again"
        yours = props.encoded_after_a_change(made, {END: SPECIAL[END]}, {"again": 950}, text)
        same(yours, expected(text), f"encode({text!r}, 'all')")

    @edge
    def test_other_words(self, props, oracle):
        """any other word raises ValueError"""
        made, expected = specials(props, oracle, [])
        same(made.encode("hello", "none"), expected("hello"), "encode('hello', 'none')")
        raises(ValueError, lambda: made.encode("hello", "some"), "encode('hello', 'some')")

    def test_adjacent(self, props, oracle):
        """special tokens side by side, and nothing else"""
        made, _ = specials(props, oracle, SPECIAL)
        same(made.encode(f"{END}<|user|>{END}", "all"), [1000, 1001, 1000], "encode of three special tokens in a row")

    def test_both_ends(self, props, oracle):
        """special tokens at both ends"""
        made, expected = specials(props, oracle, SPECIAL)
        text = f"{END}hello there{END}"
        same(made.encode(text, "all"), expected(text), f"encode({text!r}, 'all')")

    def test_no_pattern(self, props, oracle):
        """signs that mean something in a regular expression: a.c is not abc"""
        made, expected = specials(props, oracle, SPECIAL)
        text = "abc a.c xx [x y]+ x"
        same(made.encode(text, "all"), expected(text), f"encode({text!r}, 'all')")

    @edge
    def test_longest(self, props, oracle):
        """of two that begin alike, the longest counts"""
        made, expected = specials(props, oracle, SPECIAL)
        same(made.encode("<|a|><|a|>", "all"), [1003], "encode('<|a|><|a|>', 'all')")
        same(
            made.encode("x<|a|><|a|><|a|>y", "all"), expected("x<|a|><|a|><|a|>y"), "encode('x<|a|><|a|><|a|>y', 'all')"
        )

    def test_apart(self, props, oracle):
        """the text on either side of a special token is encoded on its own"""
        made, expected = specials(props, oracle, SPECIAL)
        text = f"hel{END}lo th{END}ere, 12{END}34 {END} it"
        same(made.encode(text, "all"), expected(text), f"encode({text!r}, 'all')")

    @edge
    def test_empty(self, props, oracle):
        """an empty text has no ids, whatever is allowed"""
        made, expected = specials(props, oracle, [])
        for mode in ("all", "none", "none_raise", {END}):
            same(made.encode("hello", mode), expected("hello"), f"encode('hello', {mode!r})")
            same(made.encode("", mode), [], f"encode('', {mode!r})")

    def test_decode(self, props, oracle):
        """decode gives special tokens back as their text"""
        made, expected = specials(props, oracle, SPECIAL)
        text = f"{END}hello {PARTY}<|a|> again[x y]+"
        same(made.decode(expected(text)), text, "decode of its ids")

    @edge
    def test_decode_of_anything(self, props, oracle):
        """decode shows broken bytes as U+FFFD, and refuses unknown ids"""
        made, _ = specials(props, oracle, SPECIAL)
        same(made.decode([104, 240, 1000, 159, 105]), f"h\ufffd{END}\ufffdi", "decode([104, 240, 1000, 159, 105])")
        refuses_id(lambda: made.decode([104, 999]), 999, "decode([104, 999])")

    @edge
    def test_registered_anew(self, props, oracle):
        """registering replaces what was registered before"""
        made, expected = specials(props, oracle, [])
        made.register_special_tokens({"<|new|>": 2000})
        text = f"hello{END}"
        same(made.encode(text), expected(text), f"encode({text!r}) when only <|new|> is special")
        same(made.encode("<|new|>", "all"), [2000], "encode('<|new|>', 'all')")
        refuses_id(lambda: made.decode([104, 1000]), 1000, "decode([104, 1000]), an id of before")

    def test_any_text(self, props, oracle, rng):
        """any mixture of text and special tokens"""
        registered = {token: SPECIAL[token] for token in PLAIN}
        made, expected = specials(props, oracle, PLAIN, registered)
        text = "".join(rng.choices([*PLAIN, "hello", " again", "the", "<|", "a", "|>", "  ", "7"], k=40))
        same(made.encode(text, "all"), expected(text), "encode of a mixture, 'all'")


@exercise("bytes_to_unicode", points=3, cpu=1.0)
class TestBytesToUnicode:
    """GPT-2's alphabet: a printable character for each byte."""

    # seed-free: the answer is one table, made from nothing; the last check asks for all of it

    def test_known_ones(self, learner):
        """A stays A; the space is chr(288), the line feed chr(266), byte 0 is chr(256), byte 173 chr(323)"""
        table = learner.bytes_to_unicode()
        yours = {byte: table[byte] for byte in (65, 32, 10, 0, 173)}
        same(yours, {65: "A", 32: "\u0120", 10: "\u010a", 0: "\u0100", 173: "\u0143"}, "characters of five bytes")

    def test_size(self, learner):
        """256 bytes, 256 different characters"""
        table = learner.bytes_to_unicode()
        same(sorted(table), list(range(256)), "the bytes in the table")
        same(len(set(table.values())), 256, "how many different characters there are")

    def test_printable(self, learner):
        """every character is a single one, printable, and no white space"""
        bad = [(byte, char) for byte, char in learner.bytes_to_unicode().items() if len(char) != 1 or char.isspace()]
        assert not bad, f"byte {bad[0][0]} has {bad[0][1]!r}, which is no single visible character"
        bad = [byte for byte, char in learner.bytes_to_unicode().items() if not char.isprintable()]
        assert not bad, f"byte {bad[0]} has a character that cannot be printed"

    def test_there_and_back(self, learner, rng):
        """any bytes, written in this alphabet, can be read back"""
        table = learner.bytes_to_unicode()
        back = {char: byte for byte, char in table.items()}
        data = rng.randbytes(100)
        same(bytes(back[char] for char in "".join(table[byte] for byte in data)), data, "100 bytes, there and back")

    def test_every_byte(self, learner, oracle):
        """the whole table"""
        same(learner.bytes_to_unicode(), oracle.bytes_to_unicode(), "bytes_to_unicode()")


# Ids of the real GPT-2. The slice of its merges that the checks use is enough for these texts.
REAL = {
    "Hello,": [15496, 11],
    "Hello, world!": [15496, 11, 995, 0],
    "It's late; they'll say we've lost, and I'd agree.": [
        1026, 338, 2739, 26, 484, 1183, 910, 356, 1053, 2626, 11, 290, 314, 1549, 4236, 13,
    ],
    "In 1999 pi was 3.14159, and 2026 is no different.": [
        818, 7358, 31028, 373, 513, 13, 1415, 19707, 11, 290, 1160, 2075, 318, 645, 1180, 13,
    ],
}  # fmt: skip
GERMAN = "Der Flu\u00df flie\u00dft \u00fcber die gr\u00f6\u00dfte Br\u00fccke nach S\u00fcden."
GERMAN_IDS = [
    28532, 34070, 39683, 781, 494, 39683, 83, 6184, 120, 527, 4656, 1036, 9101, 39683, 660, 1709, 9116, 66, 365, 299,
    620, 311, 9116, 6559, 13,
]  # fmt: skip
TEA = f"tea \U0001f375, family {FAMILY}, r\u00e9sum\u00e9 and re\u0301sume\u0301"
TEA_IDS = [
    660, 64, 12520, 235, 113, 11, 1641, 50169, 102, 447, 235, 41840, 102, 447, 235, 41840, 100, 11, 40560, 16345, 2634,
    290, 302, 136, 223, 82, 2454, 136, 223,
]  # fmt: skip
CODE = "def add(a, b):\n    return a + b\n"
CODE_IDS = [4299, 751, 7, 64, 11, 275, 2599, 198, 220, 220, 220, 1441, 257, 1343, 275, 198]
BLANKS = "two  spaces,\ttabs\t\tand\r\n\r\nempty lines   "
BLANKS_IDS = [11545, 220, 9029, 11, 197, 8658, 82, 197, 197, 392, 201, 198, 201, 198, 28920, 3951, 220, 220, 220]


@exercise(
    "gpt2_tokenizer",
    points=8,
    cpu=1.5,
    answers=("GPT2Tokenizer.from_files", "GPT2Tokenizer.encode_ordinary"),
    needs=("get_stats", "merge", "special_tokens", "bytes_to_unicode"),
)
class TestGPT2Tokenizer:
    """GPT-2's own ids, read from files in its format."""

    def test_hello(self, props, oracle):
        """Hello, is [15496, 11], as the real GPT-2 has it; English sentences with endings and numbers"""
        made = props.gpt2(*oracle.gpt2_files())
        for text, ids in REAL.items():
            same(made.encode(text), ids, f"encode({text!r})")

    def test_german(self, props, oracle):
        """a German sentence: letters of two bytes"""
        same(props.gpt2(*oracle.gpt2_files()).encode(GERMAN), GERMAN_IDS, "encode of a German sentence")

    def test_emoji(self, props, oracle):
        """emoji and accents, composed and combined"""
        same(props.gpt2(*oracle.gpt2_files()).encode(TEA), TEA_IDS, "encode of a text with emoji")

    def test_code(self, props, oracle):
        """a small function in Python, and a text full of white space"""
        made = props.gpt2(*oracle.gpt2_files())
        same(made.encode(CODE), CODE_IDS, "encode of a small function")
        same(made.encode(BLANKS), BLANKS_IDS, "encode of a text with tabs and empty lines")

    def test_again(self, props, oracle):
        """what is remembered of one text serves the next, and a text that comes again has the ids it had"""
        made = props.gpt2(*oracle.gpt2_files())
        for text, ids in (("Hello,", [15496, 11]), (CODE, CODE_IDS), ("Hello,", [15496, 11]), (CODE, CODE_IDS)):
            same(made.encode(text), ids, f"encode({text!r}), one of four calls")

    @edge
    def test_two_tokenizers(self, props, oracle):
        """two tokenizers have nothing in common: each has its own files, and remembers its own ids"""
        encoder = {char: byte for byte, char in oracle.bytes_to_unicode().items()}
        one = props.gpt2(json.dumps(encoder | {"ab": 256}), "#version: 0.2\na b\n")
        other = props.gpt2(json.dumps(encoder | {"bc": 256}), "#version: 0.2\nb c\n")
        yours = [made.encode("abc") for made in (one, other, one)]
        same(yours, [[256, 99], [97, 256], [256, 99]], "encode('abc') by files with 'a b', with 'b c', with 'a b'")

    @edge
    def test_other_machines(self, props, oracle):
        """both files are UTF-8, also where that is not the default"""
        encoder, merges = oracle.gpt2_files()
        made = props.gpt2_abroad(json.dumps(json.loads(encoder), ensure_ascii=False), merges)
        same(made.encode(GERMAN), GERMAN_IDS, "encode of a German sentence")

    @edge
    def test_last_line(self, props, oracle):
        """the last line of vocab.bpe is a merge, with a line break behind it or without"""
        encoder = {char: byte for byte, char in oracle.bytes_to_unicode().items()} | {"ab": 256, "abc": 257}
        for merges in ("#version: 0.2\na b\nab c\n", "#version: 0.2\na b\nab c"):
            made = props.gpt2(json.dumps(encoder), merges)
            same(made.encode("abc ab"), [257, 32, 256], f"encode('abc ab'), vocab.bpe being {merges!r}")

    def test_single_bytes(self, props, oracle):
        """the id of each of the 256 bytes decodes to that byte"""
        made = props.gpt2(*oracle.gpt2_files())
        ranks = oracle.gpt2_ranks()
        yours = [made.decode([ranks[bytes([byte])]]) for byte in range(256)]
        same(yours, [bytes([byte]).decode(errors="replace") for byte in range(256)], "decode of each byte's id")

    def test_single_characters(self, props, oracle):
        """each of the first 256 characters encodes and decodes"""
        files = oracle.gpt2_files()
        made, text = props.gpt2(*files), "".join(map(chr, range(256)))
        same(made.encode(text), oracle.gpt2_encode(text, *files), "encode of the characters 0 to 255")
        same(made.decode(made.encode(text)), text, "decode of their ids")

    @edge
    def test_empty(self, props, oracle):
        """an empty text has no ids"""
        made = props.gpt2(*oracle.gpt2_files())
        same(made.encode("Hello,"), [15496, 11], "encode('Hello,')")
        same(made.encode(""), [], "encode('')")

    def test_end_of_text(self, props, oracle):
        """the end of a text is 50256, where it is allowed; else it is refused"""
        made = props.gpt2(*oracle.gpt2_files())
        same(made.encode(f"{END}Hello,{END}", "all"), [50256, 15496, 11, 50256], "encode with 'all'")
        same(made.decode([15496, 50256]), f"Hello{END}", "decode([15496, 50256])")
        refused(lambda: made.encode(f"Hello,{END}"), f"encode('Hello,{END}')")

    @edge
    def test_no_end_of_text(self, props, oracle):
        """files without a special token: <|endoftext|> is text"""
        encoder = {char: byte for byte, char in oracle.bytes_to_unicode().items()} | {"en": 256}
        made = props.gpt2(json.dumps(encoder), "#version: 0.2\ne n\n")
        ids = [60, 124, 256, *b"doftext", 124, 62]
        same(made.encode(END), ids, f"encode({END!r}), by files in which it has no id")

    def test_decode(self, props, oracle):
        """decode gives the texts back"""
        made = props.gpt2(*oracle.gpt2_files())
        texts = [GERMAN, TEA, CODE, BLANKS]
        yours = [made.decode(ids) for ids in (GERMAN_IDS, TEA_IDS, CODE_IDS, BLANKS_IDS)]
        same(yours, texts, "decode of four texts' ids")

    @edge
    def test_lines_are_the_order(self, props, oracle):
        """what was learned first stands in the first line, whatever the ids"""
        encoder = {char: byte for byte, char in oracle.bytes_to_unicode().items()} | {"ab": 256, "bc": 257}
        made = props.gpt2(json.dumps(encoder), "#version: 0.2\nb c\na b\n")
        same(made.encode("abc"), [97, 257], "encode('abc') where 'b c' is the first merge, and its id is 257")

    @edge
    def test_ids_are_no_ranks(self, props, oracle, rng):
        """in other files of this format, ids say nothing about the order of merges"""
        text = prose(rng, 200)
        files = oracle.files(rng.getrandbits(32), text, 330)
        made, new = props.gpt2(*files), text[:200] + prose(rng, 10)
        same(made.encode(new), oracle.gpt2_encode(new, *files), "encode, by files whose ids were dealt at random")
        same(made.decode(oracle.gpt2_encode(new, *files)), new, "decode of these ids")

    def test_any_text(self, props, oracle, rng):
        """any text, by the slice of GPT-2"""
        files, text = oracle.gpt2_files(), prose(rng, 30) + anything(rng, 20) + TORTURE
        same(props.gpt2(*files).encode(text), oracle.gpt2_encode(text, *files), "encode of a random text")

    @edge
    def test_words_repeat(self, props, oracle, rng):
        """a text of long words that repeat, within 1.5 seconds: each word is merged once"""
        files = oracle.gpt2_files()
        words = ["".join(rng.choices("aeinorst", k=600)) for _ in range(8)]
        yours = props.gpt2_digest(*files, words, 133)
        same(yours, oracle.gpt2_digest(words, 133, *files), "length and checksum of the ids")

    @edge
    def test_long_text(self, props, oracle, rng):
        """a text of 80,000 short words, within 1.5 seconds: time grows with the length, not with its square"""
        files, words = oracle.gpt2_files(), rng.sample("abcdefghij", 8)
        same(props.gpt2_digest(*files, words, 10000), oracle.gpt2_digest(words, 10000, *files), "length and checksum")


SAMPLES = [f"hello world!!!? (\uc548\ub155\ud558\uc138\uc694!) lol123 {PARTY}", "?", ""]
SAMPLE_WITH_SPECIAL = f"{END}hello{END}there<|user|>{END}"
GPT4_SPECIAL = {END: 100257, "<|user|>": 100264}


@exercise(
    "gpt4_tokenizer",
    points=8,
    cpu=8.0,
    answers=("recover_merges", "GPT4Tokenizer.__init__", "GPT4Tokenizer.encode_ordinary"),
    needs=("merge", "encode", "special_tokens"),
)
class TestGPT4Tokenizer:
    """Merges recovered from a table of ranks, and a tokenizer with shuffled bytes."""

    def test_by_hand(self, props):
        """abc was made of a and bc, since bc was learned before ab"""
        table = {bytes([byte]): 255 - byte for byte in range(256)}
        table |= {b"bc": 256, b"abc": 257, b"ab": 258, b"abcab": 259}
        expected = {(157, 156): 256, (158, 256): 257, (158, 157): 258, (257, 258): 259}
        same(props.recover(table), expected, "recover_merges of bc, abc, ab, abcab")

    def test_recovers_gpt2(self, props, oracle):
        """the merges of a slice of GPT-2, from its ranks alone"""
        ranks = oracle.gpt2_ranks()
        same(props.recover(ranks), oracle.recover_merges(ranks), "recover_merges of a slice of GPT-2")

    @edge
    def test_in_order(self, props, oracle, rng):
        """the merges stand in the order of their ranks, however the table is sorted"""
        entries = list(oracle.ranks(1, prose(rng, 100), 290).items())
        rng.shuffle(entries)
        yours = props.recover(dict(entries))
        same(yours, oracle.recover_merges(dict(entries)), "recover_merges of a shuffled table")
        same(list(yours.values()), sorted(yours.values()), "the ranks in the order of the dict")

    @edge
    def test_table_is_kept(self, props):
        """the table stays as it is"""
        table = {bytes([byte]): byte for byte in range(256)} | {b"ab": 256, b"abc": 257}
        merges, kept = props.recovered_and_kept(table)
        same(merges, {(97, 98): 256, (256, 99): 257}, "recover_merges of ab, abc")
        same(kept, table, "the table after recover_merges")

    def test_samples(self, learner, oracle):
        """a text with everything, a sign, an empty text"""
        ranks = oracle.gpt2_ranks()
        made = learner.GPT4Tokenizer(ranks)
        for text in SAMPLES:
            same(made.encode(text), oracle.gpt4_encode(text, ranks), f"encode({text!r})")

    def test_special(self, learner, oracle):
        """special tokens that are handed in are registered"""
        ranks, text = oracle.gpt2_ranks(), SAMPLE_WITH_SPECIAL
        made = learner.GPT4Tokenizer(ranks, GPT4_SPECIAL)
        same(made.encode(text, "all"), oracle.gpt4_encode(text, ranks, GPT4_SPECIAL), f"encode({text!r}, 'all')")

    def test_bytes_are_shuffled(self, learner, oracle, rng):
        """a byte's id is its rank in the table, not the byte"""
        ranks = oracle.ranks(rng.getrandbits(32), "", 256)
        made = learner.GPT4Tokenizer(ranks)
        same(made.encode("Hi \u00e9"), [ranks[bytes([byte])] for byte in b"Hi \xc3\xa9"], "encode of four characters")

    def test_there_and_back(self, learner, oracle, rng):
        """decode gives back what was encoded, bytes unshuffled"""
        ranks = oracle.ranks(rng.getrandbits(32), prose(rng, 100), 300)
        made = learner.GPT4Tokenizer(ranks)
        for text in (*SAMPLES, TORTURE):
            same(made.decode(oracle.gpt4_encode(text, ranks)), text, f"decode of the ids of {text[:40]!r}")

    @edge
    def test_decode_of_anything(self, learner, oracle):
        """special ids come back as text, broken bytes as U+FFFD"""
        ranks = oracle.gpt2_ranks()
        made = learner.GPT4Tokenizer(ranks, GPT4_SPECIAL)
        ids = [ranks[b"\xf0"], 100257, ranks[b"a"], 100264]
        same(made.decode(ids), f"\ufffd{END}a<|user|>", "decode of half an emoji, the end of a text, a, a user")

    def test_pattern(self, learner, oracle):
        """the text is cut by GPT-4's pattern: digits three at a time, endings in capitals"""
        ranks, text = oracle.gpt2_ranks(), "1415 20 IT'S\n\n  in 1999"
        same(learner.GPT4Tokenizer(ranks).encode(text), oracle.gpt4_encode(text, ranks), f"encode({text!r})")

    def test_refuses(self, learner, oracle):
        """special tokens are refused unless allowed"""
        ranks = oracle.gpt2_ranks()
        made = learner.GPT4Tokenizer(ranks, GPT4_SPECIAL)
        same(made.encode("hello"), oracle.gpt4_encode("hello", ranks), "encode('hello')")
        refused(lambda: made.encode(f"hello{END}"), f"encode('hello{END}')")

    @edge
    def test_none_special(self, learner, oracle):
        """without special tokens <|endoftext|> is text, also beside a tokenizer that has it"""
        ranks = oracle.gpt2_ranks()
        made = learner.GPT4Tokenizer(ranks, GPT4_SPECIAL)
        same(made.encode(END, "all"), [100257], f"encode({END!r}, 'all'), registered")
        same(learner.GPT4Tokenizer(ranks).encode(END), oracle.gpt4_encode(END, ranks), f"encode({END!r}), none special")

    def test_any_table(self, learner, oracle, rng):
        """any table, any text"""
        ranks = oracle.ranks(rng.getrandbits(32), prose(rng, 200), 340)
        text = prose(rng, 30) + anything(rng, 10)
        same(learner.GPT4Tokenizer(ranks).encode(text), oracle.gpt4_encode(text, ranks), "encode of a random text")


ODD_SPECIAL = {"<| end of text |>": 900, "<|\u7d42|>": 901, 'say "so"\n\\n': 902, END: 903}
ODD_PATTERN = "[^\\s\u3002\uff0c]+[\u3002\uff0c]?|\\s+|."
PICKLED = b"cbuiltins\nsetattr\n(cbuiltins\n__import__\n(S'builtins'\ntRS'a_stranger_was_here'\nI1\ntR."
EXPRESSION = b"setattr(__import__('builtins'), 'a_stranger_was_here', 1)"
STREAM = (TORTURE + f"{END}{END} we've{END}  'll'v e'r\r\n\r\n \n x<|end <| end of text |>\n") * 2


@exercise(
    "save_load",
    points=8,
    cpu=10.0,
    answers=("RegexTokenizer.save", "RegexTokenizer.load", "RegexTokenizer.encode_iterable"),
    needs=("regex_tokenizer", "special_tokens"),
)
class TestSaveLoad:
    """A tokenizer survives the night, and encodes a stream as it encodes a text."""

    # The idle program "constant" asks the solution, and so saves and loads: it idles in encode_iterable only.

    def test_same_ids(self, props, oracle, rng):
        """after save and load a text has the same ids"""
        # idle (constant): it saves and loads as the solution does
        text, new = prose(rng, 120), prose(rng, 20)
        made = props.reloaded(props.tokenizer(text, 296))
        merges = oracle.train(text, 296, "gpt4")[0]
        same(made.encode(new), oracle.encode_split(new, merges, "gpt4"), "encode after load")
        same(made.decode(made.encode(new)), new, "decode after load")

    def test_special_tokens(self, props, oracle):
        """special tokens are special after load"""
        # idle (constant): it saves and loads as the solution does
        made = props.reloaded(props.tokenizer(CHAT, 280, None, {END: 900, "<|user|>": 901}))
        merges = oracle.train(CHAT, 280, "gpt4")[0]
        text = f"hello there{END}<|user|> again"
        expected = oracle.encode_split(text, merges, "gpt4", {END: 900, "<|user|>": 901})
        same(made.encode(text, "all"), expected, f"encode({text!r}, 'all') after load")

    def test_vocab(self, props, oracle):
        """merges and vocab are as they were, no more and no fewer"""
        # idle (constant): it saves and loads as the solution does
        merges, vocab = oracle.train(CHAT, 280, "gpt4")
        loaded = props.reloaded(props.tokenizer(CHAT, 280))
        same(list(loaded.merges.items()), list(merges.items()), "merges after load, in order")
        same(loaded.vocab, vocab, "vocab after load")

    @edge
    def test_pattern(self, props, oracle, learner):
        """the pattern is restored, and it is used"""
        # idle (constant): it saves and loads as the solution does
        text, pattern = "12345 12345 it'S it'S", learner.fetch("GPT2_SPLIT_PATTERN")
        made = props.reloaded(props.tokenizer(text, 262, pattern))
        same(made.pattern, pattern, "pattern after load")
        merges = oracle.train(text, 262, "gpt2")[0]
        same(made.encode(text), oracle.encode_split(text, merges, "gpt2"), f"encode({text!r}) after load")

    @edge
    def test_odd_special_tokens(self, props):
        """special tokens with spaces, quotes, line breaks, other scripts: encoded and decoded after load"""
        # idle (constant): it saves and loads as the solution does
        made = props.reloaded(props.tokenizer(CHAT, 280, None, ODD_SPECIAL))
        text = "".join(ODD_SPECIAL)
        same(made.encode(text, "all"), [900, 901, 902, 903], "encode of the special tokens after load")
        same(made.decode([900, 901, 902, 903]), text, "decode of their ids after load")

    @edge
    def test_nothing_left(self, props, oracle):
        """load leaves nothing of what the tokenizer was before"""
        # idle (constant): it saves and loads as the solution does
        old = props.tokenizer("over and over and over", 260, r"\w+|\W+", {"<|old|>": 500})
        made = props.reloaded(props.tokenizer(CHAT, 280), old)
        text = "over <|old|> 12345 there"
        merges, vocab = oracle.train(CHAT, 280, "gpt4")
        same(made.encode(text), oracle.encode_split(text, merges, "gpt4"), f"encode({text!r}) after load")
        refuses_id(lambda: made.decode([500]), 500, "decode([500]), an id of before")
        larger = props.reloaded(props.tokenizer(CHAT, 280), props.tokenizer(STREAM, 360))
        same(larger.vocab, vocab, "vocab after load into a tokenizer that had learned more")

    @edge
    def test_saved_twice(self, props, oracle):
        """a second save replaces the first, also where the first was longer; saving changes nothing"""
        # idle (constant): it saves and loads as the solution does
        made = props.saved_over(props.tokenizer(STREAM, 360, None, ODD_SPECIAL), props.tokenizer(CHAT, 280))
        merges, vocab = oracle.train(CHAT, 280, "gpt4")
        same([one.vocab for one in made], [vocab, vocab], "vocab of what was saved, and of what was loaded")
        yours = [one.encode(f"hello{END}") for one in made]
        same(yours, [oracle.encode_split(f"hello{END}", merges, "gpt4")] * 2, f"encode('hello{END}') of both")

    @edge
    def test_other_machines(self, props):
        """the file is UTF-8, also where that is not the default"""
        # idle (constant): it saves and loads as the solution does
        made = props.tokenizer(f"{CHINESE} {ARABIC} " * 3, 276, ODD_PATTERN, ODD_SPECIAL)
        text = f"{CHINESE}<|\u7d42|>{ARABIC}"
        loaded = props.reloaded_abroad(made)
        same(loaded.pattern, ODD_PATTERN, "pattern after load")
        same(loaded.encode(text, "all"), made.encode(text, "all"), "encode after load, against before")

    @edge
    def test_one_file(self, props, oracle):
        """save writes one file, and its name is the one you were given"""
        # idle (constant): it saves and loads as the solution does
        names, loaded = props.saved_as(props.tokenizer(CHAT, 280))
        same(loaded.vocab, oracle.train(CHAT, 280, "gpt4")[1], "vocab after load")
        same(names, ["my tokenizer.model"], "the files after save")

    @edge
    def test_strangers(self, props, oracle):
        """a file from a stranger is read, never run"""
        # idle (constant): it saves and loads as the solution does
        loaded = props.reloaded(props.tokenizer(CHAT, 280))
        same(loaded.vocab, oracle.train(CHAT, 280, "gpt4")[1], "vocab after load of a file of your own")
        for kind, contents in (("pickled call", PICKLED), ("Python expression", EXPRESSION)):
            ran = props.ran_on_load(contents)
            assert not ran, f"load ran code that stood in the file, a {kind}: a tokenizer file must be data only"

    def test_stream(self, props, oracle, rng):
        """a stream cut anywhere has the ids of the whole text"""
        made, text = props.tokenizer(STREAM, 360), TORTURE + prose(rng, 30)
        merges = oracle.train(STREAM, 360, "gpt4")[0]
        same(props.streamed(made, pieces(rng, text)), oracle.encode_split(text, merges, "gpt4"), "ids of the stream")

    def test_stream_of_characters(self, props, oracle):
        """a stream of single characters: endings, line breaks, white space, emoji cut at every place"""
        made = props.tokenizer(STREAM, 360)
        merges = oracle.train(STREAM, 360, "gpt4")[0]
        same(props.streamed(made, list(STREAM)), oracle.encode_split(STREAM, merges, "gpt4"), "ids of the stream")

    def test_lazy(self, props, oracle):
        """the first id comes after a few pieces, not after all of them"""
        made, piece = props.tokenizer(CHAT, 280), "hello there, it is me again. "
        merges = oracle.train(CHAT, 280, "gpt4")[0]
        same(props.streamed(made, [piece] * 3), oracle.encode_split(piece * 3, merges, "gpt4"), "ids of three pieces")
        taken = props.taken_for_the_first(made, piece, 500)
        assert taken <= 20, f"{taken} of 500 pieces were taken before the first id came"

    @edge
    def test_stream_of_gpt2(self, props, oracle, learner):
        """the same with GPT-2's pattern"""
        made = props.tokenizer(STREAM, 360, learner.fetch("GPT2_SPLIT_PATTERN"))
        merges = oracle.train(STREAM, 360, "gpt2")[0]
        same(props.streamed(made, list(STREAM)), oracle.encode_split(STREAM, merges, "gpt2"), "ids of the stream")

    @edge
    def test_two_streams(self, props, oracle):
        """a second stream knows nothing of the first, also where the first was left halfway"""
        made, merges = props.tokenizer(CHAT, 280), oracle.train(CHAT, 280, "gpt4")[0]
        props.taken_for_the_first(made, "it is me, ", 20)
        for words in (["hel", "lo there"], ["again, ag", "ain"]):
            expected = oracle.encode_split("".join(words), merges, "gpt4")
            same(props.streamed(made, words), expected, f"ids of {words}, after another stream")

    @edge
    def test_special_in_a_stream(self, props, oracle, rng):
        """special tokens are found although the stream is cut inside them"""
        made = props.tokenizer(STREAM, 360, None, ODD_SPECIAL)
        merges = oracle.train(STREAM, 360, "gpt4")[0]
        expected = oracle.encode_split(STREAM, merges, "gpt4", ODD_SPECIAL)
        same(props.streamed(made, list(STREAM), "all"), expected, "ids of a stream of single characters, 'all'")
        same(props.streamed(made, pieces(rng, STREAM), "all"), expected, "ids of a stream cut anywhere, 'all'")
        short = "x<| end of text |>"
        expected = oracle.encode_split(short, merges, "gpt4", ODD_SPECIAL)
        same(props.streamed(made, list(short), "all"), expected, f"ids of {short!r}, character by character")

    @edge
    def test_special_at_the_end_of_a_word(self, props, oracle):
        """special tokens that begin with the last letter of a word, or end just behind it: `I/O!` and `etc.`"""
        special = {"I/O!": 900, "etc.": 901}
        made = props.tokenizer(CHAT, 280, None, special)
        text = "hello there etc. and I/O! too, etc.etc.I/O!I/O!I/O etc again, etc."
        expected = oracle.encode_split(text, oracle.train(CHAT, 280, "gpt4")[0], "gpt4", special)
        same(props.streamed(made, list(text), "all"), expected, f"ids of {text!r}, character by character")

    @edge
    def test_modes(self, props, oracle):
        """in a stream, too, special tokens are refused unless they are allowed"""
        made = props.tokenizer(CHAT, 280, None, {END: 900, "<|user|>": 901})
        text = ["hello ", "there", "<|endo", "ftext|>", " again<|us", "er|>"]
        merges = oracle.train(CHAT, 280, "gpt4")[0]
        for mode, counted in (("none", {}), ({END}, {END: 900}), (set(), {})):
            expected = oracle.encode_split("".join(text), merges, "gpt4", counted)
            same(props.streamed(made, text, mode), expected, f"ids with {mode!r}")
        raises(ValueError, lambda: props.streamed(made, text), "a stream with a special token in it")

    @edge
    def test_nothing(self, props, oracle):
        """an empty stream, and one of empty pieces"""
        made, merges = props.tokenizer(CHAT, 280), oracle.train(CHAT, 280, "gpt4")[0]
        words = ["", "hello", "", "", " again", ""]
        expected = oracle.encode_split("hello again", merges, "gpt4")
        same(props.streamed(made, words), expected, f"ids of {words}")
        same(props.streamed(made, []), [], "ids of no pieces")
        same(props.streamed(made, ["", "", ""]), [], "ids of three empty pieces")

    @edge
    def test_lazy_with_special_tokens(self, props, oracle, rng):
        """with special tokens, too, ids come after a few pieces: behind one, and where each piece ends in one"""
        made, piece = props.tokenizer(CHAT, 280, None, ODD_SPECIAL), f"hello there, it is {rng.randint(1, 9)} again. "
        streams = {
            "text without any": [piece] * 300,
            "one, then text": [END] + [piece] * 300,
            "one at the end of each piece": [piece + END] * 300,
        }
        merges = oracle.train(CHAT, 280, "gpt4")[0]
        for name, given in streams.items():
            expected = oracle.encode_split("".join(given[:4]), merges, "gpt4", ODD_SPECIAL)
            same(props.streamed(made, given[:4], "all"), expected, f"ids of four pieces of a stream of {name}")
            longest = props.longest_wait(made, given, "all")
            assert longest <= 20, f"{longest} pieces in a row were taken before an id came, in a stream of {name}"

    @edge
    def test_memory(self, props):
        """half a megabyte goes through, and never is more than half of that in memory"""
        made = props.tokenizer("", 256)
        count, peak = props.memory_of_stream(made, "antidisestablishmentarianism, " * 130, 128)
        same(count, 128 * (30 * 130 + 1), "how many ids there were")
        assert peak < 1 << 18, f"at its peak the stream held {peak / 1e6:.2f} MB; the text has 0.5 MB"
