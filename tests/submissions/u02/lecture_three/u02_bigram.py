"""After the lecture's last notes: rows are picked instead of multiplied, an optimizer, float64 where it is handy."""

import torch


def build_vocab(words):
    chars = ['.'] + sorted({c for w in words for c in w})
    return {c: i for i, c in enumerate(chars)}, dict(enumerate(chars))


def _dataset(words, stoi):
    xs, ys = [], []
    for w in words:
        chs = ['.'] + list(w) + ['.']
        for ch1, ch2 in zip(chs, chs[1:]):
            xs.append(stoi[ch1])
            ys.append(stoi[ch2])
    return torch.tensor(xs), torch.tensor(ys)


def bigram_counts(words, stoi):
    xs, ys = _dataset(words, stoi)
    V = len(stoi)
    return torch.bincount(xs * V + ys, minlength=V * V).view(V, V)


def normalize_rows(N, smoothing=1.0):
    P = N.double() + smoothing
    return P / P.sum(dim=1).view(-1, 1)


def sample_names(P, itos, n, generator=None, max_len=64):
    def draw():
        ix, out = 0, []
        while True:
            u = torch.rand(1, generator=generator).item()
            ix = min(int((P[ix].cumsum(0) < u).sum()), len(P) - 1)
            if ix == 0:
                return ''.join(out)
            out.append(itos[ix])

    return [draw() for _ in range(n)]


def mean_nll(words, P, stoi):
    xs, ys = _dataset(words, stoi)
    return -P[xs, ys].log().mean()


def perplexity(nll):
    return torch.tensor(nll, dtype=torch.float64).exp()


def one_hot(ix, num_classes):
    return torch.zeros(len(ix), num_classes).scatter_(1, ix[:, None], 1.0)


def softmax(logits, dim=-1):
    logits = logits - logits.max(dim, keepdim=True).values
    return logits.exp() / logits.exp().sum(dim, keepdim=True)


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator).requires_grad_()
    optimizer = torch.optim.SGD([W], lr=lr)
    losses = []
    for _ in range(steps):
        logits = W[xs]
        loss = (logits.logsumexp(1) - logits[torch.arange(len(xs)), ys]).mean() + reg * W.pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return W.detach(), losses
