"""Wrong answers to u10.data_loader_lite, each with its cause in words, run in the solution's namespace."""

from grader import misconception

right_reset = DataLoaderLite.reset


def _taken(self, shift=1):
    """Return x and y from where the loader stands."""
    B, T, p = self.B, self.T, self.current_position
    buf = self.tokens[p : p + B * T + 1]
    return buf[: B * T].view(B, T), buf[shift : B * T + shift].view(B, T)


def _moved(self, by=None, needs=None, begin=None):
    """Move on; needs: how many tokens the next step takes, from where rank 0 is."""
    step = self.B * self.T * self.world_size
    self.current_position += step if by is None else by
    start = self.current_position - self.B * self.T * self.rank if begin is None else begin
    if start + (step + 1 if needs is None else needs) > len(self.tokens):
        self.reset(self.current_shard + 1)


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    symptom=True,
    says="A step is taken to fit with B * T tokens for each rank. It takes one more, for the last target.",
)
def no_plus_one(self):
    found = _taken(self)
    _moved(self, needs=self.B * self.T * self.world_size)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="In a new shard every rank begins at 0, so all of them read the same tokens. Rank r begins at B * T * r.",
)
def rank_offset_lost(self):
    found, before = _taken(self), self.current_shard
    self.current_position += self.B * self.T * self.world_size
    step = self.B * self.T * self.world_size
    if self.current_position + step + 1 > len(self.tokens):
        self.reset(before + 1)
        self.current_position = 0
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="Each rank asks from its own position whether the next step fits. The last rank stands furthest, so it goes "
    "to the next shard while the first still reads the old one.",
)
def desync(self):
    found = _taken(self)
    _moved(self, begin=self.current_position + self.B * self.T * self.world_size)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="Each rank asks only whether its own piece fits. The first ones go on in a shard that is over for the last.",
)
def own_piece_only(self):
    found = _taken(self)
    step = self.B * self.T * self.world_size
    self.current_position += step
    if self.current_position + self.B * self.T + 1 > len(self.tokens):
        self.reset(self.current_shard + 1)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The position moves on by B * T, the piece of one rank. So each rank reads next what its neighbour has just "
    "read.",
)
def stride_local(self):
    found = _taken(self)
    _moved(self, by=self.B * self.T)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The position moves on by B * T, the piece of one rank: each rank reads next what its neighbour has just "
    "read. And each asks for the end of the shard from its own position.",
)
def stride_local_own_end(self):
    found = _taken(self)
    one = self.B * self.T
    _moved(self, by=one, begin=self.current_position + one)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The end of a shard comes too early: the number of ranks is multiplied in twice, and tokens that would do for "
    "a step are skipped.",
)
def premature_reset(self):
    found = _taken(self)
    _moved(self, needs=self.B * self.T * self.world_size * self.world_size + 1)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The buffer is cut into rows of T + 1 tokens, so a token is lost between two rows. Rows lie end to end.",
)
def view_shift(self):
    B, T, p = self.B, self.T, self.current_position
    buf = self.tokens[p : p + B * (T + 1)]
    if len(buf) < B * (T + 1):
        buf = torch.cat([buf, buf[: B * (T + 1) - len(buf)]])
    rows = buf.view(B, T + 1)
    _moved(self)
    return rows[:, :-1], rows[:, 1:]


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="y is x. The target of a token is the one after it.",
)
def no_shift(self):
    found = _taken(self, shift=0)
    _moved(self)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="Each row of y is its row of x, turned by one: the last target is the row's own first token. It is the first "
    "token of the next row.",
)
def rows_rolled(self):
    x, _ = _taken(self)
    _moved(self)
    return x, x.roll(-1, dims=1)


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="x and y have changed places.",
)
def y_first(self):
    x, y = _taken(self)
    _moved(self)
    return y, x


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The tokens lie along the columns: the batch is read as (T, B) and turned. Rows are pieces of the text.",
)
def columns(self):
    x, y = _taken(self)
    _moved(self)
    return x.reshape(self.T, self.B).t(), y.reshape(self.T, self.B).t()


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The position moves on by one token too many in each step, as if the last target were used up. It is the next "
    "batch's first input.",
)
def skips_a_token(self):
    found = _taken(self)
    _moved(self, by=self.B * self.T * self.world_size + 1)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="The position moves on by T. Each batch then repeats most of the one before.",
)
def stride_of_a_row(self):
    found = _taken(self)
    _moved(self, by=self.T * self.world_size)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.next_batch",
    says="After the end of a shard the same shard begins anew: the others are never read.",
)
def same_shard_again(self):
    found, here = _taken(self), self.current_shard
    step = self.B * self.T * self.world_size
    self.current_position += step
    if self.current_position - self.B * self.T * self.rank + step + 1 > len(self.tokens):
        self.reset(here)
    return found


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.reset",
    says="Every rank begins at 0: all of them read the same tokens. Rank r begins at B * T * r.",
)
def all_ranks_at_0(self, shard=0):
    right_reset(self, shard)
    self.current_position = 0


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.reset",
    says="reset goes to the beginning of the shard where the loader is. It goes to the first shard.",
)
def reset_stays_in_shard(self, shard=None):
    right_reset(self, vars(self).get("current_shard", 0) if shard is None else shard)


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.reset",
    says="reset goes back in the shard, and keeps the tokens of the one where the loader was.",
)
def reset_keeps_tokens(self, shard=None):
    tokens = vars(self).get("tokens")
    right_reset(self, shard or 0)
    if shard is None and tokens is not None:
        self.tokens = tokens


@misconception(
    "data_loader_lite",
    replaces="DataLoaderLite.reset",
    says="Rank r begins at r times T. The pieces of the ranks are B * T long, so here they overlap.",
)
def offset_of_a_row(self, shard=0):
    right_reset(self, shard)
    self.current_position = self.T * self.rank
