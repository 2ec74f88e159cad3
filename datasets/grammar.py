"""A small English of our own: a probabilistic grammar whose entropy rate is known exactly.

Sentences are drawn one after another and independently. Every sentence has one derivation, so the entropy of a sentence
is the entropy of its choices, and a model of the text can reach

    entropy of a sentence / expected length of a sentence      nats per character

and no less. What there is to learn grows with the context: spelling, words, word order, agreement of a subject with a
verb that stands far behind it (`the owls that the old fox follows sleep`), brackets that must close.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Rule = tuple[float, tuple[str, ...]]

NAMES = (
    "Ada Ben Cora Dan Eva Finn Gus Hana Ivo Juna Kai Lena Milo Nora Otto Pia Quin Rosa Sam Tess Uma Vito Wren Yara Zoe"
)
NOUNS = (
    "fox owl cat dog bear crow hare mole goat wolf toad duck swan lamb seal moth wasp crab newt lark stork beaver badger "
    "rabbit spider beetle turtle lizard sparrow pigeon hedgehog squirrel baker miller sailor farmer doctor teacher painter "
    "singer dancer hunter weaver potter smith king queen knight wizard giant robot clerk pilot tailor gardener builder "
    "stranger neighbour cousin sister brother daughter friend child guest thief"
)
HISSING = ("s", "x", "sh", "ch")
IRREGULAR = {"wolf": "wolves", "child": "children", "thief": "thieves"}
ADJECTIVES = (
    "old young small tall quiet loud brave shy clever lazy kind proud hungry tired lucky clumsy gentle grumpy happy lonely "
    "curious careful nervous cheerful sleepy honest stubborn polite wise strange silver golden grey brown striped spotted"
)
WITH_OBJECT = (
    "follow admire watch help visit paint trust draw chase invite greet tease warn thank ignore remember forget answer "
    "surprise comfort copy carry hide feed wake rescue miss praise annoy believe"
)
WITHOUT_OBJECT = (
    "sleep sing dance laugh wait whisper wander run swim dream sneeze smile hum stumble listen work rest yawn shiver "
    "giggle grumble travel vanish read cook"
)
PLACES = (
    "river bridge garden kitchen market tower forest cellar harbour meadow library barn castle station orchard valley "
    "island cave attic bakery school mill chapel lighthouse"
)
WHERE = "near behind under above beside inside past beyond"
WHEN = "today tonight again often seldom twice early late slowly quietly gladly alone"
SPEAK = "says thinks hopes knows fears swears"


def _zipf(words: Sequence[str]) -> list[Rule]:
    """Return rules for a list of words: the r-th word has a weight of 1/(r + 2), as words of a language nearly have."""
    weights = [1 / (rank + 2) for rank in range(1, len(words) + 1)]
    return [(weight / sum(weights), (f"'{word}",)) for weight, word in zip(weights, words, strict=True)]


def plural(noun: str) -> str:
    """Return a noun's plural."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    return noun + ("es" if noun.endswith(HISSING) else "s")


def third(verb: str) -> str:
    """Return a verb's form after `he` or `she`."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(HISSING) else "s")


def rules() -> dict[str, list[Rule]]:
    """Return the grammar: a symbol -> its rules, each a probability and what it becomes; 'text stands for itself.

    A capital letter begins a sentence: `Np` is `np` at its start. s and p are singular and plural.
    """
    grammar: dict[str, list[Rule]] = {
        "sentence": [
            (0.80, ("Clause", "'.")),
            (0.12, ("name", "' ", "speak", "' that ", "clause", "'.")),
            (0.08, ("Clause", "' (", "clause", "').")),
        ],
        "Clause": [(0.6, ("Nps", "vps")), (0.4, ("Npp", "vpp"))],
        "clause": [(0.6, ("nps", "vps")), (0.4, ("npp", "vpp"))],
        "name": _zipf(NAMES.split()),
        "speak": _zipf(SPEAK.split()),
        "when": _zipf(WHEN.split()),
        "where": _zipf(WHERE.split()),
        "place": _zipf(PLACES.split()),
        "adjective": _zipf(ADJECTIVES.split()),
        "end": [(0.55, ()), (0.2, ("' ", "when")), (0.25, ("' ", "where", "' the ", "place"))],
    }
    for number, form in (("s", third), ("p", lambda verb: verb)):
        grammar |= _numbered(number, form)
    return grammar


def _numbered(number: str, form) -> dict[str, list[Rule]]:  # noqa: ANN001
    """Return what must agree: a noun phrase, its verb, and the clause that hangs on it."""
    nouns = NOUNS.split() if number == "s" else [plural(noun) for noun in NOUNS.split()]
    some = "every" if number == "s" else "some"
    made: dict[str, list[Rule]] = {
        f"noun{number}": _zipf(nouns),
        f"vt{number}": _zipf([form(verb) for verb in WITH_OBJECT.split()]),
        f"vi{number}": _zipf([form(verb) for verb in WITHOUT_OBJECT.split()]),
        f"vp{number}": [
            (0.45, ("' ", f"vi{number}", "end")),
            (0.55, ("' ", f"vt{number}", "' ", "object", "end")),
        ],
        f"core{number}": [(0.6, (f"noun{number}",)), (0.4, ("adjective", "' ", f"noun{number}"))],
        f"hang{number}": [
            (0.78, ()),
            (0.11, ("' that ", f"vt{number}", "' ", "object")),
            (0.06, ("' that ", "nps", "' ", "vts")),
            (0.05, ("' that ", "npp", "' ", "vtp")),
        ],
    }
    for start, (the, any_) in (("n", ("the", some)), ("N", ("The", some.capitalize()))):
        described = [
            (0.6, (f"'{the} ", f"core{number}", f"hang{number}")),
            (0.4, (f"'{any_} ", f"core{number}", f"hang{number}")),
        ]
        named = [(0.3, ("name",))] if number == "s" else []
        rest = 1 - sum(weight for weight, _ in named)
        made[f"{start}p{number}"] = [*named, *((weight * rest, parts) for weight, parts in described)]
    made["object"] = [(0.65, ("nps",)), (0.35, ("npp",))]
    return made


@dataclass(frozen=True)
class Grammar:
    """A grammar that can be drawn from and measured."""

    rules: Mapping[str, Sequence[Rule]]
    start: str = "sentence"

    def draw(self, rng: random.Random) -> str:
        """Return one sentence."""
        text, waiting = [], [self.start]
        while waiting:
            symbol = waiting.pop()
            if symbol.startswith("'"):
                text.append(symbol[1:])
                continue
            choices = self.rules[symbol]
            (parts,) = rng.choices([parts for _, parts in choices], [weight for weight, _ in choices])
            waiting.extend(reversed(parts))
        return "".join(text)

    @cached_property
    def measures(self) -> tuple[float, float]:
        """Return the entropy of a sentence in nats, and its expected length in characters.

        Both obey the same linear equations, value = own + sum over rules of probability x sum of the parts' values; the
        grammar branches less than once on average, so repeated substitution converges.
        """
        entropy = dict.fromkeys(self.rules, 0.0)
        length = dict.fromkeys(self.rules, 0.0)
        for _ in range(400):
            for symbol, choices in self.rules.items():
                own = -sum(weight * math.log(weight) for weight, _ in choices)
                entropy[symbol] = own + sum(w * sum(entropy.get(part, 0.0) for part in parts) for w, parts in choices)
                length[symbol] = sum(w * sum(self._length(part, length) for part in parts) for w, parts in choices)
        return entropy[self.start], length[self.start]

    @staticmethod
    def _length(part: str, length: Mapping[str, float]) -> float:
        return len(part) - 1.0 if part.startswith("'") else length[part]

    @property
    def rate(self) -> float:
        """The entropy rate in nats per character of a text of sentences with one separator behind each.

        Where paragraphs end is drawn as well: see `make`, which adds the entropy of that choice.
        """
        entropy, length = self.measures
        return entropy / (length + 1)
