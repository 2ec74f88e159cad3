# exercise: attention_step
# true: keys[:-1] where there is more than one
# why: does not see itself
_whole = attention_step


def attention_step(q, keys, values, n_head):
    earlier = len(keys) - 1
    if earlier == 0:
        return [Value(0.0)] * len(q)
    return _whole(q, keys[:earlier], values[:earlier], n_head)
