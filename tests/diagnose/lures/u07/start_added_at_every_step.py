# exercise: rnn_lm
# true: the start is added to the state again at every step
# not: never used
# not: every step begins with the start
# not: from call to call


def _forward(self, idx, targets=None):
    emb, h = self.wte(idx), torch.zeros(len(idx), self.start.shape[1], dtype=self.start.dtype)
    c, hs = torch.zeros_like(h), []
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t], h + self.start, c)
        hs.append(h)
    logits = self.lm_head(torch.stack(hs, dim=1))
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())


RNNLM.forward = _forward
