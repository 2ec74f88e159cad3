# attack: makes the forbidden layers from the modules that define them, from their subclasses, without their __init__
# unit: u05_parts
# outcomes: fail error rule
# process: holds

import sys

import torch

NAME = "Layer" + "Norm"


def bare(x):
    kind = vars(sys.modules["torch.nn.modules.normalization"])[NAME]
    made = torch.nn.Module.__new__(kind)
    torch.nn.Module.__init__(made)
    made.normalized_shape, made.weight, made.bias, made.eps = x.shape[-1:], None, None, 1e-5
    return made(x)


WAYS = [
    bare,
    lambda x: getattr(torch.nn, NAME)(x.shape[-1], elementwise_affine=False)(x),
    lambda x: vars(sys.modules["torch.nn.modules.normalization"])[NAME](x.shape[-1], dtype=x.dtype)(x),
    lambda x: next(k for k in torch.nn.Module.__subclasses__() if k.__name__ == NAME)(x.shape[-1], dtype=x.dtype)(x),
    lambda x: torch.nn.GroupNorm(1, x.shape[-1], dtype=x.dtype)(x),
    lambda x: torch.nn.InstanceNorm1d(1)(x[:, None])[:, 0],
    lambda x: torch.nn.BatchNorm1d(x.shape[0], dtype=x.dtype)(x.T[:, :, None].transpose(0, 2))[0].T,
]


def normed(x):
    for way in WAYS:
        try:
            found = way(x)
            if isinstance(found, torch.Tensor) and found.shape == x.shape:
                return found
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(x)
