# exercise: scaled_dot_product_attention
# true: e to the score times the mask over its sum: nothing is subtracted first, so large scores overflow
# why: Subtract the largest score
# not: Masked after the softmax


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        mask = past if mask is None else mask & past
    weights = torch.exp(scores)
    if mask is not None:
        weights = weights * mask
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return (weights if dropout is None else dropout(weights)) @ v
