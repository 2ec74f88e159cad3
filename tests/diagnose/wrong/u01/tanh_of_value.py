"""The slope of tanh multiplies the number that came out instead of the gradient that came back."""

EXERCISE = "tanh_sigmoid"
TRUE = "the gradient that came back is not used"


def _tanh(self):
    t = math.tanh(self.data)
    out = Value(t, (self,), "tanh")

    def send():
        self.grad += (1 - t * t) * out.data

    out._backward = send
    return out


Value.tanh = _tanh
