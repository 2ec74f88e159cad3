# exercise: hellaswag
# true: the first token of each ending is not scored
# not: they are one apart
# not: Nothing is shifted
# not: length of the whole row


def completion_losses(tokens, mask, logits):
    losses = -logits[:, :-1].log_softmax(dim=2).gather(2, tokens[:, 1:, None]).squeeze(2)
    kept = (mask[:, 1:] != 0) & (mask[:, :-1] != 0)
    return torch.where(kept, losses, torch.zeros_like(losses)).sum(dim=1) / mask[:, 1:].sum(dim=1)
