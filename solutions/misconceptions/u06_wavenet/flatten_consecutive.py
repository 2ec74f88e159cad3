"""Wrong answers to u06.flatten_consecutive, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _dropped(x):
    return x.squeeze(1) if x.shape[1] == 1 else x


def _refuse(x, n):
    if x.shape[1] % n:
        raise ValueError("groups")


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="You join places that lie T // n apart: the halves of the sequence. Neighbours belong side by side, places 0 "
    "and 1, then 2 and 3.",
)
def interleave(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return _dropped(x.reshape(B, self.n, T // self.n, C).transpose(1, 2).reshape(B, T // self.n, self.n * C))


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="squeeze() without an axis takes away every axis of size 1: the batch of a single example, too, and a single "
    "channel. Only axis 1 may go.",
)
def squeeze_all(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return x.reshape(B, T // self.n, self.n * C).squeeze()


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="view needs the numbers to lie in memory in order, and after a transpose they do not.",
    symptom=True,
)
def view_noncontig(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return _dropped(x.view(B, T // self.n, self.n * C))


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="Places that do not fill a group are dropped without a word. The contract says: refuse them.",
    symptom=True,
)
def silent_drop(self, x):
    B, T, C = x.shape
    groups = T // self.n
    return _dropped(x[:, : groups * self.n].reshape(B, groups, self.n * C))


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="One place is left, and its axis is still there: (B, 1, D) has to become (B, D).",
)
def keeps_the_axis(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return x.reshape(B, T // self.n, self.n * C)


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="The later neighbour stands first. Places keep their order: 0 before 1.",
)
def later_first(self, x):
    _refuse(x, self.n)
    return _dropped(torch.cat([x[:, i :: self.n] for i in reversed(range(self.n))], dim=-1))


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="Channels of neighbours are shuffled into each other: c0 of place 0, c0 of place 1, c1 of place 0, ... All "
    "channels of one place belong together.",
)
def channels_mixed(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return _dropped(x.reshape(B, T // self.n, self.n, C).transpose(2, 3).reshape(B, T // self.n, self.n * C))


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="Everything is flattened, whatever n is. Only n neighbours become one place.",
)
def flattens_all(self, x):
    _refuse(x, self.n)
    return x.reshape(x.shape[0], -1)


@misconception(
    "flatten_consecutive",
    replaces="FlattenConsecutive.__call__",
    says="Neighbours are averaged. They belong side by side, so that the next layer can tell them apart.",
)
def averages(self, x):
    _refuse(x, self.n)
    B, T, C = x.shape
    return _dropped(x.reshape(B, T // self.n, self.n, C).mean(2))
