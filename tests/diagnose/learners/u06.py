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


# %% causal_conv1d: the padding is dilated, the slices are not
# said: u06.dilated_padding_only
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K = w.shape[0]
    xp = functional.pad(x, (0, 0, (K - 1) * dilation, 0))
    out = 0
    for k in range(K):
        out = out + xp[:, k : k + T] @ w[k]
    if b is not None:
        out = out + b
    return out


# %% causal_conv1d: pad counts axes from the last
# said: u06.pads_channels
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K = w.shape[0]
    xp = functional.pad(x, ((K - 1) * dilation, 0))
    out = 0
    for k in range(K):
        out = out + xp[:, k * dilation : k * dilation + T] @ w[k]
    if b is not None:
        out = out + b
    return out


# %% causal_conv1d: an index below zero comes in at the other end
# said: u06.rolls
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K, _, Cout = w.shape
    rows = []
    for t in range(T):
        y = 0
        for k in range(K):
            y = y + x[:, t - (K - 1 - k) * dilation] @ w[k]
        if b is not None:
            y = y + b
        rows.append(y)
    return torch.stack(rows, dim=1)


# %% causal_conv1d: the dilation is a level
# said: u06.dilation_as_a_level
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K, _, Cout = w.shape
    d = 2 ** (dilation - 1)
    xp = functional.pad(x, (0, 0, (K - 1) * d, 0))
    out = 0
    for k in range(K):
        out = out + xp[:, k * d : k * d + T] @ w[k]
    if b is not None:
        out = out + b
    return out


# %% causal_conv1d: places and channels are laid out in two orders
# said: u06.taps_innermost
def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K, _, Cout = w.shape
    xp = functional.pad(x, (0, 0, (K - 1) * dilation, 0))
    taps = torch.stack([xp[:, k * dilation : k * dilation + T] for k in range(K)], dim=-1)
    out = taps.reshape(B, T, K * Cin) @ w.reshape(K * Cin, Cout)
    return out if b is None else out + b


# %% gated_block: the gate is linear
# said: u06.gate_without_sigmoid
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    g = causal_conv1d(x, params["wg"], params["bg"], dilation)
    z = f * g
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


# %% gated_block: one convolution for both
# said: u06.gate_of_the_filter
def gated_block(x, params, dilation):
    f = causal_conv1d(x, params["wf"], params["bf"], dilation)
    z = torch.tanh(f) * torch.sigmoid(f)
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


# %% gated_block: no biases in the convolutions
# said: u06.no_convolution_biases
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], dilation=dilation))
    g = torch.sigmoid(causal_conv1d(x, params["wg"], dilation=dilation))
    z = f * g
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


# %% gated_block: dilation in the place of b
# said: u06.dilation_as_bias
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], dilation) + params["bf"])
    g = torch.sigmoid(causal_conv1d(x, params["wg"], dilation) + params["bg"])
    z = f * g
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


# %% gated_block: the residual passes no gate
# said: u06.residual_past_the_gate
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    g = torch.sigmoid(causal_conv1d(x, params["wg"], params["bg"], dilation))
    res = x + f @ params["wr"] + params["br"]
    return res, (f * g) @ params["ws"] + params["bs"]


# %% gated_block: one result
# said: u06.residual_alone
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    g = torch.sigmoid(causal_conv1d(x, params["wg"], params["bg"], dilation))
    z = f * g
    return x + z @ params["wr"] + params["br"]


# %% gated_block: a sigmoid with the wrong sign
# said: u06.gate_turned
def gated_block(x, params, dilation):
    f = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    g = 1 / (1 + torch.exp(causal_conv1d(x, params["wg"], params["bg"], dilation)))
    z = f * g
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


# %% smooth_losses: as many blocks as a block has losses
# said: u06.window_blocks
def smooth_losses(losses, window=1000):
    n = len(losses) // window
    return torch.tensor(losses[: n * window]).view(window, n).mean(1)


# %% smooth_losses: the loop ends too early
# said: u06.last_block_missing
def smooth_losses(losses, window=1000):
    return torch.tensor([sum(losses[i : i + window]) / window for i in range(0, len(losses) - window, window)])


# %% smooth_losses: an exponential mean
# said: u06.exponential
def smooth_losses(losses, window=1000):
    out, e = [], losses[0]
    for i, loss in enumerate(losses):
        e = e * (1 - 1 / window) + loss / window
        if (i + 1) % window == 0:
            out.append(e)
    return torch.tensor(out)


# %% smooth_losses: one mean
# said: u06.one_mean
def smooth_losses(losses, window=1000):
    n = len(losses) // window
    return torch.tensor(losses[: n * window]).view(n, window).mean()
