# exercise: head
# true: the softmax runs over the queries
# not: is a banned score
# not: upside down


def _forward(self, x):
    T = x.shape[1]
    if self.block_size < T:
        raise ValueError(T)
    q, k, v = self.query(x), self.key(x), self.value(x)
    scores = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
    past = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()
    scores = scores.masked_fill(~past, float("-inf"))
    return self.dropout(scores.softmax(dim=-2)) @ v


Head.forward = _forward
