"""Right numbers in the wrong order: dbeta, dgamma."""

EXERCISE = "batchnorm_backward"
TRUE = "dgamma and dbeta are swapped"


def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    n = len(x)
    centred = x - x.mean(axis=0, keepdims=True)
    var = (centred**2).sum(axis=0, keepdims=True) / (n - 1 if unbiased else n)
    inverse = (var + eps) ** -0.5
    xhat = centred * inverse
    dgamma, dbeta = (dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)
    dxhat = dout * gamma
    through_var = (dxhat * xhat).sum(axis=0, keepdims=True) / (n - 1 if unbiased else n)
    dx = inverse * (dxhat - dxhat.mean(axis=0, keepdims=True) - xhat * through_var)
    return dx, dbeta, dgamma
