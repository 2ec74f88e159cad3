"""Wrong answers to u10.mixed_precision, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _params(optimizer):
    return [p for group in optimizer.param_groups for p in group["params"]]


def _cut(x):
    return (x.view(torch.int32) & -65536).view(torch.float32)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="The last 16 bits are cut off. That rounds everything towards 0; here it is to the nearest.",
)
def truncate(x):
    return torch.where(torch.isnan(x), x, _cut(x))


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="Ties are always rounded away from 0. They go to the number whose last bit is 0.",
)
def ties_away(x):
    rounded = ((x.view(torch.int32) + 0x8000) & -65536).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="Ties are always rounded towards 0. They go to the number whose last bit is 0.",
)
def ties_down(x):
    rounded = ((x.view(torch.int32) + 0x7FFF) & -65536).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="Ties go to the number whose last bit is 1. It should be 0.",
)
def ties_to_odd(x):
    bits = x.view(torch.int32)
    rounded = ((bits + 0x8000 - ((bits >> 16) & 1)) & -65536).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="Every number that is not a bfloat16 already is rounded away from 0. It is to the nearest.",
)
def rounds_up(x):
    rounded = ((x.view(torch.int32) + 0xFFFF) & -65536).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="This is float16, with 10 bits for the digits and a small range. A bfloat16 has 7 and the range of float32.",
)
def to_float16(x):
    return x.half().float()


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    says="Numbers are rounded to 8 binary digits behind the first, one too many: a bfloat16 keeps 7.",
)
def one_bit_more(x):
    bits = x.view(torch.int32)
    rounded = ((bits + 0x3FFF + ((bits >> 15) & 1)) & -32768).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    symptom=True,
    says="Some nan become an ordinary number: the sum of their bits overflows.",
)
def nan_overflows(x):
    bits = x.view(torch.int32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & -65536).view(torch.float32)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    symptom=True,
    says="x is changed in place: the bits that you view are its own.",
)
def in_place(x):
    bits = x.view(torch.int32)
    rounded = torch.where(torch.isnan(x), x, ((bits + 0x7FFF + ((bits >> 16) & 1)) & -65536).view(torch.float32))
    return x.copy_(rounded)


@misconception(
    "mixed_precision",
    replaces="bf16_round",
    symptom=True,
    says="Numbers below 1e-38 become 0. They are rounded like all others.",
)
def flushed(x):
    bits = x.view(torch.int32)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) & -65536).view(torch.float32)
    rounded = torch.where(torch.isnan(x), x, rounded)
    return torch.where(x.abs() < 1.1754944e-38, x * 0, rounded)


@misconception(
    "mixed_precision",
    symptom=True,
    says="The gradients are never divided by the scale: the step is taken with those of the scaled loss.",
)
class NoUnscale(GradScaler):
    def unscale_(self, optimizer):
        self._finite[id(optimizer)] = all(
            bool(torch.isfinite(p.grad).all()) for p in _params(optimizer) if p.grad is not None
        )


@misconception(
    "mixed_precision",
    says="Unscaling multiplies the gradients by the scale once more. It divides.",
)
class Multiplies(GradScaler):
    def unscale_(self, optimizer):
        if id(optimizer) in self._finite:
            raise RuntimeError("twice")
        for p in _params(optimizer):
            if p.grad is not None:
                p.grad.mul_(self._scale)
        self._finite[id(optimizer)] = all(
            bool(torch.isfinite(p.grad).all()) for p in _params(optimizer) if p.grad is not None
        )


@misconception(
    "mixed_precision",
    replaces="GradScaler.step",
    says="step() divides once more where unscale_ was called before: the gradients are divided by the scale twice.",
)
def divides_twice(self, optimizer):
    known = self._finite.pop(id(optimizer), True)
    self.unscale_(optimizer)
    self._finite[id(optimizer)] &= known
    if self._finite[id(optimizer)]:
        optimizer.step()


@misconception(
    "mixed_precision",
    replaces="GradScaler.step",
    says="step() divides nothing: where nobody has called unscale_, the scaled gradients are stepped with.",
)
def leaves_scaled(self, optimizer):
    if id(optimizer) not in self._finite:
        self._finite[id(optimizer)] = all(
            bool(torch.isfinite(p.grad).all()) for p in _params(optimizer) if p.grad is not None
        )
    if self._finite[id(optimizer)]:
        optimizer.step()


@misconception(
    "mixed_precision",
    replaces="GradScaler.step",
    says="The step is taken with inf or nan among the gradients. One of them spoils the weights for good.",
    symptom="The step is taken with inf or nan among the gradients.",
)
def step_on_inf(self, optimizer):
    if id(optimizer) not in self._finite:
        self.unscale_(optimizer)
    optimizer.step()


@misconception(
    "mixed_precision",
    replaces="GradScaler.step",
    says="inf and nan are set to 0, and the step is taken. It is skipped: the other numbers are no good either.",
)
def inf_is_zero(self, optimizer):
    if id(optimizer) not in self._finite:
        self.unscale_(optimizer)
    for p in _params(optimizer):
        if p.grad is not None:
            p.grad.nan_to_num_(0.0, 0.0, 0.0)
    optimizer.step()


@misconception(
    "mixed_precision",
    says="The gradients stay scaled, and lr is divided by the scale instead. Decay and clipping see the difference.",
)
class ScaleChangesLr(GradScaler):
    def unscale_(self, optimizer):
        if id(optimizer) in self._finite:
            raise RuntimeError("twice")
        self._finite[id(optimizer)] = all(
            bool(torch.isfinite(p.grad).all()) for p in _params(optimizer) if p.grad is not None
        )

    def step(self, optimizer):
        if id(optimizer) not in self._finite:
            self.unscale_(optimizer)
        rates = [group["lr"] for group in optimizer.param_groups]
        for group in optimizer.param_groups:
            group["lr"] /= self._scale
        if self._finite[id(optimizer)]:
            optimizer.step()
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate


@misconception(
    "mixed_precision",
    says="Only inf is looked for. A nan gets through, and no step is skipped for it.",
    symptom="A nan among the gradients is not noticed.",
)
class NanUnseen(GradScaler):
    def unscale_(self, optimizer):
        super().unscale_(optimizer)
        self._finite[id(optimizer)] = not any(
            bool(torch.isinf(p.grad).any()) for p in _params(optimizer) if p.grad is not None
        )


@misconception(
    "mixed_precision",
    says="Only the first parameter is looked at for inf and nan. One anywhere is enough.",
    symptom="inf and nan are noticed in some parameters only.",
)
class FirstParameterOnly(GradScaler):
    def unscale_(self, optimizer):
        super().unscale_(optimizer)
        self._finite[id(optimizer)] = bool(torch.isfinite(_params(optimizer)[0].grad).all())


def _updated(self, good, bad):
    if all(self._finite.values()):
        good(self)
    else:
        bad(self)
    self._finite.clear()


def _grown(self):
    self._good_steps += 1
    if self._good_steps == self.growth_interval:
        self._scale *= self.growth_factor
        self._good_steps = 0


def _backed_off(self):
    self._scale *= self.backoff_factor
    self._good_steps = 0


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="After an overflow the count of good steps goes on. It begins anew: they are to be in a row.",
)
def count_goes_on(self):
    def bad(self):
        self._scale *= self.backoff_factor

    _updated(self, _grown, bad)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="After the scale has grown the count goes on: it grows again at the very next step, and not after as many "
    "good "
    "steps as before.",
)
def grows_every_step(self):
    def good(self):
        self._good_steps += 1
        if self._good_steps >= self.growth_interval:
            self._scale *= self.growth_factor

    _updated(self, good, _backed_off)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="The scale grows only once: after it has grown the count goes on and never meets growth_interval again.",
)
def grows_once(self):
    def good(self):
        self._good_steps += 1
        if self._good_steps == self.growth_interval:
            self._scale *= self.growth_factor

    _updated(self, good, _backed_off)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="The scale grows one step late: after growth_interval good steps and one more.",
)
def grows_late(self):
    def good(self):
        self._good_steps += 1
        if self._good_steps > self.growth_interval:
            self._scale *= self.growth_factor
            self._good_steps = 0

    _updated(self, good, _backed_off)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="The scale never grows.",
)
def never_grows(self):
    _updated(self, lambda self: None, _backed_off)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="After an overflow the scale stays as it is, and the next step overflows again.",
)
def never_backs_off(self):
    def bad(self):
        self._good_steps = 0

    _updated(self, _grown, bad)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="After an overflow the scale is divided by backoff_factor: it doubles. It is multiplied.",
)
def backs_off_upwards(self):
    def bad(self):
        self._scale /= self.backoff_factor
        self._good_steps = 0

    _updated(self, _grown, bad)


@misconception(
    "mixed_precision",
    replaces="GradScaler.update",
    says="The factors are not heeded: the scale is doubled and halved, whatever growth_factor and backoff_factor are.",
)
def factors_fixed(self):
    def good(self):
        self._good_steps += 1
        if self._good_steps == self.growth_interval:
            self._scale *= 2
            self._good_steps = 0

    def bad(self):
        self._scale *= 0.5
        self._good_steps = 0

    _updated(self, good, bad)


@misconception(
    "mixed_precision",
    symptom=True,
    says="A second unscale_ before update() divides once more, without a word.",
)
class DividesAgain(GradScaler):
    def unscale_(self, optimizer):
        known = self._finite.pop(id(optimizer), True)
        super().unscale_(optimizer)
        self._finite[id(optimizer)] &= known


@misconception(
    "mixed_precision",
    symptom=True,
    says="An inf in one optimizer's gradients skips the step of all that come after it.",
)
class SkipsAll(GradScaler):
    def step(self, optimizer):
        if id(optimizer) not in self._finite:
            self.unscale_(optimizer)
        if all(self._finite.values()):
            optimizer.step()

    def unscale_(self, optimizer):
        super().unscale_(optimizer)


@misconception(
    "mixed_precision",
    symptom=True,
    says="Only the last optimizer counts when the scale is updated. One inf in any of them is enough to back off.",
)
class LastOptimizerCounts(GradScaler):
    def update(self):
        finite = all(list(self._finite.values())[-1:])
        self._finite = {0: finite}
        super().update()


def _amp(loss, optimizer, scaler, max_norm, *, clip_first=False, update=True, zero=True, scaled=True, clip=True):
    (scaler.scale(loss) if scaled else loss).backward()
    if clip_first:
        norm = clip_grad_norm_(_params(optimizer), max_norm)
        scaler.unscale_(optimizer)
    else:
        scaler.unscale_(optimizer)
        norm = clip_grad_norm_(_params(optimizer), max_norm if clip else 1e30)
    scaler.step(optimizer)
    if update:
        scaler.update()
    else:
        scaler._finite.clear()
    if zero:
        optimizer.zero_grad()
    return norm


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="The scaled gradients are clipped. Their norm is as many times too large as the scale says, so nearly all of "
    "them is cut off.",
)
def clip_before_unscale(loss, optimizer, scaler, max_norm):
    return _amp(loss, optimizer, scaler, max_norm, clip_first=True)


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="The scaler is never updated: after an overflow the scale is still too large.",
)
def never_updated(loss, optimizer, scaler, max_norm):
    return _amp(loss, optimizer, scaler, max_norm, update=False)


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="The gradients are left as they are, and the next backward pass adds to them.",
)
def left_over(loss, optimizer, scaler, max_norm):
    return _amp(loss, optimizer, scaler, max_norm, zero=False)


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="The loss is not scaled, but its gradients are divided: they are as many times too small as the scale says.",
)
def not_scaled(loss, optimizer, scaler, max_norm):
    return _amp(loss, optimizer, scaler, max_norm, scaled=False)


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="Nothing is clipped.",
)
def unclipped(loss, optimizer, scaler, max_norm):
    return _amp(loss, optimizer, scaler, max_norm, clip=False)


@misconception(
    "mixed_precision",
    replaces="amp_step",
    says="The optimizer steps by itself, past the scaler: inf and nan get into the weights.",
    symptom="The optimizer steps with inf or nan among the gradients.",
)
def past_the_scaler(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = clip_grad_norm_(_params(optimizer), max_norm)
    optimizer.step()
    scaler.update()
    optimizer.zero_grad()
    return norm
