# exercise: train
# true: gradients are emptied after the update, so the first step uses what the model held
# why: emptied after the update only
# not: The gradients of all earlier steps


def train_classifier(model, xs, ys, steps, lr):
    history = []
    for k in range(steps):
        loss = hinge_loss([model(x) for x in xs], ys, model.parameters())
        loss.backward()
        for p in model.parameters():
            p.data += -lr(k) * p.grad
            p.grad = 0.0
        history.append(loss.data)
    return history
