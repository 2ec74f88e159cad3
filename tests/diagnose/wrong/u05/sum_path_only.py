"""Forgets that counts also goes straight into probs."""

EXERCISE = "backward_steps"
TRUE = "the contribution through probs is missing from d_counts"


def d_counts(f, d):
    return np.broadcast_to(d["counts_sum"], f["counts"].shape).copy()
