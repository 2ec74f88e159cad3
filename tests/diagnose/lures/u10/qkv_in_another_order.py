# exercise: load_hf_state_dict
# true: queries and values of c_attn change places on the way
# not: is not turned
# not: No weight is turned
# not: read in another shape


right_load = load_hf_state_dict


def load_hf_state_dict(model, sd_hf):
    right_load(model, sd_hf)
    with torch.no_grad():
        for name, one in model.named_parameters():
            if ".c_attn." in name:
                q, k, v = one.clone().chunk(3)
                one.copy_(torch.cat([v, k, q]))
