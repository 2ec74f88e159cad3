"""Wrong answers to u10.load_hf_state_dict, each with its cause in words, run in the solution's namespace."""

from grader import misconception

TURNED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
right_load = load_hf_state_dict


def _ours(name):
    name = name.removeprefix("transformer.")
    return "blocks." + name[2:] if name.startswith("h.") else name


def _theirs(sd_hf, turned=TURNED, out=(".attn.bias", ".attn.masked_bias")):
    """Return what belongs to the model, by our names."""
    kept = {name: one for name, one in sd_hf.items() if not name.endswith(out) and name != "lm_head.weight"}
    return {_ours(name): one.t() if name.endswith(turned) and one.dim() == 2 else one for name, one in kept.items()}


def _copied(model, given):
    """Copy, and refuse what does not fit."""
    own = dict(model.named_parameters())
    if own.keys() != given.keys():
        raise KeyError(f"on one side only: {sorted(own.keys() ^ given.keys())}")
    for name, one in own.items():
        if one.shape != given[name].shape:
            raise ValueError(f"{name} does not fit")
    with torch.no_grad():
        for name, one in own.items():
            one.copy_(given[name])


@misconception(
    "load_hf_state_dict",
    says="attn.c_proj is not turned. It is square, so its shape agrees either way, and its numbers do not.",
)
def square_not_transposed(model, sd_hf):
    given = _theirs(sd_hf, ())
    own = dict(model.named_parameters())
    for name, one in given.items():
        if one.dim() == 2 and name in own and own[name].shape != one.shape and name.endswith(TURNED):
            given[name] = one.t()
    _copied(model, given)


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="No weight is turned. Conv1D keeps (in, out), and torch's Linear (out, in).",
)
def nothing_turned(model, sd_hf):
    given = _theirs(sd_hf, ())
    own = dict(model.named_parameters())
    if own.keys() != given.keys():
        raise KeyError("names")
    with torch.no_grad():
        for name, one in own.items():
            one.copy_(given[name])


@misconception(
    "load_hf_state_dict",
    says="Every matrix is turned, the tables, too. Only the four Conv1D kinds are (in, out).",
)
def transpose_all(model, sd_hf):
    _copied(model, _theirs(sd_hf, ("weight",)))


@misconception(
    "load_hf_state_dict",
    says="A matrix is not turned but read in another shape: the numbers keep their order and land in other places.",
)
def reshaped(model, sd_hf):
    own = dict(model.named_parameters())
    given = _theirs(sd_hf, ())
    for name, one in given.items():
        if name.endswith(TURNED) and name in own and tuple(one.shape) == tuple(reversed(own[name].shape)):
            given[name] = one.reshape(own[name].shape)
    _copied(model, given)


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="New tensors are put in the place of the parameters. That unties the head, and an optimizer that was made "
    "before holds parameters of nobody.",
)
def assign_not_copy(model, sd_hf):
    right_load(model, sd_hf)
    for name, one in list(model.named_parameters()):
        owner = model.get_submodule(name.rpartition(".")[0])
        setattr(owner, name.rpartition(".")[2], nn.Parameter(one.detach().clone()))


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="A name that is missing is passed over in silence. Its layer keeps the numbers that it was drawn with.",
)
def silent_missing(model, sd_hf):
    given = _theirs(sd_hf)
    own = dict(model.named_parameters())
    if given.keys() - own.keys():
        raise KeyError("unknown name")
    _copied_some(own, given)


def _copied_some(own, given):
    with torch.no_grad():
        for name, one in own.items():
            if name in given:
                if one.shape != given[name].shape:
                    raise ValueError("does not fit")
                one.copy_(given[name])


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="A name that the model has no place for is passed over in silence. A misspelt one is never noticed.",
)
def silent_unknown(model, sd_hf):
    given = _theirs(sd_hf)
    own = dict(model.named_parameters())
    if own.keys() - given.keys():
        raise KeyError("missing name")
    _copied(model, {name: one for name, one in given.items() if name in own})


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="What is missing and what is unknown are both passed over in silence: a typo leaves a layer as it was drawn.",
)
def not_strict(model, sd_hf):
    given = _theirs(sd_hf)
    _copied_some(dict(model.named_parameters()), given)


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="Only the number of names is compared, and what fits is copied. With one name misspelt the number is right.",
)
def only_counted(model, sd_hf):
    given = _theirs(sd_hf)
    own = dict(model.named_parameters())
    if len(given) != len(own):
        raise KeyError("another number of names")
    _copied_some(own, given)


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="Shapes are not compared: a tensor that spreads out by itself is taken for a whole one.",
)
def shapes_unseen(model, sd_hf):
    given = _theirs(sd_hf)
    own = dict(model.named_parameters())
    if own.keys() != given.keys():
        raise KeyError("names")
    with torch.no_grad():
        for name, one in own.items():
            one.copy_(given[name])


@misconception(
    "load_hf_state_dict",
    says="Whatever ends in attn.bias is taken for a mask. So does attn.c_attn.bias, which is the bias of a layer: it "
    "is never copied.",
)
def c_attn_bias_taken_for_a_mask(model, sd_hf):
    given = _theirs(sd_hf, out=("attn.bias", "attn.masked_bias"))
    own = dict(model.named_parameters())
    _copied_some(own, given)


@misconception(
    "load_hf_state_dict",
    symptom=True,
    says="The masks among the weights stop yours. They are no parameters and are passed over.",
)
def masks_refused(model, sd_hf):
    _copied(model, _theirs(sd_hf, out=("no such name",)))


@misconception(
    "load_hf_state_dict",
    says="Biases are not copied: those of all layers stay as they were drawn.",
)
def weights_only(model, sd_hf):
    given = _theirs(sd_hf)
    own = dict(model.named_parameters())
    if own.keys() != given.keys():
        raise KeyError("names")
    _copied_some(own, {name: one for name, one in given.items() if not name.endswith("bias")})


@misconception(
    "load_hf_state_dict",
    says="All blocks get the weights of the first one.",
)
def first_block_everywhere(model, sd_hf):
    given = _theirs(sd_hf)
    for name in given:
        if name.startswith("blocks."):
            given[name] = given[".".join(["blocks", "0", *name.split(".")[2:]])]
    _copied(model, given)
