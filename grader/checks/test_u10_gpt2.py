"""Checks of unit 10: sizes, first weights, published weights, shards, a loader, a schedule, groups, and what trains them.

Sizes differ from each other, but for checks that want them equal. Models are a few thousand parameters; only sections 1
and 2 ask about the published sizes, and nothing is allocated for them. Names of parameters are those of the text, or the
lecture's: `transformer.` in front, `h` for blocks.
"""

import math

import numpy as np
import pytest

from grader import close, edge, exercise, raises, same, tensor

UNIT = {
    "title": "GPT-2 (124M): from the parts to a training run",
    "lecture": "Let's reproduce GPT-2 (124M)",
    "libraries": ["torch", "numpy"],
    "scratch": True,
    "forbid": {
        "AdamW is an exercise: two moments, their correction, a decay": [
            "torch.optim.Adam*",
            "torch.optim.NAdam",
            "torch.optim.RAdam",
            "torch.optim.adam.*",
            "torch.optim.adamw.*",
            "torch.optim._functional.*",
            "torch._fused_adam*",
        ],
        "the schedule is an exercise: one function of the step": ["torch.optim.lr_scheduler.*"],
        "clipping is an exercise: one norm over all gradients": [
            "torch.nn.utils.clip_grad*",
            "torch.nn.utils.get_total_norm",
        ],
        "averaging over ranks is an exercise": ["torch.nn.parallel.DistributedDataParallel"],
        "the scaler is an exercise: one factor that looks out for infinities": [
            "torch.amp.GradScaler",
            "torch.cuda.amp.GradScaler",
        ],
    },
}
