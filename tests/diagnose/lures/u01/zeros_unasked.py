# exercise: numerical_gradient
# true: zeros are returned and f is never called
# why: f is never called
# not: computed before anything moved
# not: although f was called


def numerical_gradient(f, xs, h=1e-5):
    return [0.0 for x in xs]
