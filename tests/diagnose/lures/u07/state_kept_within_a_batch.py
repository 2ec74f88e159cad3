# exercise: rnn_lm
# true: the state goes on from one sequence of the batch to the next
# not: from call to call
# not: never used


def _forward(self, idx, targets=None):
    h = self.start
    c = torch.zeros_like(h)
    rows = []
    for row in idx:
        hs = []
        for token in row:
            h, c = self.cell(self.wte(token)[None], h, c)
            hs.append(h)
        rows.append(torch.cat(hs))
    logits = self.lm_head(torch.stack(rows))
    loss = None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())
    return logits, loss


RNNLM.forward = _forward
