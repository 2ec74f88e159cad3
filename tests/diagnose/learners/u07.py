# Wrong answers to unit 07, each as somebody may type it who comes from makemore, char-rnn or CS231n, one at a time.

# %% rnn_cell: the state in front
# said: u07.concat_order
def rnn_cell(xt, hprev, W, b):
    hx = torch.hstack((hprev, xt))
    return torch.tanh(torch.matmul(hx, W) + b)


# %% rnn_cell: two matrices, and the squashing forgotten
# said: u07.no_tanh
def rnn_cell(xt, hprev, W, b):
    D = xt.shape[1]
    return xt.mm(W[:D]) + hprev.mm(W[D:]) + b


# %% rnn_cell: the rows are counted from the wrong end
# said: u07.concat_order
def rnn_cell(xt, hprev, W, b):
    H = hprev.size(1)
    Wh, Wx = W[:H], W[H:]
    return (xt @ Wx + hprev @ Wh + b).tanh()


# %% rnn_cell: the bias is left for later
# said: u07.bias_outside
def rnn_cell(xt, hprev, W, b):
    xh = torch.cat((xt, hprev), 1)
    h = torch.einsum("bi,ij->bj", xh, W).tanh()
    h = h + b
    return h


# %% gru_cell: as in torch
# said: u07.z_flipped
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    update = (xh @ Wz + bz).sigmoid()
    reset = (xh @ Wr + br).sigmoid()
    new = (torch.cat([xt, reset * hprev], dim=1) @ Wh + bh).tanh()
    return new + update * (hprev - new)


# %% gru_cell: reset after the product
# said: u07.reset_after
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    E = xt.shape[1]
    xh = torch.cat([xt, hprev], dim=1)
    z, r = torch.sigmoid(xh @ Wz + bz), torch.sigmoid(xh @ Wr + br)
    n = torch.tanh(xt @ Wh[:E] + bh + r * (hprev @ Wh[E:]))
    return hprev * (1 - z) + n * z


# %% gru_cell: copied, and one name not changed
# said: u07.r_from_z
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    z = torch.sigmoid(xh @ Wz + bz)
    r = torch.sigmoid(xh @ Wz + bz)
    hbar = torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh)
    return (1 - z) * hprev + z * hbar


# %% gru_cell: the name of the old state is used again
# said: u07.keeps_reset_state
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    z = torch.sigmoid(xh @ Wz + bz)
    hprev = torch.sigmoid(xh @ Wr + br) * hprev
    hbar = torch.tanh(torch.cat([xt, hprev], dim=1) @ Wh + bh)
    return hprev - z * hprev + z * hbar


# %% lstm_cell: torch's order
# said: u07.gate_order
def lstm_cell(xt, hprev, cprev, W, b):
    H = hprev.shape[1]
    a = torch.cat([xt, hprev], 1) @ W + b
    i, f, g, o = a[:, :H].sigmoid(), a[:, H : 2 * H].sigmoid(), a[:, 2 * H : 3 * H].tanh(), a[:, 3 * H :].sigmoid()
    c = i * g + f * cprev
    return o * c.tanh(), c


# %% lstm_cell: a sigmoid for all
# said: u07.sigmoid_g
def lstm_cell(xt, hprev, cprev, W, b):
    n = hprev.size(1)
    gates = torch.sigmoid(torch.cat([xt, hprev], 1) @ W + b)
    i, f, o, g = torch.split(gates, n, dim=1)
    c = f * cprev + i * g
    return o * torch.tanh(c), c


# %% lstm_cell: shown as it is
# said: u07.h_without_tanh
def lstm_cell(xt, hprev, cprev, W, b):
    a = xt @ W[: xt.shape[1]] + hprev @ W[xt.shape[1] :] + b
    i, f, o, g = a.chunk(4, 1)
    next_c = f.sigmoid() * cprev + i.sigmoid() * g.tanh()
    return o.sigmoid() * next_c, next_c


# %% lstm_cell: the order of a textbook, f first
# said: u07.i_and_f_swapped
def lstm_cell(xt, hprev, cprev, W, b):
    f, i, o, g = (torch.cat([xt, hprev], 1) @ W + b).chunk(4, 1)
    c = torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


# %% rnn_lm: the state lives in the module
# said: u07.state_leak
class RNNLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.cell = Cell(config)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size)
        self.state = None

    def forward(self, idx, targets=None):
        b, t = idx.shape
        if self.state is None or len(self.state[0]) != b:
            h = self.start.expand(b, -1)
            c = torch.zeros_like(h)
        else:
            h, c = self.state
        emb, hiddens = self.wte(idx), []
        for i in range(t):
            h, c = self.cell(emb[:, i, :], h, c)
            hiddens.append(h)
        self.state = h.detach(), c.detach()
        logits = self.lm_head(torch.stack(hiddens, 1))
        loss = None
        if targets is not None:
            loss = nn.functional.cross_entropy(logits.view(b * t, -1), targets.reshape(-1), ignore_index=-1)
        return logits, loss


# %% rnn_lm: only the last state
# said: u07.last_only
def forward(self, idx, targets=None):
    emb = self.wte(idx)
    h = self.start.expand(idx.size(0), -1)
    c = torch.zeros_like(h)
    for i in range(idx.size(1)):
        h, c = self.cell(emb[:, i], h, c)
    logits = self.lm_head(h)[:, None]
    loss = None if targets is None else cross_entropy(logits[:, 0], targets[:, -1])
    return logits, loss


RNNLM.forward = forward


# %% rnn_lm: zeros in the beginning
# said: u07.zeros_for_start
def forward(self, idx, targets=None):
    b, t = idx.shape
    h = torch.zeros(b, self.start.shape[1], dtype=self.start.dtype)
    c, out = torch.zeros_like(h), []
    for i in range(t):
        h, c = self.cell(self.wte(idx[:, i]), h, c)
        out.append(self.lm_head(h))
    logits = torch.stack(out, dim=1)
    return logits, None if targets is None else cross_entropy(logits.reshape(b * t, -1), targets.reshape(-1))


RNNLM.forward = forward


# %% rnn_lm: a view where time stands first
# said: u07.viewed_not_moved
def forward(self, idx, targets=None):
    b, t = idx.shape
    h = self.start.repeat(b, 1)
    c, hiddens = torch.zeros_like(h), []
    for i in range(t):
        h, c = self.cell(self.wte(idx[:, i]), h, c)
        hiddens.append(h)
    logits = self.lm_head(torch.stack(hiddens).view(b, t, -1))
    return logits, None if targets is None else cross_entropy(logits.reshape(b * t, -1), targets.reshape(-1))


RNNLM.forward = forward


# %% rnn_backward: dhnext is forgotten
# said: u07.forget_future
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], np.concatenate([cache["h0"][:, None], cache["hs"]], axis=1), cache["W"]
    E = x.shape[2]
    dx, dWxh, dWhh, dbh = np.zeros_like(x), np.zeros_like(W[:E]), np.zeros_like(W[E:]), np.zeros(W.shape[1])
    for t in reversed(range(x.shape[1])):
        dhraw = (1 - hs[:, t + 1] * hs[:, t + 1]) * dhs[:, t]
        dbh += dhraw.sum(0)
        dWxh += np.dot(x[:, t].T, dhraw)
        dWhh += np.dot(hs[:, t].T, dhraw)
        dx[:, t] = np.dot(dhraw, W[:E].T)
        dhnext = np.dot(dhraw, W[E:].T)
    return dx, dhnext, np.concatenate([dWxh, dWhh]), dbh


# %% rnn_backward: an equals sign too much
# said: u07.dW_last
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], np.concatenate([cache["h0"][:, None], cache["hs"]], axis=1), cache["W"]
    E = x.shape[2]
    dx, db, dprev = np.zeros_like(x), np.zeros(W.shape[1]), 0
    for t in reversed(range(x.shape[1])):
        dtanh = (1 - hs[:, t + 1] ** 2) * (dhs[:, t] + dprev)
        dW = np.concatenate([x[:, t].T.dot(dtanh), hs[:, t].T.dot(dtanh)])
        db += dtanh.sum(axis=0)
        dx[:, t], dprev = dtanh.dot(W[:E].T), dtanh.dot(W[E:].T)
    return dx, dprev, dW, db


# %% rnn_backward: index -1 at the first step
# said: u07.wraps_round
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], cache["hs"], cache["W"]
    E = x.shape[2]
    dx, dW, db, dprev = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1]), 0
    for t in reversed(range(x.shape[1])):
        dtanh = (1 - hs[:, t] ** 2) * (dhs[:, t] + dprev)
        dW += np.concatenate([x[:, t].T.dot(dtanh), hs[:, t - 1].T.dot(dtanh)])
        db += dtanh.sum(axis=0)
        dx[:, t], dprev = dtanh.dot(W[:E].T), dtanh.dot(W[E:].T)
    return dx, dprev, dW, db


# %% rnn_backward: the slope of the state before
# said: u07.tanh_of_wrong_step
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], np.concatenate([cache["h0"][:, None], cache["hs"]], axis=1), cache["W"]
    E = x.shape[2]
    dx, dW, db, dprev = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1]), 0
    for t in reversed(range(x.shape[1])):
        dtanh = (1 - hs[:, t] ** 2) * (dhs[:, t] + dprev)
        dW += np.concatenate([x[:, t].T.dot(dtanh), hs[:, t].T.dot(dtanh)])
        db += dtanh.sum(axis=0)
        dx[:, t], dprev = dtanh.dot(W[:E].T), dtanh.dot(W[E:].T)
    return dx, dprev, dW, db


# %% rnn_backward: autograd does it
def rnn_backward(dhs, cache):
    x, h0, W = (torch.tensor(cache[name], requires_grad=True) for name in ("x", "h0", "W"))
    b = torch.zeros(W.shape[1], dtype=W.dtype, requires_grad=True)
    h, total = h0, 0.0
    for t in range(x.shape[1]):
        h = rnn_cell(x[:, t], h, W, b)
        total = total + (h * torch.tensor(dhs[:, t])).sum()
    total.backward()
    return x.grad.numpy(), h0.grad.numpy(), W.grad.numpy(), b.grad.numpy()


# %% lstm_cell_backward: dc of the next step is overwritten
# said: u07.dc_path_missing
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    tanh_c = np.tanh(cache["c"])
    dc = dh * o * (1 - tanh_c * tanh_c)
    da = np.hstack(
        (dc * g * i * (1 - i), dc * cache["cprev"] * f * (1 - f), dh * tanh_c * o * (1 - o), dc * i * (1 - g * g))
    )
    dxh, E = da.dot(cache["W"].T), cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], f * dc, np.hstack((cache["x"], cache["hprev"])).T.dot(da), da.sum(0)


# %% lstm_cell_backward: the blocks of torch
# said: u07.gate_block_order
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    tanh_c = np.tanh(cache["c"])
    dct = dc + dh * o * (1 - tanh_c * tanh_c)
    da_i, da_f = dct * g * i * (1 - i), dct * cache["cprev"] * f * (1 - f)
    da_g, da_o = dct * i * (1 - g * g), dh * tanh_c * o * (1 - o)
    da = np.hstack((da_i, da_f, da_g, da_o))
    dxh, E = da.dot(cache["W"].T), cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], f * dct, np.hstack((cache["x"], cache["hprev"])).T.dot(da), da.sum(0)


# %% lstm_cell_backward: the memory goes back whole
# said: u07.dcprev
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    tanh_c = np.tanh(cache["c"])
    dct = dc + dh * o * (1 - tanh_c * tanh_c)
    da = np.hstack(
        (dct * g * i * (1 - i), dct * cache["cprev"] * f * (1 - f), dh * tanh_c * o * (1 - o), dct * i * (1 - g * g))
    )
    dxh, E = da.dot(cache["W"].T), cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], dct, np.hstack((cache["x"], cache["hprev"])).T.dot(da), da.sum(0)


# %% lstm_cell_backward: the slope of c itself
# said: u07.slope_of_c
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g, c = cache["i"], cache["f"], cache["o"], cache["g"], cache["c"]
    dct = dc + dh * o * (1 - c * c)
    da = np.hstack(
        (
            dct * g * i * (1 - i),
            dct * cache["cprev"] * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
            dct * i * (1 - g * g),
        )
    )
    dxh, E = da.dot(cache["W"].T), cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], f * dct, np.hstack((cache["x"], cache["hprev"])).T.dot(da), da.sum(0)


# %% gradient_flow: from the end to the beginning
# said: u07.reversed_time
def gradient_flow(cell, xs, h0):
    h, hs = h0.clone().requires_grad_(), []
    for xt in xs.unbind(1):
        h = cell(xt, h)
        hs.insert(0, h)
    loss = 0.5 * (hs[0] * hs[0]).sum()
    return torch.stack([torch.autograd.grad(loss, one, retain_graph=True)[0].norm() for one in hs])


# %% gradient_flow: a plain sum at the end
# said: u07.plain_sum
def gradient_flow(cell, xs, h0):
    h, hs = h0.clone().requires_grad_(), []
    for xt in xs.unbind(1):
        h = cell(xt, h)
        hs.append(h)
    return torch.stack([torch.autograd.grad(h.sum(), one, retain_graph=True)[0].norm() for one in hs])


# %% gradient_flow: the norm of a matrix is taken for its radius
# said: u07.singular_value
def spectral_radius(W):
    return torch.linalg.svdvals(W)[0].item()


# %% gru_cell: tanh wherever there was one before
# said: u07.tanh_z
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    z = torch.tanh(xh @ Wz + bz)
    r = torch.sigmoid(xh @ Wr + br)
    hbar = torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh)
    return (1 - z) * hprev + z * hbar


# %% gru_cell: a reset gate like the proposal
# said: u07.tanh_r
def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat((xt, hprev), 1)
    z, r = torch.sigmoid(xh @ Wz + bz), torch.tanh(xh @ Wr + br)
    hbar = torch.tanh(torch.cat((xt, hprev * r), 1) @ Wh + bh)
    return z * hbar + (1 - z) * hprev


# %% rnn_lm: detached, as between batches
# said: u07.h_detached
def _forward(self, idx, targets=None):
    emb, hs = self.wte(idx), []
    h = self.start.expand(idx.shape[0], -1)
    c = torch.zeros_like(h)
    for t in range(idx.shape[1]):
        h, c = self.cell(emb[:, t, :], h, c)
        hs.append(h)
        h = h.detach()
    logits = self.lm_head(torch.stack(hs, 1))
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))


RNNLM.forward = _forward


# %% rnn_lm: the new state has a name of its own
# said: u07.h_not_handed_on
def _forward(self, idx, targets=None):
    emb, hs = self.wte(idx), []
    hprev = self.start.expand(idx.shape[0], -1)
    c = torch.zeros_like(hprev)
    for t in range(idx.shape[1]):
        ht, c = self.cell(emb[:, t, :], hprev, c)
        hs.append(ht)
    logits = self.lm_head(torch.stack(hs, 1))
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))


RNNLM.forward = _forward


# %% rnn_backward: one index too late
# said: u07.dW_of_new_state
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], cache["hs"], cache["W"]
    E = x.shape[2]
    dx, dW, db, dprev = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1]), 0
    for t in reversed(range(x.shape[1])):
        draw = (1 - hs[:, t] ** 2) * (dhs[:, t] + dprev)
        dW[:E] += x[:, t].T @ draw
        dW[E:] += hs[:, t].T @ draw
        db += draw.sum(axis=0)
        dx[:, t], dprev = draw @ W[:E].T, draw @ W[E:].T
    return dx, dprev, dW, db


# %% rnn_backward: dh goes on unchanged
# said: u07.handed_on_as_it_is
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], np.concatenate([cache["h0"][:, None], cache["hs"]], axis=1), cache["W"]
    E = x.shape[2]
    dx, dW, db, dhnext = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1]), np.zeros_like(cache["h0"])
    for t in reversed(range(x.shape[1])):
        dh = dhs[:, t] + dhnext
        draw = (1 - hs[:, t + 1] ** 2) * dh
        dW += np.hstack([x[:, t], hs[:, t]]).T @ draw
        db += draw.sum(axis=0)
        dx[:, t] = draw @ W[:E].T
        dhnext = dh
    return dx, dhnext, dW, db


# %% rnn_backward: through the tanh and no further
# said: u07.not_through_W
def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], np.concatenate([cache["h0"][:, None], cache["hs"]], axis=1), cache["W"]
    E = x.shape[2]
    dx, dW, db, dhnext = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1]), np.zeros_like(cache["h0"])
    for t in reversed(range(x.shape[1])):
        dhraw = (1 - hs[:, t + 1] ** 2) * (dhs[:, t] + dhnext)
        dW += np.hstack([x[:, t], hs[:, t]]).T @ dhraw
        db += dhraw.sum(axis=0)
        dx[:, t] = dhraw @ W[:E].T
        dhnext = dhraw
    return dx, dhnext, dW, db


# %% rnn_backward: clipped in the end, as in the famous hundred lines
# said: u07.all_clipped
_unclipped = rnn_backward


def rnn_backward(dhs, cache):
    grads = _unclipped(dhs, cache)
    for grad in grads:
        np.clip(grad, -5, 5, out=grad)
    return grads


# %% lstm_cell_backward: the slope of a gate is left out
# said: u07.o_slope_missing
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g, c, W = (cache[name] for name in ("i", "f", "o", "g", "c", "W"))
    t = np.tanh(c)
    dct = dc + dh * o * (1 - t**2)
    da = np.hstack([dct * g * i * (1 - i), dct * cache["cprev"] * f * (1 - f), dh * t, dct * i * (1 - g**2)])
    xh = np.hstack([cache["x"], cache["hprev"]])
    dxh, E = da @ W.T, cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], dct * f, xh.T @ da, da.sum(axis=0)


# %% lstm_cell_backward: the slope of another gate is left out
# said: u07.f_slope_missing
def lstm_cell_backward(dh, dc, cache):
    i, f, o, g, c, W = (cache[name] for name in ("i", "f", "o", "g", "c", "W"))
    t = np.tanh(c)
    dct = dc + dh * o * (1 - t**2)
    da = np.hstack([dct * g * i * (1 - i), dct * cache["cprev"], dh * t * o * (1 - o), dct * i * (1 - g**2)])
    xh = np.hstack([cache["x"], cache["hprev"]])
    dxh, E = da @ W.T, cache["x"].shape[1]
    return dxh[:, :E], dxh[:, E:], dct * f, xh.T @ da, da.sum(axis=0)
