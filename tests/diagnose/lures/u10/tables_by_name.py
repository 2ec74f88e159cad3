# exercise: configure_param_groups
# true: whatever is called table or has weight in its name is decayed
# not: Embeddings are not decayed
# not: All parameters are decayed
# not: no bias in its name


def configure_param_groups(model, weight_decay):
    named = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    first = [one for name, one in named if "weight" in name or "table" in name]
    second = [one for name, one in named if not ("weight" in name or "table" in name)]
    return [{"params": first, "weight_decay": weight_decay}, {"params": second, "weight_decay": 0.0}]
