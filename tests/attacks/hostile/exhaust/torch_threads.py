# attack: asks torch for many threads, which ends the process where there are none
# unit: u04_twice
# outcomes: fail crash error timeout
# process: holds

import torch


def twice(values):
    torch.set_num_threads(64)
    torch.set_num_interop_threads(64)
    big = torch.ones(1000, 1000)
    return big @ big
