# exercise: train_neural_bigram
# true: the gradient is cleared, but only in every other step
# not: nobody clears it
# not: sum of all gradients


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    losses = []
    for step in range(steps):
        probs = softmax(one_hot(xs, vocab_size) @ W)
        loss = -probs[torch.arange(len(xs)), ys].log().mean() + reg * (W**2).mean()
        losses.append(loss.item())
        if step % 2 == 0:
            W.grad = None
        loss.backward()
        W.data -= lr * W.grad
    return W.detach(), losses
