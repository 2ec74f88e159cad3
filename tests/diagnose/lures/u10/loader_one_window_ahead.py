# exercise: checkpoint
# true: a window is lost at each resume
# not: read from the beginning
# not: draws other numbers


def load_checkpoint(path, model, opt, loader, rng):
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model"])
    opt.load_state_dict(checkpoint["optimizer"])
    loader.load_state_dict(checkpoint["loader"])
    loader.next_batch()
    rng.set_state(checkpoint["rng"])
    torch.set_rng_state(checkpoint["global_rng"])
    return int(checkpoint["step"])
