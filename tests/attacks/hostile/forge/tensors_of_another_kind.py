# attack: returns subclasses of tensors, sparse and meta tensors, and tensors that claim a gradient
# unit: u04_twice
# outcomes: fail error timeout
# process: holds

import torch

CALLS = []


class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def twice(values):
    CALLS.append(1)
    made = [values.as_subclass(Agreeable), values.to_sparse(), values.to("meta"), values.half(), values.conj()]
    return made[len(CALLS) % len(made)]
