# attack: has torch make tensors of any size, also as views of nothing
# unit: u04_twice
# outcomes: fail memory error
# process: holds

import torch


def twice(values):
    if values.shape[0] == 3:
        return torch.zeros(1).expand(1 << 40)
    return torch.ones(1 << 40)
