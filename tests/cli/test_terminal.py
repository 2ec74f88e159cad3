"""Whatever the terminal is like: encodings, colours, widths, pipes that close, Ctrl-C, faults of our own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.cli import main, patience
from grader.cli.terminal import Terminal
from grader.model import CheckResult, ExerciseResult, Outcome, Report, UnitResult
from grader.report.style import cells

FULL = Path("/dev/full")


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_output_survives_an_encoding(grade, encoding):
    ran = grade("--submission", "submissions/wrong", text=False, PYTHONIOENCODING=encoding)
    assert ran.returncode == 1
    assert "FAIL  u01.area" in ran.stdout.decode(encoding)


def test_a_chinese_message_of_a_learner_survives_ascii(grade, tiny):
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8").replace(
        'NotImplementedError("TODO: cross")', 'ValueError("\u4f60\u597d \u2713")'
    )
    path.write_text(text, encoding="utf-8")
    ran = grade("u01.cross", text=False, PYTHONIOENCODING="ascii")
    assert ran.returncode == 1
    assert b"ValueError: ?? ?" in ran.stdout


@pytest.mark.parametrize(
    ("words", "more", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_in_a_pipe(grade, words, more, coloured):
    assert ("\x1b[" in grade("u01.cross", *words, **more).stdout) is coloured


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("more", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(tiny, command, environ, more, coloured):
    import pty

    ours, theirs = pty.openpty()
    subprocess.run([*command, "u01.cross"], cwd=tiny, env=environ(**more), stdout=theirs, stderr=theirs, check=False)
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "TODO" in said
    assert ("\x1b[" in said) is coloured


@pytest.mark.parametrize("words", [["--all"], ["status"], ["list"], ["show"], ["hint"], ["next"]])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_nothing_is_wider_than_asked_for(here, words, width):
    said = here(*words, "--width", str(width)).stdout
    assert max(map(cells, said.splitlines())) <= width


def test_options_for_the_look_stand_before_or_after_the_command(here):
    assert here("--plain", "list").stdout == here("list", "--plain").stdout == here("list", ACCESSIBLE="1").stdout


def test_plain_aligns_nothing(here):
    assert "  " not in here("list", "--plain").stdout + here("status", "--plain").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no head")
def test_a_reader_that_goes_away_is_no_error(tiny, command, environ):
    line = f"{' '.join(command)} --all --keep-going --submission submissions/wrong | head -n 1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], cwd=tiny, env=environ(), capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[-1] == "1"


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output_is_said(tiny, command, environ):
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*command, "list"], cwd=tiny, env=environ(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 2
    assert ran.stderr.startswith("What was found cannot be written")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_records_nothing_and_leaves_nothing(tiny, command, environ):
    (tiny / "exercises" / "u01_area.py").write_bytes((tiny / "submissions" / "looping" / "u01_area.py").read_bytes())
    running = subprocess.Popen(
        [*command, "u01.cross", "--timeout", "60"],
        cwd=tiny,
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == ""
    assert err.strip() == "Stopped u01.cross. Nothing was recorded."
    assert time.monotonic() - began < 5
    assert not (tiny / ".grade" / "state.json").exists()


def report_of(outcome):
    check = CheckResult(id="test_a", title="a", outcome=outcome, message="a bug of ours")
    unit = UnitResult(unit="u01_area", title="", exercises=(ExerciseResult(id="u01.cross", points=1, checks=(check,)),))
    return Report(course="", submission="", seed=0, units=(unit,))


def test_a_fault_in_a_report_is_not_recorded_either(tiny, monkeypatch, here):
    monkeypatch.setattr("grader.session.Session.grade", lambda *_args, **_kwargs: report_of(Outcome.FAULT))
    ran = here("u01.cross")
    assert ran.returncode == 4
    assert "Details: .grade/last/internal.txt" in ran.stderr
    assert "a bug of ours" in (tiny / ".grade" / "last" / "internal.txt").read_text(encoding="utf-8")
    assert json.loads((tiny / ".grade" / "state.json").read_text(encoding="utf-8"))["exercises"] == {}


def test_a_broken_check_leaves_the_other_exercises_alone(tiny, grade, hand_in):
    hand_in("right")
    checks = tiny / "checks" / "test_u02_mean.py"
    checks.write_text(checks.read_text("utf-8").replace("centred = learner", "centred = undefined + learner"), "utf-8")
    ran = grade("--all")
    assert ran.returncode == 4
    said = " ".join(ran.stdout.split())
    assert "test_means_are_zero does not run: NameError: name 'undefined' is not defined" in said
    state = (tiny / ".grade" / "state.json").read_text(encoding="utf-8")
    assert ("u01.cross" in state, "u02.column_means" in state, "u02.center" in state) == (True, True, False)


@pytest.mark.parametrize("data", [None, b"{", b'{"schema": 99}'])
def test_whatever_is_wrong_with_the_record_there_is_a_verdict_and_one_sentence(tiny, here, data):
    folder = tiny / ".grade"
    if data is None:
        folder.write_text("in the way", encoding="utf-8")
    else:
        folder.mkdir()
        (folder / "state.json").write_bytes(data)
    ran = here("u01.cross")
    assert ran.returncode == 3
    assert ran.stdout.startswith("TODO  u01.cross")
    assert " ".join(ran.stderr.split()).startswith("Your progress ")
    assert ran.stderr.count("Your progress") == 1


@pytest.mark.parametrize("words", [["--no-save"], ["--submission", "exercises"], ["--solution"]])
def test_what_is_not_the_learners_own_verdict_is_not_recorded(tiny, here, words):
    here("u01.cross", *words)
    assert not (tiny / ".grade" / "state.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("answer", "replaced"), [("y", True), ("n", False)])
def test_reset_asks_on_a_terminal(tiny, command, environ, hand_in, answer, replaced):
    import pty

    hand_in("right", "u01")
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    ran = subprocess.run(
        [*command, "reset", "cross"], cwd=tiny, env=environ(), stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 0
    assert "with the stub? [y/N]" in ran.stdout
    assert ("TODO: cross" in (tiny / "exercises" / "u01_area.py").read_text(encoding="utf-8")) is replaced
    assert ("Nothing was changed." in ran.stdout) is not replaced


@pytest.mark.parametrize(
    ("kind", "flags", "said"),
    [
        ("xterm", {}, "\r\x1b[Kstill running: u01.b, 1 of 2 done\r\x1b[K"),
        ("dumb", {}, "still running: u01.b, 1 of 2 done\n"),
        ("xterm", {"plain": True}, "still running: u01.b, 1 of 2 done\n"),
    ],
)
def test_a_long_run_says_that_it_runs_and_takes_it_back(monkeypatch, capsys, kind, flags, said):
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.01)
    with patience.Patience(Terminal(flags), ["u01.a", "u01.b"], quiet=False) as waiting:
        waiting.step(None)
        time.sleep(0.2)
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("words", [["help"], ["help", "hint"]])
def test_help_as_a_word(here, words):
    assert here(*words).stdout == here(*words[1:], "--help").stdout


def broken(*_args, **_kwargs):
    raise ZeroDivisionError("a bug of ours")


def test_a_fault_of_ours_is_said_without_a_traceback(tiny, monkeypatch, capsys):
    monkeypatch.chdir(tiny)
    monkeypatch.setattr("grader.session.Session.grade", broken)
    assert main(["u01.cross"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "GRADER ERROR  This is our bug, not yours. Nothing was recorded."
    assert "Traceback" not in said.err
    details = (tiny / ".grade" / "last" / "internal.txt").read_text(encoding="utf-8")
    assert "ZeroDivisionError: a bug of ours" in details
    assert "Traceback" in details
    assert not (tiny / ".grade" / "state.json").exists()


def test_a_fault_where_details_cannot_be_kept(tiny, monkeypatch, capsys):
    (tiny / ".grade").write_text("in the way", encoding="utf-8")
    monkeypatch.chdir(tiny)
    monkeypatch.setattr("grader.session.Session.grade", broken)
    assert main(["u01.cross"]) == 4
    assert "Details could not be saved here" in capsys.readouterr().err


def test_an_interruption_that_somebody_swallows_is_one(tiny, monkeypatch, capsys):
    def swallow(*_args, **_kwargs):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("somebody made this of it") from None

    monkeypatch.chdir(tiny)
    monkeypatch.setattr("grader.session.Session.grade", swallow)
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        assert main(["u01.cross"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.strip() == "Stopped u01.cross. Nothing was recorded."


def test_what_was_found_in_spite_of_an_interruption_is_not_recorded(tiny, monkeypatch, capsys):
    """Somebody swallows it, and the run goes on to its end."""
    from grader.session import Session

    real = Session.grade

    def swallow(*args, **kwargs):
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return real(*args, **kwargs)

    monkeypatch.chdir(tiny)
    monkeypatch.setattr("grader.session.Session.grade", swallow)
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        assert main(["u01.cross"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.strip().endswith("Nothing was recorded.")
    assert not (tiny / ".grade" / "state.json").exists()
