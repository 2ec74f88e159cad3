# exercise: accumulate_gradients
# true: the last micro batch goes backward twice
# not: losses are not divided
# not: only those of the last
# not: divided after


def accumulate_gradients(model, micro_batches):
    total = 0.0
    for i, (x, y) in enumerate(micro_batches):
        loss = model(x, y)[1] / len(micro_batches)
        loss.backward(retain_graph=True)
        if i == len(micro_batches) - 1:
            loss.backward()
        total += loss.item()
    return total
