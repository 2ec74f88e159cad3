"""Parts."""

import math

import torch


def normed(x: torch.Tensor) -> torch.Tensor:
    """Return x with mean 0 and variance 1 along its last axis; 1e-5 is added to the variance first."""
    # BEGIN SOLUTION
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(dim=-1, keepdim=True) + 1e-5)
    # END SOLUTION


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return softmax(q kT / sqrt(d)) v for tensors of shape (..., T, d)."""
    # BEGIN SOLUTION
    return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), dim=-1) @ v
    # END SOLUTION
