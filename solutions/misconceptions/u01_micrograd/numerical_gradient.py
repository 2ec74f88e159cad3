"""Wrong answers to u01.numerical_gradient, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _slopes(xs, one):
    return [one(i) for i in range(len(xs))]


def _moved(xs, i, step):
    return [x + step if j == i else x for j, x in enumerate(xs)]


@misconception(
    "numerical_gradient",
    says="You used the one-sided slope. Its error shrinks like h, that of the two-sided one like h squared, "
    "for one more call of f.",
)
def forward_diff(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*xs)) / h)


@misconception(
    "numerical_gradient",
    says="You moved the argument from x - h to x + h, a distance of 2h, but divided by h: every slope is doubled.",
)
def missing_2(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / h)


@misconception(
    "numerical_gradient",
    says="All arguments moved together. That measures the slope along the diagonal, the sum of all partial "
    "slopes, and not the slope in one argument.",
)
def perturb_all(f, xs, h=1e-5):
    return _slopes(xs, lambda _: (f(*[x + h for x in xs]) - f(*[x - h for x in xs])) / (2 * h))


@misconception(
    "numerical_gradient",
    says="The step into one argument is still there when you measure the next one. Start each argument from "
    "the point that you were given.",
)
def accumulated_perturbation(f, xs, h=1e-5):
    right, left, slopes = list(xs), list(xs), []
    for i in range(len(xs)):
        right[i] += h
        left[i] -= h
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes


@misconception(
    "numerical_gradient",
    says="Your step is far too small. Below about 1e-7 the two values agree in nearly all of their sixteen "
    "digits, and the subtraction leaves rounding noise.",
)
def h_too_small(f, xs, h=1e-5):
    h = 1e-12
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / (2 * h))


@misconception(
    "numerical_gradient",
    says="All slopes are 0, although f was called. Its answers must be taken after the argument has moved: a "
    "result that is finished cannot react to a step.",
)
def lambda_no_arg(f, xs, h=1e-5):
    finished = f(*xs) if xs else 0.0
    return _slopes(xs, lambda _: (finished - finished) / (2 * h))


@misconception(
    "numerical_gradient",
    says="You step in the caller's own list and step back. In floats, x + h - 2h + h is not always x, so every "
    "later measurement starts a little beside the point, and the list has changed.",
)
def steps_in_place(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        xs[i] += h
        right = f(*xs)
        xs[i] -= 2 * h
        slopes.append((right - f(*xs)) / (2 * h))
        xs[i] += h
    return slopes


@misconception(
    "numerical_gradient",
    says="f is never called, so nothing is measured.",
    symptom=True,
)
def never_called(f, xs, h=1e-5):
    return [0.0 for _ in xs]


@misconception(
    "numerical_gradient",
    says="Your slopes are tiny: the difference was multiplied by h. Python goes from left to right, and / 2 * "
    "h divides by 2 and then multiplies by h. It needs parentheses: / (2 * h).",
)
def halved_times_h(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / 2 * h)


@misconception(
    "numerical_gradient",
    says="Only f(x - h) was divided by the distance, since / binds tighter than -. The whole difference needs "
    "parentheses.",
)
def half_divided(f, xs, h=1e-5):
    return _slopes(xs, lambda i: f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h)) / (2 * h))


@misconception(
    "numerical_gradient",
    says="The step is not taken back: after x + h and x - h the argument stays at x - h, and the next ones are "
    "measured beside the point.",
)
def not_put_back(f, xs, h=1e-5):
    xs, slopes = list(xs), []
    for i in range(len(xs)):
        xs[i] += h
        right = f(*xs)
        xs[i] -= 2 * h
        slopes.append((right - f(*xs)) / (2 * h))
    return slopes


@misconception(
    "numerical_gradient",
    says="The step is not taken back: after x + h and x - h the argument stays at x - h, in the caller's own list.",
)
def not_put_back_in_place(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        xs[i] += h
        right = f(*xs)
        xs[i] -= 2 * h
        slopes.append((right - f(*xs)) / (2 * h))
    return slopes


@misconception(
    "numerical_gradient",
    says="Both calls of f got the same numbers. Two names for one list are one list: the step forward and the step "
    "back cancel in it. Make two copies.",
)
def one_list_twice(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        right = left = xs
        right[i] += h
        left[i] -= h
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes


@misconception(
    "numerical_gradient",
    says="Every slope is measured in the first argument. The step must go into the argument whose turn it is.",
)
def first_argument_only(f, xs, h=1e-5):
    return _slopes(xs, lambda _: (f(*_moved(xs, 0, h)) - f(*_moved(xs, 0, -h))) / (2 * h))


@misconception(
    "numerical_gradient",
    says="You step to one side only, a distance of h, and divide by 2h: every slope is halved.",
)
def one_side_over_two(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*xs)) / (2 * h))
