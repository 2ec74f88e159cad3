"""Wrong answers to u08.gpt, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _checked(self, idx):
    if idx.dtype != torch.int64:
        raise TypeError("ids are int64")
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")


def _scored(self, x, targets, norm=True):
    for block in self.blocks:
        x = block(x)
    logits = self.lm_head(self.ln_f(x) if norm else x)
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())


def _places(idx, start=0):
    return torch.arange(start, start + idx.shape[1], device=idx.device)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The position embedding is missing. Attention is an average, and an average does not know in which order "
    "things came.",
)
def no_pos(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="You looked up positions by token id. The place of a token is 0, 1, 2 and so on, whatever the token is.",
)
def pos_of_token(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places begin at 1. The first row of the table is never used, and in a full window the last place has "
    "none.",
)
def pos_from_1(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx, 1))), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The last LayerNorm is not applied. The stream has grown with every block, and lm_head reads it through ln_f.",
)
def no_final_ln(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets, norm=False)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The loss takes a flat list of predictions, one row of scores and one target each. You gave it sequences; B "
    "and T have to become one axis first.",
)
def loss_no_flatten(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    return logits, None if targets is None else cross_entropy(logits, targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The targets are shifted a second time. get_batch has done it: targets[t] is what follows idx[t] already.",
)
def targets_shifted_twice(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten())


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places are floats. They are row numbers of a table, so they must be integers.",
)
def pos_float(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx).float())), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places are made on the CPU, wherever the ids are. It works on this machine and fails on the first GPU.",
)
def pos_on_the_cpu(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Ignored targets count in the mean: you add up nothing for them, but you divide by all B * T.",
)
def ignored_in_the_mean(self, idx, targets=None):
    _checked(self, idx)
    logits, loss = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)
    return logits, None if targets is None else loss * (targets != IGNORE).double().mean().to(loss.dtype)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="A target of -1 is taken for a token, the last one of the vocabulary, as Python counts from the end. It "
    "means: do not count this place.",
)
def ignored_is_a_token(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits.flatten(0, 1), targets.flatten() % self.config.vocab_size)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The sum of the two embeddings goes into the first block without dropout.",
)
def no_embedding_dropout(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.wte(idx) + self.wpe(_places(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="There is a loss for each prediction, but the model returns their sum. A mean does not grow with the batch, "
    "and neither should the gradient.",
)
def summed_loss(self, idx, targets=None):
    _checked(self, idx)
    logits, loss = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)
    return logits, None if targets is None else loss * (targets != IGNORE).sum()


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Ids of any dtype are let in. Floats fail somewhere deep inside, where nobody knows why; say it at the door.",
    symptom=True,
)
def any_dtype(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)


@misconception(
    "gpt",
    says="init_weights was never run. torch's own start makes a model that is sure of itself before it has seen "
    "anything, and its first loss is well above ln V.",
)
class default_init(GPT):
    def __init__(self, config):
        super().__init__(config)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                module.reset_parameters()


@misconception(
    "gpt",
    says="lm_head and wte share one tensor. GPT-2 does that, and so will you in a later unit; here lm_head has a "
    "weight of its own.",
)
class tied_head(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head.weight = self.wte.weight


@misconception(
    "gpt",
    says="There is one set of weights for all layers. Each of the n_layer blocks has weights of its own.",
    symptom=True,
)
class one_block_repeated(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.blocks = nn.ModuleList([self.blocks[0]] * config.n_layer)


@misconception(
    "gpt",
    says="lm_head has a bias. Here it has none: the norm in front of it has a shift already.",
)
class lm_head_with_bias(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)
        self.lm_head.apply(init_weights)


@misconception(
    "gpt",
    says="A text longer than block_size is refused by an error of torch's own. Say it at the door, in the model's "
    "words.",
    symptom=True,
)
class gpt_any_length(GPT):
    def forward(self, idx, targets=None):
        if idx.dtype != torch.int64:
            raise TypeError("ids are int64")
        return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)
