"""Unit 03 in the lecture's manner: counts and probabilities by hand, a shuffle in place, no generator, one look at all.

It stands below the solution, and misconceptions are tried on it, too. What it does not keep are promises beyond the
lecture.
"""


def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = [*context[1:], ix]
    X = torch.tensor(X)
    Y = torch.tensor(Y)
    return X, Y


def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    random.seed(42)
    random.shuffle(words)
    n1 = int(0.8 * len(words))
    n2 = int(0.9 * len(words))
    return words[:n1], words[n1:n2], words[n2:]


def mlp_forward(params, X):
    C, W1, b1, W2, b2 = params["C"], params["W1"], params["b1"], params["W2"], params["b2"]
    emb = C[X]
    h = torch.tanh(emb.view(emb.shape[0], emb.shape[1] * emb.shape[2]) @ W1 + b1)
    return h @ W2 + b2


def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdims=True)
    return -prob[torch.arange(logits.shape[0]), targets].log().mean()


def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(0, X.shape[0], (batch_size,))
    return X[ix], Y[ix]


def sgd_step(params, lr):
    for p in params:
        p.data += -lr * p.grad


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    parameters = [params["C"], params["W1"], params["b1"], params["W2"], params["b2"]]
    for i in range(len(lrs)):
        Xb, Yb = minibatch(X, Y, batch_size)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in parameters:
            p.grad = None
        loss.backward()
        sgd_step(parameters, lrs[i])
        lossi.append(loss.item())
    return lossi


def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    lre = torch.linspace(-3, 0, 1000)
    return 10**lre


def evaluate(params, X, Y, batch_size=1024):
    return cross_entropy(mlp_forward(params, X), Y)


def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out = []
    context = [0] * block_size
    while True:
        logits = mlp_forward(params, torch.tensor([context]))
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdims=True)
        ix = torch.multinomial(probs, num_samples=1).item()
        context = [*context[1:], ix]
        out.append(ix)
        if ix == 0:
            break
    return "".join(itos[i] for i in out[:-1])
