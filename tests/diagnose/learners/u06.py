# Wrong answers to unit 06, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% flatten_consecutive: the old Flatten
# said: u06.flattens_all
class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        self.out = x.view(x.shape[0], -1)
        return self.out

    def parameters(self):
        return []


# %% flatten_consecutive: squeeze without an axis
# said: u06.squeeze_all
class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        self.out = x.view(B, T // self.n, C * self.n).squeeze()
        return self.out

    def parameters(self):
        return []


# %% flatten_consecutive: the first half beside the second
# said: u06.interleave
class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        out = torch.cat(x.chunk(self.n, dim=1), dim=2)
        return out.squeeze(1) if out.shape[1] == 1 else out

    def parameters(self):
        return []


# %% batch_norm_1d: the lecture's bug
# said: u06.dim0_only
class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x):
        if self.training:
            xmean, xvar = x.mean(0, keepdim=True), x.var(0, keepdim=True)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        else:
            xmean, xvar = self.running_mean, self.running_var
        return self.gamma * (x - xmean) / torch.sqrt(xvar + self.eps) + self.beta

    def parameters(self):
        return [self.gamma, self.beta]


# %% batch_norm_1d: momentum for the old value
# said: u06.momentum_of_the_old
class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x):
        if self.training:
            rows = x.reshape(-1, x.shape[-1])
            xmean, xvar = rows.mean(0), rows.var(0)
            with torch.no_grad():
                self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * xmean
                self.running_var = self.momentum * self.running_var + (1 - self.momentum) * xvar
        else:
            xmean, xvar = self.running_mean, self.running_var
        return self.gamma * (x - xmean) / torch.sqrt(xvar + self.eps) + self.beta

    def parameters(self):
        return [self.gamma, self.beta]


# %% build_wavenet: one level for everything
# said: u06.flat_first
def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    layers = [
        Embedding(vocab_size, n_embd, generator),
        FlattenConsecutive(block_size),
        Linear(n_embd * block_size, n_hidden, bias=False, generator=generator),
        BatchNorm1d(n_hidden),
        Tanh(),
        Linear(n_hidden, vocab_size, generator=generator),
    ]
    layers[-1].weight *= 0.1
    return Sequential(layers)


# %% build_wavenet: the last layer as it comes
# said: u06.sure_from_the_start
def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    layers, wide = [Embedding(vocab_size, n_embd, generator)], n_embd
    for _ in range(int(math.log2(block_size))):
        layers += [FlattenConsecutive(2), Linear(2 * wide, n_hidden, False, generator), BatchNorm1d(n_hidden), Tanh()]
        wide = n_hidden
    return Sequential(layers + [Linear(n_hidden, vocab_size, generator=generator)])


# %% causal_conv1d: padded on both sides
# said: u06.same_padding
def causal_conv1d(x, w, b=None, dilation=1):
    K, T = w.shape[0], x.shape[1]
    reach = (K - 1) * dilation
    padded = functional.pad(x, (0, 0, reach // 2, reach - reach // 2))
    out = sum(padded[:, k * dilation : k * dilation + T] @ w[k] for k in range(K))
    return out if b is None else out + b


# %% causal_conv1d: the kernel the other way round
# said: u06.flipped_kernel
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, _ = x.shape
    out = torch.zeros(B, T, w.shape[2], dtype=x.dtype)
    for k in range(w.shape[0]):
        for t in range(k * dilation, T):
            out[:, t] += x[:, t - k * dilation] @ w[k]
    return out if b is None else out + b


# %% gated_block: kernel times dilation
# said: u06.sum_of_kernels
def receptive_field(kernel, dilations):
    total = 0
    for d in dilations:
        total += kernel * d
    return total


# %% gated_block: the gate is a tanh
# said: u06.tanh_both
def gated_block(x, params, dilation):
    f = causal_conv1d(x, params["wf"], params["bf"], dilation).tanh()
    g = causal_conv1d(x, params["wg"], params["bg"], dilation).tanh()
    z = f * g
    return z @ params["wr"] + params["br"] + x, z @ params["ws"] + params["bs"]


# %% gated_block: no short cut
# said: u06.no_residual
def gated_block(x, params, dilation):
    f = causal_conv1d(x, params["wf"], params["bf"], dilation).tanh()
    g = causal_conv1d(x, params["wg"], params["bg"], dilation).sigmoid()
    return f * g @ params["wr"] + params["br"], f * g @ params["ws"] + params["bs"]


# %% smooth_losses: the table turned round
# said: u06.view_wrong_dim
def smooth_losses(losses, window=1000):
    return torch.tensor(losses).view(window, -1).mean(0)


# %% smooth_losses: a moving mean
# said: u06.running_mean
def smooth_losses(losses, window=1000):
    t = torch.tensor(losses)
    total = torch.cat([torch.zeros(1), t.cumsum(0)])
    return (total[window:] - total[:-window]) / window
