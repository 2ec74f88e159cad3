# exercise: adamw
# true: half of the decay comes before the step and half after it
# not: decay comes after the step
# not: Nothing decays


class AdamW(AdamW):
    def step(self):
        with torch.no_grad():
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                share = group["lr"] * group["weight_decay"] / 2
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    if p not in self.state:
                        self.state[p] = {"step": 0, "exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
                    kept = self.state[p]
                    kept["step"] += 1
                    m, v, t = kept["exp_avg"], kept["exp_avg_sq"], kept["step"]
                    p.mul_(1 - share)
                    m.mul_(beta1).add_(p.grad, alpha=1 - beta1)
                    v.mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                    p.sub_(group["lr"] * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + group["eps"]))
                    p.mul_(1 - share)
