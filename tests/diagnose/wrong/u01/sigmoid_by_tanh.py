"""A right formula that loses all digits far to the left: sigmoid(-100) becomes 0."""

EXERCISE = "tanh_sigmoid"
TRUE = "small values of the sigmoid are rounded away"


def _sigmoid(self):
    s = 0.5 * (1 + math.tanh(self.data / 2))
    out = Value(s, (self,), "sigmoid")

    def send():
        self.grad += s * (1 - s) * out.grad

    out._backward = send
    return out


Value.sigmoid = _sigmoid
