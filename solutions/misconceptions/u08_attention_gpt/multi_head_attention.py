"""Wrong answers to u08.multi_head_attention, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "multi_head_attention",
    says="The heads stand side by side and never mix: channel 0 hears from head 0 only. The layer proj at the end is "
    "missing.",
)
class no_proj(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Identity()


@misconception(
    "multi_head_attention",
    says="proj takes what a single head gives. The heads are not to be added up, or nobody can tell which head said "
    "what; they stand side by side along the channels.",
    symptom=True,
)
class sum_heads(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Linear(n_embd // n_head, n_embd)

    def forward(self, x):
        return self.dropout(self.proj(sum(head(x) for head in self.heads)))


@misconception(
    "multi_head_attention",
    says="Each head is as wide as the whole model, so H heads cost H times the parameters. They share the width: "
    "n_embd / n_head each.",
)
class full_width_heads(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.heads = nn.ModuleList(Head(n_embd, n_embd, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(n_head * n_embd, n_embd)


@misconception(
    "multi_head_attention",
    says="You put the heads one after another in time. It is the channels that they share; the sequence stays as long "
    "as it is.",
)
class cat_time(MultiHeadAttention):
    def forward(self, x):
        return self.dropout(self.proj(torch.cat([head(x) for head in self.heads], dim=1)))


@misconception(
    "multi_head_attention",
    says="A number of heads that does not divide the width is let through. The heads cannot be as wide as the model "
    "together, and nobody is told.",
    symptom=True,
)
class floor_head_size(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        nn.Module.__init__(self)
        size = n_embd // n_head
        self.heads = nn.ModuleList(Head(n_embd, size, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(size * n_head, n_embd)
        self.dropout = Dropout(dropout)


@misconception(
    "multi_head_attention",
    says="torch does not find the heads' parameters, so no optimizer will ever see them. Modules in a plain Python "
    "list are hidden like that.",
    symptom=True,
)
class heads_in_a_list(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        heads = list(self.heads)
        del self.heads
        self.heads = heads


@misconception(
    "multi_head_attention",
    says="There is one set of parameters for all heads. Each head asks a question of its own, with layers of its own.",
    symptom=True,
)
class one_head_repeated(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.heads = nn.ModuleList([self.heads[0]] * n_head)


@misconception(
    "multi_head_attention",
    says="proj has no bias here; the text gives it one.",
)
class proj_without_bias(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Linear(n_embd, n_embd, bias=False)


@misconception(
    "multi_head_attention",
    says="The output goes out without dropout. The heads drop weights, and what proj returns is dropped as well.",
)
class no_output_dropout(MultiHeadAttention):
    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], dim=-1))


@misconception(
    "multi_head_attention",
    says="proj is there, and is not applied: the heads stand side by side and never mix.",
)
class proj_not_applied(MultiHeadAttention):
    def forward(self, x):
        return self.dropout(torch.cat([head(x) for head in self.heads], dim=-1))


@misconception(
    "multi_head_attention",
    replaces="MultiHeadAttention.forward",
    says="The first head is asked again and again, and the others never. Each head gives its own part of the channels.",
)
def first_head_only(self, x):
    return self.dropout(self.proj(torch.cat([self.heads[0](x) for _ in self.heads], dim=-1)))
