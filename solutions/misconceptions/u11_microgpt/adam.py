"""Wrong answers to u11.adam, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _step(params, m, v, step, lr, beta1, beta2, eps, **slips):
    """adam_step with something else in one place."""
    for i, p in enumerate(params):
        m[i] = beta1 * m[i] + (1 - beta1) * p.grad
        v[i] = slips.get("second", lambda old, g: beta2 * old + (1 - beta2) * g * g)(v[i], p.grad)
        count = step + slips.get("count", 1)
        first, second = (1 - beta1**count, 1 - beta2**count) if slips.get("corrected", True) else (1.0, 1.0)
        mhat, vhat = m[i] / first, v[i] / second
        root = math.sqrt(vhat + eps) if slips.get("inside") else math.sqrt(abs(vhat)) + eps
        p.data -= slips.get("sign", 1) * lr * mhat / root
        if slips.get("zero", True):
            p.grad = 0.0


@misconception(
    "adam",
    replaces="adam_step",
    symptom=True,
    says="The first step divides by zero: step counts from 0, and 1 - beta ** 0 is 0. The formula counts from 1: "
    "step + 1.",
)
def beta_pow_step0(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, count=0)


@misconception(
    "adam",
    replaces="adam_step",
    says="The gradients are still there after the step, so the next document adds to them.",
)
def no_zero(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, zero=False)


@misconception(
    "adam",
    replaces="adam_step",
    says="v is a mean of the gradients themselves. It is one of their squares.",
)
def v_before_square(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, second=lambda old, g: beta2 * old + (1 - beta2) * g)


@misconception(
    "adam",
    replaces="clip_gradients",
    says="Each gradient is cut to max_norm by itself. It is the length of all together that counts: one factor for"
    " all.",
)
def clip_each(params, max_norm):
    norm = math.sqrt(sum(p.grad * p.grad for p in params))
    for p in params:
        p.grad = max(-max_norm, min(max_norm, p.grad))
    return norm


@misconception(
    "adam",
    replaces="linear_decay",
    says="The rate falls one step too early: the first step does not have all of lr, and the last one has nothing.",
)
def lr_zero_first(step, num_steps, lr):
    return lr * (1 - (step + 1) / num_steps)


@misconception(
    "adam",
    replaces="adam_step",
    says="m and v are not corrected for their start at 0: the divisors 1 - beta ** (step + 1) are missing.",
)
def no_bias_correction(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, corrected=False)


@misconception(
    "adam",
    replaces="adam_step",
    says="The correction is 1 - beta in every step. It is 1 - beta ** (step + 1), which tends to 1.",
)
def correction_without_power(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, 0, lr, beta1, beta2, eps)


@misconception("adam", replaces="adam_step", says="eps is added inside of the root. It is added to the root.")
def eps_inside(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, inside=True)


@misconception(
    "adam",
    replaces="adam_step",
    says="The step goes uphill: the parameters move along their gradients, not against them.",
)
def uphill(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta1, beta2, eps, sign=-1)


@misconception("adam", replaces="adam_step", says="The two betas are exchanged: beta1 belongs to m, beta2 to v.")
def betas_exchanged(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, m, v, step, lr, beta2, beta1, eps)


@misconception(
    "adam",
    replaces="adam_step",
    says="m and v are forgotten after the step: the lists that were given do not change, so every step is a first one.",
)
def moments_forgotten(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    _step(params, list(m), list(v), step, lr, beta1, beta2, eps)


@misconception(
    "adam",
    replaces="adam_step",
    says="beta weighs the new gradient, and 1 - beta the old mean. It is the other way round: m keeps beta1 of itself.",
)
def beta_of_the_new(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    for i, p in enumerate(params):
        m[i] = (1 - beta1) * m[i] + beta1 * p.grad
        v[i] = (1 - beta2) * v[i] + beta2 * p.grad * p.grad
        mhat, vhat = m[i] / (1 - beta1 ** (step + 1)), v[i] / (1 - beta2 ** (step + 1))
        p.data -= lr * mhat / (math.sqrt(vhat) + eps)
        p.grad = 0.0


@misconception(
    "adam",
    replaces="clip_gradients",
    says="Gradients are scaled to max_norm whatever their length, short ones up. What is short enough stays.",
)
def always_scaled(params, max_norm):
    norm = math.sqrt(sum(p.grad * p.grad for p in params))
    for p in params:
        p.grad *= max_norm / norm if norm else 1.0
    return norm


@misconception(
    "adam",
    replaces="clip_gradients",
    says="The sum of the squares is taken for the length: its root is missing.",
)
def norm_without_root(params, max_norm):
    norm = sum(p.grad * p.grad for p in params)
    if norm > max_norm:
        for p in params:
            p.grad *= max_norm / norm
    return norm


@misconception(
    "adam",
    replaces="clip_gradients",
    says="You return the length after clipping. It is the one before that is of interest: it says how mad the step"
    " was.",
)
def norm_afterwards(params, max_norm):
    norm = math.sqrt(sum(p.grad * p.grad for p in params))
    if norm > max_norm:
        for p in params:
            p.grad *= max_norm / norm
    return min(norm, max_norm)


@misconception(
    "adam",
    replaces="adam_step",
    says="m is corrected for its start at 0, and v is not: its divisor 1 - beta2 ** (step + 1) is missing.",
)
def v_not_corrected(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    for i, p in enumerate(params):
        m[i] = beta1 * m[i] + (1 - beta1) * p.grad
        v[i] = beta2 * v[i] + (1 - beta2) * p.grad * p.grad
        p.data -= lr * m[i] / (1 - beta1 ** (step + 1)) / (math.sqrt(v[i]) + eps)
        p.grad = 0.0
