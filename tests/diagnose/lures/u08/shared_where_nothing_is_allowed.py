# exercise: scaled_dot_product_attention
# true: the lowest number stands for a ban, and is equal for all where all are forbidden
# not: float16
# why: Where all keys are forbidden they share the weight


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        mask = past if mask is None else mask & past
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    return (weights if dropout is None else dropout(weights)) @ v
