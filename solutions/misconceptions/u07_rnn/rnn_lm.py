"""Wrong answers to u07.rnn_lm, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _states(self, idx, h=None, c=None):
    """Return the states (B, T, H), and the last h and c."""
    emb = self.wte(idx)
    h = self.start.expand(len(idx), -1) if h is None else h
    c = torch.zeros_like(h) if c is None else c
    hs = []
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t], h, c)
        hs.append(h)
    return torch.stack(hs, dim=1), h, c


def _scored(self, states, targets):
    logits = self.lm_head(states)
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The state is kept from call to call. A new call has new sequences, and each begins with the start.",
)
def state_leak(self, idx, targets=None):
    kept = vars(self).get("kept")
    h, c = kept if kept is not None and len(kept[0]) == len(idx) else (None, None)
    states, h, c = _states(self, idx, h, c)
    object.__setattr__(self, "kept", (h.detach(), c.detach()))
    return _scored(self, states, targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    symptom=True,
    says="The start has one row, and the batch has several: side by side they do not fit. Each sequence needs its row.",
)
def expand_not_batch(self, idx, targets=None):
    states, _, _ = _states(self, idx, self.start)
    return _scored(self, states, targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The loss compares the scores with idx, the tokens that went in. They predict the next token: targets.",
)
def targets_shift(self, idx, targets=None):
    logits, _ = _scored(self, _states(self, idx)[0], None)
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), idx.flatten())


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The targets are shifted once more: the scores at place t are compared with targets[:, t + 1].",
)
def shifted_twice(self, idx, targets=None):
    logits, loss = _scored(self, _states(self, idx)[0], targets)
    if targets is not None and idx.shape[1] > 1:
        loss = cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten())
    return logits, loss


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="Targets of -1 count: as an index -1 is the last token of the alphabet. They mark places that are filled up.",
)
def pad_counts(self, idx, targets=None):
    logits, _ = _scored(self, _states(self, idx)[0], None)
    if targets is None:
        return logits, None
    log_p = logits.log_softmax(dim=2).flatten(0, 1)
    return logits, -log_p[torch.arange(len(log_p)), targets.flatten()].mean()


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="Targets of -1 add nothing, but the mean still divides by all places. It is over those that count.",
)
def pad_divides(self, idx, targets=None):
    logits, loss = _scored(self, _states(self, idx)[0], targets)
    return logits, None if targets is None else loss * (targets != -1).double().mean().to(loss.dtype)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="Only the last state is scored. Every place predicts the token after it: logits are (B, T, V).",
)
def last_only(self, idx, targets=None):
    states = _states(self, idx)[0][:, -1:]
    return _scored(self, states, None if targets is None else targets[:, -1:])


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The sequences begin with zeros, and the start is never used: it gets no gradient and learns nothing.",
)
def zeros_for_start(self, idx, targets=None):
    zeros = self.start.new_zeros(len(idx), self.start.shape[1])
    return _scored(self, _states(self, idx, zeros)[0], targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The gradient stops at every step: the state is taken out of the graph before it is handed on. So the model "
    "learns from the last token only.",
)
def detached(self, idx, targets=None):
    emb = self.wte(idx)
    h = self.start.expand(len(idx), -1)
    c = torch.zeros_like(h)
    hs = []
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t], h.detach() if t else h, c.detach())
        hs.append(h)
    return _scored(self, torch.stack(hs, dim=1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The state is not handed on: every step begins with the start, so each place sees its own token only.",
)
def not_handed_on(self, idx, targets=None):
    emb = self.wte(idx)
    start = self.start.expand(len(idx), -1)
    hs = [self.cell(emb[:, t], start, torch.zeros_like(start))[0] for t in range(idx.shape[1])]
    return _scored(self, torch.stack(hs, dim=1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The cell state is not handed on: c is 0 at every step. An LSTM without its memory is a plain cell with odd "
    "gates.",
)
def memory_lost(self, idx, targets=None):
    emb = self.wte(idx)
    h = self.start.expand(len(idx), -1)
    hs = []
    for t in range(idx.shape[1]):
        h, _ = self.cell(emb[:, t], h, torch.zeros_like(h))
        hs.append(h)
    return _scored(self, torch.stack(hs, dim=1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The cell state begins with the start, too. The start is that of h; c begins at 0.",
)
def memory_from_start(self, idx, targets=None):
    start = self.start.expand(len(idx), -1)
    return _scored(self, _states(self, idx, start, start)[0], targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="Your scores come from the state before the token was read. At place t the token idx[:, t] has been read.",
)
def state_before(self, idx, targets=None):
    emb = self.wte(idx)
    h = self.start.expand(len(idx), -1)
    c = torch.zeros_like(h)
    hs = []
    for t in range(idx.shape[1]):
        hs.append(h)
        h, c = self.cell(emb[:, t], h, c)
    return _scored(self, torch.stack(hs, dim=1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The sequence is read backwards, from its end. Then each place has seen the tokens that it should predict.",
)
def reads_backwards(self, idx, targets=None):
    return _scored(self, _states(self, idx.flip(1))[0].flip(1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="Time and batch are mixed up: the states are stacked along the first axis, (T, B, H), and then only viewed as "
    "(B, T, H). A view moves no number.",
)
def viewed_not_moved(self, idx, targets=None):
    states = _states(self, idx)[0]
    B, T, H = states.shape
    return _scored(self, states.transpose(0, 1).reshape(B, T, H), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The states go through one more tanh before they are scored. lm_head reads the states themselves.",
)
def extra_tanh(self, idx, targets=None):
    return _scored(self, torch.tanh(_states(self, idx)[0]), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="You return probabilities. The model gives scores; the softmax is part of the loss.",
)
def returns_probabilities(self, idx, targets=None):
    logits, loss = _scored(self, _states(self, idx)[0], targets)
    return logits.softmax(dim=2), loss


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The loss is a sum. It is the mean over the targets that count.",
)
def loss_is_a_sum(self, idx, targets=None):
    logits, loss = _scored(self, _states(self, idx)[0], targets)
    return logits, None if targets is None else loss * (targets != -1).sum()


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The loss is the mean of the sequences' means. Where their lengths differ, the targets of short ones count "
    "more.",
)
def mean_of_means(self, idx, targets=None):
    logits, _ = _scored(self, _states(self, idx)[0], None)
    if targets is None:
        return logits, None
    rows = [cross_entropy(row, target) for row, target in zip(logits, targets, strict=True)]
    return logits, torch.stack(rows).mean()


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The cell is given the old token again: emb[:, t - 1]. At step t it reads the token of place t.",
)
def previous_token(self, idx, targets=None):
    return _scored(self, _states(self, idx.roll(1, dims=1))[0], targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    symptom=True,
    says="The model gives no loss, though targets are there.",
)
def no_loss(self, idx, targets=None):
    return _scored(self, _states(self, idx)[0], None)


@misconception(
    "rnn_lm",
    symptom=True,
    says="lm_head has no bias. Here it has one, so that the model knows how frequent the tokens are.",
)
class HeadWithoutBias(RNNLM):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size, bias=False)


@misconception(
    "rnn_lm",
    symptom=True,
    says="The start is no parameter: an optimizer does not know it. It is to be learned like the weights.",
)
class StartIsNoParameter(RNNLM):
    def __init__(self, config):
        super().__init__(config)
        del self.start
        self.register_buffer("start", torch.zeros(1, config.n_embd2))


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="The gradient through h stops at every step: h is taken out of the graph before it is handed on. So the rnn "
    "and the gru learn from the last token only.",
)
def h_detached(self, idx, targets=None):
    emb = self.wte(idx)
    h = self.start.expand(len(idx), -1)
    c = torch.zeros_like(h)
    hs = []
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t], h.detach() if t else h, c)
        hs.append(h)
    return _scored(self, torch.stack(hs, dim=1), targets)


@misconception(
    "rnn_lm",
    replaces="RNNLM.forward",
    says="h is not handed on: the cell is given the start at every step, and only c goes on.",
)
def h_not_handed_on(self, idx, targets=None):
    emb = self.wte(idx)
    start = self.start.expand(len(idx), -1)
    c = torch.zeros_like(start)
    hs = []
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t], start, c)
        hs.append(h)
    return _scored(self, torch.stack(hs, dim=1), targets)
