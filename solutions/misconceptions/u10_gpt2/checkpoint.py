"""Wrong answers to u10.checkpoint, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _loaded(path, model, opt, loader, rng, *, without=()):
    checkpoint = torch.load(path, weights_only=True)
    if "model" not in without:
        model.load_state_dict(checkpoint["model"])
    if "optimizer" not in without:
        opt.load_state_dict(checkpoint["optimizer"])
    if "loader" not in without:
        loader.load_state_dict(checkpoint["loader"])
    if "rng" not in without:
        rng.set_state(checkpoint["rng"])
    if "global_rng" not in without:
        torch.set_rng_state(checkpoint["global_rng"])
    return checkpoint["step"]


def _data(model, opt, loader, step, rng):
    return {
        "model": model.state_dict(),
        "optimizer": opt.state_dict(),
        "loader": loader.state_dict(),
        "step": step,
        "rng": rng.get_state(),
        "global_rng": torch.get_rng_state(),
    }


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The optimizer is not restored: its moments begin at 0 again, and the loss has a bump after each resume.",
)
def no_optimizer(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng, without=("optimizer",))


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The generator is not restored: it draws other numbers than it would have.",
)
def no_rng(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng, without=("rng",))


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="torch's global generator is not restored. Dropout draws from it.",
)
def no_global_rng(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng, without=("global_rng",))


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The loader is not restored: the data are read from the beginning again.",
)
def loader_reset(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng, without=("loader",))


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The weights are not restored: training goes on with those of a new model.",
)
def no_model(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng, without=("model",))


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    symptom=True,
    says="The step is not restored: 0 is returned, and the schedule begins anew.",
)
def step_off(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng) * 0


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    symptom=True,
    says="The step that is returned is one too many. It is the number of steps that are done.",
)
def step_ahead(path, model, opt, loader, rng):
    return _loaded(path, model, opt, loader, rng) + 1


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The generator is seeded with its first seed. It goes on where it was, in the middle of its numbers.",
)
def reseeded(path, model, opt, loader, rng):
    step = _loaded(path, model, opt, loader, rng)
    rng.manual_seed(rng.initial_seed())
    return step


@misconception(
    "checkpoint",
    replaces="load_checkpoint",
    says="The model's tensors are replaced by those of the file: the tie is cut, and the optimizer holds the old ones.",
    symptom="The model's parameters are other objects after loading.",
)
def assigned(path, model, opt, loader, rng):
    step = _loaded(path, model, opt, loader, rng)
    for module in model.modules():
        for name, p in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(p.detach().clone()))
    return step


@misconception(
    "checkpoint",
    replaces="save_checkpoint",
    says="The loader's place is taken from the number of steps, as if it had read one window a step since the "
    "beginning "
    "and never begun anew.",
    symptom="The loader goes on somewhere else than it was.",
)
def place_from_steps(path, model, opt, loader, step, rng):
    data = _data(model, opt, loader, step, rng)
    data["loader"] = {name: step for name in data["loader"]}
    torch.save(data, path)


@misconception(
    "checkpoint",
    symptom=True,
    says="The whole model is pickled, and not its numbers: weights_only=True refuses the file.",
    replaces="save_checkpoint",
)
def full_pickle(path, model, opt, loader, step, rng):
    torch.save({**_data(model, opt, loader, step, rng), "whole": model}, path)


@misconception(
    "checkpoint",
    symptom=True,
    says="The file is written in place: where saving fails on the way, the old checkpoint is lost with the new one.",
    replaces="save_checkpoint",
)
def overwritten(path, model, opt, loader, step, rng):
    torch.save(_data(model, opt, loader, step, rng), path)


@misconception(
    "checkpoint",
    symptom=True,
    says="The old checkpoint is removed before the new one is written. A failure in between leaves none.",
    replaces="save_checkpoint",
)
def removes_first(path, model, opt, loader, step, rng):
    Path(path).unlink(missing_ok=True)
    part = Path(f"{path}.part")
    torch.save(_data(model, opt, loader, step, rng), part)
    part.replace(path)
