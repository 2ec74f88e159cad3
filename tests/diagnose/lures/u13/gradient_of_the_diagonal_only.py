# exercise: attention
# true: dv collects from the token itself alone
# not: att @ dout
# not: scale
# not: mask


def attention_backward(dout, inp, att, NH):
    B, T, C3 = inp.shape
    hs = C3 // 3 // NH
    q, k, v = inp.reshape(B, T, 3, NH, hs).transpose(2, 0, 3, 1, 4)
    dy = dout.reshape(B, T, NH, hs).swapaxes(1, 2)
    datt = dy @ v.swapaxes(-1, -2)
    dpre = att * (datt - (att * datt).sum(axis=-1, keepdims=True)) / hs**0.5
    dv = np.diagonal(att, axis1=-2, axis2=-1)[..., None] * dy
    parts = np.stack([dpre @ k, dpre.swapaxes(-1, -2) @ q, dv])
    return parts.transpose(1, 3, 0, 2, 4).reshape(inp.shape)
