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
