"""Wrong answers to u06.gated_block, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _branch(x, params, name, dilation):
    return causal_conv1d(x, params[f"w{name}"], params[f"b{name}"], dilation)


def _ends(x, z, params):
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


@misconception(
    "gated_block",
    replaces="receptive_field",
    says="You add up kernel * dilation. A layer reaches (kernel - 1) * dilation places back; the place itself counts "
    "once for the whole stack.",
)
def sum_of_kernels(kernel, dilations):
    return sum(kernel * d for d in dilations) or 1


@misconception(
    "gated_block",
    replaces="receptive_field",
    says="The place itself is missing: it is 1 + the sum of the reaches.",
)
def itself_forgotten(kernel, dilations):
    return (kernel - 1) * sum(dilations) if dilations else 1


@misconception(
    "gated_block",
    replaces="receptive_field",
    says="The product of the layers' fields is too much: reaches add up. (With kernel 2 and dilations 1, 2, 4, 8 both "
    "are 16.)",
)
def kernel_to_the_depth(kernel, dilations):
    return kernel ** len(dilations)


@misconception(
    "gated_block",
    replaces="receptive_field",
    says="Only the last layer is counted. What it reads has already seen places further back: reaches add up.",
)
def last_layer_only(kernel, dilations):
    return 1 + (kernel - 1) * max(dilations, default=0)


@misconception(
    "gated_block",
    replaces="receptive_field",
    says="The dilations are left out: so far a stack reaches without gaps.",
)
def without_dilation(kernel, dilations):
    return 1 + (kernel - 1) * len(dilations)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The filter goes through a sigmoid, like the gate. The filter branch is tanh: it may be negative.",
)
def sigmoid_both(x, params, dilation):
    return _ends(
        x, torch.sigmoid(_branch(x, params, "f", dilation)) * torch.sigmoid(_branch(x, params, "g", dilation)), params
    )


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate goes through a tanh, like the filter. A gate is a sigmoid: between 0, shut, and 1, open.",
)
def tanh_both(x, params, dilation):
    return _ends(
        x, torch.tanh(_branch(x, params, "f", dilation)) * torch.tanh(_branch(x, params, "g", dilation)), params
    )


@misconception(
    "gated_block",
    replaces="gated_block",
    says="Filter and gate have changed places: tanh belongs to wf, the sigmoid to wg.",
)
def swapped_branches(x, params, dilation):
    return _ends(
        x, torch.sigmoid(_branch(x, params, "f", dilation)) * torch.tanh(_branch(x, params, "g", dilation)), params
    )


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate is added to the filter. It is multiplied with it: a gate lets pass, or does not.",
)
def gate_added(x, params, dilation):
    return _ends(
        x, torch.tanh(_branch(x, params, "f", dilation)) + torch.sigmoid(_branch(x, params, "g", dilation)), params
    )


def _z(x, params, dilation):
    return torch.tanh(_branch(x, params, "f", dilation)) * torch.sigmoid(_branch(x, params, "g", dilation))


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The residual is made from the skip. Skip and residual are two layers of their own, both on z.",
)
def residual_from_skip(x, params, dilation):
    _, skip = _ends(x, _z(x, params, dilation), params)
    padded = functional.pad(skip, (0, x.shape[-1]))[..., : x.shape[-1]]
    return x + padded, skip


@misconception(
    "gated_block",
    replaces="gated_block",
    says="x is not added to the residual. Without the short cut a block replaces what was there.",
)
def no_residual(x, params, dilation):
    residual, skip = _ends(x, _z(x, params, dilation), params)
    return residual - x, skip


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The skip is made from the residual, x included. It is made from z alone.",
    symptom="The skip is not made from z alone.",
)
def skip_of_residual(x, params, dilation):
    residual, _ = _ends(x, _z(x, params, dilation), params)
    D = params["ws"].shape[0]
    source = functional.pad(residual, (0, D))[..., :D]
    return residual, source @ params["ws"] + params["bs"]


@misconception(
    "gated_block",
    replaces="gated_block",
    says="skip comes first in what you return. The order is: residual, skip.",
    symptom=True,
)
def skip_first(x, params, dilation):
    residual, skip = _ends(x, _z(x, params, dilation), params)
    return skip, residual


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate's convolution has dilation 1, whatever is asked. Both convolutions have the same one.",
)
def gate_without_dilation(x, params, dilation):
    z = torch.tanh(_branch(x, params, "f", dilation)) * torch.sigmoid(_branch(x, params, "g", 1))
    return _ends(x, z, params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="dilation is not passed on: both convolutions join neighbours.",
)
def no_dilation(x, params, dilation):
    return _ends(x, _z(x, params, 1), params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="br and bs are not added.",
)
def no_biases(x, params, dilation):
    z = _z(x, params, dilation)
    return x + z @ params["wr"], z @ params["ws"]


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate does not go through a sigmoid. It multiplies by any number, and a gate is between 0 and 1.",
)
def gate_without_sigmoid(x, params, dilation):
    return _ends(x, torch.tanh(_branch(x, params, "f", dilation)) * _branch(x, params, "g", dilation), params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate is made from the filter's convolution. It has weights of its own: wg and bg.",
)
def gate_of_the_filter(x, params, dilation):
    f = _branch(x, params, "f", dilation)
    return _ends(x, torch.tanh(f) * torch.sigmoid(f), params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate is a softmax, so the channels share out one whole. Each channel has a gate of its own: a sigmoid.",
)
def softmax_gate(x, params, dilation):
    gate = torch.softmax(_branch(x, params, "g", dilation), -1)
    return _ends(x, torch.tanh(_branch(x, params, "f", dilation)) * gate, params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The gate is 1 - sigmoid, open where it should be shut: sigmoid(v) is 1 / (1 + exp(-v)).",
)
def gate_turned(x, params, dilation):
    gate = torch.sigmoid(-_branch(x, params, "g", dilation))
    return _ends(x, torch.tanh(_branch(x, params, "f", dilation)) * gate, params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="bf and bg are not added: both convolutions go without a bias.",
)
def no_convolution_biases(x, params, dilation):
    f, g = (causal_conv1d(x, params[name], None, dilation) for name in ("wf", "wg"))
    return _ends(x, torch.tanh(f) * torch.sigmoid(g), params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="dilation stands where causal_conv1d takes b. So it is added to every number, and neighbours are joined.",
)
def dilation_as_bias(x, params, dilation):
    f, g = (causal_conv1d(x, params[f"w{one}"]) + dilation + params[f"b{one}"] for one in "fg")
    return _ends(x, torch.tanh(f) * torch.sigmoid(g), params)


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The residual is made from the filter alone. What passes the gate, z, goes into both.",
)
def residual_past_the_gate(x, params, dilation):
    f = torch.tanh(_branch(x, params, "f", dilation))
    return _ends(x, f, params)[0], _ends(x, _z(x, params, dilation), params)[1]


@misconception(
    "gated_block",
    replaces="gated_block",
    says="The residual is multiplied by the root of 1/2. Some programs do that; here it is the plain sum.",
)
def halved_residual(x, params, dilation):
    residual, skip = _ends(x, _z(x, params, dilation), params)
    return residual * 0.5**0.5, skip


@misconception(
    "gated_block",
    replaces="gated_block",
    says="One tensor comes back, the residual. Two are asked for: residual, skip.",
    symptom=True,
)
def residual_alone(x, params, dilation):
    return _ends(x, _z(x, params, dilation), params)[0]
