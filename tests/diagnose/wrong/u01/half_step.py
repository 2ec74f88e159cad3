"""Steps h / 2 to either side and still divides by 2 * h."""

EXERCISE = "numerical_gradient"
TRUE = "every slope is half of what it should be"


def numerical_gradient(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        right, left = list(xs), list(xs)
        right[i] += h / 2
        left[i] -= h / 2
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes
