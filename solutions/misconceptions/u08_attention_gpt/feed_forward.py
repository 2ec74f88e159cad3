"""Wrong answers to u08.feed_forward, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _activated(self, hidden):
    if self.act == "relu":
        return hidden.relu()
    return hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)))


@misconception(
    "feed_forward",
    says="The middle is as narrow as the ends. It is four times as wide: that is where the room to think is.",
)
class no_expand(FeedForward):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__(n_embd, dropout, act, bias)
        self.c_fc = nn.Linear(n_embd, n_embd, bias=bias)
        self.c_proj = nn.Linear(n_embd, n_embd, bias=bias)


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="The activation comes last. Two linear layers in a row are one linear layer, and what is left after a relu "
    "can only add to the stream, never take away.",
)
def act_last(self, x):
    return self.dropout(_activated(self, self.c_proj(self.c_fc(x))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="Tokens look at each other here. To communicate is attention's job; this part thinks about each token on its "
    "own.",
)
def mixes_time(self, x):
    hidden = self.c_fc(x)
    hidden = hidden + hidden.mean(dim=1, keepdim=True)
    return self.dropout(self.c_proj(_activated(self, hidden)))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="This is the exact gelu, with the error function. GPT-2 uses the approximation with tanh, and its weights "
    "grew up with that one.",
)
def gelu_with_erf(self, x):
    hidden = self.c_fc(x)
    exact = hidden / 2 * (1 + torch.erf(hidden / math.sqrt(2)))
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else exact))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="x * sigmoid(1.702 x) is another approximation of gelu, a cruder one. The text gives the one with tanh.",
)
def gelu_with_sigmoid(self, x):
    hidden = self.c_fc(x)
    quick = hidden * torch.sigmoid(1.702 * hidden)
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else quick))


@misconception(
    "feed_forward",
    says="A misspelt activation is taken without a word. The model will then train with whatever it became.",
    symptom=True,
)
class any_act(FeedForward):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__(n_embd, dropout, "relu" if act == "relu" else "gelu_tanh", bias)


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="Dropout hits the middle, not the output.",
)
def dropout_in_the_middle(self, x):
    return self.c_proj(self.dropout(_activated(self, self.c_fc(x))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="act is not looked at: it is gelu_tanh, always.",
)
def gelu_always(self, x):
    hidden = self.c_fc(x)
    inner = math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)
    return self.dropout(self.c_proj(hidden / 2 * (1 + torch.tanh(inner))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="There is nothing between the two layers. Without an activation two linear layers are one linear layer.",
)
def no_activation(self, x):
    return self.dropout(self.c_proj(self.c_fc(x)))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="The gate of gelu has lost its x^3: what goes into tanh is sqrt(2 / pi) * (x + 0.044715 * x^3).",
)
def gelu_without_the_cube(self, x):
    hidden = self.c_fc(x)
    gate = hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * hidden))
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else gate))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="act is not looked at: it is relu, always. That is the lecture's activation; here gelu_tanh is the one by "
    "default.",
)
def relu_always(self, x):
    return self.dropout(self.c_proj(self.c_fc(x).relu()))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="The half of gelu is missing: its gate, (1 + tanh) / 2, goes from 0 to 1, and yours goes up to 2.",
)
def gelu_without_half(self, x):
    hidden = self.c_fc(x)
    gate = 1 + torch.tanh(math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3))
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else hidden * gate))
