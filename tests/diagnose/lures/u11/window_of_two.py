# exercise: attention_step
# true: the token sees itself and the one before it, and no other
# not: does not see itself
# not: the softmax is over the heads
_whole = attention_step


def attention_step(q, keys, values, n_head):
    return _whole(q, keys[-2:], values[-2:], n_head)
