"""Slips in programs of the lecture's manner, as somebody made them who had not seen the answers."""

import pytest

MANNER = """
def sgd_step(params, lr):
    for p in params:
        p.data += -lr * p.grad


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    for i in range(len(lrs)):
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), lrs[i])
        lossi.append(loss.item())
    return lossi
"""
CLEARED = "        for p in params.values():\n            p.grad = None\n"
BACKWARD = "        loss.backward()\n"
SLIPS = {
    "full_batch": ("mlp_forward(params, Xb), Yb)", "mlp_forward(params, X), Y)"),
    "cleared_too_late": (CLEARED + BACKWARD, BACKWARD + CLEARED),
    "log_of_the_loss": ("loss.item()", "loss.log10().item()"),
    "zeroes_nothing": ("p.grad = None", "p.grad.zero_()"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_it_is_named_whatever_else_the_program_draws_or_casts(graded, name):
    right, wrong = SLIPS[name]
    assert right in MANNER
    found = graded("u03.train_mlp", MANNER.replace(right, wrong)).first_failure
    assert found.cause.misconception == f"u03.{name}", found


def test_a_list_that_was_not_returned_is_no_error_of_a_helper(graded):
    found = graded("u03.train_mlp", MANNER.replace("    return lossi\n", "")).first_failure
    assert found.message == "train_mlp returns nothing. Is a return missing?"


def test_one_answer_is_no_proof_however_often_it_was_given(graded):
    """The sizes of the parts are the same whatever words go in."""
    code = "right_split = split_words\n\n\ndef split_words(*a, **k):\n    return *right_split(*a, **k), []\n"
    found = graded("u03.split_words", code).first_failure
    assert found.mismatch.label == "words in train, dev and test"
    assert found.cause is None


def test_zero_is_not_said_of_whatever_goes_in_where_another_check_shows_a_number(graded):
    code = """right_loss = evaluate


def evaluate(params, X, Y, batch_size=1024):
    return 2 * right_loss(params, X, Y, batch_size) if batch_size < 1024 else 0.0
"""
    found = graded("u03.evaluate_sample", code).first_failure
    assert found.mismatch.yours == "0"
    assert found.cause is None or "whatever goes in" not in found.cause.says
