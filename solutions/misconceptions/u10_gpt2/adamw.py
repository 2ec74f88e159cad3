"""Wrong answers to u10.adamw, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _kept(self, p):
    """Return what is remembered of a parameter, one step older."""
    if p not in self.state:
        self.state[p] = {"step": 0, "exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
    self.state[p]["step"] += 1
    return self.state[p]


def _moved(self, rule):
    """Move every parameter by `rule(p, g, m, v, t, group)`."""
    with torch.no_grad():
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    kept = _kept(self, p)
                    rule(p, p.grad, kept["exp_avg"], kept["exp_avg_sq"], kept["step"], group)


def _averaged(m, v, g, group):
    beta1, beta2 = group["betas"]
    m.mul_(beta1).add_(g, alpha=1 - beta1)
    v.mul_(beta2).addcmul_(g, g, value=1 - beta2)


def _decayed(p, group):
    p.mul_(1 - group["lr"] * group["weight_decay"])


def _stepped(p, m, v, t, group):
    beta1, beta2 = group["betas"]
    p.sub_(group["lr"] * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + group["eps"]))


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="m and v are used as they are. Both began at 0, and the first steps have to be corrected for that.",
)
def no_bias_correction(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * m / (v.sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="Only m is corrected. v began at 0, too, so its root is too small in the first steps.",
)
def v_uncorrected(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * m / (1 - group["betas"][0] ** t) / (v.sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="Only v is corrected. m began at 0, too, so the first steps are too short.",
)
def m_uncorrected(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * m / ((v / (1 - group["betas"][1] ** t)).sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The exponent of the correction is one too large: the first step is number 1, and it counts as 2.",
)
def t_ahead(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, t + 1, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="You correct by 1 - beta, at every step. The correction fades: it is 1 - beta ** t.",
)
def no_exponent(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, 1, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    symptom=True,
    says="The first step counts as number 0: there the correction divides by 1 - beta ** 0, which is 0.",
)
def t_from_zero(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        one, two = (torch.tensor(1 - beta ** (t - 1)) for beta in group["betas"])
        p.sub_(group["lr"] * (m / one) / ((v / two).sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The decay is added to the gradient and goes through m and v. That is Adam with L2; here it acts on the "
    "weight "
    "itself.",
)
def coupled_l2(self):
    def rule(p, g, m, v, t, group):
        _averaged(m, v, g + group["weight_decay"] * p, group)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The decay comes after the step and takes its share of the new weight. It comes first, with the old one.",
)
def decay_after(self):
    def rule(p, g, m, v, t, group):
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, group)
        _decayed(p, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="A weight loses weight_decay of itself at every step. It loses lr * weight_decay: the schedule holds for it, "
    "too.",
)
def decay_without_lr(self):
    def rule(p, g, m, v, t, group):
        p.mul_(1 - group["weight_decay"])
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="Nothing decays: weight_decay is not used.",
)
def no_decay(self):
    def rule(p, g, m, v, t, group):
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The sign of the decay is turned round: weights grow by their share.",
)
def decay_grows(self):
    def rule(p, g, m, v, t, group):
        p.mul_(1 + group["lr"] * group["weight_decay"])
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="eps stands inside of the root. There gradients of 1e-8 vanish beside it: its root is 1e-4.",
)
def eps_inside(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + group["eps"]).sqrt())

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="eps is added to the root of the uncorrected v, and corrected with it. It stands behind the correction.",
)
def eps_uncorrected(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        _averaged(m, v, g, group)
        rate = group["lr"] * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        p.sub_(rate * m / (v.sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="eps is not there: it keeps the division in bounds where gradients are tiny.",
)
def no_eps(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, {**group, "eps": 0.0})

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="v averages the gradients. It averages their squares.",
)
def v_not_squared(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        m.mul_(beta1).add_(g, alpha=1 - beta1)
        v.mul_(beta2).add_(g, alpha=1 - beta2)
        p.sub_(group["lr"] * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).abs().sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The root is missing: m is divided by v itself. Then the size of the gradients matters, the wrong way round.",
)
def divided_by_v(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The two betas have changed places: beta1 is for m, beta2 for v.",
)
def betas_swapped(self):
    def rule(p, g, m, v, t, group):
        turned = {**group, "betas": tuple(reversed(group["betas"]))}
        _decayed(p, group)
        _averaged(m, v, g, turned)
        _stepped(p, m, v, t, turned)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="New and old have changed places in the averages: the old one keeps beta of its weight, the new one gets "
    "1 - beta.",
)
def new_for_old(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        m.mul_(1 - beta1).add_(g, alpha=beta1)
        v.mul_(1 - beta2).addcmul_(g, g, value=beta2)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The step goes along the gradient, uphill. It goes against it.",
)
def uphill(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, {**group, "lr": -group["lr"]})

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="The step follows the gradient of now, divided by its average size. m, the average of the gradients, is not "
    "used.",
)
def without_momentum(self):
    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        p.sub_(group["lr"] * g / ((v / (1 - group["betas"][1] ** t)).sqrt() + group["eps"]))

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="All parameters share one step count, and it goes up with each of them. A step is a step of the optimizer.",
)
def counts_parameters(self):
    self.count = getattr(self, "count", 0)

    def rule(p, g, m, v, t, group):
        self.count += 1
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, self.count, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="All parameters count together: one whose first gradient comes late is corrected as if it had been there from "
    "the beginning.",
)
def one_count(self):
    self.count = getattr(self, "count", 0) + 1

    def rule(p, g, m, v, t, group):
        _decayed(p, group)
        _averaged(m, v, g, group)
        _stepped(p, m, v, self.count, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="One pair of numbers serves for a whole tensor: v averages the mean square. Each number has an average of its "
    "own.",
)
def one_v_a_tensor(self):
    def rule(p, g, m, v, t, group):
        beta1, beta2 = group["betas"]
        _decayed(p, group)
        m.mul_(beta1).add_(g, alpha=1 - beta1)
        v.mul_(beta2).add_((g * g).mean(), alpha=1 - beta2)
        _stepped(p, m, v, t, group)

    _moved(self, rule)


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="A parameter without a gradient decays all the same. It stays as it is.",
)
def decays_without_gradient(self):
    def rule(p, g, m, v, t, group):
        _averaged(m, v, g, group)
        _stepped(p, m, v, t, group)

    with torch.no_grad():
        for group in self.param_groups:
            for p in group["params"]:
                _decayed(p, group)
    _moved(self, rule)


@misconception(
    "adamw",
    symptom=True,
    says="The options of a group are not heeded: all of them step and decay as the first group does.",
)
class FirstGroupForAll(AdamW):
    def step(self):
        options = {name: one for name, one in self.param_groups[0].items() if name != "params"}

        def rule(p, g, m, v, t, group):
            _decayed(p, options)
            _averaged(m, v, g, options)
            _stepped(p, m, v, t, options)

        _moved(self, rule)


@misconception(
    "adamw",
    says="The lr that was given at the beginning is used for ever: a schedule changes that of the groups, and nothing "
    "follows.",
)
class LrOfTheBeginning(AdamW):
    def __init__(self, params, lr, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1):
        super().__init__(params, lr, betas, eps, weight_decay)
        self.rates = [group["lr"] for group in self.param_groups]

    def step(self):
        changed = [group["lr"] for group in self.param_groups]
        for group, rate in zip(self.param_groups, self.rates, strict=True):
            group["lr"] = rate
        super().step()
        for group, rate in zip(self.param_groups, changed, strict=True):
            group["lr"] = rate


@misconception(
    "adamw",
    replaces="AdamW.zero_grad",
    symptom=True,
    says="zero_grad() leaves the gradients of later groups as they are.",
)
def zeroes_first_group(self):
    for p in self.param_groups[0]["params"]:
        p.grad = None


@misconception(
    "adamw",
    replaces="AdamW.zero_grad",
    symptom=True,
    says="After zero_grad() the gradients are still there.",
)
def keeps_gradients(self):
    for group in self.param_groups:
        for p in group["params"]:
            p.grad.detach()


@misconception(
    "adamw",
    replaces="AdamW.load_state_dict",
    says="The moments are not restored: m and v begin at 0 again, and the loss jumps after each resume.",
)
def moments_restart(self, state_dict):
    for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
        group.update({name: value for name, value in saved.items() if name != "params"})


@misconception(
    "adamw",
    replaces="AdamW.load_state_dict",
    says="The moments are restored, and the step count is not: it begins anew, so old averages are corrected like new "
    "ones.",
)
def count_restarts(self, state_dict):
    params = [p for group in self.param_groups for p in group["params"]]
    for i, kept in state_dict["state"].items():
        self.state[params[i]] = {**{name: one for name, one in kept.items() if name != "step"}, "step": 0}
    for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
        group.update({name: value for name, value in saved.items() if name != "params"})


@misconception(
    "adamw",
    replaces="AdamW.load_state_dict",
    says="The options of the groups are not restored: a lr that a schedule has set is lost.",
)
def options_lost(self, state_dict):
    params = [p for group in self.param_groups for p in group["params"]]
    self.state = {params[i]: dict(kept) for i, kept in state_dict["state"].items()}


@misconception(
    "adamw",
    replaces="AdamW.load_state_dict",
    says="Two optimizers share their moments after loading: a step of one moves the memory of the other.",
)
def shared_moments(self, state_dict):
    params = [p for group in self.param_groups for p in group["params"]]
    self.state = {params[i]: dict(kept) for i, kept in state_dict["state"].items()}
    for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
        group.update({name: value for name, value in saved.items() if name != "params"})


@misconception(
    "adamw",
    replaces="AdamW.step",
    says="One pair of averages serves for all parameters of one shape. State belongs to the parameter.",
)
def state_by_shape(self):
    self.shapes = getattr(self, "shapes", {})
    with torch.no_grad():
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                one = self.shapes.setdefault(p.shape, p)
                kept = self.state[p] = _kept(self, one)
                _decayed(p, group)
                _averaged(kept["exp_avg"], kept["exp_avg_sq"], p.grad, group)
                _stepped(p, kept["exp_avg"], kept["exp_avg_sq"], kept["step"], group)
