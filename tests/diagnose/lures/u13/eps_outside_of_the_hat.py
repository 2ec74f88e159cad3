# exercise: train
# true: eps is added before the second average is corrected
# not: under the root
# not: not corrected
# not: decay


def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for name, grad in grads.items():
        m[name] = beta1 * m[name] + (1 - beta1) * grad
        v[name] = beta2 * v[name] + (1 - beta2) * grad**2
        below = (np.sqrt(v[name]) + eps) / (1 - beta2**t) ** 0.5
        params[name] = params[name] - lr * (m[name] / (1 - beta1**t) / below + weight_decay * params[name])
