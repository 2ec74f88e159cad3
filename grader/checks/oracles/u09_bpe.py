"""Expected ids and merges of unit 09, found another way than the solution finds them.

A list of ids is a string here, one character for each id, and a merge is `str.replace`: it goes from the left and never
overlaps. Training counts everything afresh in every round. Text is cut by a scanner that asks `unicodedata` about each
character and knows no regular expressions. Slow, and short enough to be believed.
"""

import json
import random
import tempfile
import unicodedata
import zlib
from array import array
from collections import Counter
from itertools import pairwise
from pathlib import Path

EDGE = "\U0010ffff"  # stands between two chunks; no id reaches it
SPACE = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000",
) | {chr(c) for c in range(0x2000, 0x200B)}
ENDINGS = ("s", "t", "re", "ve", "m", "ll", "d")


def _string(ids):
    return "".join(map(chr, ids))


def merged(ids, pair, idx):
    """Return ids after one merge."""
    return list(map(ord, _string(ids).replace(_string(pair), chr(idx))))


def digest(ids):
    """Return length and checksum of a long list of ids."""
    return [len(ids), zlib.crc32(array("q", ids).tobytes())]


def merged_digest(ids, times, pair, idx):
    """Return the digest of a list, repeated, after one merge."""
    return digest(merged(ids * times, pair, idx))


# Training


def _learn(symbols, rounds, pick):
    """Yield (pair of characters, new character), counting afresh in every round.

    pick: chooses among the most frequent pairs; it is given them and the symbols.
    """
    for idx in range(256, 256 + rounds):
        counts = Counter(left + right for left, right in pairwise(symbols) if EDGE not in (left, right))
        if not counts:
            return
        most = max(counts.values())
        pair = pick([pair for pair, count in counts.items() if count == most], symbols)
        symbols = symbols.replace(pair, chr(idx))
        yield pair, chr(idx)


def _first_seen(pairs, symbols):
    return min(pairs, key=symbols.index)


def _joined(chunks):
    return EDGE.join(chunk.encode().decode("latin-1") for chunk in chunks)


def _vocab(rules):
    vocab = {byte: bytes([byte]) for byte in range(256)}
    for pair, new in rules:
        vocab[ord(new)] = vocab[ord(pair[0])] + vocab[ord(pair[1])]
    return vocab


def train(text, vocab_size, pattern=""):
    """Return [merges, vocab]; among equals the pair that is seen first. pattern: "gpt2", "gpt4", or none."""
    chunks = split(text, pattern) if pattern else [text]
    rules = list(_learn(_joined(chunks), vocab_size - 256, _first_seen))
    return [{(ord(pair[0]), ord(pair[1])): ord(new) for pair, new in rules}, _vocab(rules)]


def train_fast(text, vocab_size, special_tokens=()):
    """Return [vocab_size, vocab, merges]; among equals the greatest pair of bytes.

    The vocab_size is lowered so far that no two tokens have the same bytes: where trainers tell tokens by their bytes,
    such twins are one token, elsewhere two, and both are right.
    """
    vocab = {byte: bytes([byte]) for byte in range(256)}
    chunks = [chunk for piece, _ in _pieces(text, special_tokens) for chunk in split(piece, "gpt2")]
    rounds = vocab_size - 256 - len(special_tokens)
    merges = []

    def greatest(pairs, _symbols):
        return max(pairs, key=lambda pair: (vocab[ord(pair[0])], vocab[ord(pair[1])]))

    for pair, new in _learn(_joined(chunks), rounds, greatest):
        parts = vocab[ord(pair[0])], vocab[ord(pair[1])]
        if b"".join(parts) in vocab.values():
            break
        vocab[ord(new)] = b"".join(parts)
        merges.append(parts)
    else:
        return [vocab_size, _with_special(vocab, special_tokens), merges]
    return [len(vocab) + len(special_tokens), _with_special(vocab, special_tokens), merges]


def _with_special(vocab, special_tokens):
    return {**vocab, **{len(vocab) + i: token.encode() for i, token in enumerate(special_tokens)}}


def train_many(texts, vocab_size):
    """Return [vocab_size, merges] for each text, without special tokens."""
    return [[size, merges] for size, _, merges in (train_fast(text, vocab_size) for text in texts)]


SYLLABLES = "ba be bri da do el fa fo gal ha in ka lo ma nor o pe qui ra sen ta thu u ver wi xa ya zu"


def train_large(seed, words, length, vocab_size):
    """Return [vocab_size, merges] for a large text, which the props make again on the learner's side.

    By the solution: a full count in every round would take minutes. Twins as in `train_fast`.
    """
    rng = random.Random(seed)  # noqa: S311 (no secret)
    syllables = SYLLABLES.split()
    made = ["".join(rng.choices(syllables, k=rng.randint(2, 5))) for _ in range(words)]
    text = " ".join(rng.choices(made, k=length))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_bytes(text.encode())
        merges = solution.train_bpe_fast(str(path), vocab_size, ["<|endoftext|>"])[1]
    tokens = [left + right for left, right in merges]
    unlike = next((i for i, token in enumerate(tokens) if token in tokens[:i]), len(tokens))
    return [257 + unlike, merges[:unlike]]


# Encoding


def _apply(symbols, rules):
    """Replay training: every rule once, in the order in which it was learned."""
    for pair, new in rules:
        symbols = symbols.replace(pair, new)
    return list(map(ord, symbols))


def _rules(merges):
    return [(_string(pair), chr(idx)) for pair, idx in sorted(merges.items(), key=lambda item: item[1])]


def encode(text, merges):
    """Return the ids of a text, or of bytes, that is not cut."""
    data = text.encode() if isinstance(text, str) else text
    return _apply(data.decode("latin-1"), _rules(merges))


def _ordinary(text, rules, pattern, byte_ids):
    return [
        idx
        for chunk in split(text, pattern)
        for idx in _apply("".join(chr(byte_ids[byte]) for byte in chunk.encode()), rules)
    ]


def encode_split(text, merges, pattern, special_tokens=None):
    """Return the ids of a text that is cut; special_tokens: those that count."""
    rules, ids = _rules(merges), []
    for piece, special in _pieces(text, special_tokens or {}):
        ids += _ordinary(piece, rules, pattern, range(256))
        ids += [special_tokens[special]] if special else []
    return ids


def _pieces(text, special_tokens):
    """Yield (ordinary text, special token that follows it; empty at the end)."""
    start = at = 0
    while at < len(text):
        special = max((token for token in special_tokens if text.startswith(token, at)), key=len, default="")
        if special:
            yield text[start:at], special
            start = at + len(special)
        at = start if special else at + 1
    yield text[start:], ""


# Cutting


def _kind(char):
    """Return "L" for a letter, "N" for a digit, " " for white space, "?" for anything else."""
    if char in SPACE:
        return " "
    kind = unicodedata.category(char)[0]
    return kind if kind in "LN" else "?"


def split(text, pattern):
    """Return the chunks that the pattern "gpt2" or "gpt4" cuts."""
    kinds = "".join(map(_kind, text))
    ends, at = [0], 0
    while at < len(text):
        at = _ending(text, at, pattern) or (_gpt2 if pattern == "gpt2" else _gpt4)(text, kinds, at)
        ends.append(at)
    return [text[start:end] for start, end in pairwise(ends)]


def _ending(text, at, pattern):
    """Return where an English ending such as 'll stops; 0 where there is none."""
    rest = text[at + 1 : at + 3]
    rest = rest.lower() if pattern == "gpt4" else rest
    found = [ending for ending in ENDINGS if text[at] == "'" and rest.startswith(ending)]
    return at + 1 + len(found[0]) if found else 0


def _run(kinds, at, most=None):
    """Return where the run of one kind that starts here stops."""
    end = at
    while end < len(kinds) and kinds[end] == kinds[at] and end - at != most:
        end += 1
    return end


def _gpt2(text, kinds, at):
    start = at + (text[at] == " " and kinds[at + 1 : at + 2] in ("L", "N", "?"))
    return _run(kinds, start) if kinds[start] != " " else _white(kinds, at)


def _gpt4(text, kinds, at):
    following = kinds[at + 1 : at + 2]
    if kinds[at] in ("?", " ") and following == "L" and text[at] not in "\r\n":
        return _run(kinds, at + 1)
    if kinds[at] == "N":
        return _run(kinds, at, 3)
    start = at + (text[at] == " " and following == "?")
    if kinds[start] == " ":
        breaks = [i + 1 for i in range(at, _run(kinds, at)) if text[i] in "\r\n"]
        return breaks[-1] if breaks else _white(kinds, at)
    end = _run(kinds, start)
    while kinds[start] == "?" and text[end : end + 1] in ("\r", "\n"):
        end += 1
    return end


def _white(kinds, at):
    """White space leaves its last character to a word that follows."""
    end = _run(kinds, at)
    return end if end == len(kinds) or end == at + 1 else end - 1


# GPT-2 and GPT-4


def bytes_to_unicode():
    """Return GPT-2's alphabet, from the property that its three ranges describe."""
    moved = iter(range(256, 512))
    return {
        byte: chr(byte) if chr(byte).isprintable() and not chr(byte).isspace() else chr(next(moved))
        for byte in range(256)
    }


def gpt2_files():
    """Return [encoder.json, vocab.bpe] of a slice of GPT-2's tokenizer, with its true ids."""
    merges = {256 + rank: tuple(line.split(" ")) for rank, line in enumerate(FIRST.split("|"))}
    merges |= {int(idx): (left, right) for idx, left, right in (line.split(" ") for line in LATER.split("|"))}
    table = bytes_to_unicode()
    alphabet = sorted(table.values(), key=lambda char: (ord(char) > 255, ord(char)))
    encoder = {char: idx for idx, char in enumerate(alphabet)}
    encoder |= {left + right: idx for idx, (left, right) in merges.items()}
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges.values())]
    return [json.dumps({**encoder, "<|endoftext|>": 50256}), "\n".join(lines) + "\n"]


def files(seed, text, vocab_size):
    """Return [encoder.json, vocab.bpe] of a tokenizer trained on a text, with ids that were dealt at random."""
    rules = list(_learn(_joined(split(text, "gpt2")), vocab_size - 256, _first_seen))
    table = bytes_to_unicode()
    tokens = {idx: "".join(table[byte] for byte in token) for idx, token in _vocab(rules).items()}
    ids = list(range(len(tokens)))
    random.Random(seed).shuffle(ids)  # noqa: S311 (no secret)
    encoder = {token: ids[idx] for idx, token in tokens.items()}
    lines = ["#version: 0.2", *(f"{tokens[ord(pair[0])]} {tokens[ord(pair[1])]}" for pair, _ in rules)]
    return [json.dumps(encoder), "\n".join(lines) + "\n"]


def gpt2_encode(text, encoder_json, vocab_bpe):
    """Return the ids of an ordinary text, by two such files."""
    encoder, table = json.loads(encoder_json), bytes_to_unicode()
    pairs = [line.split(" ") for line in vocab_bpe.split("\n")[1:] if line]
    rules = [(chr(encoder[left]) + chr(encoder[right]), chr(encoder[left + right])) for left, right in pairs]
    return _ordinary(text, rules, "gpt2", {byte: encoder[char] for byte, char in table.items()})


def gpt2_digest(words, times, encoder_json, vocab_bpe):
    """Return the digest of the ids of words, each with a space before it, again and again."""
    return digest([idx for word in words for idx in gpt2_encode(" " + word, encoder_json, vocab_bpe)] * times)


def gpt2_ranks():
    """Return the slice of GPT-2 as a table token -> rank."""
    encoder = json.loads(gpt2_files()[0])
    byte_of = {char: byte for byte, char in bytes_to_unicode().items()}
    del encoder["<|endoftext|>"]
    return {bytes(byte_of[char] for char in token): rank for token, rank in encoder.items()}


def ranks(seed, text, vocab_size):
    """Return a table token -> rank, trained on a text with GPT-4's pattern, its bytes in an order dealt at random."""
    order = list(range(256))
    random.Random(seed).shuffle(order)  # noqa: S311 (no secret)
    table = {bytes([byte]): rank for rank, byte in enumerate(order)}
    vocab = _vocab(_learn(_joined(split(text, "gpt4")), vocab_size - 256, _first_seen))
    for idx in range(256, len(vocab)):
        table.setdefault(vocab[idx], idx)
    return table


def _recovered(table):
    """Return the rules behind a table, each found by replaying those before it on the token's own bytes."""
    rules = []
    for token, rank in sorted(table.items(), key=lambda item: item[1]):
        if len(token) > 1:
            parts = _apply("".join(chr(table[bytes([byte])]) for byte in token), rules)
            if len(parts) != 2:
                raise ValueError(f"{token!r} was not merged from two tokens of the table")
            rules.append((_string(parts), chr(rank)))
    return rules


def recover_merges(table):
    """Return the merges behind a table of ranks."""
    return {(ord(pair[0]), ord(pair[1])): ord(new) for pair, new in _recovered(table)}


def gpt4_encode(text, table, special_tokens=None):
    """Return the ids of a text by a table of ranks; special_tokens: those that count."""
    rules, ids = _recovered(table), []
    byte_ids = [table[bytes([byte])] for byte in range(256)]
    for piece, special in _pieces(text, special_tokens or {}):
        ids += _ordinary(piece, rules, "gpt4", byte_ids)
        ids += [special_tokens[special]] if special else []
    return ids


# A slice of GPT-2's vocab.bpe (OpenAI, MIT licence, https://github.com/openai/gpt-2): its first 256 merges, and of the
# others those that the sample texts of the checks need, each with its true id.
FIRST = (
    "Ġ t|Ġ a|h e|i n|r e|o n|Ġt he|e r|Ġ s|a t|Ġ w|Ġ o|e n|Ġ c|i t|i s|a n|o r|e s|Ġ b|e d|Ġ f|in g|Ġ p|o u|Ġa n|a l|"
    "a r|Ġt o|Ġ m|Ġo f|Ġ in|Ġ d|Ġ h|Ġan d|i c|a s|l e|Ġt h|i on|o m|l l|en t|Ġ n|Ġ l|s t|Ġ re|v e|Ġ e|r o|l y|Ġb e|"
    "Ġ g|Ġ T|c t|Ġ S|i d|o t|Ġ I|u t|e t|Ġ A|Ġ is|Ġ on|i m|a m|o w|a y|a d|s e|Ġth at|Ġ C|i g|Ġf or|a c|Ġ y|v er|u r|"
    "Ġ u|l d|Ġs t|Ġ M|' s|Ġ he|Ġ it|at ion|it h|i r|c e|Ġy ou|i l|Ġ B|Ġw h|o l|Ġ P|Ġw ith|Ġ 1|t er|c h|Ġa s|Ġw e|Ġ (|"
    'n d|i ll|Ġ D|i f|Ġ 2|a g|er s|k e|Ġ "|Ġ H|e m|Ġc on|Ġ W|Ġ R|he r|Ġw as|Ġ r|o d|Ġ F|u l|at e|Ġa t|r i|p p|o re|'
    "ĠT he|Ġs e|u s|Ġp ro|Ġh a|u m|Ġa re|Ġd e|a in|an d|Ġo r|ig h|es t|is t|a b|r om|Ġ N|t h|Ġc om|Ġ G|u n|o p|0 0|"
    "Ġ L|Ġn ot|es s|Ġe x|Ġ v|re s|Ġ E|e w|it y|an t|Ġb y|e l|o s|or t|o c|q u|Ġf rom|Ġha ve|Ġs u|i ve|ou ld|Ġs h|"
    "Ġth is|n t|r a|p e|igh t|ar t|m ent|Ġa l|u st|en d|- -|al l|Ġ O|ac k|Ġc h|Ġ le|i es|re d|ar d|â Ģ|ou t|Ġ J|Ġa b|"
    "e ar|i v|al ly|ou r|o st|g h|p t|Ġp l|as t|Ġc an|a k|om e|u d|T he|Ġh is|Ġd o|Ġg o|Ġh as|g e|' t|Ġ U|r ou|Ġs a|"
    "Ġ j|Ġb ut|Ġw or|Ġa ll|e ct|Ġ k|am e|Ġw ill|o k|Ġw he|Ġthe y|id e|0 1|f f|ic h|p l|t her|Ġt r|. .|Ġin t|i e|u re|"
    "ag e|Ġn e|i al|a p|in e|ic e|Ġm e|Ġo ut|an s|on e|on g|ion s|Ġwh o|Ġ K|Ġu p|Ġthe ir"
)
LATER = (
    "512 Ġa d|513 Ġ 3|527 b er|556 Ġa g|567 e re|599 Ġs p|620 ac h|631 re e|645 Ġn o|660 t e|678 Ġ1 9|695 e ll|"
    "700 ur n|733 if f|742 x t|751 Ġad d|781 Ġf l|813 i ly|814 Ġd iff|818 I n|891 e f|910 Ġs ay|980 Ġdiff ere|"
    "995 Ġwor ld|1005 Ġre t|1026 I t|1036 Ġg r|1053 ' ve|1127 in es|1145 Ġf am|1160 Ġ2 0|1180 Ġdiffere nt|1183 ' ll|"
    "1314 1 5|1343 Ġ +|1415 1 4|1441 Ġret urn|1549 ' d|1594 Ġ19 9|1610 ĠF l|1641 Ġfam ily|1659 o f|1709 ĠB r|"
    "1791 em pt|2075 2 6|2114 ac es|2454 um e|2599 ) :|2626 Ġl ost|2634 Ã ©|2739 Ġl ate|3951 Ġl ines|4236 Ġag ree|"
    "4246 t w|4299 d ef|4656 Ġd ie|5239 te xt|6184 Ġ Ã|6559 d en|7358 Ġ199 9|8582 ð Ł|8658 t ab|9029 Ġsp aces|"
    "9101 Ã ¶|9116 Ã ¼|11109 ell o|11545 tw o|12466 Ġ Ð|12520 Ġ ðŁ|12919 Ø §|15496 H ello|16345 s um|16843 Ð µ|"
    "17739 å ħ|18849 Ð ¸|18923 Ġ Ù|19707 15 9|20375 Ñ Ĥ|21169 Ñ Ģ|26897 Ø ±|27764 å Ń|28532 D er|28920 empt y|"  # noqa: RUF001 (a cedilla)
    "31028 Ġp i|34070 ĠFl u|38857 Ð ²|39683 Ã Ł|39848 Ø ¨|40560 Ġr Ã©|41840 ðŁ ĳ|47048 ĠÙ ħ|50169 ĠðŁ ĳ"
)
