"""Wrong answers to u12.optimizers, each with its cause in words, run in the solution's namespace."""

from grader import misconception

_KEPT = {}


def _sgd(self, move):
    """One step of SGD: move(g, buffer) changes the buffer and returns the direction."""
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        p -= self.lr * move(g + self.weight_decay * p, buf)


def _grown(self, g, buf, share=1.0):
    buf *= self.momentum
    buf += share * g
    return buf


def _direction(self, g, buf):
    return g + self.momentum * buf if self.nesterov else buf


def _adam(self, t, move=None, first=None, second=None):
    """One step of Adam at time t; move(p, m, v, c1, c2) returns what is taken off."""
    b1, b2 = self.betas
    move = move or (lambda p, m, v, c1, c2: self.lr * (m / c1) / (np.sqrt(v / c2) + self.eps))
    for (_, p, g), m, v in zip(self.params, self.m, self.v, strict=True):
        m *= b1
        m += (1 - b1) * g if first is None else first(g)
        v *= b2
        v += (1 - b2) * g * g if second is None else second(g)
        p -= move(p, m, v, 1 - b1**t, 1 - b2**t)


@misconception(
    "optimizers",
    replaces="SGD.step",
    says="The buffer has the other sign than the step takes it with: momentum * buffer - lr * g is to be added, and is "
    "taken off.",
)
def velocity_sign(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        g = g + self.weight_decay * p
        buf *= self.momentum
        buf -= self.lr * g
        p -= self.momentum * buf - self.lr * g if self.nesterov else buf


@misconception(
    "optimizers",
    replaces="SGD.step",
    says="The new gradient is damped: (1 - momentum) * g goes into the buffer, as in needle. Here it is the whole g.",
)
def dampened(self):
    _sgd(self, lambda g, buf: _direction(self, g, _grown(self, g, buf, 1 - self.momentum)))


@misconception(
    "optimizers",
    says="Parameters of the same shape share one buffer: it is found by the shape. Each parameter has its own.",
)
class id_key(SGD):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr, momentum, nesterov, weight_decay)
        found = {}
        self.buffers = [found.setdefault(p.shape, np.zeros_like(p)) for _, p, _ in self.params]


@misconception(
    "optimizers",
    says="In Adam parameters of the same shape share their moments: they are found by the shape. Each parameter has "
    "its own.",
)
class adam_id_key(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        one, two = {}, {}
        self.m = [one.setdefault(p.shape, np.zeros_like(p)) for _, p, _ in self.params]
        self.v = [two.setdefault(p.shape, np.zeros_like(p)) for _, p, _ in self.params]


@misconception(
    "optimizers",
    replaces="SGD.step",
    says="With nesterov you take the step of plain momentum: g + momentum * the old buffer is the new buffer. It is "
    "g + momentum * the new one.",
)
def nesterov_order(self):
    def move(g, buf):
        before = buf.copy()
        _grown(self, g, buf)
        return g + self.momentum * before if self.nesterov else buf

    _sgd(self, move)


@misconception(
    "optimizers", replaces="SGD.step", says="Nesterov adds the buffer with weight 1. It is momentum * buffer."
)
def nesterov_full(self):
    def move(g, buf):
        _grown(self, g, buf)
        return g + buf if self.nesterov else buf

    _sgd(self, move)


@misconception(
    "optimizers",
    says="The buffer keeps steps with their learning rate in them. Then a new lr comes too late: keep gradients, and "
    "multiply at the end.",
)
class rate_in_buffer(SGD):
    def step(self):
        for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
            step = self.lr * (g + self.weight_decay * p)
            buf *= self.momentum
            buf += step
            p -= step + self.momentum * buf if self.nesterov else buf


@misconception(
    "optimizers", replaces="SGD.step", says="momentum is not used: each step looks at its own gradient only."
)
def no_momentum(self):
    _sgd(self, lambda g, buf: g)


@misconception(
    "optimizers", replaces="SGD.step", says="The step goes up the slope: parameters are to move against the gradient."
)
def uphill(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        p += self.lr * _direction(self, g, _grown(self, g + self.weight_decay * p, buf))


@misconception("optimizers", replaces="SGD.step", says="weight_decay is not used.")
def no_decay(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        p -= self.lr * _direction(self, g, _grown(self, g, buf))


@misconception(
    "optimizers",
    replaces="SGD.step",
    says="weight_decay shrinks the parameters beside the step, as in AdamW. Here it is added to the gradient, and goes "
    "through the buffer.",
)
def decoupled(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        move = _direction(self, g, _grown(self, g, buf)) + self.weight_decay * p
        p -= self.lr * move


@misconception(
    "optimizers",
    replaces="SGD.step",
    symptom=True,
    says="weight_decay * p is added into the gradient's own array. Whoever reads the gradient afterwards reads the "
    "sum.",
)
def decay_in_place(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        g += self.weight_decay * p
        p -= self.lr * _direction(self, g, _grown(self, g, buf))


@misconception(
    "optimizers",
    replaces="SGD.step",
    says="SGD makes new arrays: p = p - ... gives the name p something new, and the layer's array stays as it was.",
)
def not_in_place(self):
    for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
        p = p - self.lr * _direction(self, g, _grown(self, g + self.weight_decay * p, buf))


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam makes new arrays: p = p - ... gives the name p something new, and the layer's array stays as it was.",
)
def adam_not_in_place(self):
    before = [p.copy() for _, p, _ in self.params]
    self.t += 1
    _adam(self, self.t)
    for (_, p, _), old in zip(self.params, before, strict=True):
        p[...] = old


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam's moments are not corrected. They begin at 0 and are too small in the first steps.",
)
def no_correction(self):
    self.t += 1
    _adam(self, self.t, lambda p, m, v, c1, c2: self.lr * m / (np.sqrt(v) + self.eps))


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam's moments are divided by 1 - beta in every step. It is 1 - beta ** t.",
)
def correction_without_t(self):
    self.t += 1
    _adam(self, 1)


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam counts its steps one too high: the first correction is that of the second step.",
)
def t_too_high(self):
    self.t += 1
    _adam(self, self.t + 1)


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam counts a step for each parameter. One step() is one step for all of them.",
)
def counts_parameters(self):
    b1, b2 = self.betas
    for (_, p, g), m, v in zip(self.params, self.m, self.v, strict=True):
        self.t += 1
        m *= b1
        m += (1 - b1) * g
        v *= b2
        v += (1 - b2) * g * g
        p -= self.lr * (m / (1 - b1**self.t)) / (np.sqrt(v / (1 - b2**self.t)) + self.eps)


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam adds eps under the root. It is added to the root; with gradients of 1e-8 the difference is large.",
)
def eps_inside(self):
    self.t += 1
    _adam(self, self.t, lambda p, m, v, c1, c2: self.lr * (m / c1) / np.sqrt(v / c2 + self.eps))


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="Adam adds eps to the root of v before v is corrected. It is added after that.",
)
def eps_before_correction(self):
    self.t += 1
    _adam(self, self.t, lambda p, m, v, c1, c2: self.lr * (m / c1) / ((np.sqrt(v) + self.eps) / np.sqrt(c2)))


@misconception("optimizers", replaces="Adam.step", says="Adam's v averages g. It averages g squared.")
def no_square(self):
    self.t += 1
    b2 = self.betas[1]
    _adam(
        self,
        self.t,
        lambda p, m, v, c1, c2: self.lr * (m / c1) / (np.sqrt(np.abs(v / c2)) + self.eps),
        second=lambda g: (1 - b2) * g,
    )


@misconception("optimizers", replaces="Adam.step", says="Adam divides by v and not by its root.")
def no_root(self):
    self.t += 1
    _adam(self, self.t, lambda p, m, v, c1, c2: self.lr * (m / c1) / (v / c2 + self.eps))


@misconception("optimizers", replaces="Adam.step", says="Adam's two betas have changed places.")
def betas_swapped(self):
    before = self.betas
    self.betas = before[::-1]
    self.t += 1
    _adam(self, self.t)
    self.betas = before


@misconception(
    "optimizers",
    replaces="Adam.step",
    says="The whole gradient goes into Adam's moments. It is (1 - beta) of it, so that m and v are averages.",
)
def not_averaged(self):
    self.t += 1
    _adam(self, self.t, first=lambda g: g, second=lambda g: g * g)


@misconception("optimizers", replaces="Adam.step", says="Adam corrects m and leaves v as it is.")
def only_m_corrected(self):
    self.t += 1
    _adam(self, self.t, lambda p, m, v, c1, c2: self.lr * (m / c1) / (np.sqrt(v) + self.eps))


@misconception(
    "optimizers", replaces="Adam.step", says="Adam's betas are always 0.9 and 0.999, whatever was asked for."
)
def betas_ignored(self):
    before, self.betas = self.betas, (0.9, 0.999)
    self.t += 1
    _adam(self, self.t)
    self.betas = before


@misconception(
    "optimizers",
    says="All Adams share their moments and their count: a second one goes on where the first one was.",
)
class shared_by_all(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        kept = _KEPT
        if [one.shape for one in kept.get("m", [])] != [one.shape for one in self.m]:
            kept.update(m=self.m, v=self.v, t=0)
        self.m, self.v = kept["m"], kept["v"]

    def step(self):
        _KEPT["t"] += 1
        self.t = _KEPT["t"]
        _adam(self, self.t)
