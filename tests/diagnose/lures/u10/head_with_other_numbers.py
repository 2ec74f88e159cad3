# exercise: gpt2
# true: head and table are two parameters, and the head is scaled by two
# not: They begin equal
# not: share their numbers


class GPT2(GPT2):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head.weight = nn.Parameter(2 * self.wte.weight.detach())
