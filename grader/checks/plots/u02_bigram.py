"""The plots of unit 02: the table of all pairs of letters."""

PLOTS = {
    "bigrams": {
        "about": "the table of pairs of letters: how often one follows the other",
        "uses": ["build_vocab", "bigram_counts", "normalize_rows"],
        "data": ["lecture_names", "names"],
    },
}


def bigrams(state, on):
    words, stoi, itos = TEXT["words"], TEXT["stoi"], TEXT["itos"]
    counts = learner.bigram_counts(words, stoi)
    P = learner.normalize_rows(counts)
    letters = [itos[at] for at in range(len(stoi))]
    return {
        "title": "Which letter follows which: {pairs} pairs of letters in {names} names",
        "facts": {"pairs": f"{int(counts.sum()):,}", "names": f"{len(words):,}"},
        "panels": [
            {
                "kind": "heat",
                "values": P,
                "rows": letters,
                "columns": letters,
                "y": "a letter; . is the begin of a name",
                "x": "the letter after it; . is the end",
                "top": 0.4,
                "unit": "probability of the next letter",
            }
        ],
    }
