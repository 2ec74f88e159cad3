"""Unit 02 in the lecture's manner: int32 counts, a bare exp, losses as tensors, nothing refused.

It stands below the solution, and misconceptions are tried on it, too. What it does not keep are promises beyond the
lecture. A helper of the misconceptions' files that is defined here takes the place of its namesake there.
"""


def _chars(words):
    return sorted(set("".join(words)))


def bigram_counts(words, stoi):
    return _count(_pairs(words), stoi)


def _pairs(words):
    found = []
    for w in words:
        found += pairwise([".", *list(w), "."])
    return found


def _count(pairs, stoi, size=0):
    size = size or len(stoi)
    N = torch.zeros((size, size), dtype=torch.int32)
    for ch1, ch2 in pairs:
        N[stoi[ch1], stoi[ch2]] += 1
    return N


def normalize_rows(N, smoothing=1.0):
    P = (N + smoothing).float()
    P /= P.sum(1, keepdim=True)
    return P


def _counts(N, smoothing):
    return N.float() + smoothing


def _divided(counts):
    return counts / counts.sum(1, keepdim=True)


def sample_names(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[ix], itos, generator, max_len) for _ in range(n)]


def _name(row, itos, generator, max_len, ix=0):
    out = []
    while len(out) < 1000:  # where the lecture has `while True`: what never ends would only cost time here
        ix = torch.multinomial(row(ix), num_samples=1, replacement=True, generator=generator).item()
        out.append(itos[ix])
        if ix == 0:
            break
    return "".join(out)


def mean_nll(words, P, stoi):
    log_likelihood, n = 0.0, 0
    for ch1, ch2 in _pairs(words):
        log_likelihood += torch.log(P[stoi[ch1], stoi[ch2]])
        n += 1
    return -log_likelihood / n


def _logs(words, P, stoi, pairs=None):
    return [torch.log(P[stoi[a], stoi[b]]) for a, b in (_pairs(words) if pairs is None else pairs)]


def _loss(number):
    return torch.as_tensor(number)


def one_hot(ix, num_classes):
    return _rows(ix, num_classes)


def _rows(ix, num_classes):
    xenc = torch.zeros((ix.shape[0], num_classes))
    xenc[torch.arange(ix.shape[0]), ix] = 1.0
    return xenc


def softmax(logits, dim=-1):
    counts = logits.exp()
    return counts / counts.sum(dim, keepdim=True)


def _powers(logits, dim):
    return logits.exp()


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = -_probs(W, xs)[torch.arange(xs.nelement()), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss)
        W.grad = None
        loss.backward()
        W.data += -lr * W.grad
    return W, losses


def _probs(W, xs):
    counts = (one_hot(xs, len(W)) @ W).exp()
    return counts / counts.sum(1, keepdim=True)
