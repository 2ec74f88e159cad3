"""Wrong answers to u04.gauges, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _ratios(params, one):
    return [math.nan if p.grad is None else one(p.detach(), p.grad).item() for p in params]


def _report(params, low, high, size, nan=lambda grad: grad.isnan().any()):
    report = {"exploding": [], "vanishing": [], "nan": []}
    for i, p in enumerate(params):
        if p.grad is None:
            continue
        if nan(p.grad):
            report["nan"].append(i)
        elif size(p.grad) > high:
            report["exploding"].append(i)
        elif size(p.grad) < low:
            report["vanishing"].append(i)
    return report


@misconception(
    "gauges",
    replaces="update_to_data_ratio",
    says="The learning rate is missing: that is gradient to data. A step is lr * grad.",
)
def grad_data_ratio(params, lr):
    return _ratios(params, lambda data, grad: (grad.std() / data.std()).log10())


@misconception(
    "gauges", replaces="update_to_data_ratio", says="This is the natural logarithm. The healthy -3 is to base 10."
)
def natural_log(params, lr):
    return _ratios(params, lambda data, grad: (lr * grad.std() / data.std()).log())


@misconception("gauges", replaces="update_to_data_ratio", says="The logarithm is missing: 0.001 where -3 is wanted.")
def no_log(params, lr):
    return _ratios(params, lambda data, grad: lr * grad.std() / data.std())


@misconception("gauges", replaces="update_to_data_ratio", says="The ratio stands upside down: data divided by step.")
def upside_down(params, lr):
    return _ratios(params, lambda data, grad: (data.std() / (lr * grad.std())).log10())


@misconception(
    "gauges",
    replaces="update_to_data_ratio",
    says="You compare norms. They hold the mean as well; asked for are standard deviations.",
)
def norms(params, lr):
    return _ratios(params, lambda data, grad: (lr * grad.norm() / data.norm()).log10())


@misconception(
    "gauges",
    replaces="grad_report",
    symptom=True,
    says="A gradient with nan in it goes unseen: every comparison with nan is False. Ask for nan on its own.",
)
def nan_hidden(params, low=1e-8, high=100.0):
    return _report(params, low, high, lambda grad: grad.norm(), nan=lambda grad: False)


@misconception(
    "gauges",
    replaces="grad_report",
    symptom=True,
    says="You judge by the largest entry. Many entries that are fine alone can explode together: the norm decides.",
)
def largest_entry(params, low=1e-8, high=100.0):
    return _report(params, low, high, lambda grad: grad.abs().max())


@misconception(
    "gauges",
    replaces="grad_report",
    symptom=True,
    says="You look at the mean of a gradient, or at its sum. Large entries of both signs cancel there.",
)
def signed(params, low=1e-8, high=100.0):
    return _report(params, low, high, lambda grad: grad.sum().abs())


@misconception(
    "gauges",
    replaces="grad_report",
    symptom=True,
    says="low and high are not looked at: 1e-8 and 100 are built in.",
)
def limits_ignored(params, low=1e-8, high=100.0):
    return _report(params, 1e-8, 100.0, lambda grad: grad.norm())


@misconception(
    "gauges",
    replaces="grad_report",
    symptom=True,
    says="You judge by the mean size of the entries. One that is huge drowns among many small ones: the norm decides.",
)
def mean_entry(params, low=1e-8, high=100.0):
    return _report(params, low, high, lambda grad: grad.abs().mean())
