# Wrong answers to unit 03, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% build_dataset: the dot at the end is forgotten
# said: u03.no_end
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w:
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


# %% build_dataset: the context goes on from word to word
# said: u03.carry_context
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    context = [0] * block_size
    for w in words:
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


# %% build_dataset: one list is the context of all rows
# said: u03.alias
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context.pop(0)
            context.append(ix)
    return torch.tensor(X), torch.tensor(Y)


# %% build_dataset: the window is moved on before the row is kept
# said: u03.target_in_context
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            context = context[1:] + [ix]
            X.append(context)
            Y.append(ix)
    return torch.tensor(X), torch.tensor(Y)


# %% build_dataset: three letters, whatever block_size says
# said: u03.always_three
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * 3
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


# %% build_dataset: the new letter comes in on the left
# said: u03.newest_first
def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = [ix] + context[:-1]
    return torch.tensor(X), torch.tensor(Y)


# %% split_words: dev begins where train begins
# said: u03.dev_from_the_start
def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    words = list(words)
    random.Random(seed).shuffle(words)
    n1 = int(fractions[0] * len(words))
    n2 = int((fractions[0] + fractions[1]) * len(words))
    return words[:n1], words[:n2], words[n2:]


# %% split_words: nothing is shuffled
# said: u03.not_shuffled
def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    words = list(words)
    n1 = int(fractions[0] * len(words))
    n2 = int((fractions[0] + fractions[1]) * len(words))
    return words[:n1], words[n1:n2], words[n2:]


# %% split_words: the set of the words is split
# said: u03.a_set
def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    words = sorted(set(words))
    random.Random(seed).shuffle(words)
    n1 = int(fractions[0] * len(words))
    n2 = int((fractions[0] + fractions[1]) * len(words))
    return words[:n1], words[n1:n2], words[n2:]


# %% split_words: the shuffle has no seed
def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    words = list(words)
    random.Random().shuffle(words)
    n1 = int(fractions[0] * len(words))
    n2 = int((fractions[0] + fractions[1]) * len(words))
    return words[:n1], words[n1:n2], words[n2:]


# %% mlp_forward: the embeddings are transposed before they are joined
# said: u03.interleaved
def mlp_forward(params, X):
    emb = params["C"][X]
    embcat = emb.permute(0, 2, 1).reshape(emb.shape[0], -1)
    h = torch.tanh(embcat @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"]


# %% mlp_forward: the places are side by side in the batch
# said: u03.view_across_examples
def mlp_forward(params, X):
    emb = params["C"][X]
    embcat = emb.permute(1, 0, 2).reshape(emb.shape[0], -1)
    h = torch.tanh(embcat @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"]


# %% mlp_forward: no tanh
# said: u03.no_tanh
def mlp_forward(params, X):
    emb = params["C"][X]
    h = emb.view(emb.shape[0], -1) @ params["W1"] + params["b1"]
    return h @ params["W2"] + params["b2"]


# %% mlp_forward: a softmax at the end
# said: u03.returns_probabilities
def mlp_forward(params, X):
    emb = params["C"][X]
    h = torch.tanh(emb.view(emb.shape[0], -1) @ params["W1"] + params["b1"])
    return torch.softmax(h @ params["W2"] + params["b2"], dim=1)


# %% mlp_forward: b1 is added behind tanh
# said: u03.bias_after_tanh
def mlp_forward(params, X):
    emb = params["C"][X]
    h = torch.tanh(emb.view(emb.shape[0], -1) @ params["W1"]) + params["b1"]
    return h @ params["W2"] + params["b2"]


# %% mlp_forward: b2 is forgotten
# said: u03.no_b2
def mlp_forward(params, X):
    emb = params["C"][X]
    h = torch.tanh(emb.view(emb.shape[0], -1) @ params["W1"] + params["b1"])
    return h @ params["W2"]


# %% mlp_forward: 6 columns, as in the lecture's first try
# said: u03.always_six
def mlp_forward(params, X):
    emb = params["C"][X]
    h = torch.tanh(emb.view(-1, 6) @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"]


# %% cross_entropy: the sum of each column
# said: u03.wrong_axis
def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(0, keepdim=True)
    return -prob[torch.arange(len(targets)), targets].log().mean()


# %% cross_entropy: the minus is forgotten
# said: u03.no_minus
def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdim=True)
    return prob[torch.arange(len(targets)), targets].log().mean()


# %% cross_entropy: all rows against all targets
# said: u03.mean_of_all_pairs
def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdim=True)
    return -prob[:, targets].log().mean()


# %% cross_entropy: the log of the mean
# said: u03.log_of_mean
def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdim=True)
    return -prob[torch.arange(len(targets)), targets].mean().log()


# %% cross_entropy: the logarithm is forgotten
# said: u03.no_log
def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdim=True)
    return -prob[torch.arange(len(targets)), targets].mean()


# %% minibatch: a start, and its neighbours
# said: u03.contiguous
def minibatch(X, Y, batch_size, generator=None):
    i = int(torch.randint(0, X.shape[0], (1,), generator=generator))
    ix = torch.arange(i, i + batch_size) % X.shape[0]
    return X[ix], Y[ix]


# %% minibatch: two draws
# said: u03.two_draws
def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(0, X.shape[0], (batch_size,), generator=generator)
    iy = torch.randint(0, X.shape[0], (batch_size,), generator=generator)
    return X[ix], Y[iy]


# %% minibatch: the last row is never drawn
# said: u03.off_by_one
def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(0, X.shape[0] - 1, (batch_size,), generator=generator)
    return X[ix], Y[ix]


# %% minibatch: numbers up to the batch size
# said: u03.up_to_the_batch_size
def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(0, min(batch_size, X.shape[0]), (batch_size,), generator=generator)
    return X[ix], Y[ix]


# %% sgd_step: a new tensor by the old name
# said: u03.rebinds
def sgd_step(params, lr):
    for p in params:
        p = p - lr * p.grad


# %% sgd_step: uphill
# said: u03.uphill
def sgd_step(params, lr):
    for p in params:
        p.data += lr * p.grad


# %% sgd_step: the gradient is the new value
# said: u03.step_alone
def sgd_step(params, lr):
    for p in params:
        p.data = -lr * p.grad


# %% sgd_step: the lecture's rate
# said: the parameters[0]: yours differs from the expected one by a multiple of grads[0]. Its weight is wrong.
def sgd_step(params, lr):
    for p in params:
        p.data += -0.1 * p.grad


# %% train_mlp: the gradients are never cleared
# said: u03.never_cleared
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    for lr in lrs:
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        loss.backward()
        sgd_step(params.values(), lr)
        lossi.append(loss.item())
    return lossi


# %% train_mlp: cleared between backward and step
# said: u03.cleared_too_late
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    for lr in lrs:
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        loss.backward()
        for p in params.values():
            p.grad = torch.zeros_like(p)
        sgd_step(params.values(), lr)
        lossi.append(loss.item())
    return lossi


# %% train_mlp: one batch for all steps
# said: u03.one_batch
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    Xb, Yb = minibatch(X, Y, batch_size, generator)
    for lr in lrs:
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), lr)
        lossi.append(loss.item())
    return lossi


# %% train_mlp: the first rate for all steps
# said: the losses: yours is wrong exactly from place 2 on, and right everywhere else.
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    for _ in range(len(lrs)):
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), lrs[0])
        lossi.append(loss.item())
    return lossi


# %% train_mlp: the decimal logarithm of the loss is kept
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    for lr in lrs:
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), lr)
        lossi.append(loss.log10().item())
    return lossi


# %% train_mlp: only the last loss is kept
def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    for lr in lrs:
        lossi = []
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), lr)
        lossi.append(loss.item())
    return lossi


# %% learning_rate: the exponents themselves
# said: u03.exponents
def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(lo_exp, hi_exp, n)


# %% learning_rate: evenly spaced rates
# said: u03.evenly_spaced
def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(10**lo_exp, 10**hi_exp, n)


# %% learning_rate: powers of e
# said: u03.base_e
def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(lo_exp, hi_exp, n).exp()


# %% learning_rate: the rate of the lowest loss
def suggest_lr(lrs, losses):
    return float(lrs[int(torch.tensor(losses).argmin())])


# %% learning_rate: the number of the place
def suggest_lr(lrs, losses):
    w = len(losses) // 10
    smooth = [sum(losses[i : i + w]) / w for i in range(len(losses) - w)]
    drops = [smooth[i] - smooth[i + w] for i in range(len(smooth) - w)]
    return float(drops.index(max(drops)))


# %% learning_rate: the largest single step down
def suggest_lr(lrs, losses):
    losses = torch.tensor(losses)
    return float(lrs[int((losses[1:] - losses[:-1]).argmin())])


# %% evaluate_sample: the mean of the pieces' means
# said: u03.mean_of_means
def evaluate(params, X, Y, batch_size=1024):
    losses = []
    for i in range(0, len(X), batch_size):
        losses.append(cross_entropy(mlp_forward(params, X[i : i + batch_size]), Y[i : i + batch_size]).item())
    return sum(losses) / len(losses)


# %% evaluate_sample: the last piece is left out
def evaluate(params, X, Y, batch_size=1024):
    losses = []
    for i in range(0, len(X) - batch_size + 1, batch_size):
        losses.append(cross_entropy(mlp_forward(params, X[i : i + batch_size]), Y[i : i + batch_size]).item())
    return sum(losses) / max(1, len(losses))


# %% evaluate_sample: the loss of one batch
@torch.no_grad()
def evaluate(params, X, Y, batch_size=1024):
    Xb, Yb = minibatch(X, Y, batch_size)
    return cross_entropy(mlp_forward(params, Xb), Yb).item()


# %% evaluate_sample: the dot is in the name
# said: u03.keeps_the_dot
def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out, context = [], [0] * block_size
    while len(out) < max_len:
        probs = torch.softmax(mlp_forward(params, torch.tensor([context])), dim=1)
        ix = torch.multinomial(probs, num_samples=1, generator=generator).item()
        context = context[1:] + [ix]
        out.append(ix)
        if ix == 0:
            break
    return "".join(itos[i] for i in out)


# %% evaluate_sample: the window stands still
# said: u03.window_stands
def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out, context = [], [0] * block_size
    while len(out) < max_len:
        probs = torch.softmax(mlp_forward(params, torch.tensor([context])), dim=1)
        ix = torch.multinomial(probs, num_samples=1, generator=generator).item()
        if ix == 0:
            break
        out.append(ix)
    return "".join(itos[i] for i in out)


# %% evaluate_sample: the best letter each time
# said: u03.takes_the_best
def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out, context = [], [0] * block_size
    while len(out) < max_len:
        ix = mlp_forward(params, torch.tensor([context])).argmax(1).item()
        if ix == 0:
            break
        context = context[1:] + [ix]
        out.append(ix)
    return "".join(itos[i] for i in out)


# %% evaluate_sample: a letter of any number is as likely
# said: u03.ignores_the_model
def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out = []
    while len(out) < max_len:
        ix = torch.randint(0, len(itos), (1,), generator=generator).item()
        if ix == 0:
            break
        out.append(ix)
    return "".join(itos[i] for i in out)
