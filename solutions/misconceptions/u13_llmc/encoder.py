"""Wrong answers to u13.encoder, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="A token that stands at several places keeps the gradient of one of them: `dwte[inp] += dout` writes a row "
    "that repeats once, and not as often as it occurs.",
)
def fancy_add(dout, inp, dwte, dwpe):
    dwte[inp] += dout
    dwpe[: inp.shape[1]] += dout.sum(axis=0)


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="You replace what was in dwte and dwpe. The head has been there before, and so have other batches: add.",
)
def overwrite(dout, inp, dwte, dwpe):
    dwte[:] = 0
    dwpe[:] = 0
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] = dout.sum(axis=0)


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="You replace what was in dwpe, with = for +=. Other batches have been there before: add.",
)
def overwrite_wpe(dout, inp, dwte, dwpe):
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] = dout.sum(axis=0)


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="dwpe holds the mean over the sequences. Every sequence used the row, so it gets the sum.",
)
def dwpe_mean(dout, inp, dwte, dwpe):
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] += dout.mean(axis=0)


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="dwpe holds the gradient of the last sequence alone. All sequences of the batch used these rows.",
)
def last_sequence(dout, inp, dwte, dwpe):
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] += dout[-1]


@misconception(
    "encoder",
    replaces="encoder_backward",
    says="Nothing arrives in the caller's dwte and dwpe: you add to copies of them. The sum has to be in the arrays "
    "themselves.",
    symptom=True,
)
def into_copies(dout, inp, dwte, dwpe):
    dwte, dwpe = dwte.copy(), dwpe.copy()
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] += dout.sum(axis=0)


@misconception(
    "encoder",
    replaces="encoder_forward",
    says="The row of wpe is chosen by the token. It belongs to the position: 0, 1, 2, ... in every sequence.",
)
def position_of_token(inp, wte, wpe):
    return wte[inp] + wpe[inp % len(wpe)]


@misconception(
    "encoder",
    replaces="encoder_forward",
    says="Positions are missing: what you return is the token's row alone.",
)
def no_positions(inp, wte, wpe):
    return wte[inp]
