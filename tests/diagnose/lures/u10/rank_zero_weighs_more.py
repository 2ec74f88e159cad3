# exercise: data_parallel
# true: the gradients of rank 0 count twice in the mean
# not: added up and not divided
# not: one after the other
# not: gradients of rank 0. The work


def average_gradients(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        grads = [p.grad for p in ps if p.grad is not None]
        if grads:
            mean = (torch.stack(grads).sum(dim=0) + grads[0]) / (len(ps) + 1)
            for p in ps:
                p.grad = mean.clone()
