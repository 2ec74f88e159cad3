"""Measures how far the function moves and forgets which way."""

EXERCISE = "numerical_gradient"
TRUE = "negative slopes come out positive"


def numerical_gradient(f, xs, h=1e-5):
    def slope(i):
        right = f(*[x + h if j == i else x for j, x in enumerate(xs)])
        left = f(*[x - h if j == i else x for j, x in enumerate(xs)])
        return abs(right - left) / (2 * h)

    return [slope(i) for i in range(len(xs))]
