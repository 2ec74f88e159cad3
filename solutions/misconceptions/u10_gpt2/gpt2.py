"""Wrong answers to u10.gpt2, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _parts(self, config, head_bias=False):
    nn.Module.__init__(self)
    self.config = config
    self.wte = nn.Embedding(config.vocab_size, config.n_embd)
    self.wpe = nn.Embedding(config.block_size, config.n_embd)
    self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
    self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
    self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=head_bias)


def _tie(self):
    self.lm_head.weight = self.wte.weight


def _draw(self, small=0.02, which="c_proj.weight", zero=True):
    """Draw the weights: those whose names end in `which` with a deviation of their own."""
    for name, parameter in self.named_parameters():
        if name.endswith("bias"):
            if zero:
                nn.init.zeros_(parameter)
        elif parameter.dim() == 2:
            nn.init.normal_(parameter, std=small if name.endswith(which) else 0.02)


def _inner(config):
    return 0.02 / math.sqrt(2 * config.n_layer)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="The numbers of wte are copied into lm_head. They begin equal, and part with the first step: two parameters, "
    "each with its own gradient.",
)
def copied_not_tied(self, config):
    _parts(self, config)
    _draw(self, _inner(config))
    self.lm_head.weight.data = self.wte.weight.data.clone()


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    symptom=True,
    says="lm_head and wte share their numbers, but they are two parameters: an optimizer takes two steps on the same "
    "numbers, each with a part of the gradient.",
)
def data_shared(self, config):
    _parts(self, config)
    _draw(self, _inner(config))
    self.lm_head.weight.data = self.wte.weight.data


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="When __init__ is done, lm_head.weight is not wte.weight: they were never tied, or what came after undid it.",
)
def tie_overwritten(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config))
    self.wte.weight = nn.Parameter(torch.randn_like(self.wte.weight) * 0.02)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="All matrices are drawn with the same 0.02. Both c_proj of every block add to the stream, which grows with "
    "the root of their number. (Full names only end in c_proj.weight; none is equal to it.)",
)
def scale_missing(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="c_proj is scaled by sqrt(L). A block adds to the stream twice, so there are 2 * L terms.",
)
def scale_L(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, 0.02 / math.sqrt(config.n_layer))


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="c_proj is scaled by 2 * L. Standard deviations add up as roots: sqrt(2 * L).",
)
def scale_no_root(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, 0.02 / (2 * config.n_layer))


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="Only attn.c_proj is scaled down. mlp.c_proj adds to the stream as well.",
)
def scale_attention_only(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config), "attn.c_proj.weight")


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="Only mlp.c_proj is scaled down. attn.c_proj adds to the stream as well.",
)
def scale_mlp_only(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config), "mlp.c_proj.weight")


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="Every matrix of the model is scaled down by sqrt(2 * L). Only those that add to the stream are, both c_proj.",
)
def scale_all(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config), "weight")


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="Weights are as torch draws them: embeddings with standard deviation 1, Linear layers evenly by their width. "
    "Scores come out large, and the first loss is far above ln V.",
)
def default_init(self, config):
    _parts(self, config)
    _tie(self)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="Embeddings are as torch draws them, with standard deviation 1. The table is the head's matrix, too, so the "
    "scores come out large.",
)
def embeddings_default(self, config):
    _parts(self, config)
    _tie(self)
    for name, parameter in self.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
        elif name.endswith("c_proj.weight"):
            nn.init.normal_(parameter, std=_inner(config))
        elif parameter.dim() == 2 and name.startswith("blocks"):
            nn.init.normal_(parameter, std=0.02)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="The biases of Linear layers are as torch draws them. They begin at 0.",
)
def biases_drawn(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config), zero=False)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    says="The gains of the LayerNorms are drawn like weights of a Linear layer, near 0. They begin at 1.",
)
def gains_drawn(self, config):
    _parts(self, config)
    _tie(self)
    _draw(self, _inner(config))
    for name, parameter in self.named_parameters():
        if "ln_" in name and name.endswith("weight"):
            nn.init.normal_(parameter, std=0.02)


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    symptom=True,
    says="lm_head has a bias. It has none: every token is scored by its row of the table alone.",
)
def head_bias(self, config):
    _parts(self, config, head_bias=True)
    _tie(self)
    _draw(self, _inner(config))


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    symptom=True,
    says="All blocks are one: the same block stands in the list L times.",
)
def one_block_many_times(self, config):
    _parts(self, config)
    self.blocks = nn.ModuleList([Block(config)] * config.n_layer)
    _tie(self)
    _draw(self, _inner(config))


@misconception(
    "gpt2",
    replaces="GPT2.__init__",
    symptom=True,
    says="The blocks stand in a Python list. torch does not see them there: no parameters, nothing to train.",
)
def plain_list(self, config):
    _parts(self, config)
    del self.blocks
    self.blocks = [Block(config) for _ in range(config.n_layer)]
    _tie(self)
    _draw(self, _inner(config))
