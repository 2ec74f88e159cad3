# Wrong answers to unit 04, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% kaiming_std: relu's gain, as the paper has it
# said: u04.relu_everywhere
def kaiming_std(fan_in, nonlinearity, negative_slope=0.01):
    gain = 2**0.5
    return gain / fan_in**0.5


# %% kaiming_std: nobody takes the root
# said: u04.divides_by_fan_in
def kaiming_std(fan_in, nonlinearity, negative_slope=0.01):
    gains = {"linear": 1, "tanh": 5 / 3, "relu": 2**0.5}
    return gains.get(nonlinearity, 1) / fan_in


# %% batch_norm: each row is normalised
# said: u04.wrong_axis
def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    bnmeani = hpreact.mean(1, keepdim=True)
    bnvari = hpreact.var(1, keepdim=True, unbiased=unbiased)
    return bngain * (hpreact - bnmeani) / (bnvari + eps) ** 0.5 + bnbias


# %% batch_norm: the root is forgotten
# said: u04.std_not_sqrt
def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    mean = hpreact.mean(dim=0)
    var = ((hpreact - mean) ** 2).mean(dim=0)
    return (hpreact - mean) / (var + eps) * bngain + bnbias


# %% batch_norm_1d: the old average gets the small weight
# said: u04.momentum_flipped
class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x):
        if self.training:
            mean, var = x.mean(0), x.var(0)
            with torch.no_grad():
                self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
                self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


# %% saturation: one side
# said: u04.one_tail
def saturation_fraction(h, threshold=0.97):
    return float((h > threshold).sum()) / h.numel()


# %% saturation: off once is enough
# said: u04.any_example
def dead_relu_units(preact):
    off = (preact <= 0).sum(0)
    return torch.where(off > 0)[0]


# %% gauges: no learning rate
# said: u04.grad_data_ratio
def update_to_data_ratio(params, lr):
    return [(p.grad.std() / p.data.std()).log10().item() for p in params]


# %% gauges: ln
# said: u04.natural_log
def update_to_data_ratio(params, lr):
    return [math.log(lr * p.grad.std().item() / p.data.std().item()) for p in params]


# %% linear: torch's layout, and the transpose is forgotten
# said: u04.multiplies_by_the_transpose
class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight.t() + (0 if self.bias is None else self.bias)
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


# %% batch_norm: mean and variance under no_grad
# said: u04.detached_stats
def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    with torch.no_grad():
        bnmeani = hpreact.mean(0, keepdim=True)
        bnvari = hpreact.var(0, keepdim=True, unbiased=unbiased)
    return bngain * (hpreact - bnmeani) / torch.sqrt(bnvari + eps) + bnbias


# %% batch_norm_1d: the flag is not looked at
# said: u04.eval_batch_stats
class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x):
        xmean = x.mean(0)
        xvar = x.var(0, unbiased=False)
        if self.training:
            with torch.no_grad():
                self.running_mean = self.running_mean * (1 - self.momentum) + xmean * self.momentum
                self.running_var = self.running_var * (1 - self.momentum) + x.var(0) * self.momentum
        self.out = (x - xmean) / torch.sqrt(xvar + self.eps) * self.gamma + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


# %% calibrate_batchnorm: a standard deviation, as the lecture keeps it
# said: u04.std_for_variance
def calibrate_batchnorm(forward_to_preact, X, batch_size=1024):
    with torch.no_grad():
        hpreact = forward_to_preact(X)
    return hpreact.mean(0, keepdim=True), hpreact.std(0, keepdim=True)


# %% sequential: the input goes to every layer
# said: u04.same_input
class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            self.out = layer(x)
        return self.out

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def train(self):
        for layer in self.layers:
            layer.training = True

    def eval(self):
        for layer in self.layers:
            layer.training = False


# %% init_mlp: asked for gradients in the line that draws
# said: u04.asks_too_early
def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    fan_in = n_embd * block_size
    C = torch.randn(vocab_size, n_embd, generator=generator, requires_grad=True)
    W1 = torch.randn(fan_in, n_hidden, generator=generator, requires_grad=True) * (5 / 3) / fan_in**0.5
    b1 = torch.randn(n_hidden, generator=generator, requires_grad=True) * 0.01
    W2 = torch.randn(n_hidden, vocab_size, generator=generator, requires_grad=True) * 0.01
    b2 = torch.zeros(vocab_size, requires_grad=True)
    return {"C": C, "W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% init_mlp: the loop over the parameters is left out
# said: u04.no_gradients
def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    fan_in = n_embd * block_size
    C = torch.randn((vocab_size, n_embd), generator=generator)
    W1 = torch.randn((fan_in, n_hidden), generator=generator) * (5 / 3) / fan_in**0.5
    b1 = torch.randn(n_hidden, generator=generator) * 0.01
    W2 = torch.randn((n_hidden, vocab_size), generator=generator) * 0.01
    b2 = torch.zeros(vocab_size)
    return dict(C=C, W1=W1, b1=b1, W2=W2, b2=b2)


# %% init_mlp: the numbers of one letter for those of all
# said: u04.one_letter_only
def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    g = generator
    C = torch.randn((vocab_size, n_embd), generator=g)
    W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * ((5 / 3) / (n_embd**0.5))
    b1 = torch.randn(n_hidden, generator=g) * 0.01
    W2 = torch.randn((n_hidden, vocab_size), generator=g) * 0.01
    b2 = torch.randn(vocab_size, generator=g) * 0
    for p in (C, W1, b1, W2, b2):
        p.requires_grad_()
    return {"C": C, "W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% linear: returned at once
# said: u04.out_not_kept
class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


# %% linear: the flag is not looked at
# said: u04.always_a_bias
class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out)

    def __call__(self, x):
        self.out = x @ self.weight + self.bias
        return self.out

    def parameters(self):
        return [self.weight, self.bias]


# %% linear: no root over fan_in
# said: u04.divided_by_fan_in
class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out += self.bias
        return self.out

    def parameters(self):
        return [p for p in (self.weight, self.bias) if p is not None]


# %% batch_norm: scaled by nothing
# said: u04.gain_unused
def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    mean, var = hpreact.mean(0), hpreact.var(0, unbiased=unbiased)
    return (hpreact - mean) / torch.sqrt(var + eps) + bnbias


# %% batch_norm: a bracket in the wrong place
# said: u04.gain_on_bias
def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    mean, var = hpreact.mean(0), hpreact.var(0, unbiased=unbiased)
    return bngain * ((hpreact - mean) * (var + eps) ** -0.5 + bnbias)


# %% saturation: times a hundred
# said: u04.percent
def saturation_fraction(h, threshold=0.97):
    return 100 * (h.abs() > threshold).float().mean().item()


# %% gauges: means for norms
# said: u04.mean_entry
def grad_report(params, low=1e-8, high=100.0):
    report = {"exploding": [], "vanishing": [], "nan": []}
    for i, p in enumerate(params):
        if p.grad is None:
            continue
        size = p.grad.abs().mean()
        if torch.isnan(size):
            report["nan"] += [i]
        elif size > high:
            report["exploding"] += [i]
        elif size < low:
            report["vanishing"] += [i]
    return report


# %% deep_net: with the BatchNorm that the lecture has at the end
# said: layers and shapes of parameters: one too many at the end, and nothing else is wrong.
def deep_net(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    sizes, layers = [n_in] + [n_hidden] * n_layer, []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        layers.append(Linear(fan_in, fan_out, bias=not norm, generator=generator))
        if norm:
            layers.append(BatchNorm1d(fan_out))
        else:
            layers[-1].weight *= 5 / 3
        layers.append(Tanh())
    layers.append(Linear(n_hidden, n_out, generator=generator))
    layers[-1].weight *= 0.1
    if norm:
        layers.append(BatchNorm1d(n_out))
    return Sequential(layers)


# %% deep_net: one list, multiplied
# said: u04.one_layer_again
def deep_net(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    def block(fan_in):
        linear = Linear(fan_in, n_hidden, bias=not norm, generator=generator)
        if norm:
            return [linear, BatchNorm1d(n_hidden), Tanh()]
        linear.weight *= 5 / 3
        return [linear, Tanh()]

    last = Linear(n_hidden, n_out, generator=generator)
    last.weight *= 0.1
    return Sequential([*block(n_in), *(block(n_hidden) * (n_layer - 1)), last])
