"""Helper code of unit 02 that runs on the learner's side: generators, and what a call leaves behind.

`learner` is the learner's module. Nothing here knows what is right.
"""

import torch

torch.set_num_threads(1)  # sums come out the same wherever this runs


def generator(seed):
    """Return a generator of random numbers."""
    return torch.Generator().manual_seed(seed)


def after(function, *args, **kwargs):
    """Call a function; return what it returns, and its tensors as they are afterwards."""
    result = getattr(learner, function)(*args, **kwargs)
    return [result, [arg for arg in args if isinstance(arg, torch.Tensor)]]


def moved_global(function, *args, **kwargs):
    """Call a function; return what it returns, and whether torch's global generator has moved."""
    before = torch.get_rng_state()
    result = getattr(learner, function)(*args, **kwargs)
    return [result, not torch.equal(before, torch.get_rng_state())]


def seeded(seed, function, *args, **kwargs):
    """Seed torch's global generator, then call a function; return what it returns."""
    torch.manual_seed(seed)
    return getattr(learner, function)(*args, **kwargs)


def drawn(P, itos, n, seed, rounds, **settings):
    """Draw n names as often as rounds says, with one generator; return the lists of names."""
    one = generator(seed)
    return [learner.sample_names(P, itos, n, one, **settings) for _ in range(rounds)]


def trained(xs, ys, vocab_size, seed, **settings):
    """Train with a seeded generator; return W as values, and the losses as numbers, whatever they were."""
    found = learner.train_neural_bigram(xs, ys, vocab_size, generator=generator(seed), **settings)
    if not (isinstance(found, tuple | list) and len(found) == 2 and isinstance(found[0], torch.Tensor)):
        return found
    W, losses = found
    if not (isinstance(losses, tuple | list) or (isinstance(losses, torch.Tensor) and losses.ndim == 1)):
        return found
    return [W.detach().clone(), [float(torch.as_tensor(loss).detach()) for loss in losses]]
