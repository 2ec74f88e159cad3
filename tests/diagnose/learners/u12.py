# Wrong answers to unit 12, each as somebody may type it who comes from CS231n, needle or torch, one at a time.

# %% linear: db over the wrong axis
# said: u12.db_axis
def backward(self, dout):
    n_in, n_out = self.W.shape
    flat = self.x.reshape(-1, n_in)
    self.dW += np.einsum("ri,ro->io", flat, dout.reshape(-1, n_out))
    self.db = np.sum(dout, 1)
    return np.dot(dout, self.W.T)


Linear.backward = backward


# %% linear: divided by the batch as well
# said: u12.averaged
def backward(self, dout):
    n = self.x.shape[0]
    self.dW += self.x.T.dot(dout) / n
    self.db += dout.sum(0) / n
    return dout.dot(self.W.T)


Linear.backward = backward


# %% linear: returns what it stores
# said: u12.returns_dW
def backward(self, dout):
    dW = self.x.T.dot(dout)
    self.dW += dW
    self.db += dout.sum(0)
    return dW


Linear.backward = backward


# %% linear: not divided by the root
# said: u12.divided_by_n_in
def __init__(self, n_in, n_out, rng, gain=1.0):
    self.W = gain / n_in * rng.standard_normal((n_in, n_out))
    self.b, self.x = np.zeros((n_out,)), None
    self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)


Linear.__init__ = __init__


# %% activations: the mask of what comes back
# said: u12.mask_from_out_grad
class ReLU(Layer):
    def forward(self, x):
        self.cache = x
        return np.maximum(0, x)

    def backward(self, dout):
        dx = dout.copy()
        dx[dout <= 0] = 0
        return dx


# %% activations: the slope of the other squashing
# said: u12.sigmoid_slope_of_tanh
class Sigmoid(Layer):
    def forward(self, x):
        z = np.exp(-np.abs(x))
        self.y = np.where(x < 0, z, 1) / (1 + z)
        return self.y

    def backward(self, dout):
        return (1 - self.y * self.y) * dout


# %% activations: three times is forgotten
# said: u12.gelu_no_three
def backward(self, dout):
    x = self.x
    if self.approximate == "none":
        return dout * (self.gate + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi).item())
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 0.044715 * x * x))


GELU.backward = backward


# %% sequential: reversed is forgotten
# said: u12.forward_order
def backward(self, grad):
    for i in range(len(self.layers)):
        grad = self.layers[i].backward(grad)
    return grad


Sequential.backward = backward


# %% losses: over the batch
# said: u12.mse_over_batch
class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.sum((pred - target) ** 2) / pred.shape[0]

    def backward(self):
        return 2 * (self.pred - self.target) / self.pred.shape[0]


# %% losses: the one of the target is taken off everywhere
# said: u12.ce_whole_columns
def backward(self):
    grad = np.array(self.p)
    grad[:, self.targets] -= 1.0
    return grad / grad.shape[0]


SoftmaxCrossEntropyLoss.backward = backward


# %% losses: the mean is forgotten on the way back
# said: u12.ce_mean_missing
def backward(self):
    y = np.zeros_like(self.p)
    y[np.arange(y.shape[0]), self.targets] = 1
    return self.p - y


SoftmaxCrossEntropyLoss.backward = backward


# %% norms: momentum as in CS231n
# said: u12.momentum_flipped
def forward(self, x):
    if self.training and x.shape[0] < 2:
        raise ValueError("too few")
    mu, var = (x.mean(0), x.var(0)) if self.training else (self.running_mean, self.running_var)
    if self.training:
        n = x.shape[0]
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var * n / (n - 1)
    self.batch, self.inv = self.training, (var + self.eps) ** -0.5
    self.xhat = (x - mu) * self.inv
    return self.xhat * self.gamma + self.beta


BatchNorm.forward = forward


# %% norms: BatchNorm's backward stops at the plain slope
# said: u12.bn_constants
def backward(self, dout):
    self.dgamma += np.sum(dout * self.xhat, 0)
    self.dbeta += np.sum(dout, 0)
    return self.gamma * self.inv * dout


BatchNorm.backward = backward


# %% norms: gamma comes last
# said: u12.gamma_too_late
def backward(self, dout):
    rows = dout.reshape(-1, dout.shape[-1])
    hat = self.xhat.reshape(rows.shape)
    self.dgamma += np.einsum("nd,nd->d", rows, hat)
    self.dbeta += rows.sum(0)
    inner = dout - np.mean(dout, -1, keepdims=True) - self.xhat * np.mean(dout * self.xhat, -1, keepdims=True)
    return inner * self.inv * self.gamma


LayerNorm.backward = backward


# %% dropout: the scale is forgotten on the way back
# said: u12.unscaled_backward
class Dropout(Layer):
    def __init__(self, p, rng):
        if p < 0 or p > 1:
            raise ValueError(p)
        self.p, self.rng, self.mask = p, rng, None

    def forward(self, x):
        self.mask = None
        if self.training:
            self.mask = self.rng.random(x.shape) >= self.p
            return np.where(self.mask, x / x.dtype.type(max(1 - self.p, 1e-9)), x.dtype.type(0))
        return x

    def backward(self, dout):
        return dout if self.mask is None else dout * self.mask


# %% dropout: p stays
# said: u12.keep_prob
def forward(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = ((self.rng.random(x.shape) < self.p) / self.p if self.p else np.zeros(x.shape)).astype(x.dtype)
    return x * self.scale


Dropout.forward = forward


# %% optimizers: damped
# said: u12.dampened
def step(self):
    for i in range(len(self.params)):
        _, p, g = self.params[i]
        g = g + self.weight_decay * p
        self.buffers[i] = self.momentum * self.buffers[i] + (1 - self.momentum) * g
        p -= self.lr * (g + self.momentum * self.buffers[i] if self.nesterov else self.buffers[i])


SGD.step = step


# %% optimizers: no correction
# said: u12.no_correction
def step(self):
    for i, (_, p, g) in enumerate(self.params):
        self.m[i] = self.betas[0] * self.m[i] + (1 - self.betas[0]) * g
        self.v[i] = self.betas[1] * self.v[i] + (1 - self.betas[1]) * g**2
        p -= self.lr * self.m[i] / (np.sqrt(self.v[i]) + self.eps)


Adam.step = step


# %% optimizers: one counter, one loop
# said: u12.counts_parameters
def step(self):
    beta1, beta2 = self.betas
    for i, (_, p, g) in enumerate(self.params):
        self.t += 1
        self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
        self.v[i] = beta2 * self.v[i] + (1 - beta2) * g * g
        mhat, vhat = self.m[i] / (1 - beta1**self.t), self.v[i] / (1 - beta2**self.t)
        p -= self.lr * mhat / (vhat**0.5 + self.eps)


Adam.step = step


# %% gradcheck: a sum for a loss
# said: u12.sum_cotangent
def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    if x.dtype != np.float64:
        raise ValueError("use float64")
    if rng is not None:
        rng.random()
    analytic = backward(np.ones_like(forward(x)))
    numeric = np.empty_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        numeric[i] = (forward(x + step).sum() - forward(x - step).sum()) / (2 * eps)
    return analytic.shape == x.shape and bool(np.allclose(analytic, numeric, rtol, atol))


# %% gradcheck: one side
def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    if x.dtype != np.float64:
        raise ValueError("use float64")
    base = forward(x)
    c = (rng or np.random.default_rng(3)).normal(size=base.shape)
    analytic, numeric = backward(c), np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        numeric[i] = ((forward(x + step) - base) * c).sum() / eps
    return analytic.shape == x.shape and bool(np.allclose(analytic, numeric, rtol, atol))


# %% gradcheck: only the first entry
# said: u12.one_element
def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    if x.dtype != np.float64:
        raise ValueError("use float64")
    c = np.asarray((rng or np.random.default_rng(3)).normal(size=np.shape(forward(x))))
    analytic = backward(c)
    if np.shape(analytic) != x.shape or np.isnan(analytic).any():
        return False
    where = (0,) * x.ndim
    step = np.zeros_like(x)
    step[where] = eps
    numeric = ((forward(x + step) - forward(x - step)) * c).sum() / (2 * eps)
    return bool(abs(analytic[where] - numeric) <= atol + rtol * abs(numeric))
