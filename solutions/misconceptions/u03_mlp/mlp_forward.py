"""Wrong answers to u03.mlp_forward, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _above(params, embcat, act=torch.tanh):
    return act(embcat @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


@misconception(
    "mlp_forward",
    says="The embeddings of different examples are mixed. view goes through memory in the order of the axes: the K "
    "embeddings of one example are side by side only if the example is the first axis.",
)
def view_across_examples(params, X):
    emb = params["C"][X]
    return _above(params, emb.transpose(0, 1).reshape(X.shape[0], -1))


@misconception(
    "mlp_forward",
    says="Within an example your numbers are in another order: first the first number of each letter, then the second "
    "of each. The K embeddings stand side by side whole.",
)
def interleaved(params, X):
    emb = params["C"][X]
    return _above(params, emb.transpose(1, 2).reshape(X.shape[0], -1))


@misconception(
    "mlp_forward",
    says="You lay the letters side by side in reverse: the newest first. The first E rows of W1 belong to position 0.",
)
def reversed_positions(params, X):
    return _above(params, params["C"][X].flip(1).reshape(X.shape[0], -1))


@misconception(
    "mlp_forward",
    says="You added the embeddings of the context. A sum forgets the order: 'abc' and 'cba' become the same.",
)
def sum_context(params, X):
    emb = params["C"][X].sum(dim=1, keepdim=True).expand(-1, X.shape[1], -1)
    return _above(params, emb.reshape(X.shape[0], -1))


@misconception(
    "mlp_forward",
    says="A tanh sits on the logits, too. It holds all scores between -1 and 1, and no letter can become much more "
    "likely than the others.",
)
def tanh_on_logits(params, X):
    return torch.tanh(mlp(params, X))


@misconception("mlp_forward", says="The hidden layer has a relu. This unit's nonlinearity is tanh.")
def relu_for_tanh(params, X):
    return _above(params, params["C"][X].reshape(X.shape[0], -1), torch.relu)


@misconception(
    "mlp_forward",
    says="There is no nonlinearity between the two layers. Two linear layers in a row are one: the model can do no "
    "more than a single matrix.",
)
def no_tanh(params, X):
    return _above(params, params["C"][X].reshape(X.shape[0], -1), lambda x: x)


@misconception(
    "mlp_forward",
    says="The tanh comes before the bias: tanh(x @ W1) + b1. The bias belongs inside, where it shifts what tanh sees.",
)
def bias_after_tanh(params, X):
    h = torch.tanh(params["C"][X].reshape(X.shape[0], -1) @ params["W1"]) + params["b1"]
    return h @ params["W2"] + params["b2"]


@misconception("mlp_forward", says="The bias of the hidden layer, b1, is missing.")
def no_b1(params, X):
    h = torch.tanh(params["C"][X].reshape(X.shape[0], -1) @ params["W1"])
    return h @ params["W2"] + params["b2"]


@misconception("mlp_forward", says="The bias of the output, b2, is missing.")
def no_b2(params, X):
    h = torch.tanh(params["C"][X].reshape(X.shape[0], -1) @ params["W1"] + params["b1"])
    return h @ params["W2"]


@misconception(
    "mlp_forward",
    says="b1 is added along the wrong axis, one number a row instead of one number a hidden unit. That runs only where"
    " B and H are equal.",
)
def bias_as_column(params, X):
    hpreact = params["C"][X].reshape(X.shape[0], -1) @ params["W1"]
    b1 = params["b1"]
    h = torch.tanh(hpreact + (b1.unsqueeze(1) if len(b1) == len(X) else b1))
    return h @ params["W2"] + params["b2"]


@misconception(
    "mlp_forward",
    says="You return probabilities. The function gives scores; softmax comes later, inside of the loss and of "
    "sampling.",
)
def returns_probabilities(params, X):
    return mlp(params, X).softmax(dim=1)


@misconception(
    "mlp_forward",
    says="No gradient reaches the embeddings: you took the rows of C out of the computation. They would stay random "
    "for ever.",
    symptom=True,
)
def frozen_embeddings(params, X):
    return _above(params, params["C"].detach()[X].reshape(X.shape[0], -1)) + 0 * params["C"].sum()


@misconception(
    "mlp_forward",
    says="A row of your embeddings has 6 numbers, whatever K and E are: the lecture's view(-1, 6). Here it has K * E.",
    symptom=True,
)
def always_six(params, X):
    return _above(params, params["C"][X].reshape(-1, 6))


@misconception(
    "mlp_forward",
    says="No gradient reaches C: its rows were taken out of the computation. C[X] keeps them in it.",
    symptom=True,
)
def copied_rows(params, X):
    return _above(params, params["C"].detach()[X].reshape(X.shape[0], -1))


@misconception(
    "mlp_forward",
    says="No graph leads back from your logits: no_grad() or detach() cut it off, and nothing could be trained.",
    symptom=True,
)
def without_graph(params, X):
    return mlp(params, X).detach()


mlp = mlp_forward
