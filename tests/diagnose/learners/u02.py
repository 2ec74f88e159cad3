# Wrong answers to unit 02, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% build_vocab: the letters begin at 0, and so does the dot
# said: u02.off_by_one
def build_vocab(words):
    chars = sorted(set("".join(words)))
    itos = dict(enumerate(chars))
    stoi = {ch: i for i, ch in itos.items()}
    stoi["."] = 0
    itos[0] = "."
    return stoi, itos


# %% build_vocab: the dot gets the last number
# said: u02.dot_last
def build_vocab(words):
    letters = sorted(set("".join(words)))
    letters.append(".")
    stoi = {ch: i for i, ch in enumerate(letters)}
    itos = {i: ch for ch, i in stoi.items()}
    return stoi, itos


# %% build_vocab: the order of a dict, that in which characters are seen
# said: u02.first_seen
def build_vocab(words):
    stoi = {".": 0}
    for w in words:
        for ch in w:
            if ch not in stoi:
                stoi[ch] = len(stoi)
    return stoi, {i: ch for ch, i in stoi.items()}


# %% build_vocab: everything is made small first
# said: u02.case_fold
def build_vocab(words):
    text = "".join(words).lower()
    stoi = {ch: i + 1 for i, ch in enumerate(sorted(set(text)))}
    stoi["."] = 0
    return stoi, {i: ch for ch, i in stoi.items()}


# %% bigram_counts: column and row have changed places
# said: u02.transposed
def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int32)
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            ix1, ix2 = stoi[ch1], stoi[ch2]
            N[ix2, ix1] += 1
    return N


# %% bigram_counts: no dots at all
# said: u02.no_boundaries
def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int32)
    for w in words:
        for ch1, ch2 in zip(w, w[1:]):
            N[stoi[ch1], stoi[ch2]] += 1
    return N


# %% bigram_counts: all pairs at once, with lists of indices
# said: u02.assign_not_add
def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    rows, columns = [], []
    for w in words:
        ids = [0] + [stoi[ch] for ch in w] + [0]
        rows += ids[:-1]
        columns += ids[1:]
    N[rows, columns] += 1
    return N


# %% bigram_counts: the table is as large as in the lecture
def bigram_counts(words, stoi):
    N = torch.zeros((27, 27), dtype=torch.int32)
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            N[stoi[ch1], stoi[ch2]] += 1
    return N


# %% bigram_counts: the last loop is one level too far left
# said: u02.last_word_only
def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int32)
    for w in words:
        chs = ["."] + list(w) + ["."]
    for ch1, ch2 in zip(chs, chs[1:]):
        N[stoi[ch1], stoi[ch2]] += 1
    return N


# %% normalize_rows: the axis is lost
# said: u02.no_keepdim
def normalize_rows(N, smoothing=1.0):
    P = N.float() + smoothing
    return P / P.sum(dim=1)


# %% normalize_rows: the sums run down the columns
# said: u02.wrong_dim
def normalize_rows(N, smoothing=1.0):
    P = (N + smoothing).float()
    P /= P.sum(0, keepdim=True)
    return P


# %% normalize_rows: fake counts after the division
# said: u02.smoothing_after
def normalize_rows(N, smoothing=1.0):
    P = N.float()
    P = P / P.sum(1, keepdim=True)
    return P + smoothing


# %% sample_names: the likeliest character
# said: u02.takes_the_best
def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    for _ in range(n):
        ix, name = 0, ""
        while True:
            ix = int(torch.argmax(P[ix]))
            if ix == 0:
                break
            name += itos[ix]
        names.append(name)
    return names


# %% sample_names: a generator of one's own, as in the lecture's cell
# said: u02.own_generator
def sample_names(P, itos, n, generator=None, max_len=64):
    g = torch.Generator().manual_seed(2147483647)
    names = []
    for _ in range(n):
        out, ix = [], 0
        while len(out) < max_len:
            ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names


# %% sample_names: the list of characters is never emptied
# said: u02.names_pile_up
def sample_names(P, itos, n, generator=None, max_len=64):
    names, out = [], []
    for _ in range(n):
        ix = 0
        while True:
            ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=generator).item()
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names


# %% sample_names: every character is as likely as any other
def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    for _ in range(n):
        out = []
        while len(out) < max_len:
            ix = torch.randint(len(P), (1,), generator=generator).item()
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names


# %% mean_nll: divided by the number of names
# said: u02.per_word_mean
def mean_nll(words, P, stoi):
    total = 0.0
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            total += torch.log(P[stoi[ch1], stoi[ch2]])
    return -total / len(words)


# %% mean_nll: the sum as it is
# said: u02.log_sum
def mean_nll(words, P, stoi):
    log_likelihood = 0.0
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            log_likelihood += P[stoi[ch1], stoi[ch2]].log()
    return -log_likelihood


# %% mean_nll: bits
# said: u02.log2
def mean_nll(words, P, stoi):
    logs = []
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            logs.append(math.log2(P[stoi[ch1], stoi[ch2]]))
    return -sum(logs) / len(logs)


# %% mean_nll: the log of the mean
# said: u02.log_of_mean
def mean_nll(words, P, stoi):
    probs = []
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            probs.append(P[stoi[ch1], stoi[ch2]])
    return -torch.stack(probs).mean().log()


# %% mean_nll: the return is inside of the loop
# said: u02.first_word_alone
def mean_nll(words, P, stoi):
    log_likelihood, n = 0.0, 0
    for w in words:
        chs = ["."] + list(w) + ["."]
        for ch1, ch2 in zip(chs, chs[1:]):
            log_likelihood += torch.log(P[stoi[ch1], stoi[ch2]])
            n += 1
        return -log_likelihood / n


# %% one_hot: each row has all the ones
# said: u02.ones_in_all_rows
def one_hot(ix, num_classes):
    xenc = torch.zeros(len(ix), num_classes)
    xenc[:, ix] = 1.0
    return xenc


# %% one_hot: as wide as the largest index
# said: u02.infer_classes
def one_hot(ix, num_classes):
    xenc = torch.zeros(len(ix), int(ix.max()) + 1)
    xenc[torch.arange(len(ix)), ix] = 1.0
    return xenc


# %% one_hot: the axes have changed places
# said: u02.turned
def one_hot(ix, num_classes):
    return (torch.arange(num_classes)[:, None] == ix[None, :]).float()


# %% softmax: the sums have lost their axis
# said: u02.sum_without_keepdim
def softmax(logits, dim=-1):
    counts = torch.exp(logits)
    return counts / counts.sum(dim)


# %% softmax: divided before exp
# said: softmax(logits): each row of the right one sums to 1, and no row of yours does.
def softmax(logits, dim=-1):
    return (logits / logits.sum(dim, keepdim=True)).exp()


# %% softmax: the sum of everything
# said: u02.whole_tensor
def softmax(logits, dim=-1):
    counts = (logits - logits.max()).exp()
    return counts / counts.sum()


# %% softmax: the log stays
# said: u02.log_softmax
def softmax(logits, dim=-1):
    counts = logits.exp()
    return (counts / counts.sum(dim, keepdim=True)).log()


# %% train_neural_bigram: the gradient is never cleared
# said: u02.no_zero_grad
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size)
    losses = []
    for k in range(steps):
        probs = softmax(xenc @ W, 1)
        loss = -probs[torch.arange(len(xs)), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        loss.backward()
        W.data += -lr * W.grad
    return W, losses


# %% train_neural_bigram: xs and ys have changed places
# said: u02.swapped
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    losses = []
    for k in range(steps):
        logits = one_hot(ys, vocab_size) @ W
        probs = softmax(logits)
        loss = -probs[torch.arange(len(ys)), xs].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data -= lr * W.grad
    return W, losses


# %% train_neural_bigram: the sum of the squares
# said: u02.reg_sum
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size)
    losses = []
    for k in range(steps):
        counts = (xenc @ W).exp()
        probs = counts / counts.sum(1, keepdim=True)
        loss = -probs[torch.arange(xs.nelement()), ys].log().mean() + reg * (W**2).sum()
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        losses.append(loss.item())
    return W.detach(), losses


# %% train_neural_bigram: the sign of the update
# said: u02.uphill
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size)
    losses = []
    for k in range(steps):
        counts = (xenc @ W).exp()
        probs = counts / counts.sum(1, keepdim=True)
        loss = -probs[torch.arange(xs.nelement()), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data += lr * W.grad
    return W, losses


# %% train_neural_bigram: softmax of softmax
# said: u02.double_softmax
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size)
    losses = []
    for k in range(steps):
        probs = softmax(xenc @ W)
        logprobs = softmax(probs).log()
        loss = -logprobs[torch.arange(len(xs)), ys].mean() + reg * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data += -lr * W.grad
    return W, losses


# %% train_neural_bigram: the weights begin at 0
# said: u02.zeros_first
def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.zeros((vocab_size, vocab_size), requires_grad=True)
    losses = []
    for k in range(steps):
        counts = (one_hot(xs, vocab_size) @ W).exp()
        probs = counts / counts.sum(1, keepdim=True)
        loss = -probs[torch.arange(xs.nelement()), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data += -lr * W.grad
    return W, losses
