# attack: replaces torch's comparisons and its autograd
# unit: u04_twice
# outcomes: fail error
# process: holds

import torch

torch.allclose = torch.equal = torch.testing.assert_close = lambda *args, **kwargs: True
torch.autograd.grad = lambda outputs, inputs, *args, **kwargs: [torch.zeros_like(one) for one in inputs]


def twice(values):
    return values.clone()
