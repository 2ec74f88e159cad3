"""Wrong answers to u08.block, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "block",
    replaces="Block.forward",
    says="The LayerNorm stands on the stream, after the sum. That is how the first transformers did it; in GPT-2 it "
    "stands on the branch, before each part, and nothing touches the stream.",
)
def post_norm(self, x):
    x = self.ln_1(x + self.attn(x))
    return self.ln_2(x + self.mlp(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="Each part replaces the stream instead of adding to it. The short cut for the gradient is gone: in a deep "
    "model hardly any of it arrives at the bottom.",
)
def no_residual(self, x):
    return self.mlp(self.ln_2(self.attn(self.ln_1(x))))


@misconception(
    "block",
    says="One LayerNorm does both jobs. Attention and feed-forward each have their own gain and shift.",
)
class shared_ln(Block):
    def __init__(self, config):
        super().__init__(config)
        self.ln_2 = self.ln_1


@misconception(
    "block",
    replaces="Block.forward",
    says="You add to the normalised x. What goes on up the stream is then the normalised one, and the short cut is "
    "broken in every block.",
)
def residual_of_normed(self, x):
    normed = self.ln_1(x)
    x = normed + self.attn(normed)
    normed = self.ln_2(x)
    return normed + self.mlp(normed)


@misconception(
    "block",
    replaces="Block.forward",
    says="The feed-forward reads the x from before attention. First the tokens talk, then each thinks about what it "
    "has just heard.",
)
def side_by_side(self, x):
    return x + self.attn(self.ln_1(x)) + self.mlp(self.ln_2(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="First the feed-forward, then attention: the order is the other way round.",
)
def thinks_first(self, x):
    x = x + self.mlp(self.ln_2(x))
    return x + self.attn(self.ln_1(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="Attention reads x as it is. Each part reads the stream through its LayerNorm.",
)
def attention_without_norm(self, x):
    x = x + self.attn(x)
    return x + self.mlp(self.ln_2(x))


@misconception(
    "block",
    says="The feed-forward does not know what config says: it has its own activation, its own dropout and always a "
    "bias.",
)
class mlp_by_default(Block):
    def __init__(self, config):
        super().__init__(config)
        self.mlp = FeedForward(config.n_embd)


@misconception(
    "block",
    replaces="Block.forward",
    says="The second sum starts from the block's input. What attention wrote is read by the feed-forward, and then "
    "thrown away: it must stay in the stream.",
)
def second_sum_from_the_input(self, x):
    return x + self.mlp(self.ln_2(x + self.attn(self.ln_1(x))))


@misconception(
    "block",
    replaces="Block.forward",
    says="The feed-forward reads x as it is. Each part reads the stream through its LayerNorm.",
)
def mlp_without_norm(self, x):
    x = x + self.attn(self.ln_1(x))
    return x + self.mlp(x)


@misconception(
    "block",
    replaces="Block.forward",
    says="What attention returns replaces the stream instead of being added to it. What a token knew itself "
    "is lost there.",
)
def attention_replaces(self, x):
    x = self.attn(self.ln_1(x))
    return x + self.mlp(self.ln_2(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="What the feed-forward returns replaces the stream instead of being added to it.",
)
def feed_forward_replaces(self, x):
    x = x + self.attn(self.ln_1(x))
    return self.mlp(self.ln_2(x))
