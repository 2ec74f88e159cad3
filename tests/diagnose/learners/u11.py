# Wrong answers to unit 11, each as somebody may type it who comes from the gist or from an article about it, one at a time.

# %% value: the walk calls itself, and = for +=
# said: u11.assign_left_first
def _backward(self):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._children:
                build(child)
            topo.append(v)

    build(self)
    self.grad = 1
    for v in reversed(topo):
        for child, slope in zip(v._children, v._local_grads):
            child.grad = slope * v.grad


Value.backward = _backward


# %% value: a product by its own numbers
# said: u11.swapped_slopes
def _mul(self, other):
    if not isinstance(other, Value):
        other = Value(other)
    product = self.data * other.data
    return Value(product, (self, other), (self.data, other.data))


Value.__mul__ = _mul


# %% value: the gradient of the child
# said: u11.local_times_wrong
def _backward(self):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._children:
                build(child)
            topo.append(v)

    build(self)
    for v in topo:
        v.grad = 0.0 if v._children else v.grad
    self.grad = 1.0
    for v in topo[::-1]:
        for i, child in enumerate(v._children):
            child.grad += v._local_grads[i] * child.grad


Value.backward = _backward


# %% value: the list is not turned round
# said: u11.forward_order
def _backward(self):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._children:
                build(child)
            topo.append(v)

    build(self)
    for v in topo:
        if v._children:
            v.grad = 0.0
    self.grad = 1.0
    for v in topo:
        for child, slope in zip(v._children, v._local_grads):
            child.grad += slope * v.grad


Value.backward = _backward


# %% name_tokenizer: the border in front only
# said: u11.bos_once
def _encode(self, doc):
    return [self.BOS] + [self.chars.index(ch) for ch in doc]


NameTokenizer.encode = _encode


# %% linear: as with (in, out)
# said: u11.transposed
def linear(x, w):
    columns = [[row[o] for row in w] for o in range(len(w[0]))]
    return [sum(a * b for a, b in zip(column, x)) for column in columns]


# %% softmax: no largest score
# said: u11.no_max
def softmax(logits):
    es = [math.e ** 0 * v.exp() for v in logits]
    s = sum(es)
    return [e / s for e in es]


# %% softmax: the sum by data
# said: u11.total_detached
def softmax(logits):
    top = max(v.data for v in logits)
    es = [(v - top).exp() for v in logits]
    s = 0.0
    for e in es:
        s += e.data
    return [e * (1 / s) for e in es]


# %% norms: the scale by data
# said: u11.scale_detached
def rmsnorm(x, eps=1e-5):
    ms = sum(xi.data**2 for xi in x) / len(x)
    return [xi / math.sqrt(ms + eps) for xi in x]


# %% norms: mean forgotten
# said: u11.sum_not_mean
def rmsnorm(x, eps=1e-5):
    total = sum(xi**2 for xi in x)
    return [xi / (total + eps) ** 0.5 for xi in x]


# %% attention_step: root of the width
# said: u11.scale_full
def attention_step(q, keys, values, n_head):
    hd = len(q) // n_head
    out = []
    for h in range(n_head):
        s = slice(h * hd, (h + 1) * hd)
        logits = [sum(a * b for a, b in zip(q[s], k[s])) / len(q) ** 0.5 for k in keys]
        w = softmax(logits)
        out += [sum(w[t] * values[t][s][j] for t in range(len(w))) for j in range(hd)]
    return out


# %% attention_step: heads by stride
# said: u11.head_slices
def attention_step(q, keys, values, n_head):
    hd = len(q) // n_head
    found = {}
    for h in range(n_head):
        w = softmax([sum(a * b for a, b in zip(q[h::n_head], k[h::n_head])) / hd**0.5 for k in keys])
        for j in range(h, len(q), n_head):
            found[j] = sum(w[t] * values[t][j] for t in range(len(w)))
    return [found[j] for j in range(len(q))]


# %% gpt_step: no position
# said: u11.pos_missing
def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(state_dict["wte"][token_id])
    for li in range(cfg.n_layer):
        r = x
        x = rmsnorm(x)
        keys[li].append(linear(x, state_dict[f"layer{li}.attn_wk"]))
        values[li].append(linear(x, state_dict[f"layer{li}.attn_wv"]))
        x = attention_step(linear(x, state_dict[f"layer{li}.attn_wq"]), keys[li], values[li], cfg.n_head)
        x = [a + b for a, b in zip(linear(x, state_dict[f"layer{li}.attn_wo"]), r)]
        r = x
        x = [u.relu() for u in linear(rmsnorm(x), state_dict[f"layer{li}.mlp_fc1"])]
        x = [a + b for a, b in zip(linear(x, state_dict[f"layer{li}.mlp_fc2"]), r)]
    return linear(x, state_dict["lm_head"])


# %% gpt_step: the normed x goes round the branch
# said: u11.residual_of_normed
def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm([a + b for a, b in zip(state_dict["wte"][token_id], state_dict["wpe"][pos_id])])
    for li in range(cfg.n_layer):
        x = rmsnorm(x)
        r = x
        keys[li].append(linear(x, state_dict[f"layer{li}.attn_wk"]))
        values[li].append(linear(x, state_dict[f"layer{li}.attn_wv"]))
        x = attention_step(linear(x, state_dict[f"layer{li}.attn_wq"]), keys[li], values[li], cfg.n_head)
        x = [a + b for a, b in zip(linear(x, state_dict[f"layer{li}.attn_wo"]), r)]
        x = rmsnorm(x)
        r = x
        x = [u.relu() for u in linear(x, state_dict[f"layer{li}.mlp_fc1"])]
        x = [a + b for a, b in zip(linear(x, state_dict[f"layer{li}.mlp_fc2"]), r)]
    return linear(x, state_dict["lm_head"])


# %% sequence_loss: not divided
# said: u11.sum_loss
def sequence_loss(tokens, state_dict, cfg):
    keys, values = new_caches(cfg.n_layer)
    total = 0
    for pos in range(min(cfg.block_size, len(tokens) - 1)):
        p = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        total = total - p[tokens[pos + 1]].log()
    return total


# %% sequence_loss: one list for all layers
# said: u11.one_list_for_all_layers
def sequence_loss(tokens, state_dict, cfg):
    n = min(cfg.block_size, len(tokens) - 1)
    keys = [[]] * cfg.n_layer
    values = [[]] * cfg.n_layer
    losses = []
    for pos_id in range(n):
        logits = gpt_step(tokens[pos_id], pos_id, keys, values, state_dict, cfg)
        losses.append(softmax(logits)[tokens[pos_id + 1]].log() * -1)
    return sum(losses) * (1 / n)


# %% adam: without correction
# said: u11.no_bias_correction
def adam_step(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    for i, p in enumerate(params):
        m[i] = beta1 * m[i] + (1 - beta1) * p.grad
        v[i] = beta2 * v[i] + (1 - beta2) * p.grad**2
        p.data -= lr * m[i] / (v[i] ** 0.5 + eps)
        p.grad = 0


# %% adam: zero_grad is somebody else's business
# said: u11.no_zero
def adam_step(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    for i, p in enumerate(params):
        m[i] = beta1 * m[i] + (1 - beta1) * p.grad
        v[i] = beta2 * v[i] + (1 - beta2) * p.grad**2
        p.data -= lr * (m[i] / (1 - beta1 ** (step + 1))) / ((v[i] / (1 - beta2 ** (step + 1))) ** 0.5 + eps)


# %% generate: as in an article, the last token only
# said: u11.cold_cache
def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    tokens = [tok.BOS] + [tok.chars.index(ch) for ch in prompt]
    keys, values = new_caches(cfg.n_layer)
    while len(tokens) - 1 < min(max_len or cfg.block_size, cfg.block_size):
        logits = gpt_step(tokens[-1], len(tokens) - 1, keys, values, state_dict, cfg)
        probs = softmax([score / temperature for score in logits])
        token = (rng or random).choices(range(cfg.vocab_size), weights=[p.data for p in probs])[0]
        if token == tok.BOS:
            break
        tokens.append(token)
    return tok.decode(tokens)


# %% generate: temperature on the probabilities
# said: u11.temp_on_probs
def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    tokens = tok.encode(prompt)[:-1]
    keys, values = new_caches(cfg.n_layer)
    for pos, token in enumerate(tokens):
        logits = gpt_step(token, pos, keys, values, state_dict, cfg)
    while len(tokens) - 1 < min(max_len or cfg.block_size, cfg.block_size):
        probs = [p.data / temperature for p in softmax(logits)]
        token = (rng or random).choices(range(cfg.vocab_size), weights=probs)[0]
        if token == tok.BOS:
            break
        tokens.append(token)
        if len(tokens) - 1 < min(max_len or cfg.block_size, cfg.block_size):
            logits = gpt_step(token, len(tokens) - 1, keys, values, state_dict, cfg)
    return tok.decode(tokens)


# %% train_microgpt: the first document each time
# said: u11.same_doc
def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    docs = sorted(docs, key=lambda doc: 0)
    rng.shuffle(docs)
    tok = NameTokenizer(docs)
    sd = init_state_dict(cfg, rng)
    ps = parameters(sd)
    m, v = [0.0 for _ in ps], [0.0 for _ in ps]
    out = []
    for step in range(num_steps):
        tokens = tok.encode(docs[0])
        loss = sequence_loss(tokens, sd, cfg)
        loss.backward()
        adam_step(ps, m, v, step, linear_decay(step, num_steps, lr))
        out.append(loss.data)
    return sd, out


# %% train_microgpt: the rate stays
# said: u11.no_decay
def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    docs = list(docs)
    rng.shuffle(docs)
    tok = NameTokenizer(docs)
    sd = init_state_dict(cfg, rng)
    ps = parameters(sd)
    m, v = [0.0 for _ in ps], [0.0 for _ in ps]
    out = []
    for step in range(num_steps):
        loss = sequence_loss(tok.encode(docs[step % len(docs)]), sd, cfg)
        loss.backward()
        adam_step(ps, m, v, step, lr)
        out.append(loss.data)
    return sd, out
