"""Make the course's data again, byte for byte: `python datasets/make.py [names|text|unicode|floors] [--out DIR]`.

names    12,000 words of an order-3 Markov chain over letters, fitted to the first names of the US census of 1990
text     about 100 kB of a small English of our own, see `grammar`
unicode  a hand-written sampler of everything that breaks a tokenizer
floors   the exact entropies of names and text, which is what a perfect model would reach
"""

import argparse
import hashlib
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import grammar

HERE = Path(__file__).resolve().parent
END = "."
ORDER = 3
SEED = 20260101
WORDS = 12_000
CHARACTERS = 100_000
PARAGRAPH = 0.2  # the probability that a sentence ends its paragraph
TORTURE = (
    "plain ASCII, with 1234567890 digits, and 3.14159 in a sentence",
    "caf\u00e9 na\u00efve \u00fcber \u00e5ngstr\u00f6m pi\u00f1ata \u00bfqu\u00e9? \u20ac99",
    "cafe\u0301 nai\u0308ve  (the same accents, as combining marks)",
    "\u4f60\u597d\u4e16\u754c\u3002\u6df1\u5ea6\u5b66\u4e60\u662f\u4ec0\u4e48\uff1f",
    "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c \uc548\ub155\ud558\uc138\uc694",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0393\u03b5\u03b9\u03b1 \u041f\u0440\u0438\u0432\u0435\u0442",
    "\U0001f600 \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f",
    "no\u00a0break\u2003em\u2009thin\u200bzero\ufefflast",
    "tabs\tand\t\ttabs, runs   of    spaces     , trailing   ",
    "don't I'LL we've SHE'S o'clock 'quoted' \u2018curly\u2019",
    "x=1;y+=2**3//4  # snake_case camelCase HTTPServer2go",
    "\U0001d538\u1e9e\ufb01\u0130\u0131 \u00df\u017f",
    "Windows ends lines like this\r",
    "\x00\x01\x7f control characters",
    "\u0412 \u0447\u0430\u0449\u0430\u0445 \u044e\u0433\u0430 \u0436\u0438\u043b \u0431\u044b \u0446\u0438\u0442\u0440\u0443\u0441: 7 \u0448\u0442\u0443\u043a",
    "\u5b66\u4e60 GPT-2 \u6a21\u578b, 124M \u4e2a\u53c2\u6570\uff1b\u5168\u89d2\uff1a\uff11\uff12\uff13\uff01",
    "\uff76\uff80\uff76\uff85 half-width \u30ab\u30bf\u30ab\u30ca full-width",
    "e\u0301\u0302\u0303\u0304 Zalgo: h\u0321\u0322e\u0323l\u0324l\u0325o\u0326",
    "\u1112\u1161\u11ab\u1100\u1173\u11af and \ud55c\uae00, one text in two spellings",
    "\U0001f3f3\ufe0f\u200d\U0001f308 \U0001f9d1\U0001f3fe\u200d\U0001f680 keycap 1\ufe0f\u20e3 \U0001f1fa\U0001f1f3\U0001f1ea\U0001f1fa",
    "\u202eright to left override\u202c and back, \u2067isolated\u2069",
    "\u00bd \u00b2 \u2167 \u0664\u0665\u0666 \u0969 \u3007 numbers that are no ASCII digits",
    "https://example.org/a%20b?q=1&r=caf%C3%A9#top user@example.org 2026-01-01T00:00:00Z",
    "A\u030a\u00c5\u212b three ways to write one letter",
    "\u2028line separator\u2029paragraph separator\u0085next line\x0cform feed\x0bvertical tab",
    "<|endoftext|> in a text is only text, <|endoftex|> is not even that",
    "            twelve spaces, then\t\t\ttabs, then\u3000ideographic space",
    "\ud7ff\ue000\ufffd\U0010ffff the edges of what may be written",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb abababababababab",
    "antidisestablishmentarianism Donaudampfschifffahrt \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e44\u0e21\u0e48\u0e21\u0e35\u0e0a\u0e48\u0e2d\u0e07\u0e27\u0e48\u0e32\u0e07",
)


def transitions() -> dict[str, Counter[str]]:
    """Return how often each letter (or the end) follows each three letters in the census's names."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in (HERE / "census_names.txt").read_text(encoding="ascii").split():
        padded = END * ORDER + name + END
        for index in range(ORDER, len(padded)):
            counts[padded[index - ORDER : index]][padded[index]] += 1
    return dict(counts)


def names(*, words: int = WORDS, seed: int = SEED) -> bytes:
    """Return sampled words, one a line."""
    chain = {
        context: (sorted(after), [after[one] for one in sorted(after)]) for context, after in transitions().items()
    }
    rng = random.Random(seed)
    lines = []
    for _ in range(words):
        word, context = "", END * ORDER
        while (letter := rng.choices(*chain[context])[0]) != END:
            word, context = word + letter, context[1:] + letter
        lines.append(word + "\n")
    return "".join(lines).encode()


def text(*, characters: int = CHARACTERS, seed: int = SEED) -> bytes:
    """Return paragraphs of drawn sentences: a space between two sentences, a newline at a paragraph's end."""
    source, rng = grammar.Grammar(grammar.rules()), random.Random(seed)
    parts: list[str] = []
    size = 0
    while size < characters or not parts[-1].endswith("\n"):
        parts.append(source.draw(rng) + ("\n" if rng.random() < PARAGRAPH else " "))
        size += len(parts[-1])
    return "".join(parts).encode()


def unicode() -> bytes:
    """Return the sampler."""
    return "".join(line + "\n" for line in TORTURE).encode()


def name_floors() -> list[float]:
    """Return the cross-entropy, in nats per character, of the best predictor that sees 0, 1, 2, 3 letters."""
    chain = {context: _shares(after) for context, after in transitions().items()}
    weight = _stationary(chain)
    return [_conditional(chain, weight, seen) for seen in range(ORDER + 1)]


def text_floor() -> float:
    """Return the entropy rate of the text in nats per character."""
    entropy, length = grammar.Grammar(grammar.rules()).measures
    choice = -PARAGRAPH * math.log(PARAGRAPH) - (1 - PARAGRAPH) * math.log(1 - PARAGRAPH)
    return (entropy + choice) / (length + 1)


def _shares(after: Counter[str]) -> dict[str, float]:
    total = sum(after.values())
    return {letter: count / total for letter, count in after.items()}


def _next(context: str, letter: str) -> str:
    return END * ORDER if letter == END else context[1:] + letter


def _stationary(chain: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return how often each context is seen in an endless sequence of words, by power iteration."""
    weight = dict.fromkeys(chain, 1 / len(chain))
    for _ in range(1000):
        after = dict.fromkeys(chain, 0.0)
        for context, shares in chain.items():
            for letter, share in shares.items():
                after[_next(context, letter)] += weight[context] * share
        gap = max(abs(after[context] - weight[context]) for context in chain)
        weight = after
        if gap < 1e-15:
            break
    return weight


def _conditional(chain: dict[str, dict[str, float]], weight: dict[str, float], seen: int) -> float:
    """Return the entropy of the next letter given the last `seen` ones."""
    joint: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for context, shares in chain.items():
        for letter, share in shares.items():
            joint[context[ORDER - seen :]][letter] += weight[context] * share
    return -sum(
        part * math.log(part / sum(letters.values())) for letters in joint.values() for part in letters.values() if part
    )


MAKERS: dict[str, Callable[[], bytes]] = {"names": names, "text": text, "unicode": unicode}


def main() -> None:
    """Make what was asked for, everything by default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="*", choices=[*MAKERS, "floors", []], help="everything by default")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    options = parser.parse_args()
    for what in options.what or [*MAKERS, "floors"]:
        if what == "floors":
            floors = " ".join(f"{floor:.4f}" for floor in name_floors())
            sys.stdout.write(f"names: {floors} nats per character with 0, 1, 2, 3 letters of context\n")
            sys.stdout.write(f"text: {text_floor():.4f} nats per character\n")
            continue
        data = MAKERS[what]()
        (options.out / f"{what}.txt").write_bytes(data)
        sys.stdout.write(f"{what}.txt: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}\n")


if __name__ == "__main__":
    main()
