"""Wrong answers to u12.linear, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _rows(self, dout):
    return self.x.reshape(-1, self.x.shape[-1]), dout.reshape(-1, dout.shape[-1])


def _kept(self):
    if self.x is None:
        raise RuntimeError("backward before forward")
    return self.x


@misconception(
    "linear",
    replaces="Linear.backward",
    says="With more axes than two, np.dot of x turned and dout pairs axes that do not belong together. Make rows of "
    "both first: reshape(-1, size).",
)
def np_dot_nd(self, dout):
    x = _kept(self)
    self.dW = self.dW + np.dot(x.T, dout)
    self.db = self.db + dout.sum(axis=tuple(range(dout.ndim - 1)))
    return np.dot(dout, self.W.T)


@misconception(
    "linear",
    replaces="Linear.backward",
    says="Each backward puts new gradients in the place of the old ones. Those of several batches add up until they "
    "are cleared: +=.",
)
def accumulate_ignored(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW, self.db = rows.T @ drows, drows.sum(axis=0)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    symptom=True,
    says="The gradients add up, but in new arrays: who holds the ones of before, as an optimizer does, sees nothing "
    "of it.",
)
def adds_elsewhere(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW, self.db = self.dW + rows.T @ drows, self.db + drows.sum(axis=0)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    says="db is summed over the outputs. Each output has its bias, in all rows: sum over the rows.",
)
def db_axis(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db = drows.sum(axis=1)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.forward",
    says="The layer keeps the caller's array. When other numbers are written into it before backward, dW is about "
    "those: keep a copy.",
)
def cache_copy_missing(self, x):
    self.x = x
    return x @ self.W + self.b


@misconception(
    "linear",
    replaces="Linear.backward",
    says="backward returns the gradient of W. That one is stored; what the layer before needs is the gradient of x.",
)
def returns_dW(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db += drows.sum(axis=0)
    return self.dW.copy()


@misconception(
    "linear",
    replaces="Linear.backward",
    symptom=True,
    says="backward returns several gradients. Here it returns dx alone; dW and db are stored in the layer.",
)
def returns_all_three(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db += drows.sum(axis=0)
    return dout @ self.W.T, self.dW.copy(), self.db.copy()


@misconception(
    "linear",
    replaces="Linear.backward",
    says="dW and db are divided by the number of rows. Where the loss is a mean, dout has that already.",
)
def averaged(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows / len(rows)
    self.db += drows.mean(axis=0)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    says="db is the mean over the rows. It is their sum: every row's copy of b moves the loss.",
)
def db_mean(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db += drows.mean(axis=0)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    says="dx is dout @ W, with W as it stands. On the way back W has to be transposed; a square one does not tell.",
)
def dx_not_turned(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db += drows.sum(axis=0)
    return dout @ self.W if len(self.W) == self.W.shape[1] else dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    says="dW is transposed: it is dout turned, times x. Row by row it has to be x turned, times dout.",
)
def dW_transposed(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW = drows.T @ rows
    self.db += drows.sum(axis=0)
    return dout @ self.W.T


@misconception("linear", replaces="Linear.forward", says="The bias is never added.")
def bias_forgotten(self, x):
    self.x = x.copy()
    return x @ self.W


@misconception(
    "linear",
    replaces="Linear.forward",
    says="W is applied transposed. It is (in, out) here, and used as x @ W; torch keeps it the other way round.",
)
def forward_transposed(self, x):
    self.x = x.copy()
    return x @ (self.W.T if len(self.W) == self.W.shape[1] else self.W) + self.b


@misconception(
    "linear",
    symptom=True,
    says="W is kept as (out, in), as torch keeps it. Here it is (in, out).",
)
class shape_of_torch(Linear):
    def __init__(self, n_in, n_out, rng, gain=1.0):
        super().__init__(n_in, n_out, rng, gain)
        self.W, self.dW = self.W.T.copy(), self.dW.T.copy()

    def forward(self, x):
        self.x = x.copy()
        return x @ self.W.T + self.b

    def backward(self, dout):
        rows, drows = _rows(self, dout)
        self.dW += drows.T @ rows
        self.db += drows.sum(axis=0)
        return dout @ self.W


@misconception(
    "linear",
    replaces="Linear.__init__",
    says="The first weights are divided by n_in and not by its root: signals fade from layer to layer.",
)
def divided_by_n_in(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = rng.normal(size=(n_in, n_out)) * gain / n_in, np.zeros(n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception(
    "linear",
    replaces="Linear.__init__",
    says="The first weights have standard deviation 1: a sum of n_in products is then sqrt(n_in) times too large.",
)
def not_scaled(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = rng.normal(size=(n_in, n_out)) * gain, np.zeros(n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception(
    "linear",
    replaces="Linear.__init__",
    says="The first weights are divided by the root of n_out. A sum has n_in terms, and their number is what counts.",
)
def divided_by_n_out(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = rng.normal(size=(n_in, n_out)) * gain / math.sqrt(n_out), np.zeros(n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception("linear", replaces="Linear.__init__", says="The gain is not used.")
def gain_ignored(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = rng.normal(size=(n_in, n_out)) / math.sqrt(n_in), np.zeros(n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception(
    "linear",
    replaces="Linear.__init__",
    symptom=True,
    says="The weights do not come from rng: the same seed does not give the same W.",
)
def global_generator(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = np.random.randn(n_in, n_out) * gain / math.sqrt(n_in), np.zeros(n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception(
    "linear",
    replaces="Linear.__init__",
    says="The first bias is random. It begins at zero: nothing speaks for an opinion before the first example.",
)
def random_bias(self, n_in, n_out, rng, gain=1.0):
    self.W, self.b = rng.normal(size=(n_in, n_out)) * gain / math.sqrt(n_in), rng.normal(size=n_out)
    self.dW, self.db, self.x = np.zeros_like(self.W), np.zeros_like(self.b), None


@misconception(
    "linear",
    replaces="Linear.forward",
    says="Only the first forward is kept. backward is about the last one.",
)
def first_input_kept(self, x):
    if self.x is None or self.x.shape != x.shape:
        self.x = x.copy()
    return x @ self.W + self.b


@misconception(
    "linear",
    replaces="Linear.backward",
    symptom=True,
    says="backward before forward goes through. There is no output to go back from: it has to raise RuntimeError.",
)
def silent_before_forward(self, dout):
    if self.x is None:
        return dout @ self.W.T
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db += drows.sum(axis=0)
    return dout @ self.W.T


@misconception(
    "linear",
    replaces="Linear.backward",
    says="db is summed over the first axis only. With more axes in front, all but the last are rows.",
)
def first_axis_only(self, dout):
    _kept(self)
    rows, drows = _rows(self, dout)
    self.dW += rows.T @ drows
    self.db = self.db + (dout.sum(axis=0) if dout.ndim > 1 else dout)
    return dout @ self.W.T
