"""Wrong answers to u10.configure_param_groups, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _groups(params, decayed, weight_decay, rest=0.0):
    """Return two groups: params by name, decayed(name, parameter)."""
    return [
        {"params": [one for name, one in params if decayed(name, one)], "weight_decay": weight_decay},
        {"params": [one for name, one in params if not decayed(name, one)], "weight_decay": rest},
    ]


def _trained(model):
    return [(name, one) for name, one in model.named_parameters() if one.requires_grad]


def _matrix(_, one):
    return one.dim() >= 2


@misconception(
    "configure_param_groups",
    says="All parameters are decayed, biases and gains of LayerNorms, too. Vectors are not.",
)
def decay_all(model, weight_decay):
    return _groups(_trained(model), lambda name, one: True, weight_decay)


@misconception("configure_param_groups", says="Nothing is decayed. Matrices are.")
def decay_none(model, weight_decay):
    return _groups(_trained(model), _matrix, 0.0)


@misconception(
    "configure_param_groups",
    symptom=True,
    says="A tied parameter is there twice, once under each of its names. An optimizer would take two steps on it.",
)
def tied_in_twice(model, weight_decay):
    every = [pair for pair in model.named_parameters(remove_duplicate=False) if pair[1].requires_grad]
    return _groups(every, _matrix, weight_decay)


@misconception(
    "configure_param_groups",
    symptom=True,
    says="The groups hold tensors that are no parameters: state_dict() gives copies without a gradient, and buffers.",
)
def from_state_dict(model, weight_decay):
    return _groups(list(model.state_dict().items()), _matrix, weight_decay)


@misconception(
    "configure_param_groups",
    says="Whatever has no bias in its name is decayed, gains of LayerNorms among it. What counts is the number of "
    "dimensions.",
)
def by_name(model, weight_decay):
    return _groups(_trained(model), lambda name, one: "bias" not in name, weight_decay)


@misconception(
    "configure_param_groups",
    says="Biases and what has norm or ln in its name are not decayed. Names say nothing: what counts is the number of "
    "dimensions.",
)
def by_more_names(model, weight_decay):
    def decayed(name, one):
        return not any(word in name for word in ("bias", "norm", "ln"))

    return _groups(_trained(model), decayed, weight_decay)


@misconception(
    "configure_param_groups",
    says="Frozen parameters are in the groups. They require no gradient: nothing is to be trained or decayed there.",
)
def frozen(model, weight_decay):
    return _groups(list(model.named_parameters()), _matrix, weight_decay)


@misconception("configure_param_groups", says="Embeddings are not decayed. They are matrices and belong to the first.")
def embeddings_out(model, weight_decay):
    tables = {id(one.weight) for one in model.modules() if isinstance(one, nn.Embedding)}
    return _groups(_trained(model), lambda name, one: one.dim() >= 2 and id(one) not in tables, weight_decay)


@misconception("configure_param_groups", says="Two and no more: parameters of three dimensions are not decayed.")
def exactly_two(model, weight_decay):
    return _groups(_trained(model), lambda name, one: one.dim() == 2, weight_decay)


@misconception("configure_param_groups", says="Vectors are decayed, and matrices are not. It is the other way round.")
def flipped(model, weight_decay):
    return _groups(_trained(model), lambda name, one: one.dim() < 2, weight_decay)


@misconception(
    "configure_param_groups",
    symptom=True,
    says="The parameters that are not decayed are in no group: they would never be trained.",
)
def vectors_lost(model, weight_decay):
    return _groups(_trained(model), _matrix, weight_decay)[:1]


@misconception(
    "configure_param_groups", says="weight_decay is not looked at: the first group has 0.1, whatever is asked."
)
def fixed_decay(model, weight_decay):
    return _groups(_trained(model), _matrix, 0.1)


@misconception("configure_param_groups", says="Parameters with no dimension, single numbers, are in no group.")
def numbers_lost(model, weight_decay):
    return _groups([pair for pair in _trained(model) if pair[1].dim()], _matrix, weight_decay)
