# exercise: scaled_dot_product_attention
# true: the mask bans what it should allow
# not: whatever goes in


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        mask = past if mask is None else mask & past
    if mask is not None:
        scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask, 0.0)
    return (weights if dropout is None else dropout(weights)) @ v
