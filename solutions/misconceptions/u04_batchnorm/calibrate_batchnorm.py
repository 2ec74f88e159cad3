"""Wrong answers to u04.calibrate_batchnorm, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _batches(forward, X, batch_size):
    with torch.no_grad():
        return [forward(batch) for batch in X.split(batch_size)]


def _within(found, rows):
    return sum(one.var(0, unbiased=len(found) == 1, keepdim=True) * len(one) for one in found) / rows


def _all(forward, X, batch_size):
    return torch.cat(_batches(forward, X, batch_size))


@misconception(
    "calibrate_batchnorm",
    says="You average the variances of the batches. How far the means of the batches lie apart is missing.",
)
def mean_of_vars(forward_to_preact, X, batch_size=1024):
    found = _batches(forward_to_preact, X, batch_size)
    total = _all(forward_to_preact, X, batch_size)
    return total.mean(0, keepdim=True), _within(found, len(X))


@misconception(
    "calibrate_batchnorm",
    says="The mean of squares minus the square of the mean: where the mean is large, no digits are left.",
)
def naive_moments(forward_to_preact, X, batch_size=1024):
    h, n = _all(forward_to_preact, X, batch_size), len(X)
    mean = h.mean(0, keepdim=True)
    return mean, ((h * h).mean(0, keepdim=True) - mean * mean) * n / (n - 1)


@misconception("calibrate_batchnorm", says="These are the numbers of the last batch. The whole data set is wanted.")
def last_batch(forward_to_preact, X, batch_size=1024):
    last = _batches(forward_to_preact, X, batch_size)[-1]
    return last.mean(0, keepdim=True), last.var(0, unbiased=len(last) > 1, keepdim=True)


@misconception(
    "calibrate_batchnorm", says="Each batch counts the same, also a smaller last one. Weigh them by their rows."
)
def unweighted(forward_to_preact, X, batch_size=1024):
    found = _batches(forward_to_preact, X, batch_size)
    h = torch.cat(found)
    mean = torch.stack([one.mean(0, keepdim=True) for one in found]).mean(0)
    return mean, h.var(0, keepdim=True)


@misconception("calibrate_batchnorm", says="Your variance divides by N. Wanted is N - 1, as in the running averages.")
def biased(forward_to_preact, X, batch_size=1024):
    h = _all(forward_to_preact, X, batch_size)
    return h.mean(0, keepdim=True), h.var(0, unbiased=False, keepdim=True)


@misconception("calibrate_batchnorm", says="The second answer is a standard deviation. The variance is wanted.")
def std_for_variance(forward_to_preact, X, batch_size=1024):
    h = _all(forward_to_preact, X, batch_size)
    return h.mean(0, keepdim=True), h.std(0, keepdim=True)


@misconception(
    "calibrate_batchnorm",
    symptom=True,
    says="The results are part of a graph. Nobody will call backward on them; torch.no_grad() keeps it "
    "from being built.",
)
def keeps_graph(forward_to_preact, X, batch_size=1024):
    h = torch.cat([forward_to_preact(batch) for batch in X.split(batch_size)])
    return h.mean(0, keepdim=True), h.var(0, keepdim=True)


@misconception(
    "calibrate_batchnorm",
    symptom=True,
    says="All rows go in at once, whatever batch_size says. With a large data set the memory would not do.",
)
def all_at_once(forward_to_preact, X, batch_size=1024):
    h = _all(forward_to_preact, X, len(X))
    return h.mean(0, keepdim=True), h.var(0, keepdim=True)
