# attack: takes what gives the same under another name: normalization over groups, instances and batches
# unit: u05_parts
# outcomes: fail error rule
# process: holds

import torch

A = torch.ops.aten


def rows(x):
    return x.reshape(1, len(x), -1)


WAYS = [
    lambda x: torch.group_norm(x, 1),
    lambda x: A.native_group_norm(x, None, None, *x.shape, 1, 1, 1e-5)[0],
    lambda x: torch.nn.functional.instance_norm(rows(x))[0],
    lambda x: torch.batch_norm(rows(x), None, None, None, None, True, 0.1, 1e-5, False)[0],
    lambda x: A.native_batch_norm(rows(x), None, None, None, None, True, 0.1, 1e-5)[0][0],
    lambda x: A._native_batch_norm_legit.no_stats(rows(x), None, None, True, 0.1, 1e-5)[0][0],
    lambda x: A._batch_norm_impl_index(rows(x), None, None, None, None, True, 0.1, 1e-5, False)[0][0],
    lambda x: A._native_batch_norm_legit_functional(rows(x), None, None, x[:, 0], x[:, 0], True, 0.1, 1e-5)[0][0],
    lambda x: A._batch_norm_with_update_functional(rows(x), None, None, x[:, 0], x[:, 0], 0.1, 1e-5)[0][0],
    lambda x: A._batch_norm_with_update(rows(x), None, None, x[:, 0].clone(), x[:, 0].clone(), 0.1, 1e-5)[0][0],
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
