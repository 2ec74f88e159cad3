"""Hand-made reports that cover every outcome: what the golden files show. conftest.py loads facts.py first."""

from report_facts import (
    ADD,
    ADD_ASKED,
    ASKED,
    CE,
    DECODE,
    DEEP,
    EXACT,
    GRADIENT,
    IMPORT,
    KIND,
    LOG,
    MEAN,
    NAN,
    NOTHING,
    POW,
    RAISED,
    RULE,
    SHAPE,
    SOFTMAX,
    SOME_ROWS,
    STEP,
    SYNTAX,
    TANH,
    TEXT,
    TITLES,
    TRAIN,
    TWICE,
    U05,
    U09,
    WIDE,
)

from grader.model import Cause, CheckResult, ExerciseResult, Location, Outcome, Report, UnitResult


def check(number, outcome=Outcome.PASS, title="", **facts):
    titles = dict(enumerate(TITLES, 1))
    return CheckResult(id=f"test_{number}", title=title or titles[number], outcome=outcome, seconds=0.004, **facts)


def exercise(
    identity="u05.cross_entropy_backward", points=8, outcome=None, number=4, late=(), where=CE, at=None, **facts
):
    """Seven checks: passed ones, number `number` with an outcome and facts, `late` outcomes, passed ones."""
    checks = [check(index) for index in range(1, 8)]
    if outcome:
        checks[number - 1] = check(number, outcome, where=at or where, **facts)
        for index, other in enumerate(late, number):
            checks[index] = check(index + 1, other, where=where)
    return ExerciseResult(id=identity, points=points, checks=tuple(checks), where=where, digest="9f2c")


def report(*exercises, unit="u05_backprop_ninja", title="Backprop ninja", file=U05):
    found = UnitResult(unit=unit, title=title, exercises=exercises, file=file)
    return Report(
        course="Neural networks from scratch",
        submission="exercises",
        own=True,
        seed=2026,
        units=(found,),
        engine="0.1.0",
    )


VALUE = exercise(
    outcome=Outcome.FAIL, mismatch=GRADIENT, asked=ASKED, cause=MEAN, late=(Outcome.PASS, Outcome.FAIL, Outcome.FAIL)
)


def u01(identity, where=ADD, **facts):
    return exercise(identity, where=where, **facts)


SCALAR = u01(
    "u01.add_mul",
    outcome=Outcome.FAIL,
    title="a value used twice gets both contributions",
    mismatch=TWICE,
    number=3,
    asked=ADD_ASKED,
)


def unit(name, title, *exercises):
    return UnitResult(unit=name, title=title, exercises=exercises, file=f"exercises/{name}.py")


def untouched(identity, points=5, where=CE):
    return exercise(identity, points, Outcome.TODO, 1, [Outcome.TODO] * 6, where)


def whole_file(outcome, **facts):
    """A unit in which every check ended the same way, because its file cannot be run."""
    found = tuple(check(number, outcome, **facts) for number in range(1, 8))
    names = ("u09.get_stats", "u09.merge", "u09.train")
    exercises = [ExerciseResult(id=name, points=6, checks=found) for name in names]
    return report(*exercises, unit="u09_bpe", title="Byte pair encoding", file=U09)


BLOCKED = exercise(
    "u05.mlp_backward",
    12,
    Outcome.BLOCKED,
    1,
    [Outcome.BLOCKED] * 6,
    where=Location(file=U05, line=101, function="mlp_backward"),
    waits_for="u05.linear_backward",
)


SEVERAL = (
    exercise("u05.softmax", 6, where=SOFTMAX),
    exercise("u05.cross_entropy", 4),
    VALUE,
    exercise(
        "u05.tanh_backward",
        4,
        Outcome.ERROR,
        2,
        where=TANH,
        message="NameError: name 'h' is not defined",
        asked=("tanh_backward(<array 4x3>)",),
        frames=(TANH,),
    ),
    untouched("u05.linear_backward", 9, Location(file=U05, line=80, function="linear_backward")),
    BLOCKED,
)


def course():
    """Four units: one all right, one begun, one that cannot be read, one untouched."""
    units = (
        unit("u01_micrograd", "micrograd", u01("u01.add_mul"), u01("u01.pow")),
        unit("u05_backprop_ninja", "Backprop ninja", *SEVERAL),
        *whole_file(Outcome.SYNTAX, message=SYNTAX, where=Location(file=U09, line=27)).units,
        unit("u10_gpt", "GPT", untouched("u10.scores"), untouched("u10.causal_mask", 7)),
    )
    return Report(course="Neural networks from scratch", submission="exercises", own=True, seed=2026, units=units)


FAIL, ERROR, TIMEOUT, CRASH = Outcome.FAIL, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASH


SAMPLES = {
    "pass": report(exercise()),
    "value": report(VALUE),
    "no_cause": report(exercise(outcome=FAIL, mismatch=SOME_ROWS, asked=ASKED, late=[FAIL])),
    "scalar": report(SCALAR),
    "shape": report(exercise(outcome=FAIL, number=1, title="shape of the scores", mismatch=SHAPE, late=[FAIL] * 6)),
    "kind": report(
        exercise(
            "u05.softmax",
            outcome=FAIL,
            title="each row sums to one",
            where=SOFTMAX,
            mismatch=KIND,
            asked=["softmax(<array 5x3>)"],
        )
    ),
    "nothing_returned": report(
        exercise(
            "u09.merge",
            outcome=FAIL,
            title="a pair in the middle",
            where=TRAIN,
            mismatch=NOTHING,
            message="You returned nothing (None); a list is expected.\nIs a return missing?",
            asked=["merge([1, 2, 3], (2, 3), 256)"],
        )
    ),
    "nothing_to_add": report(
        u01(
            "u01.add_mul",
            outcome=FAIL,
            title="value and gradients of a*b + c",
            message="Value(2) * Value(-3) gave None; a Value is expected.\nIs a return missing?",
            asked=["Value(2) * Value(-3)"],
        )
    ),
    "text": report(exercise("u09.decode", outcome=FAIL, title="decode undoes encode", where=DECODE, mismatch=TEXT)),
    "exact": report(exercise("u09.train", outcome=FAIL, where=TRAIN, title="the ids of the merges", mismatch=EXACT)),
    "nan": report(exercise("u05.softmax", outcome=FAIL, where=SOFTMAX, title="large logits", mismatch=NAN)),
    "raised": report(u01("u01.pow", POW, outcome=FAIL, title="a Value is refused as exponent", mismatch=RAISED)),
    "claim": report(
        exercise(
            "u09.train",
            outcome=FAIL,
            where=TRAIN,
            title="it makes as many merges as asked",
            message="train must make vocab_size - 256 merges; yours made 3.",
        )
    ),
    "todo": report(untouched("u01.add_mul", where=ADD)),
    "todo_half": report(
        u01(
            "u01.exp_log",
            LOG,
            outcome=Outcome.TODO,
            number=5,
            late=[Outcome.TODO],
            message="Value.log is not written yet.",
        )
    ),
    "blocked": report(BLOCKED),
    "syntax": whole_file(Outcome.SYNTAX, message=SYNTAX, where=Location(file=U09, line=27)),
    "syntax_wide": whole_file(Outcome.SYNTAX, message=WIDE, where=Location(file=U09, line=27)),
    "missing_file": whole_file(Outcome.MISSING, message=f"{U09} is not there. Put it back: grade reset u09"),
    "import": whole_file(
        ERROR,
        message="ModuleNotFoundError: No module named 'scipy'\n"
        "This unit may import the standard library and what its first lines import, nothing else.",
        frames=(IMPORT,),
        where=IMPORT,
    ),
    "timeout": report(
        exercise(
            "u09.train",
            9,
            TIMEOUT,
            2,
            [TIMEOUT, FAIL],
            TRAIN,
            title="a text without pairs",
            message="Stopped after 1 s of computing.",
        )
    ),
    "crash": report(
        exercise(
            "u09.train",
            9,
            CRASH,
            title="a text of one character",
            where=TRAIN,
            message="The Python process died (SIGSEGV) in your code.",
            output="merging\n" * 6,
            output_bytes=48,
        )
    ),
    "left": report(
        exercise(
            "u09.train",
            9,
            CRASH,
            title="a text of one character",
            where=TRAIN,
            message="The Python process ended with exit code 0 before it answered.",
        )
    ),
    "memory": report(
        exercise(
            "u09.train",
            9,
            Outcome.MEMORY,
            title="a long text",
            where=TRAIN,
            message="MemoryError: Unable to allocate 4.00 GiB for an array with shape (512, 512, 64, 64)\n"
            "It asked for more memory than the grader gives. Look at the sizes of what you build.",
            frames=(TRAIN,),
        )
    ),
    "rule": report(
        exercise(outcome=Outcome.RULE, number=1, late=[Outcome.RULE] * 6, message=RULE, at=Location(file=U05, line=21))
    ),
    "error": report(
        exercise(
            "u09.sample",
            4,
            ERROR,
            title="sampling stops at the end token",
            where=STEP[0],
            message="IndexError: index 27 is out of bounds for axis 0 with size 27",
            frames=STEP,
            asked=["sample(<array 27x27>, 26)"],
            output="ix 3\nix 26\n",
            output_bytes=11,
        )
    ),
    "recursion": report(
        u01(
            "u01.backward",
            outcome=ERROR,
            title="a chain of 5,000 additions",
            message="RecursionError: maximum recursion depth exceeded\n"
            "A function calls itself too often: Python stops near 1000 calls deep. Use a loop and a list.",
            frames=DEEP,
        )
    ),
    "fault": report(exercise(outcome=Outcome.FAULT, message="the worker did not start: Resource unavailable")),
    "hidden": report(
        exercise(
            outcome=FAIL,
            number=7,
            hidden=True,
            title="logits far from zero",
            mismatch=GRADIENT,
            asked=("cross_entropy_backward(SECRET)",),
            cause=Cause(says="SECRET"),
            output="SECRET",
            output_bytes=6,
        )
    ),
    "nothing": Report(course="Neural networks from scratch", submission="exercises", own=True, seed=2026, units=()),
    "several": report(*SEVERAL),
    "all_pass": report(*SEVERAL[:2]),
    "course": course(),
}
