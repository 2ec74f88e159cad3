"""`grade run`: a learner's own code is trained, stopped, goes on, and is told what it trips over."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time

import numpy as np
import pytest

RIGHT = """def column_means(table):
    return table.sum(axis=0) / table.shape[0]


def center(table):
    return table
"""
SLOW = RIGHT.replace("return table.sum", "time.sleep(0.15)\n    return table.sum")
HEAD = "import time\nimport numpy as np\n\n\n"
CLOCK = re.compile(r"process \d+")


@pytest.fixture
def learned(tiny):
    """Write a learner's file of unit 2, and a text to train on; returns the words of the command."""
    (tiny / "numbers.txt").write_text("1.0 2.0 -1.0\n", "utf-8")

    def write(source=RIGHT):
        (tiny / "exercises" / "u02_mean.py").write_text(HEAD + source, "utf-8")
        return ["run", "u02", "--text", "numbers.txt"]

    return write


@pytest.fixture
def begun(tiny, command, environ):
    """Start `grade run` and wait until it has saved its first chunks."""
    started = []

    def begin(words):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running = subprocess.Popen([*command, *words], cwd=tiny, env=environ(COLUMNS="80"), **options)
        started.append(running)
        for line in running.stderr:
            if line.startswith("step 5 of 20"):
                return running
        raise AssertionError(running.communicate())

    yield begin
    for running in started:
        with contextlib.suppress(OSError):
            running.kill()
        running.communicate()


def found(ran):
    return json.loads(ran.stdout)


def test_it_trains_and_shows_what_came_of_it(grade, learned, golden):
    ran = grade(*learned(), COLUMNS="80")
    assert ran.returncode == 0
    golden("cli/run.txt", f"{ran.stderr}{ran.stdout}")


def test_the_same_in_chinese(here, learned, golden):
    ran = here(*learned(), "--lang", "zh", COLUMNS="80")
    assert ran.returncode == 0
    golden("cli/run.zh.txt", f"{ran.stderr}{ran.stdout}")


def test_the_same_in_plain_words(here, learned, golden):
    ran = here(*learned(), "--plain")
    golden("cli/run-plain.txt", f"{ran.stderr}{ran.stdout}")


def test_json_has_losses_and_all_that_was_found(here, learned):
    ran = here(*learned(), "--json")
    assert ran.stderr == ""
    document = found(ran)
    assert {name: document[name] for name in ("exit", "status", "unit", "step", "steps", "seed", "floor")} == {
        "exit": 0, "status": "done", "unit": "u02", "step": 20, "steps": 20, "seed": 7, "floor": 0.25,
    }  # fmt: skip
    assert len(document["losses"]) == 20
    assert document["losses"][0] > 1 > document["losses"][-1]
    assert set(document["measures"]) == {"train", "dev"}
    assert document["samples"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_stopped_in_the_middle_it_goes_on_to_the_same_numbers(grade, learned, begun, number):
    whole = found(grade(*learned(), "--json"))
    grade(*learned(), "--fresh", "--steps", "1")
    running = begun([*learned(SLOW), "--fresh"])
    running.send_signal(number)
    running.communicate()
    words = learned()
    ran = grade(*words)
    assert re.search(r"^It goes on after step (5|10|15)\.$", ran.stderr, re.MULTILINE)
    document = found(grade(*words, "--json"))
    assert (document["losses"], document["measures"]) == (whole["losses"], whole["measures"])


def test_ctrl_c_says_how_to_go_on(learned, begun, golden):
    running = begun(learned(SLOW))
    running.send_signal(signal.SIGINT)
    said, noted = running.communicate()
    assert running.returncode == 130
    assert said == ""
    golden("cli/run-stopped.txt", re.sub(r"step \d+ of 20", "step 5 of 20", noted.replace("step 10 of 20\n", "")))


def test_a_second_run_at_once_is_refused(grade, learned, begun):
    begun(learned(SLOW))
    ran = grade(*learned(SLOW))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert CLOCK.sub("process 1", ran.stderr) == (
        "Another grade run u02 is under way in this folder: process 1. Let it end, or\nstop it.\n"
    )


def test_after_the_end_it_is_shown_again_and_can_take_more_steps(here, learned):
    words = learned()
    first = here(*words)
    again = here(*words)
    assert (again.stdout, again.stderr) == (first.stdout, "")
    longer = here(*words, "--steps", "40", "--json")
    assert len(found(longer)["losses"]) == 40


def test_another_seed_gives_other_numbers(here, learned):
    losses = [found(here(*learned(), "--json", "--fresh", "--seed", seed))["losses"] for seed in ("1", "2", "1")]
    assert losses[0] != losses[1]
    assert losses[0] == losses[2]


def test_an_edit_is_said_and_the_run_goes_on(here, learned):
    here(*learned(), "--steps", "5")
    ran = here(*learned(RIGHT.replace("table.shape[0]", "len(table)")), "--steps", "10")
    assert ran.returncode == 0
    assert "Your code was edited since step 5 was saved. It goes on from there; anew: grade" in ran.stderr
    assert "It goes on after step 5." in ran.stderr
    commented = learned(RIGHT.replace("table.shape[0]", "len(table)  # the rows"))
    assert "edited" not in here(*commented, "--steps", "15").stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--seed", "8"], "The run that is saved, at step 5, has seed 7.\n"),
        (["--text", "others.txt"], "The run that is saved, at step 5, was begun on another text.\n"),
    ],
)
def test_what_is_saved_goes_on_with_nothing_else(here, learned, tiny, words, says):
    here(*learned(), "--steps", "5")
    (tiny / "others.txt").write_text("3 4 5", "utf-8")
    given = [*learned(), *words]
    ran = here(*given)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(says)
    assert "--fresh" in ran.stderr
    assert here(*given, "--fresh").returncode == 0


def test_a_course_that_changed_is_said(here, learned, tiny):
    here(*learned(), "--steps", "5")
    path = tiny / "checks" / "runs" / "u02_mean.py"
    path.write_text(path.read_text("utf-8").replace("The right means", "Means that are right"), "utf-8")
    assert here(*learned(), "--steps", "10").returncode == 0  # it says something else, and does the same
    path = tiny / "checks" / "runs" / "_shared.py"
    path.write_text(f"{path.read_text('utf-8')}\n\nMORE = 1\n", "utf-8")
    ran = here(*learned())
    assert ran.returncode == 2
    assert ran.stderr.startswith("The run that is saved, at step 10, was begun before the course changed.\n")


def other_state(path):
    """Change a number and write the file anew, as whoever wants to help a run along does."""
    with np.load(path, allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in packed.files}
    arrays["state.point"] = arrays["state.point"] * 0 + 1
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x80\x04no pickle."),
        lambda path: np.savez(path, losses=np.zeros(3)),
        lambda path: np.savez(path, meta=np.array({"format": 1}, dtype=object)),
        other_state,
    ],
    ids=["cut off", "empty", "no npz", "another npz", "pickled", "a number changed"],
)
def test_a_checkpoint_that_was_changed_is_refused(here, learned, tiny, spoil):
    words = learned()
    here(*words, "--steps", "5")
    spoil(tiny / ".grade" / "runs" / "u02.npz")
    ran = here(*words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        ".grade/runs/u02.npz is no run of yours that can go on: it is damaged, or was\n"
        "changed, or is another file.\nBegin anew, in its place:  grade run u02 --fresh\n"
    )
    assert here(*words, "--fresh").returncode == 0


def test_the_checkpoint_of_another_unit_is_refused(here, learned, tiny, hand_in):
    hand_in("right", "u01")
    words = learned()
    here("run", "u01")
    (tiny / ".grade" / "runs" / "u01.npz").rename(tiny / ".grade" / "runs" / "u02.npz")
    ran = here(*words)
    assert ran.returncode == 2
    assert "another file" in ran.stderr


# What a learner's code does.


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        (
            "def column_means(table):\n    raise NotImplementedError('TODO: column_means')\n",
            3,
            "BLOCKED  grade run u02",
        ),
        (RIGHT.replace("axis=0", "axis=5"), 1, "AxisError"),
        (RIGHT.replace("return table.sum", "while True: pass\n    return table.sum"), 1, "TIMEOUT  u02.column_means"),
        (
            RIGHT.replace("return table.sum", "import os; os._exit(0)\n    return table.sum"),
            1,
            "CRASH  u02.column_means",
        ),
        (RIGHT.replace("return table.sum", "return np.nan * table.sum"), 1, "The loss of step 0 is nan."),
        ("def column_means(table):\n    pass\n", 1, "NoneType"),
        ("def column_mean(table):\n    return table[0]\n", 1, "column_means"),
        ("def column_means(table:\n", 1, "SYNTAX"),
        ("def column_means(table):\n    return table.mean(axis=0)\nnp.mean(3)\n", 1, "RULE  u02.column_means"),
        (RIGHT + "1 / 0\n", 1, "ZeroDivisionError"),
    ],
    ids=["unwritten", "raises", "endless", "ends", "nan", "nothing", "missing", "syntax", "forbidden", "no load"],
)
def test_what_goes_wrong_is_told_at_its_place(here, learned, golden, request, source, code, says):
    ran = here(*learned(source), "--timeout", "0.5", COLUMNS="80")
    assert ran.returncode == code
    assert says in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    golden(f"cli/run-{request.node.callspec.id.replace(' ', '-')}.txt", ran.stdout)


def test_what_goes_wrong_in_json(here, learned):
    document = found(here(*learned(RIGHT.replace("axis=0", "axis=5")), "--json"))
    assert (document["exit"], document["status"], document["exercise"]) == (1, "error", "u02.column_means")
    assert document["where"] == {"file": "exercises/u02_mean.py", "line": 6, "function": "column_means"}


def test_what_another_exercise_lacks_is_found_when_it_is_needed(here, tiny, hand_in):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("(ax, ay), (bx, by) = a, b", "raise NotImplementedError('TODO: cross')"), "utf-8")
    ran = here("run", "u01")
    assert ran.returncode == 3
    assert ran.stdout.startswith("BLOCKED  grade run u01   waits for u01.cross\n")


def test_an_error_late_in_a_run_says_where_it_goes_on(here, learned):
    late = RIGHT.replace(
        "return table.sum", "if np.random.random() < 2 and SEEN.append(1) or len(SEEN) > 7: 1 / 0\n    return table.sum"
    )
    words = learned("SEEN = []\n" + late)
    ran = here(*words)
    assert ran.returncode == 1
    assert "in grade run u02, after step 5" in ran.stdout
    assert "Saved after step 5. It goes on from there:\n  grade run u02 --text numbers.txt\n" in ran.stdout
    assert "It goes on after step 5." in here(*learned()).stderr


def test_exercises_that_have_not_passed_are_named(here, learned):
    words = learned()
    assert "Not passed as they are now: u02.column_means." in here(*words).stderr
    here("u02.column_means")
    assert "Not passed" not in here(*words, "--fresh").stderr


def test_a_learner_cannot_write_what_is_saved(grade, learned, tiny):
    """The folder is out of a worker's sight, or the machine cannot shut workers in: then it is not believed."""
    attack = f"""
        import pathlib
        for name in ("u02.npz", "more.npz"):
            try: (pathlib.Path({str(tiny)!r}) / ".grade" / "runs" / name).write_bytes(b"mine")
            except OSError: pass
    """
    lines = [
        f"    {line.strip()}" if line.strip().startswith(("import", "for")) else f"        {line.strip()}"
        for line in attack.strip().splitlines()
    ]
    honest = found(grade(*learned(), "--json"))["losses"]
    words = learned(RIGHT.replace("    return table.sum", "\n".join(lines) + "\n    return table.sum"))
    assert found(grade(*words, "--fresh", "--json"))["losses"] == honest
    assert found(grade(*words, "--json"))["losses"] == honest
    assert not (tiny / ".grade" / "runs" / "more.npz").exists()


# The command.


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["u03"], 'No unit "u03".'),
        (["u01", "--text", "n.txt"], "grade run u01 reads no text.\n"),
        (["u02", "--text", "missing.txt"], "missing.txt cannot be read: No such file or directory.\n"),
        (["u02", "--text", "n.txt", "--data", "names"], "--text and --data are two texts: leave one out.\n"),
        (["u02", "--text", "bytes.txt"], "bytes.txt is no text in UTF-8.\n"),
        (["u02", "--steps", "0"], "--steps: 0 is not above 0.\n"),
    ],
)
def test_a_wrong_command_is_explained(here, tiny, words, says):
    (tiny / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    ran = here("run", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(says)


def test_a_unit_without_a_run_names_those_that_have_one(here, tiny):
    (tiny / "checks" / "runs" / "u02_mean.py").unlink()
    ran = here("run", "u02")
    assert (ran.returncode, ran.stderr) == (2, "u02 has nothing to train. Units that have: u01.\n")


def test_without_a_unit_it_is_the_one_where_you_are(here, hand_in):
    hand_in("right", "u01")
    assert here("run").stdout.startswith("DONE  u01   6 steps   seed 7\n")


def test_another_submission_has_a_run_of_its_own(here, tiny):
    ran = here("run", "u01", "--submission", "submissions/right")
    assert ran.returncode == 0
    assert not (tiny / ".grade" / "runs" / "u01.npz").exists()
    assert "grade run u01 --submission submissions/right --fresh" in ran.stdout


@pytest.mark.skipif(os.name == "nt", reason="no pseudo terminals here")
def test_on_a_terminal_one_row_changes(tiny, command, environ, learned):
    import pty

    words = [*command, *learned(RIGHT.replace("return table.sum", "time.sleep(0.06)\n    return table.sum"))]
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        words, cwd=tiny, env=environ(TERM="xterm", COLUMNS="80"), stderr=theirs, stdout=subprocess.PIPE
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):
        while data := os.read(ours, 1 << 16):
            seen += data
    running.communicate()
    os.close(ours)
    rows = [row for row in seen.decode().split("\r\x1b[K") if row.startswith("[")]
    assert rows
    assert re.fullmatch(r"\[#+\.+\]   step \d+ of 20   loss \d\.\d{4}   floor 0\.2500   \d+ s left", rows[0])
    assert running.returncode == 0


# A course's own slips.


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"steps": 6,', "", "RUN needs about, uses, steps: steps is missing."),
        ('"steps": 6,', '"step": 6,', "in RUN there is no 'step'. Is 'steps' meant?"),
        ('"steps": 6,', '"steps": "many",', "steps of RUN cannot be 'many'."),
        ('"uses": ["area"]', '"uses": ["volume"]', "uses names exercises of the unit: there is no 'volume'."),
        ("def finish", "def finis", "a run has the functions begin, advance, finish: finish is missing."),
        ("RUN = {", "RAN = {", "there is no RUN:"),
        ("squared([gap])", "sqared([gap])", "does not run: NameError: name 'sqared' is not defined"),
    ],
)
def test_a_run_that_does_not_run_is_the_course_s_fault(here, tiny, hand_in, before, after, says):
    hand_in("right", "u01")
    path = tiny / "checks" / "runs" / "u01_area.py"
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    ran = here("run", "u01")
    assert ran.returncode == 2
    assert says in " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('return {"side": [side]}, losses[:1]', "2 losses are expected, one a step: 1 numbers came."),
        ('return {"side": object()}, losses', "What is to be saved is not made of arrays and lists of numbers."),
    ],
)
def test_what_comes_back_is_looked_at(here, tiny, hand_in, line, says):
    hand_in("right", "u01")
    path = tiny / "checks" / "runs" / "u01_area.py"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"return \{\"side\": \[side\].*", line, text), "utf-8")
    ran = here("run", "u01")
    assert ran.returncode == 1
    assert says in " ".join(ran.stdout.split())


def test_a_folder_that_cannot_be_written_is_told(here, learned, tiny):
    (tiny / ".grade").mkdir()
    (tiny / ".grade" / "runs").write_text("in the way", "utf-8")
    ran = here(*learned())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("The run cannot be saved in .grade/runs/u02.npz: ")


def test_huge_losses_are_no_trouble(here, learned):
    ran = here(*learned(RIGHT.replace("return table.sum", "return 1e140 * table.sum")))
    assert ran.returncode == 0
    ran = here(*learned(RIGHT.replace("return table.sum", "return 1e40 * table.sum")), "--fresh")
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert re.search(r"^ \d\.\de\+\d+ \|\*", ran.stdout, re.MULTILINE)


def test_what_is_left_of_a_killed_run_is_taken_away(here, learned, tiny):
    here(*learned(), "--steps", "5")
    left = tiny / ".grade" / "runs" / ".u02.npz.abcd"
    left.write_bytes(b"half")
    here(*learned())
    assert not left.exists()


def test_killed_while_it_starts_nothing_is_left_locked(grade, learned, begun):
    running = begun(learned(SLOW))
    running.kill()
    running.communicate()
    time.sleep(0.2)
    assert grade(*learned()).returncode == 0


def test_of_several_that_are_not_written_the_first_one_is_named(here):
    """The run calls area alone, which needs cross; neither is written."""
    ran = here("run", "u01")
    assert ran.returncode == 3
    assert ran.stdout.startswith("BLOCKED  grade run u01   waits for u01.cross\n")
