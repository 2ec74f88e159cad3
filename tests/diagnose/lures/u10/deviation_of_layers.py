# exercise: gpt2
# true: c_proj is drawn with 0.02 / L, whatever 2 * L is
# not: sqrt(L)
# not: All matrices are drawn with the same


class GPT2(GPT2):
    def __init__(self, config):
        super().__init__(config)
        for name, parameter in self.named_parameters():
            if name.endswith("c_proj.weight"):
                nn.init.normal_(parameter, std=0.02 / config.n_layer)
