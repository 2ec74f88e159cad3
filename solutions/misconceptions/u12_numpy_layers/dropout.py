"""Wrong answers to u12.dropout, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _share(self):
    return max(1 - self.p, 1e-12)


@misconception(
    "dropout",
    replaces="Dropout.backward",
    says="backward draws a mask of its own. What went forward decides: keep the mask.",
)
def new_mask_backward(self, dout):
    if self.scale is None:
        return dout
    return dout * ((self.rng.random(dout.shape) >= self.p).astype(dout.dtype) / _share(self))


@misconception(
    "dropout",
    replaces="Dropout.backward",
    says="backward has the mask without the scale. What stays was divided by 1 - p, and so is its gradient.",
)
def unscaled_backward(self, dout):
    return dout if self.scale is None else dout * (self.scale != 0)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="p is taken for the share that stays, as CS231n has it. Here it is the share that is dropped.",
)
def keep_prob(self, x):
    self.scale = None
    if not self.training:
        return x
    keep = self.rng.random(x.shape) < self.p
    self.scale = keep.astype(x.dtype) / max(self.p, 1e-12)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The share p stays and the rest is dropped, while the scale is that of 1 - p: the mask is turned round.",
)
def mask_turned(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) < self.p).astype(x.dtype) / _share(self)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="What stays is not scaled: on average 1 - p of the sum is left.",
)
def stays_unscaled(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="What stays is multiplied by 1 - p. It is divided by it, so that the sum keeps its size.",
)
def shrinks(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype) * (1 - self.p)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="What stays is divided by p. It is divided by the share that stays, 1 - p.",
)
def divided_by_p(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / max(self.p, 1e-12)
    return x * (self.scale if self.p else 1)


@misconception("dropout", says="Numbers are dropped in use as well. A trained net should give one answer.")
class drops_in_use(Dropout):
    def forward(self, x):
        self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / _share(self)
        return x * self.scale


@misconception(
    "dropout",
    says="In use everything is multiplied by 1 - p, and in training nothing is scaled. That is the other way to keep"
    " the size; here it is done in training.",
)
class scaled_in_use(Dropout):
    def forward(self, x):
        self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype) if self.training else (1 - self.p)
        return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.backward",
    says="backward lets everything through. What was dropped could not move the loss.",
)
def no_mask_backward(self, dout):
    return dout.copy()


@misconception(
    "dropout",
    replaces="Dropout.backward",
    says="After a forward in use, backward still has the mask of an earlier forward in training.",
)
def mask_of_before(self, dout):
    if self.scale is not None:
        self._before = self.scale
    return dout * self._before if hasattr(self, "_before") and self._before.shape == dout.shape else dout


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The mask is drawn once and used for every batch. Each forward draws a new one.",
)
def one_mask(self, x):
    self.scale = None
    if not self.training:
        return x
    if getattr(self, "_mask", np.zeros(0)).shape != x.shape:
        self._mask = self.rng.random(x.shape) >= self.p
    self.scale = self._mask.astype(x.dtype) / _share(self)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Whole columns are dropped: the mask has one number for each column and not for each entry.",
)
def columns(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = np.broadcast_to((self.rng.random(x.shape[-1]) >= self.p).astype(x.dtype) / _share(self), x.shape)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    symptom=True,
    says="With p = 1 NumPy warns of 0 / 0, and the result is nan: 1 - p is 0 there.",
)
def nan_at_one(self, x):
    self.scale = None
    if not self.training:
        return x
    keep = self.rng.random(x.shape) >= self.p
    self.scale = keep.astype(x.dtype) / np.asarray(1 - self.p, dtype=x.dtype)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    symptom=True,
    says="The draw is another one than rng.random(x.shape): with the same seed other numbers stay.",
)
def other_draw(self, x):
    self.scale = None
    if not self.training:
        return x
    keep = self.rng.binomial(1, 1 - self.p, size=x.shape)
    self.scale = keep.astype(x.dtype) / _share(self)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    symptom=True,
    says="A mask is drawn in use as well and thrown away: after an evaluation training goes on with other numbers.",
)
def draws_in_use(self, x):
    keep = self.rng.random(x.shape) >= self.p
    self.scale = None
    if not self.training:
        return x
    self.scale = keep.astype(x.dtype) / _share(self)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The masks come from NumPy's global generator and not from rng.",
    symptom=True,
)
def masks_from_elsewhere(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (np.random.rand(*x.shape) >= self.p).astype(x.dtype) / _share(self)
    return x * self.scale


@misconception(
    "dropout",
    replaces="Dropout.forward",
    symptom=True,
    says="Dropout makes float64 of float32: the mask is divided before it has x's dtype.",
)
def mask_upcasts(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) >= self.p) / _share(self)
    return x * self.scale


@misconception("dropout", replaces="Dropout.forward", says="Dropout writes into the caller's x.")
def in_place(self, x):
    self.scale = None
    if not self.training:
        return x
    self.scale = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / _share(self)
    x *= self.scale
    return x


@misconception(
    "dropout",
    replaces="Dropout.__init__",
    symptom=True,
    says="A p below 0 or above 1 is taken without complaint. It is a share: ValueError.",
)
def any_p(self, p, rng):
    self.p, self.rng = p, rng
