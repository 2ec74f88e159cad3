"""In a chain of steps a slip costs what it is: later steps keep their points, and what needs it says so."""

import pytest

from grader.model import Outcome

SLIP = """
def d_probs(f, d):
    return -d["logprobs"] / f["probs"]
"""
TOTAL = 26


@pytest.fixture
def failing(graded):
    def run(code):
        exercise = graded("u05.backward_steps", code)
        failed = [check for check in exercise.checks if check.outcome is not Outcome.PASS]
        return exercise, failed, {check.id.partition("[")[2].rstrip("]") for check in failed}

    return run


def test_an_early_slip_costs_one_step(failing):
    """Each step gets upstream gradients that are nobody's: a step that is right is right whatever came before it."""
    exercise, failed, steps = failing(SLIP)
    assert steps == {"probs"}
    assert exercise.earned == TOTAL - 1
    assert failed[0].cause.says == "d_probs(f, d): yours has the right size and the wrong sign."


def test_two_slips_cost_two_steps_and_the_first_is_shown(failing):
    exercise, failed, steps = failing(SLIP + "\ndef d_b2(f, d):\n    return d['logits'].mean(axis=0)\n")
    assert steps == {"probs", "b2"}
    assert exercise.earned == TOTAL - 2
    assert exercise.first_failure is failed[0]
    assert failed[0].id == "test_gradient[probs]"


def test_what_is_built_on_a_wrong_one_follows_from_it(session, tmp_path):
    """The gradients of the whole model, made of functions of which one is wrong: that one is the cause."""
    unit = session.course.unit("u05")
    text = unit.solution.read_text("utf-8")
    code = "\ndef cross_entropy_backward(logits, targets, ignore_index=-1, right=cross_entropy_backward):\n"
    code += "    return right(logits, targets, ignore_index) * len(logits)\n"
    (tmp_path / f"{unit.name}.py").write_text(text + code, "utf-8")
    names = ("cross_entropy_backward", "mlp_backward", "train_manual")
    chosen = [exercise for exercise in unit.exercises if exercise.name in names]
    wrong, *built = session.grade(chosen, submission=tmp_path).exercises
    assert "n times too large" in wrong.first_failure.cause.says
    for exercise in built:
        failed = [check for check in exercise.checks if check.outcome is not Outcome.PASS]
        assert failed
        assert {(check.outcome, check.waits_for, check.cause) for check in failed} == {
            (Outcome.BLOCKED, wrong.id, None)
        }
