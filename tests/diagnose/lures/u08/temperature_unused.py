# exercise: sample_logits
# true: the temperature is not used
# not: in place


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, 1.0, top_k), 1, generator=generator)
